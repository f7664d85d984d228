"""Every page, at the width of a phone and of a desk: accessible, narrow enough, alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from asylum_teach import kit

pytestmark = pytest.mark.browser
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LESSONS = sorted(path.stem for path in kit.folder("notebooks").glob("*.ipynb"))
PAGES = [
    "/",
    "/no-such-page",
    "/practice/noemi",
    "/practice/the-date",
    "/join",
    *(f"/lesson/{name}" for name in LESSONS),
]


def settle(watched, path):
    """Wait for all that the page will show."""
    if "/lesson/" in path:
        watched.page.locator("#opening").wait_for(state="detached", timeout=60_000)
    watched.page.wait_for_timeout(700)


def pick(card):
    """Choose the first of all that a card offers."""
    card.wait_for()  # what is counted below is not waited for
    for select in card.locator("select").all():
        select.select_option(index=1)
    for group in card.locator("fieldset:not(.at-sure)").all():
        if group.locator("label.at-option").count():
            group.locator("label.at-option").first.click()


def answer(card):
    """Answer the question that a card shows with its first choices; the feedback told."""
    pick(card)
    card.get_by_role("button", name="Check").click()
    feedback = card.locator(".at-feedback")
    feedback.wait_for()
    return feedback.inner_text()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
@pytest.mark.parametrize("path", PAGES)
def test_page(open_page, path, width, scheme):
    """No axe violation, no sideways scroll, a language, a title, landmarks, the notice."""
    watched = open_page(path, width=width, color_scheme=scheme)
    settle(watched, path)
    page = watched.page

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 1
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "Asylum Teach" in page.title()
    for landmark in ("header", "nav", "main", "footer"):
        assert page.locator(landmark).count() >= 1
    assert page.locator("h1").count() == 1
    assert "not legal advice" in page.locator("body").inner_text()


@pytest.mark.parametrize("width", [320, 1280])
def test_answered_question_and_open_card_stay_accessible(open_page, width):
    """Feedback, an open authority card and an open board hold no violation either."""
    watched = open_page("/lesson/03_nexus_and_grounds", width=width)
    watched.lesson()
    page = watched.page
    for card in page.locator(".at-question").all()[:6]:
        answer(card)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})

    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 1
