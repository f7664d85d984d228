"""Between rows and values: what comes in is fit to be kept, what goes out is as it was given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from asylum_teach.models import Attempt
from asylum_teach.models.keeping import UnknownLearnerError
from asylum_teach.store.schema import learners

_LONGEST = 200  # characters of an id: an index holds them
GREATEST = 2**31 - 1  # of a number in a column of this size
_AS_THEY_ARE = (
    "id",
    "cohort",
    "lesson",
    "case_version",
    "item",
    "credit",
    "hints",
    "confidence",
    "critical_error",
    "seconds",
    "sealed",
)


def hold(connection: Connection, learner: int) -> None:
    """Keep others from writing to this learner's record until the transaction ends.

    So serials of one learner become visible in their order, and nothing is added to a record
    that is being erased.  Raises UnknownLearnerError.
    """
    row = select(learners.c.id).where(learners.c.id == learner).with_for_update()
    if connection.scalar(row) is None:
        raise UnknownLearnerError


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless its like is there; whether it was new."""
    statement = upsert(connection, table).values(values).on_conflict_do_nothing()
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


def upsert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what happens where the row's like is there."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def storable(text: str) -> bool:
    """Whether a database keeps this text as it is: no NUL, no half of a surrogate pair."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def fit(text: str) -> str:
    """The text, if it can be kept as it is; raises ValueError otherwise."""
    if not storable(text):
        raise ValueError("This text holds a character that cannot be kept.")
    return text


def row_of(attempt: Attempt) -> dict[str, Any]:
    """The attempt as a row; raises ValueError for one that cannot be kept as it is."""
    _check(attempt)
    return {
        **{name: getattr(attempt, name) for name in _AS_THEY_ARE},
        "case_id": attempt.case,
        "response": json_of(attempt.response),
        "at": attempt.at,
        "basis": attempt.basis or None,
    }


def attempt_of(row: Row[Any] | Mapping[str, Any]) -> Attempt:
    """The attempt that a row holds."""
    values = row if isinstance(row, Mapping) else row._mapping
    return Attempt(
        **{name: values[name] for name in _AS_THEY_ARE},
        case=values["case_id"],
        response=json.loads(values["response"]),
        at=values["at"].astimezone(UTC),
        basis=values["basis"] or "",
        serial=values["serial"],
    )


def json_of(response: Any) -> str:
    """JSON as readable as the database can keep it."""
    text = json.dumps(response, ensure_ascii=False)
    return text if storable(text) else json.dumps(response)


def _check(attempt: Attempt) -> None:
    """Raise ValueError for an attempt that no database keeps as it is."""
    ids = (attempt.id, attempt.case, attempt.item)
    texts = (*ids, attempt.basis, attempt.lesson, attempt.cohort or "", attempt.critical_error)
    numbers = (attempt.case_version, attempt.hints, attempt.seconds, attempt.confidence or 0)
    if not all(ids):
        raise ValueError("An attempt needs an id, a case and an item.")
    if max(map(len, (*ids, attempt.basis))) > _LONGEST or not all(map(storable, texts)):
        raise ValueError("A text of this attempt is too long, or holds a character of no use.")
    if not all(0 <= number <= GREATEST for number in numbers):
        raise ValueError("A number of this attempt is out of range.")
    if not 0 <= attempt.credit <= 1 or attempt.at.tzinfo is None:
        raise ValueError("The credit of an attempt is 0 to 1, and its time says its zone.")
