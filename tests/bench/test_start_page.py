"""How soon the start page is ready for who has much behind them, beside who has nothing."""

import random
import statistics
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import sync_playwright

from asylum_teach import guidance
from asylum_teach.models import Attempt
from asylum_teach.scoring import key_of
from asylum_teach.store import open_store
from tests.browser.chromium import FLAGS, find
from tests.served import Server, new_key

ATTEMPTS = 10_000
VISITS = 25
READY = """() => document.querySelector("#progress h2")
  ? window.shown : performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd"""


def fill(store, content, key):
    """A learner with ten thousand attempts over three hundred days."""
    chance, day = random.Random(1), datetime.now(UTC) - timedelta(days=300)
    items = [(case, item) for case in content.cases.values() for item in case.items]
    attempts, bases = [], {}
    for number in range(ATTEMPTS):
        case, item = chance.choice(items)
        basis = guidance.basis_of(content, case.id, item.id)
        bases[guidance.digest_of(basis)] = guidance.to_json(basis)
        attempts.append(
            Attempt(
                id=f"attempt-{number:012}",
                case=case.id,
                case_version=case.version,
                item=item.id,
                lesson=case.lesson,
                response=key_of(item),
                credit=1,
                confidence=chance.choice((None, 1, 2, 3)),
                hints=chance.choice((0, 0, 0, 1)),
                seconds=20,
                basis=guidance.digest_of(basis),
                at=day + number * timedelta(days=300) / ATTEMPTS,
            )
        )
    store.add_many(store.add_learner(f"key:{key}", day), attempts, bases)


@pytest.fixture
def server(tmp_path):
    """A server on a database of its own."""
    with Server(f"sqlite:///{tmp_path}/record.sqlite", tmp_path) as running:
        yield running


def test_start_page(benchmark, server, kit_content):
    """Milliseconds to the whole page, progress included: none at all, and ten thousand."""
    key = new_key()
    store = open_store(server.url)
    fill(store, kit_content, key)
    store.close()
    remembered = f"""localStorage.setItem("asylum-teach.key", "{key}");
      localStorage.setItem("asylum-teach.known", "yes");"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        pages = {"none": "", f"{ATTEMPTS:,}": remembered}
        for name, script in pages.items():
            context = browser.new_context()
            context.add_init_script(
                f"{script} document.addEventListener('progress-shown', () =>"
                " { window.shown = window.shown || performance.now(); });"
            )
            pages[name] = context.new_page()
            pages[name].goto(f"http://127.0.0.1:{server.port}/")
            if script:  # the first visit folds the record once
                pages[name].locator("#progress h2").wait_for()

        def visits():
            times = {name: [] for name in pages}
            for _ in range(VISITS):
                for name, page in pages.items():
                    page.reload(wait_until="load")
                    if name != "none":
                        page.locator("#progress h2").wait_for()
                    times[name].append(page.evaluate(READY))
            return {name: statistics.median(each) for name, each in times.items()}

        found = benchmark.pedantic(visits, rounds=1)
        browser.close()
    none, many = found.values()
    print(f"\nstart page: {none:.0f} ms with none, {many:.0f} ms with {ATTEMPTS:,}", end="")
    print(f"; ratio {many / none:.2f}")
