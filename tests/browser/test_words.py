"""A legal word can be looked up on a phone without losing one's place, by tap and by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_pages import WCAG
from tests.browser.test_paths import tab_to

pytestmark = pytest.mark.browser
NARROW = 320
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def start(open_page):
    """The start page on a small phone."""
    return open_page("/", width=NARROW, has_touch=True).page


def link(page):
    return page.get_by_role("link", name="Words", exact=True)


def panel(page):
    return page.get_by_role("dialog", name="Words")


def opened(page):
    """The panel, opened by a tap."""
    link(page).tap()
    panel(page).wait_for()
    return panel(page)


def shown(words):
    """The terms that can be seen."""
    return [text.strip() for text in words.locator("dt:visible").all_inner_texts()]


def every_term(kit_content):
    return sorted((each.term for each in kit_content.glossary.values()), key=str.casefold)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_panel_opens_by_tap_whole_narrow_and_accessible(open_page, kit_content, scheme):
    page = open_page("/", width=NARROW, has_touch=True, color_scheme=scheme).page

    words = opened(page)

    assert shown(words) == every_term(kit_content)
    assert page.evaluate(OVERFLOW) <= 1
    assert words.evaluate("panel => panel.scrollWidth - panel.clientWidth") <= 1
    box = words.bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= NARROW
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []


def test_panel_opens_and_closes_by_keyboard_alone(start):
    """Enter opens it, Tab stays inside, Escape closes it and leads back to the link."""
    link(start).focus()
    start.keyboard.press("Enter")
    panel(start).wait_for()

    tab_to(start, "Find a word", limit=5)
    for _ in range(12):
        start.keyboard.press("Tab")
        assert start.evaluate("document.activeElement.matches('body, dialog *')")
    start.keyboard.press("Escape")

    panel(start).wait_for(state="hidden")
    assert start.evaluate("document.activeElement.id") == "words"


def test_button_closes_the_panel_and_it_opens_again(start):
    words = opened(start)
    close = words.get_by_role("button", name="Back to the page")
    assert close.bounding_box()["height"] >= 44, "a thumb has to hit it"

    close.tap()
    words.wait_for(state="hidden")

    assert opened(start).locator("dt").count() == len(shown(panel(start)))
    assert start.locator("dialog").count() == 1


@pytest.mark.parametrize("sought", ["convention against", "TORTURE PROTECTION", " cat "])
def test_search_finds_a_word_by_its_own_forms(start, kit_content, sought):
    """In small or capital letters, by the term itself or another form; other words go away."""
    term = kit_content.glossary["torture_protection"]
    assert sought.strip().casefold() in f"{term.term} {term.also}".casefold()
    words = opened(start)
    search = words.get_by_role("searchbox", name="Find a word")

    search.fill(sought)
    found = shown(words)
    search.fill("")

    assert term.term in found
    assert len(found) < len(kit_content.glossary) / 4
    assert shown(words) == every_term(kit_content)


def test_search_that_finds_nothing_says_so(start):
    words = opened(start)

    words.get_by_role("searchbox").fill("qqqq")

    assert shown(words) == []
    assert words.get_by_role("status").inner_text() == "There is no such word here."


def test_address_leads_to_one_word(open_page, kit_content):
    """Who follows a link to a word sees it without scrolling."""
    page = open_page("/words#nexus", width=NARROW).page

    entry = page.locator("#nexus")
    assert entry.locator("dt").inner_text() == kit_content.glossary["nexus"].term
    page.wait_for_function(
        """() => {
          const top = document.getElementById("nexus").getBoundingClientRect().top;
          return 0 <= top && top < innerHeight / 2 && scrollY > innerHeight;
        }"""
    )


@pytest.mark.parametrize("scripts", [True, False], ids=["no answer", "no scripts"])
def test_where_no_panel_can_open_the_page_of_words_does(open_page, kit_content, scripts):
    page = open_page("/", width=NARROW, has_touch=True, java_script_enabled=scripts).page
    page.route(
        "**/words",
        lambda route: (
            route.abort() if route.request.resource_type == "fetch" else route.continue_()
        ),
    )

    link(page).tap()

    page.wait_for_url("**/words")
    assert page.locator("dl.words dt").count() == len(kit_content.glossary)


def test_answer_is_still_there_after_looking_up_a_word(open_page):
    """The panel lies over the lesson, and what was picked stays picked."""
    watched = open_page("/lesson/03_nexus_and_grounds", width=NARROW, has_touch=True)
    watched.lesson()
    page = watched.page
    option = page.locator("label.at-option").first
    option.tap()
    address = page.url

    opened(page).get_by_role("button", name="Back to the page").tap()

    panel(page).wait_for(state="hidden")
    assert page.url == address
    assert option.locator("input").is_checked()
