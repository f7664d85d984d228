"""A phone that sleeps loses its kernel, and loses nothing else: what it says when it wakes."""

import pytest

from tests.browser.test_connection import HIDDEN, SOON, banner, card, silent
from tests.browser.test_pages import answer
from tests.browser.test_record import LESSON
from tests.hasty_serve import LEFT
from tests.served import serving

pytestmark = pytest.mark.browser
WITHOUT_LAB = "/lesson/decided_cases"
QUIET = 6_000  # milliseconds; by then a learner who is there has been told


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that soon misses a page."""
    with serving(tmp_path_factory.mktemp("hasty"), module="tests.hasty_serve") as server:
        yield server


class Phone:
    """A page whose lines to its kernel can be cut, as they are when a phone sleeps."""

    def __init__(self, browser, server, lesson):
        self.page = browser(width=360).tab().page
        self._server, self._lines, self._asleep = server, [], False
        self.page.route_web_socket("**/channels*", self._through)
        self.page.goto(server.address + lesson)
        self.page.locator("#opening").wait_for(state="detached", timeout=60_000)

    def sleep(self):
        """Hide the page, cut its lines, and wait until its kernel has gone."""
        before = len(self._server.kernels())
        self._asleep = True
        self.page.evaluate(HIDDEN, True)
        for line in self._lines:
            line.close()
        self.page.wait_for_timeout((LEFT + 3) * 1000)
        assert len(self._server.kernels()) < before

    def wake(self):
        """Show the page again."""
        self._asleep = False
        self.page.evaluate(HIDDEN, False)

    def _through(self, line):
        if self._asleep:
            line.close()
        else:
            self._lines += [line, line.connect_to_server()]


@pytest.fixture
def phone(browser, server):
    """Open a lesson on a phone."""
    return lambda lesson: Phone(browser, server, lesson)


def test_lab_on_a_page_that_slept_says_so_and_one_tap_brings_it_back(phone):
    slept = phone(LESSON)
    answer(card(slept.page, 0))
    slept.sleep()
    assert banner(slept.page).inner_text() == ""

    slept.wake()

    told = banner(slept.page).filter(has_text="Your answers are saved, and the questions still")
    told.wait_for(timeout=SOON)
    answer(card(slept.page, 1))
    banner(slept.page).get_by_role("button", name="Go on here").click()
    slept.page.locator(".back").wait_for(timeout=60_000)
    silent(slept.page)
    lab = slept.page.locator(".at-lab").first
    lab.locator("label.at-flip").first.click()
    lab.locator(".at-said").filter(has_text="o").wait_for()


def test_page_without_a_lab_that_slept_says_nothing(phone):
    slept = phone(WITHOUT_LAB)
    slept.sleep()

    slept.wake()
    slept.page.wait_for_timeout(QUIET)

    assert banner(slept.page).inner_text() == ""
    answer(card(slept.page, 0))
