"""Learners without accounts: keys and codes are kept as hashes alone."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, literal, or_, select, update

from asylum_teach.models.keeping import Snapshot, UnknownLearnerError
from asylum_teach.store.rows import (
    fit,
    hold,
    insert_new,
    storable,
    upsert,
)
from asylum_teach.store.schema import (
    attempts,
    bases,
    cohorts,
    keys,
    learners,
    site,
    snapshots,
    training_records,
)


def by_key(connection: Connection, key: str) -> int | None:
    """The learner whose key this is."""
    return connection.scalar(select(keys.c.learner).where(keys.c.hash == _hash(key)))


def add(connection: Connection, key: str, now: datetime) -> int:
    """The learner of that key, made where there is none."""
    found = by_key(connection, key)
    if found is not None:
        return found
    row = insert(learners).values(created=now, name="").returning(learners.c.id)
    made = int(connection.scalars(row).one())
    if insert_new(connection, keys, hash=_hash(key), learner=made, added=now):
        return made
    connection.execute(delete(learners).where(learners.c.id == made))  # another was quicker
    return int(connection.scalars(select(keys.c.learner).where(keys.c.hash == _hash(key))).one())


def add_key(connection: Connection, learner: int, key: str, now: datetime) -> None:
    """Let *key* open this record, and no other that it may have opened before."""
    hold(connection, learner)
    values = {"learner": learner, "added": now}
    statement = upsert(connection, keys).values(hash=_hash(key), **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["hash"], set_=values))


def salt(connection: Connection) -> bytes:
    """What this store mixes into every code."""
    return bytes.fromhex(connection.scalars(select(site.c.salt)).one())


def secret(connection: Connection) -> bytes:
    """What this store seals with."""
    return bytes.fromhex(connection.scalars(select(site.c.secret)).one())


def code_hash(code: str, salt: bytes) -> str:
    """A code as it is kept: slow to work out, since a code is short."""
    text = code.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1).hex()


def set_code(connection: Connection, learner: int, code: str) -> None:
    """Keep the hash of a code in place of the one before."""
    hold(connection, learner)
    if by_code(connection, code) not in (None, learner):
        raise ValueError("This code is another learner's.")
    connection.execute(update(learners).where(learners.c.id == learner).values(code=code))


def by_code(connection: Connection, code: str) -> int | None:
    """The learner whose code has that hash."""
    return connection.scalar(select(learners.c.id).where(learners.c.code == code))


def name(connection: Connection, learner: int) -> str:
    """The name that the learner chose, or none."""
    found = connection.scalar(select(learners.c.name).where(learners.c.id == learner))
    if found is None:
        raise UnknownLearnerError
    return str(found)


def set_name(connection: Connection, learner: int, name: str) -> None:
    """Keep the name that the learner chose."""
    hold(connection, learner)
    connection.execute(update(learners).where(learners.c.id == learner).values(name=fit(name)))


def snapshot(connection: Connection, learner: int) -> Snapshot | None:
    """Where the learner stood when it was last folded."""
    taken = select(snapshots).where(snapshots.c.learner == learner)
    row = connection.execute(taken).one_or_none()
    if row is None:
        return None
    return Snapshot(of=row.of, upto=row.upto, body=row.body)


def keep_snapshot(connection: Connection, learner: int, taken: Snapshot) -> None:
    """Keep where the learner stands, unless what is kept has seen more under the same content."""
    hold(connection, learner)
    values = {"of": taken.of, "upto": taken.upto, "body": fit(taken.body)}
    statement = upsert(connection, snapshots).values(learner=learner, **values)
    newer = or_(snapshots.c["of"] != literal(taken.of), snapshots.c.upto < taken.upto)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["learner"], set_=values, where=newer)
    )


def issue(connection: Connection, learner: int, code: str, body: str, now: datetime) -> None:
    """Keep a training record under its code; raises ValueError for a code that names another."""
    hold(connection, learner)
    values = {"code": fit(code), "learner": learner, "body": fit(body)}
    if insert_new(connection, training_records, **values, issued=now):
        return
    kept = select(training_records).where(training_records.c.code == code)
    row = connection.execute(kept).one()._mapping
    if any(row[column] != value for column, value in values.items()):
        raise ValueError("This code names another training record.")


def issued(connection: Connection, code: str) -> str | None:
    """The training record of that code."""
    body = select(training_records.c.body).where(training_records.c.code == code)
    return connection.scalar(body) if storable(code) else None


def about(connection: Connection, learner: int) -> dict[str, Any]:
    """What is kept about a learner beside attempts and classes, with no secret in it."""
    row = connection.execute(select(learners).where(learners.c.id == learner)).one_or_none()
    if row is None:
        raise UnknownLearnerError
    records = select(training_records).where(training_records.c.learner == learner)
    standing = snapshot(connection, learner)
    return {
        "name": row.name,
        "created": row.created.isoformat(),
        "cohort": row.cohort,
        "resume_code": row.code is not None,
        "devices": _count(connection, keys, learner),
        "training_records": [
            {"code": each.code, "issued": each.issued.isoformat(), "body": each.body}
            for each in connection.execute(records.order_by(training_records.c.issued))
        ],
        "standing": standing and {"of": standing.of, "upto": standing.upto, "body": standing.body},
    }


def counts(connection: Connection) -> dict[str, int]:
    """How many learners and attempts there are."""
    tables = (learners, attempts)
    return {table.name: _count(connection, table) for table in tables}


def _count(connection: Connection, table: Table, learner: int | None = None) -> int:
    rows = select(func.count()).select_from(table)
    of = rows if learner is None else rows.where(table.c.learner == learner)
    return int(connection.scalars(of).one())


def is_empty(connection: Connection) -> bool:
    """Whether nothing of anybody is kept."""
    return not any(_count(connection, table) for table in (learners, bases, cohorts))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
