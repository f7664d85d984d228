"""How soon a lesson of the site without a server can be read and answered, and what it costs.

The files are given out as a common host does it: compressed, and static/ to be kept for a year.
"""

import gzip
import statistics
import threading
import time
from contextlib import contextmanager
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from tests.browser.chromium import find
from tests.browser.test_static_site import ALONE, ONE_EACH
from tests.site_fixtures import BELOW

RUNS = 5
STEM, NEXT = "07_police_and_military", "09_capstone"
WAIT = 120_000  # milliseconds
SMALLER = (".html", ".css", ".js", ".json", ".wasm", ".svg")
# Resolves when Python has answered.
ANSWERED = "() => asylumTeach.call('GET', 'about').then(() => true)"


@lru_cache
def packed(path):
    return gzip.compress(Path(path).read_bytes(), 6, mtime=0)


class Host(SimpleHTTPRequestHandler):
    """A host that counts what it sends."""

    protocol_version = "HTTP/1.1"
    sent, requests, lock = 0, 0, threading.Lock()

    def do_GET(self):
        """Send a file, compressed where that helps; or that it did not change."""
        path = self.translate_path(self.path)
        body = packed(path) if path.endswith(SMALLER) else Path(path).read_bytes()
        known = self.headers.get("If-None-Match") == f'"{hash(body)}"'
        self.send_response(304 if known else 200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("ETag", f'"{hash(body)}"')
        kept = "max-age=31536000, immutable" if "/static/" in self.path else "no-cache"
        self.send_header("Cache-Control", kept)
        if not known:
            self.send_header("Content-Length", str(len(body)))
            if path.endswith(SMALLER):
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if not known:
            self.wfile.write(body)
        with Host.lock:
            Host.requests += 1
            Host.sent += 0 if known else len(body)

    def log_message(self, *_args):
        """Say nothing."""


@contextmanager
def counted(folder):
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{BELOW}"
        server.shutdown()


def visit(page, address):
    """Seconds to the first question and until Python has answered; bytes and requests."""
    Host.sent = Host.requests = 0
    began = time.perf_counter()
    page.goto(address)
    page.locator(".at-question").first.wait_for(timeout=WAIT)
    question = time.perf_counter() - began
    page.evaluate(ANSWERED)
    return question, time.perf_counter() - began, Host.sent, Host.requests


def visits(address):
    """First visit, next page, repeat visit: each several times, each time in a browser anew."""
    seen = {"first": [], "next": [], "repeat": []}
    with sync_playwright() as playwright:
        for _ in range(RUNS):
            browser = playwright.chromium.launch(executable_path=find(), args=ALONE)
            own = browser.new_context()
            page = own.new_page()
            seen["first"].append(visit(page, f"{address}/lesson/{STEM}.html"))
            seen["next"].append(visit(page, f"{address}/lesson/{NEXT}.html"))
            page.close()
            page = own.new_page()
            page.add_init_script(ONE_EACH)  # as on another day: no counter is left
            seen["repeat"].append(visit(page, f"{address}/lesson/{STEM}.html"))
            browser.close()
    return seen


def held(launched):
    """Megabytes that all processes of this browser hold, shared pages by their share."""
    return sum(each.memory_full_info().pss for each in launched) / 1e6


def browser_processes():
    """The processes of Chromium below the tests' own."""
    below = psutil.Process().children(recursive=True)
    return [each for each in below if "chrom" in each.name()]


def memory(address):
    """What a browser holds with an empty page, and with a lesson for which Python has answered."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=ALONE)
        page = browser.new_page()
        page.goto("about:blank")
        time.sleep(2)
        empty = held(browser_processes())
        visit(page, f"{address}/lesson/{STEM}.html")
        time.sleep(2)
        return empty, held(browser_processes())


def test_memory_of_a_lesson_in_the_browser(still):
    with counted(still.parent) as address:
        empty, lesson = memory(address)
    print(f"\nthe browser holds {empty:.0f} MB empty, {lesson:.0f} MB with a lesson open")
    assert lesson > empty


def test_lesson_without_a_server(still):
    with counted(still.parent) as address:
        seen = visits(address)
    print()
    for name, each in seen.items():
        question, answered, sent, requests = map(statistics.median, zip(*each, strict=True))
        every = ", ".join(f"{one[1]:.1f}" for one in each)
        print(f"{name:7} question {question:.2f} s, Python {answered:.2f} s ({every}); ", end="")
        print(f"{sent / 1e6:.2f} MB, {requests:.0f} requests")
    assert all(each[2] < 0.02 * seen["first"][0][2] for each in seen["repeat"])
