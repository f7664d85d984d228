"""The commands of a teacher: a made-up class, reports and files."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, datetime

from asylum_teach import content
from asylum_teach.instructor.demo import demo_class
from asylum_teach.store import StoreFault, open_store

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
