"""Attempts, which are only ever added to, and what they rested on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, tuple_

from asylum_teach.models import Attempt
from asylum_teach.models.keeping import Added
from asylum_teach.store.rows import attempt_of, hold, insert_new, row_of
from asylum_teach.store.schema import attempts, bases

_CLOCKS_DIFFER = timedelta(minutes=2)  # two servers' clocks may, without anybody setting one


def add(connection: Connection, learner: int, attempt: Attempt, basis: str) -> Added:
    """Keep an attempt, once."""
    row = row_of(attempt)
    hold(connection, learner)
    stored = connection.execute(_of(learner).where(attempts.c.id == attempt.id)).one_or_none()
    if stored is not None:
        return Added(attempt=attempt_of(stored), new=False, clock_back=timedelta())
    before = newest(connection, learner)
    _keep_bases(connection, {attempt.basis}, {attempt.basis: basis})
    kept = insert(attempts).values(learner=learner, **row).returning(attempts.c.serial)
    serial = connection.scalars(kept).one()
    back = before.at - attempt.at if before else timedelta()
    return Added(
        attempt=attempt_of({**row, "serial": serial}),
        new=True,
        clock_back=back if back > _CLOCKS_DIFFER else timedelta(),
    )


def add_many(
    connection: Connection, learner: int, given: Sequence[Attempt], texts: Mapping[str, str]
) -> int:
    """Keep attempts in their order, each once; how many were new."""
    hold(connection, learner)
    known = set(connection.scalars(select(attempts.c.id).where(attempts.c.learner == learner)))
    new = []
    for attempt in given:
        if attempt.id not in known:
            known.add(attempt.id)
            new.append({"learner": learner, **row_of(attempt)})
    _keep_bases(connection, {row["basis"] or "" for row in new}, texts)
    if new:
        connection.execute(insert(attempts), new)
    return len(new)


def of_learner(connection: Connection, learner: int, after: int) -> list[Attempt]:
    """The learner's attempts after a serial, in their order."""
    rows = _of(learner).where(attempts.c.serial > after).order_by(attempts.c.serial)
    return [attempt_of(row) for row in connection.execute(rows)]


def latest(
    connection: Connection, learner: int, asked: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Attempt]:
    """The last attempt at each case and item of *asked* that there is one at."""
    where = attempts.c["case_id", "item"]
    last = (
        select(func.max(attempts.c.serial))
        .where(attempts.c.learner == learner, tuple_(*where).in_(list(asked)))
        .group_by(*where)
    )
    found = map(attempt_of, connection.execute(_of(learner).where(attempts.c.serial.in_(last))))
    return {(attempt.case, attempt.item): attempt for attempt in found}


def newest(connection: Connection, learner: int) -> Attempt | None:
    """The learner's last attempt."""
    rows = _of(learner).order_by(attempts.c.serial.desc()).limit(1)
    row = connection.execute(rows).one_or_none()
    return None if row is None else attempt_of(row)


def basis(connection: Connection, digest: str) -> str | None:
    """What has that digest, as JSON."""
    return connection.scalar(select(bases.c.body).where(bases.c.digest == digest))


def _of(learner: int) -> Select[Any]:
    return select(attempts).where(attempts.c.learner == learner)


def _keep_bases(connection: Connection, digests: set[str], texts: Mapping[str, str]) -> None:
    """Keep each basis once; always in one order, so that no two writers wait for each other."""
    for digest in sorted(digests - {""}):
        text = texts.get(digest)
        if text:
            insert_new(connection, bases, digest=digest, body=text)
        elif basis(connection, digest) is None:
            raise ValueError("An attempt rests on a basis that is neither given nor kept.")
