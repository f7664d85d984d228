"""A real server, a real Chromium, and pages that remember what went wrong in them."""

import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of `asylum-teach serve`, started as a person would start it."""
    records = tmp_path_factory.mktemp("records") / "record.sqlite"
    command = [sys.executable, "-m", "asylum_teach", "serve", "--port", "0", "--no-browser"]
    command += ["--db", f"sqlite:///{records}"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in server.stdout:
        link = re.search(r"http://\S+?(?=/?\s|$)", line)
        if link:
            yield link.group().rstrip("/")
            break
    else:
        pytest.fail("the server printed no link")
    server.terminate()
    server.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    path = find()
    assert path, "No Chromium was found: install chromium, or set CHROMIUM to its path."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page, the errors in it, and every host but its own that it asked."""

    def __init__(self, page, site):
        self.page = page
        self.errors, self.hosts = [], set()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url, urlsplit(site).netloc))

    def _asked(self, url, own):
        if url.startswith("http") and urlsplit(url).netloc != own:
            self.hosts.add(urlsplit(url).netloc)

    def lesson(self):
        """Wait until the lesson's first question is there."""
        self.page.locator(".at-question").first.wait_for(timeout=60_000)


@pytest.fixture
def open_page(chromium, site):
    """Open pages at a width; each test ends with none of them in error or asking elsewhere."""
    opened = []

    def open_(path, width=1280, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        watched = Watched(context.new_page(), site)
        opened.append((context, watched))
        watched.page.goto(site + path)
        return watched

    yield open_

    for context, watched in opened:
        context.close()
        assert watched.errors == []
        assert watched.hosts == set()
