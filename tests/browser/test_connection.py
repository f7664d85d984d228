"""The connection is lost in every way, and no answer with it; nobody is told without need."""

import re
from time import monotonic

import pytest

from tests.browser.test_pages import answer
from tests.browser.test_record import (
    AT,
    GIVEN,
    KEY,
    LESSON,
    attempts,
    check,
    names_in,
    onward,
    shown_in,
)

pytestmark = pytest.mark.browser
SOON = 10_000  # milliseconds until a learner has to be told
QUIET = 6_000  # by then a learner who is there has been told
LATER = 20_000  # until a page has noticed that the connection is back
CONFIG = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
WENT_AWAY = "const now = Date.now; Date.now = () => now() + 3 * 60 * 1000;"
HIDDEN = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def page(browser):
    """A lesson with a lab, on which one question is answered."""
    page = browser().tab(LESSON).page
    answer(card(page, 0))
    return page


def card(page, number):
    """One of a lesson's cards."""
    return page.locator(".at-card[data-items]").nth(number)


def banner(page):
    """What is said where the connection is lost."""
    return page.locator(".lost")


def lost(page):
    """Wait until the learner is told that the connection to the site is lost."""
    banner(page).filter(has_text="The connection to this site was lost.").wait_for(timeout=SOON)


def silent(page):
    """Wait until nothing is said any more."""
    page.wait_for_function("() => !document.querySelector('.lost').innerText", timeout=LATER)


def unsaved(page, number):
    """Check an answer that cannot be sent, and wait until the card says so; what was given."""
    check(card(page, number))
    problem = card(page, number).locator(".at-problem").last
    problem.filter(has_text="Not saved yet: there is no connection").wait_for(timeout=SOON)
    assert card(page, number).locator(".at-feedback").count() == 0
    return card(page, number).locator("form").evaluate(GIVEN)


def kept_by_itself(page, number):
    """Wait until the feedback on an answer that had to wait is there."""
    card(page, number).locator(".at-feedback").wait_for(timeout=LATER)


def names(server, page):
    """The items of the attempts that are kept, in their order."""
    return [f"{each.case}/{each.item}" for each in attempts(server, page.evaluate(KEY))]


def of(page, *numbers):
    """The first items of some cards."""
    return [names_in(card(page, number))[0] for number in numbers]


def end_kernel(server, page):
    """End the kernel of the page's lesson."""
    server.kill_kernel(page.evaluate(CONFIG))


# --- The kernel ---


def test_killed_kernel_is_told_and_one_tap_goes_on_at_the_same_place(page, server):
    card(page, 1).scroll_into_view_if_needed()
    page.wait_for_timeout(600)  # for the place to be noted
    place = page.evaluate("scrollY")
    end_kernel(server, page)

    told = banner(page).filter(has_text="Your answers are saved, and the questions still work.")
    told.wait_for(timeout=SOON)
    answer(card(page, 1))
    page.evaluate(f"scrollTo(0, {place})")
    page.wait_for_timeout(600)
    both = of(page, 0, 1)
    shown = shown_in(page, both)
    page.evaluate(f"scrollTo(0, {place})")
    page.wait_for_timeout(600)
    banner(page).get_by_role("button", name="Go on here").click()
    page.locator(".back").wait_for(timeout=30_000)

    page.wait_for_function(AT, arg=place)
    assert banner(page).inner_text() == ""
    assert shown_in(page, both) == shown
    assert names(server, page) == both


def test_killed_kernel_of_a_lesson_without_a_lab_matters_to_nobody(browser, server):
    page = browser().tab("/lesson/decided_cases").page
    assert page.locator(".at-lab").count() == 0

    end_kernel(server, page)
    page.wait_for_timeout(QUIET)

    assert banner(page).inner_text() == ""
    answer(card(page, 0))


def test_learner_who_is_away_is_told_once_they_are_back(page, server):
    page.evaluate(WENT_AWAY)
    end_kernel(server, page)
    page.wait_for_timeout(QUIET)
    assert banner(page).inner_text() == ""

    page.mouse.wheel(0, 40)

    banner(page).filter(has_text="lost its connection").wait_for(timeout=SOON)


