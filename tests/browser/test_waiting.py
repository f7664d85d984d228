"""More learners than places: nobody gets an error, and each comes in turn."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_pages import WCAG
from tests.served import serving

pytestmark = pytest.mark.browser

LESSON = "/lesson/01_who_is_a_refugee"
HEADING = "All places are taken for a moment"


@pytest.fixture
def server(tmp_path):
    """A server with room for two lessons, where nobody of another test has a place."""
    with serving(tmp_path, more=("--places", "2")) as server:
        yield server


@pytest.fixture
def inside(browser):
    """Two pages that hold the two places."""
    pages = [browser(width=360).tab(LESSON) for _ in range(2)]
    for each in pages:
        each.page.locator(".at-question").first.wait_for(timeout=60_000)
    return pages


@pytest.fixture
def waits(browser, server, inside):
    """Pages that came too late."""

    def late():
        page = browser(width=320).tab().page
        page.goto(server.address + LESSON)
        page.get_by_role("heading", name=HEADING).wait_for()
        return page

    return late


def test_who_comes_late_is_told_and_let_in_when_a_page_is_closed(waits, inside):
    late = waits()
    later = waits()
    assert "You are the next" in late.get_by_role("status").inner_text()
    assert "1 person is before you" in later.get_by_role("status").inner_text()
    later.reload()  # keeps its place
    assert "1 person is before you" in later.get_by_role("status").inner_text()
    seen = Axe().run(late, options={"runOnly": {"type": "tag", "values": WCAG}}).response
    assert seen["passes"]
    assert seen["violations"] == []

    inside[0].page.goto("about:blank")
    late.locator(".at-question").first.wait_for(timeout=60_000)
    assert "ticket" not in late.url
    later.get_by_text(re.compile("You are the next")).wait_for()


def test_lesson_that_is_loaded_again_keeps_its_place(waits, inside):
    late = waits()
    page = inside[0].page
    page.reload()
    page.locator(".at-question").first.wait_for(timeout=60_000)
    assert "ticket" not in page.url
    assert "You are the next" in late.get_by_role("status").inner_text()


def test_pages_that_need_no_kernel_are_open_to_all(waits, server):
    page = waits()
    for path, heading in (("/", "When is fear"), ("/words", "Words"), ("/review", "Review")):
        page.goto(server.address + path)
        page.get_by_role("heading", name=re.compile(heading)).first.wait_for()
