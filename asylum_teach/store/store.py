"""The store as the rest of the kit sees it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from asylum_teach.models import Attempt, ClassSession, Cohort, Member, Vote
from asylum_teach.models.answers import AnswerColumn, Answers
from asylum_teach.models.keeping import Added, Doing, Snapshot, StoreFault, fault
from asylum_teach.store import answers, classes, erase, people, record
from asylum_teach.store.engine import Database
from asylum_teach.store.migrate import migrate
from asylum_teach.store.place import address, prepare


def open_store(url: str | None = None) -> Store:
    """The store at *url*, or that ASYLUM_TEACH_DB names, or the one in the kit's own folder.

    Makes what is missing, and brings an older schema forward.  Raises StoreFault.
    """
    database = Database(address(url))
    if database.path is not None:
        prepare(database.path)
    try:
        migrate(database)
    except StoreFault as found:
        database.close()
        raise fault(found.kind, "open", found.detail) from None
    with suppress(StoreFault):  # an erasure that was cut short; the next opening tries again
        erase.clean(database)
    return Store(database)


class Store:
    """What is kept about learners.

    Every method may be called from any thread, and again after a fault: nothing is kept twice.
    Each raises StoreFault while the database cannot be used, and works again once it can.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def learner_of(self, key: str) -> int | None:
        """The learner whose key this is."""
        return self.database.read(people.by_key, key)

    def add_learner(self, key: str, now: datetime, doing: Doing = "change") -> int:
        """The learner of that key, made where there is none, by one who is *doing* that."""
        return self.database.write(doing, people.add, key, now)

    def add_key(self, learner: int, key: str, now: datetime) -> None:
        """Let another device's key open this record, and no other that it may have opened."""
        self.database.write("change", people.add_key, learner, key, now)

    def set_code(self, learner: int, code: str) -> None:
        """Let a resume code open this record, in place of the code before.

        Raises ValueError where the code is another learner's.
        """
        hashed = people.code_hash(code, self.database.read(people.salt))
        self.database.write("change", people.set_code, learner, hashed)

    def learner_by_code(self, code: str) -> int | None:
        """The learner whose resume code this is."""
        hashed = people.code_hash(code, self.database.read(people.salt))
        return self.database.read(people.by_code, hashed)

    def add(self, learner: int, attempt: Attempt, basis: str = "") -> Added:
        """Keep an attempt; it is on the disk when this returns.

        *basis* is the JSON that attempt.basis is the digest of, and may be left out once it is
        kept.  Raises UnknownLearnerError, and ValueError for what cannot be kept as it is.
        """
        return self.database.write("answer", record.add, learner, attempt, basis)

    def add_many(self, learner: int, attempts: Sequence[Attempt], bases: Mapping[str, str]) -> int:
        """Keep attempts in their order, all or none; how many were new."""
        return self.database.write("change", record.add_many, learner, attempts, bases)

    def attempts(self, learner: int, after: int = 0) -> list[Attempt]:
        """The learner's attempts after a serial, by serial."""
        return self.database.read(record.of_learner, learner, after)

    def latest(
        self, learner: int, asked: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], Attempt]:
        """The last attempt at each case and item that there is one at."""
        return self.database.read(record.latest, learner, asked)

    def newest(self, learner: int) -> Attempt | None:
        """The learner's last attempt."""
        return self.database.read(record.newest, learner)

    def answers(
        self,
        columns: Collection[AnswerColumn] = answers.WHOLE,
        *,
        learners: Collection[int] | None = None,
        cohort: str | None = None,
        lesson: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Answers:
        """The attempts of many learners as columns, by serial, for analysis.

        Those of *learners* (None: of everybody), of a cohort, of a lesson, from *since* on and
        before *until*.  Read without *since* where first attempts are to be the first.
        """
        return self.database.read(answers.read, columns, learners, cohort, lesson, since, until)

    def basis(self, digest: str) -> str | None:
        """The JSON that has that digest."""
        return self.database.read(record.basis, digest)

    def snapshot(self, learner: int) -> Snapshot | None:
        """Where the learner stood when it was last folded."""
        return self.database.read(people.snapshot, learner)

    def keep_snapshot(self, learner: int, snapshot: Snapshot) -> None:
        """Keep where the learner stands; an older one of the same content changes nothing."""
        self.database.write("change", people.keep_snapshot, learner, snapshot)

    def name(self, learner: int) -> str:
        """The name that the learner chose, or none."""
        return self.database.read(people.name, learner)

    def set_name(self, learner: int, name: str) -> None:
        """Keep the name that the learner chose; an empty one takes it away."""
        self.database.write("change", people.set_name, learner, name)

    def issue(self, learner: int, code: str, body: str, now: datetime) -> None:
        """Keep a training record under its code; raises ValueError where it names another."""
        self.database.write("change", people.issue, learner, code, body, now)

    def issued(self, code: str) -> str | None:
        """The training record of that code."""
        return self.database.read(people.issued, code)

    # --- Classes.  Each raises UnknownClassError where it would write to one that there is not.

    def add_cohort(self, name: str, now: datetime, chance: Callable[[int], int]) -> Cohort:
        """A new cohort; *chance* gives a number below its argument."""
        return self.database.write("change", classes.add_cohort, name, now, chance)

    def cohorts(self) -> list[Cohort]:
        """Every cohort, the oldest first."""
        return self.database.read(classes.every_cohort)

    def rename_cohort(self, id: str, name: str) -> None:
        """Keep another name of a cohort."""
        self.database.write("change", classes.rename_cohort, id, name)

    def members(self, cohort: str) -> list[Member]:
        """Who is in a cohort, in the order in which they joined."""
        return self.database.read(classes.members_of, cohort)

    def join(self, cohort: str, learner: int, name: str, now: datetime) -> None:
        """Put a learner into a cohort under a name, or keep another name of one who is in it.

        Raises UnknownLearnerError, and ValueError for a name that is empty, has more than
        LONGEST_NAME letters, or cannot be kept as it is.
        """
        self.database.write("change", classes.join, cohort, learner, name, now)

    def leave(self, cohort: str, learner: int) -> None:
        """Take a learner out of a cohort, if they are in it; their votes and attempts stay."""
        self.database.write("change", classes.leave, cohort, learner)

    def cohorts_of(self, learner: int) -> list[Cohort]:
        """The cohorts that a learner is in, in the order in which they joined them."""
        return self.database.read(classes.cohorts_of, learner)

    def add_session(self, cohort: str, title: str, code: str, now: datetime) -> ClassSession:
        """Open a session under a join code, with an empty state of version 0.

        Raises ValueError where the code is another open session's, or is none.
        """
        return self.database.write("change", classes.add_session, cohort, title, code, now)

    def session(self, id: str) -> ClassSession | None:
        """The session of that id, open or closed."""
        return self.database.read(classes.session, id)

    def open_session(self, code: str) -> ClassSession | None:
        """The open session of a join code, however it was typed."""
        return self.database.read(classes.open_session, code)

    def sessions(self, cohort: str | None = None) -> list[ClassSession]:
        """The sessions of a cohort, or of all, the oldest first."""
        return self.database.read(classes.sessions_of, cohort)

    def set_state(self, session: str, state: dict[str, Any], version_before: int) -> bool:
        """Keep the state of a session that was of that version; False where it no longer is.

        So of two teachers who go on from the same screen, one does.  Raises ValueError for a
        session that is closed.
        """
        return self.database.write("change", classes.set_state, session, state, version_before)

    def close_session(self, id: str, now: datetime) -> None:
        """Close a session, and free its join code; to do so again changes nothing."""
        self.database.write("change", classes.close_session, id, now)

    def vote(
        self,
        session: str,
        round: int,
        learner: int,
        response: Any,
        credit: float | None,
        now: datetime,
        attempt: Attempt | None = None,
        basis: str = "",
    ) -> bool:
        """Keep a vote, and with it the attempt that it is, if it is one: both or neither.

        A learner's first vote in a round counts: another changes nothing, adds no attempt, and
        returns False, also once the session is closed.  Raises UnknownLearnerError, and
        ValueError for a new vote in a closed session and for what cannot be kept as it is.
        """
        given = Vote(
            session=session, round=round, learner=learner, response=response, credit=credit, at=now
        )
        return self.database.write("answer", classes.vote, given, attempt, basis)

    def votes(self, session: str, round: int | None = None) -> list[Vote]:
        """The votes in a session, or in one round of it, as they came."""
        return self.database.read(classes.votes_in, session, round)

    # --- All that is kept

    def about(self, learner: int) -> dict[str, Any]:
        """Everything that is kept about a learner, as JSON holds it, with no secret in it."""
        return self.database.read(_about, learner)

    def erase(self, learner: int) -> None:
        """Take everything of a learner away; to do so again is no fault.

        In SQLite's files no byte of it is left.  PostgreSQL may keep bytes of deleted rows in
        its files until it writes over them, and its write-ahead log and every backup keep them
        for as long as they are kept.
        """
        self.database.write("change", erase.remove, learner)
        self.finish_erasing()

    def finish_erasing(self) -> None:
        """Clean the files after an erasure that was cut short; nothing where none was."""
        erase.clean(self.database)

    def seal(self, text: bytes) -> str:
        """A mark on *text* that only this store can make."""
        return hmac.digest(self.database.read(people.secret), text, "sha256").hex()

    def counts(self) -> dict[str, int]:
        """How many learners and attempts there are."""
        return self.database.read(people.counts)

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()


def _about(connection: Connection, learner: int) -> dict[str, Any]:
    kept = record.of_learner(connection, learner, 0)
    attempts = [asdict(attempt) | {"at": attempt.at.isoformat()} for attempt in kept]
    classed = classes.about(connection, learner)
    return people.about(connection, learner) | classed | {"attempts": attempts}
