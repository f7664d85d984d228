"""What a learner does with the kit, in a real Chromium: by tapping, and by keyboard alone."""

import pytest

from asylum_teach.law import pivots
from asylum_teach.models import Choice

pytestmark = pytest.mark.browser
CASE = "reporter-and-the-convoy"
NEXUS = "/lesson/03_nexus_and_grounds"


@pytest.fixture(scope="module")
def case(kit_content):
    """The case on which the nexus lesson ends in the lab."""
    return kit_content.cases[CASE]


@pytest.fixture(scope="module")
def moves_nexus(law, case):
    """The text of a fact of the story without which the nexus finding moves."""
    found = pivots(law, case.facts, as_of=case.as_of, circuit=case.circuit)
    pivot = next(p for p in found if "nexus" in p.moves and not p.added)
    return law.facts[pivot.fact].text


def asked(page, kit_content):
    """A choice on the page with a wrong option of no credit: its card, item and that option."""
    for item in (item for case in kit_content.cases.values() for item in case.items):
        if not isinstance(item, Choice) or item.kind == "several_choice":
            continue
        card = page.locator(".at-question", has_text=item.stem.replace("*", ""))
        wrong = next((o for o in item.options if o.credit == 0 and o.authorities), None)
        if wrong and card.count():
            return card.first, item, wrong
    raise AssertionError("no choice on the page")


def test_from_the_start_page_to_a_moved_element_by_tapping(
    open_page, kit_content, law, moves_nexus
):
    """Tap to the lesson, answer wrong, read why, open the authority, flip a fact."""
    watched = open_page("/", width=360)
    page = watched.page
    page.get_by_role("link", name="Nexus: why this person?").first.click()
    watched.lesson()

    card, _, wrong = asked(page, kit_content)
    card.locator("label.at-option", has_text=wrong.text.replace("*", "")).first.click()
    card.get_by_role("button", name="Check").click()
    feedback = card.locator(".at-feedback")
    feedback.wait_for()
    assert wrong.reason.replace("*", "")[:60] in feedback.inner_text()

    authority = law.authorities[wrong.authorities[0]]
    feedback.locator("summary.at-chip", has_text=authority.name).first.click()
    opened = feedback.locator(".at-authority", has_text=authority.citation).first
    assert "Good law" in opened.inner_text()

    lab = page.locator(".at-lab").first
    lab.locator("label.at-flip", has_text=moves_nexus).first.click()
    said = lab.locator(".at-said")
    said.filter(has_text="Moved:").wait_for()
    assert "Nexus" in said.inner_text()
    assert page.locator("tr", has_text="Nexus").filter(has_text="Moved: was").count() == 1


def tab_to(page, wanted, limit=700):
    """Press Tab until the focused element's text or value holds *wanted*."""
    told = """() => {
      const e = document.activeElement;
      return e === document.body ? "" : e.innerText || e.closest("label")?.innerText || "";
    }"""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if wanted in page.evaluate(told):
            return
    raise AssertionError(f"{wanted!r} cannot be reached with the Tab key")


def test_the_same_by_keyboard_alone(open_page, kit_content, moves_nexus):
    """Every step of it can be taken without a pointer."""
    watched = open_page("/")
    page = watched.page
    tab_to(page, "Nexus: why this person?")
    page.keyboard.press("Enter")
    watched.lesson()

    card, _, wrong = asked(page, kit_content)
    tab_to(page, card.locator("label.at-option").first.inner_text())
    for _ in range(10):  # the arrows move within a group of options
        if card.locator("label.at-option:has(:checked)", has_text=wrong.text).count():
            break
        page.keyboard.press("ArrowDown")
    tab_to(page, "Check")
    page.keyboard.press("Enter")
    feedback = card.locator(".at-feedback")
    feedback.wait_for()
    assert wrong.reason.replace("*", "")[:60] in feedback.inner_text()

    tab_to(page, "⚖")
    page.keyboard.press("Enter")
    feedback.locator(".at-authority").first.wait_for(state="visible")

    tab_to(page, moves_nexus)
    page.keyboard.press("Space")
    page.locator(".at-said").filter(has_text="Moved:").first.wait_for()


def test_skip_link_comes_first(open_page):
    """The first thing that Tab reaches leads past the header."""
    page = open_page(NEXUS).page

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent").startswith("Skip to")


def test_practice_keeps_answers_while_going_back_and_forth(open_page):
    """A question that was answered still shows its feedback after Next and Back."""
    watched = open_page("/lesson/02_criminal_organizations")
    watched.lesson()
    card = watched.page.locator("section[aria-label=Practice]").first
    for select in card.locator("select").all():
        select.select_option(index=1)
    if card.locator("input").count():
        card.locator("label.at-option").first.click()
    card.get_by_role("button", name="Check").click()
    card.locator(".at-feedback").wait_for()
    told = card.locator(".at-feedback").inner_text()

    card.get_by_role("button", name="Next").click()
    assert card.locator(".at-feedback").count() == 0
    card.get_by_role("button", name="Back").click()

    assert card.locator(".at-feedback").inner_text() == told


def test_lab_says_which_single_facts_would_change_it(open_page):
    """The button lists facts by element, and flipping one of them moves it."""
    watched = open_page("/lesson/what_if_lab")
    page = watched.page
    page.locator(".at-lab").first.wait_for(timeout=60_000)

    page.get_by_role("button", name="Which single fact would change this?").last.click()
    found = page.locator(".at-lab").last
    found.locator("details").first.locator("summary").click()
    found.get_by_role("button", name="Flip it").first.click()

    page.locator(".at-said").filter(has_text="Moved:").last.wait_for()


def test_lab_refuses_a_day_that_the_law_does_not_reach(open_page):
    """A later day is answered with a sentence, and the board stays as it was."""
    watched = open_page("/lesson/what_if_lab")
    page = watched.page
    lab = page.locator(".at-lab").first
    lab.wait_for(timeout=60_000)

    lab.locator("input[type=date]").fill("2031-01-01")

    lab.locator(".at-said").filter(has_text="known up to").wait_for()
