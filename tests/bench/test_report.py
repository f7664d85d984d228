"""How long the whole report takes, and what it holds in memory, from 10,000 attempts to a million.

A process of its own reads a SQLite file and works everything out.  ``python -m
tests.bench.test_report BUNDLE DATABASE`` is that process; it prints seconds, by the wall's clock
and by the processor's, and megabytes as JSON.
"""

import json
import random
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from asylum_teach import analysis, bundle
from asylum_teach.models import Status
from asylum_teach.scoring import ResponseError, key_of, score
from asylum_teach.store import open_store
from tests.conftest import ROOT

ITEMS, TRIES = 200, 200  # different items; attempts of one learner, some of them repeated
READ = ("learner", "item", "credit", "confidence", "critical_error", "response")
LEARNER = "INSERT INTO learners (id, created, name) VALUES (?, '2026-01-01 00:00:00.000000', '')"
ATTEMPT = """INSERT INTO attempts (learner, id, lesson, case_id, case_version, item, response,
  credit, hints, confidence, critical_error, seconds, at, sealed)
  VALUES (?, ?, ?, ?, 1, ?, ?, ?, 0, ?, ?, 20, ?, 1)"""


def responses(item):
    """Some responses to an item, as JSON, each with its credit and critical error."""
    given = [key_of(item)]
    given += [option.id for option in getattr(item, "options", ()) if hasattr(option, "id")]
    given += [[each] for each in given[1:]]
    if item.kind == "element_assessment":
        given += [dict.fromkeys(item.key, status.value) for status in Status]
    for response in given:
        try:
            scored = score(item, response)
        except ResponseError:
            continue
        yield json.dumps(response), scored.credit, scored.critical_error


def attempts_of(learner, asked, chance):
    """Twenty items that everybody answers, then any others; one in ten is tried again."""
    order = [*range(20), *chance.sample(range(20, ITEMS), 160), *chance.sample(range(20), 20)]
    skill = chance.random()
    for number, place in enumerate(order[:TRIES]):
        case, item, given = asked[place]
        response, credit, error = given[0] if chance.random() < skill else chance.choice(given)
        sure = chance.choice((1, 2, 3)) if item.ask_confidence else None
        at = f"2026-01-{1 + number % 28:02} 12:{number % 60:02}:00.000000"
        identity = f"attempt-{learner:06}-{number:06}"
        yield learner, identity, case.lesson, case.id, item.id, response, credit, sure, error, at


def fill(path, content, attempts):
    """A database of so many synthetic attempts, the same in every run."""
    open_store(f"sqlite:///{path}").close()
    every = [(case, item) for case in content.cases.values() for item in case.items]
    chance = random.Random(1)
    asked = [(case, item, list(responses(item))) for case, item in chance.sample(every, ITEMS)]
    learners = range(1, attempts // TRIES + 1)
    with sqlite3.connect(path) as connection:
        connection.executemany(LEARNER, ([learner] for learner in learners))
        connection.executemany(
            ATTEMPT, (row for learner in learners for row in attempts_of(learner, asked, chance))
        )
    connection.close()


def report(content, path):
    """Everything that a teacher can open, worked out at once."""
    store = open_store(f"sqlite:///{path}")
    attempts = analysis.frame(store.answers(READ))
    store.close()
    members = dict.fromkeys(attempts["learner"].unique().tolist(), "a name")
    lessons = analysis.items_of_lessons(content)
    answered = set(attempts["item"].cat.categories)
    return (
        analysis.item_statistics(attempts, content),
        [analysis.reliability(attempts, answered & set(names)) for names in lessons.values()],
        analysis.confidently_wrong(attempts, content),
        analysis.by_member(attempts, content, members),
        analysis.by_element(attempts, content),
        analysis.outcomes(attempts, content),
    )


def peak():
    """Megabytes that this process held at the most.

    Of Linux, since resource.getrusage counts what the process that started this one held, too.
    """
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 2**10


def main(compiled, path):
    """Work the report out, and print what it took."""
    content = bundle.load(Path(compiled))
    before = peak()
    wall, processor = time.perf_counter(), time.process_time()
    report(content, path)
    taken = time.perf_counter() - wall, time.process_time() - processor
    print(json.dumps([*taken, before, peak()]))


@pytest.mark.parametrize("attempts", [10_000, 100_000, 1_000_000])
def test_whole_report(benchmark, kit_content, tmp_path, attempts):
    """Reading included."""
    compiled, path = tmp_path / "bundle.json", tmp_path / "record.sqlite"
    bundle.save(kit_content, compiled)
    fill(path, kit_content, attempts)
    command = [sys.executable, "-m", "tests.bench.test_report", str(compiled), str(path)]

    def run():
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    found = [benchmark.pedantic(run, rounds=1), run(), run()]
    wall, processor, before, most = (min(each) for each in zip(*found, strict=True))
    print(f"\n{attempts:,} attempts: {wall:.2f} s ({processor:.2f} s of processor), ", end="")
    print(f"{most:.0f} MB at the most, {before:.0f} MB of them before it began")


if __name__ == "__main__":
    main(*sys.argv[1:])
