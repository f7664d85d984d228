"""A real server, a real Chromium, and pages that remember what went wrong in them."""

from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.browser.room import Room
from tests.served import serving


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a server for tests that only read."""
    with serving(tmp_path_factory.mktemp("site")) as server:
        yield server.address


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server for the tests of one module, which may look into its records and may kill it."""
    with serving(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    path = find()
    assert path, "No Chromium was found: install chromium, or set CHROMIUM to its path."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


# On the site without a server, each question is drawn in its place after the page has loaded.
ALL_DRAWN = "() => [...document.querySelectorAll('[data-piece]')].every((each) => each.firstChild)"


class Watched:
    """A page, the errors in it, and every host but its own that it asked."""

    def __init__(self, page, site):
        self.page, self.site = page, site
        self.errors, self.hosts = [], set()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url, urlsplit(site).netloc))

    def _asked(self, url, own):
        if url.startswith("http") and urlsplit(url).netloc != own:
            self.hosts.add(urlsplit(url).netloc)

    def lesson(self):
        """Wait until the lesson's first question is there."""
        self.page.locator(".at-question").first.wait_for(timeout=60_000)

    def open(self, path):
        """Go there, and wait until all of a lesson's questions are drawn."""
        self.page.goto(self.site + path)
        if "/lesson/" in path:
            self.page.locator("#opening").wait_for(state="detached", timeout=60_000)
        self.page.wait_for_function(ALL_DRAWN, timeout=60_000)
        return self.page

    def close(self):
        """Close the page; nothing went wrong in it, and it asked no other host."""
        self.page.close()
        assert self.errors == []
        assert self.hosts == set()


class Browser:
    """One browser with what it keeps; its pages are tabs."""

    def __init__(self, chromium, site, width=1280, **options):
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        self.site, self.tabs = site, []

    def tab(self, path=None):
        """A new tab, at *path* if one is given."""
        watched = Watched(self.context.new_page(), self.site)
        self.tabs.append(watched)
        if path:
            watched.open(path)
        return watched

    def close(self):
        """Close it with all its tabs."""
        try:
            for tab in self.tabs:
                tab.close()
        finally:
            self.context.close()


@contextmanager
def browsers(chromium, site):
    """Browsers that are closed in the end, each with nothing of any other."""
    opened = []

    def browser(**options):
        opened.append(Browser(chromium, site, **options))
        return opened[-1]

    yield browser

    for each in opened:
        each.close()


@pytest.fixture
def browser(chromium, server):
    """Browsers that visit the module's own server."""
    with browsers(chromium, server.address) as browser:
        yield browser


@pytest.fixture
def open_page(chromium, site):
    """Open pages at a width; each test ends with none of them in error or asking elsewhere."""
    with browsers(chromium, site) as browser:

        def open_(path, width=1280, **options):
            watched = browser(width=width, **options).tab()
            watched.page.goto(site + path)
            return watched

        yield open_


@pytest.fixture
def room(chromium, server):
    """A class; the module's server is one with the instructor's pages."""
    own = f"http://localhost:{server.instructor_port}"
    with browsers(chromium, own) as teachers, browsers(chromium, server.address) as learners:
        yield Room(server, teachers, learners)


@pytest.fixture(scope="module")
def eulalia(kit_content):
    """An interview of the kit."""
    return kit_content.interviews["eulalia"]


@pytest.fixture(scope="module")
def script(kit_content):
    """A script of the kit."""
    return kit_content.scripts["kind-volunteer"]
