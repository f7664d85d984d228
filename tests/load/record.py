"""What became of the answers: what was sent, set against what is kept."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from sqlalchemy import func, select

from asylum_teach.store import open_store
from asylum_teach.store.schema import metadata
from tests.load.browser import Browser
from tests.load.learner import Learner, Sent


@dataclass
class Answers:
    """The answers of all learners."""

    sent: int = 0
    acknowledged: int = 0
    kept: int = 0  # different answers that are in the record
    lost: list[str] = field(default_factory=list)  # ids that were acknowledged and are not there
    doubled: list[str] = field(default_factory=list)  # ids that are there more than once
    changed: list[str] = field(default_factory=list)  # ids that are there with another response
    strange: list[str] = field(default_factory=list)  # ids that are there and were never sent

    def compare(self, sent: Sent, found: Sequence[tuple[str, object]]) -> None:
        """Count one learner's answers; *found* are the id and the response of each attempt."""
        times = Counter(identity for identity, _ in found)
        self.sent += len(sent.answers)
        self.acknowledged += len(sent.kept)
        self.kept += len(times)
        self.lost += sorted(sent.kept - times.keys())
        self.doubled += [identity for identity, count in times.items() if count > 1]
        self.strange += sorted(times.keys() - sent.answers.keys())
        self.changed += [
            identity
            for identity, response in found
            if identity in sent.answers and sent.answers[identity]["response"] != response
        ]

    def sound(self) -> bool:
        """Whether every acknowledged answer is there, once, as it was given, and no other."""
        return not (self.lost or self.doubled or self.changed or self.strange)


def from_store(people: Sequence[Sent], url: str) -> Answers:
    """Compare with the database itself."""
    answers = Answers()
    with contextlib.closing(open_store(url)) as store:
        for sent in people:
            learner = store.learner_of(sent.door)
            attempts = [] if learner is None else store.attempts(learner)
            answers.compare(sent, [(each.id, each.response) for each in attempts])
    return answers


async def from_site(learners: Sequence[Learner]) -> Answers:
    """Compare with the progress file that the site gives each learner; then erase their record."""
    answers = Answers()
    for learner in learners:
        attempts: list[Mapping[str, object]] = []
        if learner.sent.answers:
            attempts = await _own_attempts(learner.browser)
        answers.compare(learner.sent, [(str(each["id"]), each["response"]) for each in attempts])
    return answers


async def _own_attempts(browser: Browser) -> list[Mapping[str, object]]:
    """Everything that the site keeps of one learner's answers; nothing of it stays there."""
    expected = (HTTPStatus.OK, HTTPStatus.UNAUTHORIZED)  # the latter of whom there is no record
    reply = await browser.ask("GET", "record/file", expected=expected)
    if reply.status == HTTPStatus.UNAUTHORIZED:
        return []
    await browser.ask("POST", "record/erase", {})
    return list(reply.json["attempts"])


def rows(url: str) -> dict[str, int]:
    """How many rows each table of the database has."""
    with contextlib.closing(open_store(url)) as store:
        return store.database.read(
            lambda connection: {
                table.name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
                for table in metadata.tables.values()
            }
        )
