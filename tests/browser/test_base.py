"""The site below a path of its host, as a proxy that keeps other things beside it hands it on."""

import re

import pytest

from tests.served import serving

pytestmark = pytest.mark.browser

BASE = "/training/asylum/"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server below a path."""
    with serving(tmp_path_factory.mktemp("based"), base=BASE) as server:
        yield server


@pytest.fixture
def asked(browser):
    """A tab, and the path of everything that it asked of the server."""
    tab, paths = browser(width=360).tab(), []
    tab.page.on("request", lambda request: paths.append(re.sub(r"^\w+://[^/]+", "", request.url)))
    yield tab, paths
    assert [path for path in paths if path.startswith("/") and not path.startswith(BASE)] == []


def test_whole_way_of_a_learner_stays_below_the_path(asked):
    tab, paths = asked
    page = tab.open("/")
    page.get_by_role("link", name=re.compile("Nexus")).first.click()
    tab.lesson()
    question = page.locator(".at-question").first
    question.locator("label").first.click()
    question.get_by_role("button", name="Check").click()
    question.locator(".at-feedback").wait_for()
    page.get_by_role("navigation", name="Lessons before and after").get_by_role(
        "link"
    ).first.click()
    page.get_by_role("navigation", name="Site").get_by_role("link", name="Your record").click()
    page.get_by_role("heading", name="Your record").wait_for()
    page.get_by_role("navigation", name="Site").get_by_role("link", name="All lessons").click()
    page.get_by_text(re.compile("1 of .* answered")).first.wait_for(state="attached")
    assert f"{BASE}record/answers" in paths
    assert any("/api/kernels/" in path or "/voila/api/shutdown/" in path for path in paths)


def test_links_inside_the_text_stay_below_the_path(asked):
    tab, _ = asked
    page = tab.open("/lesson/00_start_here")
    page.locator(".prose").get_by_role("link", name="Lesson 2: Criminal organizations").click()
    page.get_by_role("heading", name=re.compile("Criminal")).first.wait_for()


def test_what_if_lab_moves_below_the_path(asked):
    tab, _ = asked
    lab = tab.open("/lesson/what_if_lab").locator(".at-lab").first
    lab.locator("label.at-flip").first.click()
    lab.locator(".at-said").filter(has_text=re.compile("Moved:|Nothing moved")).wait_for()
