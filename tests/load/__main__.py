"""``python -m tests.load``: what each option does stands in docs/load.md."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from asylum_teach import bundle, content, kit
from asylum_teach.models import Content
from tests.load import opened, report, visits
from tests.load.servers import NotHereError, Site, given, loopback, started, stock
from tests.load.ways import Hub, OpenDoor

LESSON = "nexus_and_grounds"  # of the pages that are only opened


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 where a learner met an error or an answer is not there as sent."""
    asked = _parser().parse_args(arguments)
    # Ended from outside, it must not leave its server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        figures = _figures(asked, content.read(kit.folder("exercises")))
    except NotHereError as error:
        print(error, file=sys.stderr)
        return 2
    for line in report.lines(figures):
        print(line)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0 if figures["sound"] else 1


def _figures(asked: argparse.Namespace, kit_content: Content) -> dict[str, Any]:
    with _site(asked) as site:
        stem = kit_content.lessons[(asked.lesson or [LESSON])[0]].notebook
        if asked.pages:
            return asyncio.run(opened.pages(asked.pages, site, stem, asked.linger, asked.seed))
        if asked.against_stock:
            return _against_stock(asked, kit_content, site, stem)
        return asyncio.run(visits.run(_plan(asked, kit_content), site, kit_content))


def _against_stock(
    asked: argparse.Namespace, kit_content: Content, site: Site, stem: str
) -> dict[str, Any]:
    with (
        kit.compiled(kit_content, bundle.save) as compiled,
        stock(kit.folder("notebooks"), compiled) as other,
    ):
        return asyncio.run(opened.beside(asked.against_stock, site, other, stem, asked.seed))


@contextlib.contextmanager
def _site(asked: argparse.Namespace) -> Iterator[Site]:
    if asked.url:
        yield given(asked.url, asked.pid)
    else:
        with started(asked.db, asked.places) as site:
            yield site


def _plan(asked: argparse.Namespace, kit_content: Content) -> visits.Plan:
    course = sorted(kit_content.lessons.values(), key=lambda each: each.number)
    numbered = [each.id for each in course if each.number and each.notebook and not each.beside]
    return visits.Plan(
        learners=asked.learners,
        lessons=asked.lesson or numbered,
        way=Hub(asked.user, asked.password) if asked.hub else OpenDoor(),
        arrive=asked.arrive,
        pace=asked.pace,
        most=asked.most_minutes * 60,
        linger=asked.linger,
        seed=asked.seed,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    take = parser.add_argument
    take("--learners", type=_some, default=60, help="how many (default 60)")
    take("--arrive", type=float, default=30, help="seconds within which they come (default 30)")
    take("--lesson", nargs="+", help="ids of lessons, taken in turn (default: 1 to the last)")
    take("--pace", type=float, default=12, help="times as quick as a person (default 12)")
    take("--most-minutes", type=float, default=10, help="when the last are sent away (default 10)")
    take("--linger", type=float, default=120, help="seconds to wait for kernels to go")
    take("--seed", type=int, default=1, help="of all that is left to chance")
    take("--db", default="", help="a database's URL for the server that is started here")
    take("--places", type=_some, default=0, help="how many lessons it may have open at once")
    take("--url", type=_here, help="a server that runs already, on this machine")
    take("--pid", type=int, help="its process, where that is not the one that listens there")
    take("--hub", action="store_true", help="the server is a JupyterHub; learners log in")
    take("--user", default="learner-{}", help="their names at the hub (default learner-{})")
    take("--password", default="", help="the one password of all of them at the hub")
    take("--pages", type=_some, help="only open and close so many pages")
    take("--against-stock", type=_some, nargs="?", const=10, help="so many pages beside stock's")
    take("--json", type=Path, metavar="FILE", help="write the figures there as well")
    return parser


def _some(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _here(text: str) -> str:
    try:
        return loopback(text)
    except NotHereError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
