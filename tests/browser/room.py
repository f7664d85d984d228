"""A teacher's screen and the phones before it, in real browsers, and what is pressed on them."""

import re

CASE = "corner-shop-tomas"
PATIENCE = 30_000  # milliseconds


class Room:
    """A teacher's screen and the phones before it."""

    def __init__(self, server, teachers, learners):
        self.server, self._teachers, self._learners = server, teachers, learners
        self.code = ""

    def teacher(self, **options):
        """A browser that opened the link from the terminal."""
        page = self._teachers(**options).tab().page
        page.set_default_timeout(PATIENCE)
        page.goto(self.server.instructor_link)
        return page

    def begin(self, page, name):
        """Make a cohort and open a session in it, as a new user would."""
        page.get_by_label("A new cohort").fill(name)
        press(page, "Make the cohort")
        panel = page.locator("section", has=page.get_by_role("heading", name=name, exact=True))
        panel.get_by_label("A new session").fill(f"{name}: nexus")
        panel.get_by_role("button", name="Open the session").click()
        page.locator(".join .code").wait_for()
        self.code = page.inner_text(".join .code")
        return page

    def phone(self, name, width=360):
        """A phone that typed code and name."""
        page = self._learners(width=width).tab("/join").page
        page.set_default_timeout(PATIENCE)
        page.get_by_label("Code").fill(self.code)
        page.get_by_label("A name").fill(name)
        press(page, "Join")
        page.locator("#class").wait_for()
        return page


def press(page, name):
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).click()


def unfold(page, name):
    """Open one of the controls that are folded."""
    page.locator(".controls summary", has_text=re.compile(f"^{name}")).click()


def put_on(page, case=CASE):
    """Put a case on."""
    unfold(page, "Put a case on")
    page.get_by_label("Case").select_option(case)
    press(page, "Put it on")
    page.locator("#story h2").wait_for()


def ask(page, number=0):
    """Open a vote on an item of the case."""
    unfold(page, "Ask")
    page.locator("#items button").nth(number).click()
    page.locator("#question .at-stem").wait_for()


def says(page, text):
    """Wait until the page says so where it tells what goes on."""
    page.locator("#state, #count").filter(has_text=text).wait_for()


def vote(phone, number):
    """Choose an option and vote."""
    says(phone, "Vote now")
    phone.locator("#question input").nth(number).check()
    press(phone, "Vote")
    says(phone, "Your vote is in")


def close(page):
    """Close the vote and wait for how it came out."""
    press(page, "Close the vote")
    page.locator("#spread .proposal").wait_for()


def counts(page, title):
    """What the bars of one vote say."""
    part = page.get_by_role("region", name=title, exact=True)
    return [int(text) for text in part.locator(".bars b").all_inner_texts()]