def test_hidden_tab_is_told_once_it_is_seen(page, server):
    page.evaluate(HIDDEN, True)
    end_kernel(server, page)
    page.wait_for_timeout(QUIET)
    assert banner(page).inner_text() == ""

    page.evaluate(HIDDEN, False)

    banner(page).filter(has_text="lost its connection").wait_for(timeout=SOON)


# --- The server ---


def test_answer_given_while_the_server_is_dead_is_kept_by_itself_once_it_is_back(page, server):
    with server.down():
        lost(page)
        assert "Answers that were saved are safe." in banner(page).inner_text()
        given = unsaved(page, 1)
        banner(page).get_by_role("button", name="Go on here").click()
        banner(page).filter(has_text="There is still no connection.").wait_for(timeout=SOON)

    kept_by_itself(page, 1)

    assert card(page, 1).locator("form").evaluate(GIVEN) == given
    assert card(page, 1).locator(".at-problem").last.inner_text() == ""
    told = "The what-if lab on this page has lost its connection."  # its kernel died as well
    banner(page).filter(has_text=told).wait_for(timeout=LATER)
    assert "The connection to this site was lost." not in banner(page).inner_text()
    assert names(server, page) == of(page, 0, 1)


def test_server_that_hangs_is_told_within_ten_seconds(page, server):
    with server.frozen():
        since = monotonic()
        lost(page)
        assert monotonic() - since < 10

    silent(page)


# --- The network ---


def test_cut_network_is_told_and_forgotten_once_it_is_back(page, server):
    page.context.set_offline(True)
    lost(page)
    unsaved(page, 1)
    page.context.set_offline(False)

    kept_by_itself(page, 1)

    silent(page)
    answer(card(page, 2))
    assert names(server, page) == of(page, 0, 1, 2)
    lab = page.locator(".at-lab").first
    lab.locator("label.at-flip").first.click()
    lab.locator(".at-said").filter(has_text=re.compile("Moved|moves|No")).wait_for()


def test_unsent_answer_is_sent_by_the_next_page(browser, server):
    """Even the first, which begins the record."""
    own = browser()
    page = own.tab(LESSON).page
    own.context.route("**/record/answers", lambda route: route.abort())
    given = unsaved(page, 0)
    page.close()
    own.context.unroute("**/record/answers")

    page = own.tab(LESSON).page

    kept_by_itself(page, 0)
    assert card(page, 0).locator("form").evaluate(GIVEN) == given
    assert names(server, page) == of(page, 0)


def test_answer_whose_acknowledgement_is_lost_is_kept_once(page, server):
    """The server has it, the page does not know, and sends it again."""
    lost_on_the_way = []

    def answers(route):
        if lost_on_the_way:
            return route.continue_()
        lost_on_the_way.append(route.fetch().status)
        return route.abort()

    page.context.route("**/record/answers", answers)
    unsaved(page, 1)

    kept_by_itself(page, 1)

    assert lost_on_the_way == [200]
    assert names(server, page) == of(page, 0, 1)


def test_unsent_answer_stands_while_its_learner_looks_at_the_next_question(browser):
    page = browser().tab("/lesson/02_criminal_organizations").page
    practice = page.locator("section[aria-label=Practice]").first
    page.context.route("**/record/answers", lambda route: route.abort())
    check(practice)
    problem = practice.locator(".at-problem").last
    problem.filter(has_text="Not saved yet").wait_for(timeout=SOON)

    onward(practice, "Next ›")
    assert "Not saved yet" not in practice.inner_text()
    onward(practice, "‹ Back")

    assert "Not saved yet" in practice.inner_text()
    assert practice.get_by_role("button", name="Checking…").is_disabled()
    page.context.unroute("**/record/answers")
    practice.locator(".at-feedback").wait_for(timeout=LATER)


def test_other_record_is_not_opened_while_an_answer_is_unsent(browser):
    """To open it forgets what this browser keeps, and the answer is kept nowhere else yet."""
    own = browser()
    page = own.tab(LESSON).page
    own.context.route("**/record/answers", lambda route: route.abort())
    unsaved(page, 0)

    page.goto(page.url.replace(LESSON, "/record"))
    page.get_by_label("Open a record by its code").fill("K7PM-3XQ2-9TDA")
    page.get_by_role("button", name="Open it here").click()

    page.get_by_text("An answer in this browser is not saved yet.").wait_for()
