"""Two learners of a real JupyterHub, each in a Chromium, and their instructor in a third."""

import re

import pytest

from tests.browser.conftest import browsers
from tests.hubs import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(chromium, hub):
    """Browsers that visit the hub."""
    with browsers(chromium, hub.address) as browser:
        yield browser


def sign_in(tab, name):
    """Sign in as a person does, and wait for the start page of the kit."""
    page = tab.page
    page.goto(f"{tab.site}/")
    page.get_by_label("Username:").fill(name)
    page.get_by_label("Password:").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/user/{name}/", timeout=60_000)
    page.get_by_role("heading", level=1).wait_for()
    return page


def answer_first(page, option):
    """Answer the first question of the lesson by its option of that number."""
    question = page.locator(".at-question").first
    question.locator("label").nth(option).click()
    question.get_by_role("button", name="Check").click()
    question.locator(".at-feedback").wait_for()


def chosen(page):
    """The number of the option that stands chosen in the first question, once it was answered."""
    question = page.locator(".at-question").first
    question.locator(".at-feedback").wait_for()
    return [each.is_checked() for each in question.locator("label input").all()].index(True)


def open_lesson(tab, name):
    """A lesson with questions, on the user's own server."""
    page = tab.open(f"/user/{name}/lesson/03_nexus_and_grounds")
    tab.lesson()
    return page


def test_two_learners_answer_and_each_finds_the_own_answer_again(browser):
    for name, option in (("dora", 0), ("emil", 1)):
        tab = browser(width=360).tab()
        sign_in(tab, name)
        answer_first(open_lesson(tab, name), option)
        page = open_lesson(tab, name)
        assert chosen(page) == option
        page.get_by_role("link", name="Words").click()
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
        record = tab.open(f"/user/{name}/record")
        record.get_by_role("button", name="Show it").click()
        record.get_by_text(re.compile('"attempts"')).wait_for()
    theirs = tab.page.goto(f"{tab.site}/user/dora/lesson/03_nexus_and_grounds")
    assert theirs.status == 403
    tab.page.get_by_text("You do not have permission to access").wait_for()


def test_lab_and_end_of_a_lesson_work_behind_the_hub(browser, hub):
    tab = browser().tab()
    sign_in(tab, "dora")
    lab = tab.open("/user/dora/lesson/what_if_lab").locator(".at-lab").first
    lab.locator("label.at-flip").first.click()
    lab.locator(".at-said").filter(has_text=re.compile("Moved:|Nothing moved")).wait_for()
    kernel = re.search(r'"kernelId": ?"([\w-]+)"', tab.page.content())[1]
    page = tab.open("/user/dora/record")
    page.wait_for_function(
        "async (kernel) => (await fetch(`/user/dora/healthz/${kernel}`)).status === 410", arg=kernel
    )


def test_two_users_of_one_browser_share_nothing_in_it(browser):
    """A draft, an unsent answer or a piece of progress of one is not the other's."""
    one = browser()
    tab = one.tab()
    sign_in(tab, "dora")
    tab.page.evaluate("asylumTeach.drafts.set('x', 'of dora')")
    tab.page.goto(f"{tab.site}/hub/logout")
    page = sign_in(tab, "emil")

    assert page.evaluate("asylumTeach.drafts.get('x')") is None
    assert page.evaluate("asylumTeach.store.names('asylum-teach.draft.')") == []


def test_answer_of_who_was_signed_out_waits_until_they_are_back(browser):
    one = browser()
    tab, other = one.tab(), one.tab()
    sign_in(tab, "emil")
    page = open_lesson(tab, "emil")
    other.page.goto(f"{other.site}/hub/logout")
    question = page.locator(".at-question").nth(1)
    question.locator("label").first.click()
    question.get_by_role("button", name="Check").click()
    page.get_by_text(re.compile("You are signed out, or this page is too old")).wait_for()
    sign_in(other, "emil")

    question.locator(".at-feedback").wait_for()


def test_signing_out_ends_access(browser):
    tab = browser().tab()
    page = sign_in(tab, "emil")
    page.goto(f"{tab.site}/hub/logout")

    page.goto(f"{tab.site}/user/emil/record")

    page.get_by_role("button", name="Sign in").wait_for()


def test_class_meets_by_way_of_the_hub(browser):
    teacher, learner = browser().tab(), browser(width=360).tab()
    sign_in(learner, "emil")
    refused = learner.page.goto(f"{learner.site}/services/teach/")
    assert refused.status == 403
    page = sign_in(teacher, "ines")
    page.goto(f"{teacher.site}/services/teach/")
    page.get_by_label("A new cohort: a class or a group of volunteers").fill("Spring")
    page.get_by_role("button", name="Make the cohort").click()
    page.get_by_text("Spring is made.").wait_for()
    spring = page.get_by_role("region", name="Spring")
    spring.get_by_label("A new session").fill("First meeting")
    spring.get_by_role("button", name="Open the session").click()
    page.get_by_text("0 learners are here.").wait_for()
    code = re.search(r"join/(\w+)", page.content())[1]

    phone = learner.open(f"/services/class/join/{code}")
    phone.get_by_label("A name of your choice").fill("Emil")
    phone.get_by_role("button", name="Join").click()

    page.get_by_text("1 learner is here.").wait_for()
