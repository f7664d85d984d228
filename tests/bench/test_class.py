"""A class of thirty phones in Chromium: how soon a vote is on the screen, and whether all count."""

import statistics
import time

import psutil
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, find
from tests.browser.conftest import browsers
from tests.browser.room import Room, ask, close, counts, press, put_on, says, unfold
from tests.served import serving

PHONES = 30
DROPPED = 10
APART = 20  # milliseconds between two taps of a burst
WATCH = """() => {
  const count = document.getElementById("count"), told = (window.told = []);
  new MutationObserver(() => {
    const votes = Number(count.textContent.match(/(\\d+) voted/)?.[1] ?? 0);
    told.push([votes, Date.now()]);
  }).observe(count, { childList: true, characterData: true, subtree: true });
}"""
TAP = """(at) => new Promise((done) => setTimeout(() => {
  const tapped = Date.now();
  document.querySelector("#question button[type=submit]").click();
  done(tapped);
}, Math.max(0, at - Date.now())))"""
TAP_LATER = f"(at) => {{ window.tapped = ({TAP})(at); }}"
COUNTED = """(n) => new Promise((done) => {
  const look = () => {
    const found = window.told.find(([votes]) => votes >= n);
    found ? done(found[1]) : setTimeout(look, 20);
  };
  look();
})"""


@pytest.fixture
def server(tmp_path):
    """A server on a database of its own."""
    with serving(tmp_path, instructor=True, checked=True) as running:
        yield running


def memory(server):
    """Megabytes that the server itself holds, its warm kernels apart."""
    return psutil.Process(server._process.pid).memory_info().rss / 1e6


def ready(phones, number):
    """Every phone has chosen an option, and has not voted yet."""
    for phone in phones:
        says(phone, "Vote now")
        phone.locator("#question input").nth(number).check()


def counted(board, votes):
    """When the screen first said so many votes, in milliseconds since 1970."""
    return board.evaluate(COUNTED, votes)


def one_by_one(board, phones, before=0):
    """Milliseconds from each tap to its count, each after the one before was counted."""
    took = []
    for votes, phone in enumerate(phones, before + 1):
        tapped = phone.evaluate(TAP, 0)
        took.append(counted(board, votes) - tapped)
    return took


def all_at_once(board, phones):
    """Likewise in a burst: from the n-th tap to the first count of n or more."""
    begin = time.time() * 1000 + 1_000
    for n, phone in enumerate(phones):
        phone.evaluate(TAP_LATER, begin + n * APART)
    counted(board, len(phones))
    taps = sorted(phone.evaluate("() => window.tapped") for phone in phones)
    return [counted(board, n) - tapped for n, tapped in enumerate(taps, 1)]


def told(name, took):
    """A line of figures."""
    median, high = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    print(f"{name}: median {median:.0f} ms, 95th {high:.0f} ms, most {max(took):.0f} ms")


def test_class(benchmark, server):
    """A whole session with two votes and a flip; ten phones are away while they vote."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        own = f"http://localhost:{server.instructor_port}"
        with browsers(chromium, own) as teachers, browsers(chromium, server.address) as learners:
            room = Room(server, teachers, learners)
            benchmark.pedantic(session, (server, room), rounds=1)
        chromium.close()


def session(server, room):
    """Teach it, and print what was measured."""
    print(f"\nload of this machine at the beginning: {psutil.getloadavg()}")
    board, empty = room.begin(room.teacher(), "Thirty"), memory(server)
    phones = [room.phone(f"Learner {n}") for n in range(PHONES)]
    says(board, f"{PHONES} learners are here")
    board.evaluate(WATCH)
    put_on(board)
    ask(board)

    ready(phones, 0)
    told("one by one", one_by_one(board, phones))
    close(board)
    first = sum(counts(board, "The vote"))

    press(board, "Vote again")
    ready(phones, 1)
    board.evaluate("window.told.length = 0")
    told(f"a tap every {APART} ms", all_at_once(board, phones))
    close(board)
    second = sum(counts(board, "Second vote"))

    unfold(board, "Flip")
    press(board, "Vote in that circuit")
    ready(phones, 0)
    board.evaluate("window.told.length = 0")
    away, here = phones[:DROPPED], phones[DROPPED:]
    for phone in away:
        phone.context.set_offline(True)
        phone.evaluate(TAP, 0)
    told("one by one, ten away", one_by_one(board, here))
    for phone in away:
        phone.context.set_offline(False)
    back = time.time() * 1000
    print(f"all ten back are counted after {counted(board, PHONES) - back:.0f} ms")
    for phone in phones:
        says(phone, "Your vote is in")
    close(board)

    with server.store() as store:
        votes = [
            vote
            for cohort in store.cohorts()
            for s in store.sessions(cohort.id)
            for vote in store.votes(s.id)
        ]
    kept = {(vote.round, vote.learner) for vote in votes}
    lost, doubled = 3 * PHONES - len(kept), len(votes) - len(kept)
    print(f"votes lost: {lost}, doubled: {doubled}; on the screen: {first}, {second}")
    print(f"server: {memory(server):.0f} MB with the class, {empty:.0f} MB before it")
    print(f"load of this machine at the end: {psutil.getloadavg()}")
    assert (lost, doubled, first, second) == (0, 0, PHONES, PHONES)
