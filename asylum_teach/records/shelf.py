"""What records ask of the place where they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from asylum_teach.models import Attempt
from asylum_teach.models.keeping import Added, Doing, Snapshot

Key = str  # who knows it may use the record that it belongs to


class Shelf(Protocol):
    """Learners' attempts, which are only ever added to; each method may raise StoreFault."""

    def learner_of(self, key: Key) -> int | None:
        """The learner whose key it is."""

    def add_learner(self, key: Key, now: datetime, doing: Doing = "change") -> int:
        """Begin a record for that key."""

    def add(self, learner: int, attempt: Attempt, basis: str = "") -> Added:
        """Keep an attempt once, with what it rested on as JSON."""

    def add_many(self, learner: int, attempts: Sequence[Attempt], bases: Mapping[str, str]) -> int:
        """Keep attempts in their order, each once; how many were new."""

    def attempts(self, learner: int, after: int = 0) -> list[Attempt]:
        """The learner's attempts after a serial, in their order."""

    def latest(
        self, learner: int, asked: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], Attempt]:
        """The last attempt at each case and item of *asked* that there is one at."""

    def basis(self, digest: str) -> str | None:
        """What has that digest, as JSON."""

    def snapshot(self, learner: int) -> Snapshot | None:
        """Where the learner stood when that was kept last."""

    def keep_snapshot(self, learner: int, snapshot: Snapshot) -> None:
        """Keep where the learner stands."""

    def about(self, learner: int) -> dict[str, Any]:
        """Everything that is stored about the learner."""

    def erase(self, learner: int) -> None:
        """Erase everything about the learner."""

    def finish_erasing(self) -> None:
        """Finish what an earlier erasure could not."""

    def seal(self, text: bytes) -> str:
        """A seal by which a text is known again as written here."""
