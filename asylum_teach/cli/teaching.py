"""The commands of a teacher: a made-up class, reports and files."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from asylum_teach import content
from asylum_teach.export.questions import cases_of
from asylum_teach.instructor.demo import demo_class
from asylum_teach.instructor.files import content_file, report_file
from asylum_teach.instructor.report import Chosen, report
from asylum_teach.store import Store, StoreFault, open_store

MOST_LEARNERS = 500


def make_demo(arguments: argparse.Namespace) -> int:
    """Make a scratch database with a class in it; 1 where that cannot be."""
    if arguments.file.exists():
        print(f"{arguments.file} is there already; name a file to be made.", file=sys.stderr)
        return 1
    if not 1 <= arguments.learners <= MOST_LEARNERS:
        print(f"Write --learners with a number from 1 to {MOST_LEARNERS}.", file=sys.stderr)
        return 1
    known = content.read(arguments.exercises)
    url = f"sqlite:///{arguments.file.absolute()}"
    try:
        with closing(open_store(url)) as store:
            demo_class(store, known, datetime.now(UTC), arguments.learners)
    except StoreFault as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{arguments.file} holds a made-up class of {arguments.learners}. Look at it:")
    print(f"  asylum-teach serve --instructor --db {url}")
    return 0


def write_report(arguments: argparse.Namespace) -> int:
    """Write one file of a report; 1 where that cannot be."""
    known = content.read(arguments.exercises)
    now = datetime.now(UTC)
    try:
        with closing(open_store(arguments.db)) as store:
            cohort = _cohort(store, arguments.cohort)
            chosen = Chosen(
                cohort=cohort,
                lesson=arguments.lesson,
                since=arguments.since,
                until=arguments.until,
            )
            found = report(store, known, chosen, now)
        made = report_file(found, known, arguments.file.name, now)
    except StoreFault as error:
        return _refused(str(error))
    except LookupError as error:
        return _refused(f"{error.args[0]}")
    return _write(arguments.file, made.body)


def write_export(arguments: argparse.Namespace) -> int:
    """Write questions for another system, or a hand-out; 1 where that cannot be."""
    known = content.read(arguments.exercises)
    try:
        chosen = cases_of(known, arguments.case, arguments.lesson or None)
        made = content_file(known, chosen, arguments.format, datetime.now(UTC))
    except ValueError as error:
        return _refused(str(error))
    return _write(arguments.file or Path(arguments.format), made.body)


def _cohort(store: Store, named: str) -> str:
    """The id of the cohort of that name or id; empty for everybody.

    Raises LookupError with a sentence.
    """
    if not named:
        return ""
    cohorts = store.cohorts()
    found = [each.id for each in cohorts if named in (each.id, each.name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LookupError(f"Several cohorts are called '{named}'; name one by its id: {found}.")
    listed = ", ".join(f"{each.name} ({each.id})" for each in cohorts) or "none yet"
    raise LookupError(f"There is no cohort '{named}'. There is: {listed}.")


def _write(path: Path, body: bytes) -> int:
    path.write_bytes(body)
    print(path)
    return 0


def _refused(why: str) -> int:
    print(why, file=sys.stderr)
    return 1
