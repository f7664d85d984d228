"""One learner's whole path through a lesson: every question answered, all feedback there."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_pages import WCAG, answer

pytestmark = pytest.mark.browser


def go_through(card):
    """Answer all that a card asks, one question after the other."""
    told = [answer(card)]
    onward = card.get_by_role("button", name="Next")
    while onward.count() and onward.is_enabled():
        onward.click()
        told.append(answer(card))
    return told


def asked_in(card):
    """How many questions a card says that it has."""
    where = card.locator(".at-stepper [role=status]")
    return int(re.search(r"of (\d+)", where.inner_text())[1]) if where.count() else 1


@pytest.mark.parametrize(
    ("stem", "width", "scheme"),
    [
        ("05_violence_against_women", 320, "light"),
        ("07_police_and_military", 1280, "dark"),
        ("09_capstone", 768, "light"),
    ],
)
def test_every_question_can_be_answered_and_stays_readable(open_page, stem, width, scheme):
    watched = open_page(f"/lesson/{stem}", width=width, color_scheme=scheme)
    watched.lesson()
    page = watched.page
    page.locator("#opening").wait_for(state="detached", timeout=60_000)
    cards = page.locator("section:has(> div > form.at-question)").all()

    told = [go_through(card) for card in cards]

    assert [len(each) for each in told] == [asked_in(card) for card in cards]
    assert sum(map(len, told)) >= 30
    assert all(len(feedback) > 40 for each in told for feedback in each)
    assert [each for each in page.locator(".at-problem").all_inner_texts() if each] == []
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 1
