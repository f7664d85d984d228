"""The load test itself: what it counts in a small run, and that it tells what is lost."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections import Counter

import pytest

from asylum_teach.models import Conversation, Stopping
from asylum_teach.scoring import score
from asylum_teach.store import open_store
from tests.conftest import ROOT
from tests.load import report
from tests.load.__main__ import main
from tests.load.figures import Errors, TroubleError, percentile, spread
from tests.load.learner import Sent, turn
from tests.load.page import look
from tests.load.record import Answers
from tests.load.servers import NotHereError, loopback
from tests.load.tasks import wrong_of
from tests.served import Learner, serving

FORGET = """CREATE TRIGGER forget AFTER INSERT ON attempts
BEGIN DELETE FROM attempts WHERE serial = NEW.serial; END"""


def load(tmp_path, *arguments):
    """What the command leaves as its exit status, what it prints, and its figures."""
    file = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.load", "--arrive=1", "--linger=0", f"--json={file}"]
    command += ["--most-minutes=2", "--pace=1000", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )
    assert file.exists(), done.stderr
    return done.returncode, done.stdout, json.loads(file.read_text())


# --- A small run ---


def test_everything_that_three_lessons_ask_is_answered_and_kept(tmp_path):
    """On a server with places for two, so that one of the learners waits for theirs."""
    lessons = ["decided_cases", "law_in_time", "intake_interview"]

    status, told, figures = load(tmp_path, "--learners=3", "--places=2", "--lesson", *lessons)

    assert status == 0, told
    assert figures["errors"] == {}
    assert figures["finished"] == 3
    kept = figures["answers kept"]
    assert kept["sent"] == kept["acknowledged"] == kept["kept"] > 40
    assert (kept["lost"], kept["doubled"], kept["changed"], kept["never sent"]) == (0, 0, 0, 0)
    assert figures["rows written"]["attempts"] == kept["kept"]
    assert figures["rows written"]["learners"] == 3
    assert figures["start-up"]["count"] == 3
    assert figures["waited for a place"]["count"] >= 1
    assert figures["answers"]["count"] == kept["acknowledged"]
    assert figures["lab"]["count"] >= 1
    assert figures["on purpose"]["connections dropped"] >= 1
    assert figures["memory"]["for each kernel"] > 1
    assert "errors: 0" in told


def test_what_a_broken_store_forgets_is_told(tmp_path):
    """The server says that an answer is kept, and then it is not there."""
    file = tmp_path / "record.sqlite"
    open_store(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute(FORGET)

    status, told, figures = load(
        tmp_path, "--learners=1", f"--db=sqlite:///{file}", "--lesson", "law_in_time"
    )

    kept = figures["answers kept"]
    assert (kept["acknowledged"], kept["kept"], kept["lost"]) == (2, 0, 2)
    assert figures["errors"] == {}
    assert "lost 2" in told
    assert status == 1


def test_a_server_that_runs_already_is_asked_for_each_record(tmp_path):
    """Below a path of its host, as behind a proxy; and nothing is left in its record."""
    with serving(tmp_path, base="/below/") as server:
        status, told, figures = load(
            tmp_path, "--learners=1", f"--url={server.address}/", "--lesson", "law_in_time"
        )
        with server.store() as store:
            left = store.counts()

    assert status == 0, told
    assert figures["answers kept"]["kept"] == figures["answers kept"]["sent"] == 2
    assert left == {"learners": 0, "attempts": 0}


def test_pages_that_say_that_they_go_leave_no_kernel(tmp_path):
    status, told, figures = load(
        tmp_path, "--pages=3", "--linger=30", "--lesson=law_in_time", "--seed=4"
    )

    assert figures["errors"] == {}
    assert figures["opening"]["count"] == 3
    assert figures["vanished"] == 0  # with this seed
    assert figures["kernels"]["left"] <= figures["kernels"]["pool"], told
    assert status == 0


def test_a_cold_browser_asks_for_files_that_there_are(server):
    """Where one is missing, write the list anew: python -m tests.load.cold."""
    assets = Learner(server).get("../").body.decode().split('/kit.css"')[0].split('"')[-1]

    missing = [
        name
        for name in look("kit").cold
        if Learner(server).ask("GET", f"{assets}/{name}").status != 200
    ]

    assert missing == []


# --- What it refuses ---


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://10.0.0.1:8866/", "http://localhost.example.org/", "x"]
)
def test_only_this_machine_may_be_asked(url, capsys):
    with pytest.raises(SystemExit):
        main(["--url", url])

    assert "The load test asks this machine alone" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.2/x", "http://[::1]:8866/"])
def test_this_machine_goes_by_each_of_its_names(url):
    assert loopback(url).endswith("/")


def test_an_address_that_is_no_page_is_refused():
    with pytest.raises(NotHereError):
        loopback("file://localhost/etc/passwd")


# --- Its parts ---


def test_percentiles_are_values_that_were_seen():
    seconds = [n / 100 for n in range(1, 101)]

    assert percentile(seconds, 95) == 0.95
    assert percentile([3.0], 99) == 3.0
    assert spread([2.0, 1.0, 4.0]) == {"count": 3, "median": 2, "p95": 4, "p99": 4, "max": 4}
    assert spread([]) == {}


def test_every_wrong_response_can_be_scored_and_earns_less(kit_content):
    """Learners err in every kind of item; interviews and scripts are played to their end."""
    chance, kinds = random.Random(2), Counter()
    for case in kit_content.cases.values():
        for item in case.items:
            assert score(item, wrong_of(item, chance)).credit < 1, item.id
            kinds[item.kind] += 1

    assert len(kinds) == 9
    played = [*kit_content.interviews.values(), *kit_content.scripts.values()]
    assert all(isinstance(each.item, (Conversation, Stopping)) for each in played)


def test_what_was_sent_is_set_against_what_is_kept():
    answers = Answers()
    sent = Sent("key:k", {n: {"response": n} for n in "abcd"}, {"a", "b", "c"})

    answers.compare(sent, [("a", "a"), ("b", "x"), ("a", "a"), ("z", "z")])

    assert (answers.lost, answers.doubled) == (["c"], ["a"])
    assert (answers.changed, answers.strange) == (["b"], ["z"])
    assert not answers.sound()


def test_an_answer_that_was_never_acknowledged_is_not_lost():
    answers = Answers()

    answers.compare(Sent("key:k", {"a": {"response": 1}}), [])

    assert answers.sound()


def test_each_kind_of_error_is_told_with_one_example():
    errors = Errors()
    for example in ("first", "second"):
        errors.note(TroubleError("a lesson broke off", example))
    errors.note(TimeoutError())

    told = list(report.lines({"errors": errors.told()}))

    assert told[0] == "errors: 3"
    assert told[1] == "  2 × a lesson broke off; one of them: 'first'"


def test_a_turn_in_the_lab_switches_one_fact():
    groups = [{"facts": [{"id": "a"}, {"id": "b"}]}, {"facts": [{"id": "c"}]}]
    state = {"view": {"groups": groups}, "choice": {"n": 1, "facts": ["a"], "circuit": "9"}}

    turned = turn(state, random.Random(1))

    assert len({"a"} ^ set(turned["facts"])) == 1
    assert (turned["n"], turned["circuit"]) == (2, "9")
