"""Reading attempts of many learners at once: raw columns, and only those that are asked for."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    case,
    cast,
    extract,
    func,
    select,
)

from asylum_teach.models.answers import AnswerColumn, Answers
from asylum_teach.store.schema import attempts

WHOLE: tuple[AnswerColumn, ...] = get_args(AnswerColumn)
LONGEST_RESPONSE = 500  # characters; what is longer is an interview, and no pick among options
_AT_ONCE = 250  # rows: with so few, Python's garbage collector does not look through them all
_KINDS = {"credit": "d", "confidence": "b", "learner": "q", "serial": "q", "at": "q"}


class _Places(defaultdict[Any, int]):
    """Each thing's place among the different ones, in the order in which they came."""

    def __missing__(self, thing: Any) -> int:
        self[thing] = place = len(self)
        return place


def read(
    connection: Connection,
    columns: Collection[AnswerColumn],
    learners: Collection[int] | None,
    cohort: str | None,
    lesson: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Answers:
    """The attempts that fit every condition, by serial; see Store.answers."""
    asked = [column for column in WHOLE if column in columns]
    places = {name: _Places() for name in ("item", "lesson", "critical_error", "response")}
    found = {column: array(_KINDS.get(column, "l")) for column in asked}
    wanted = [part for column in asked for part in _selected(connection, column)]
    rows = (
        select(*wanted)
        .where(*_conditions(learners, cohort, lesson, since, until))
        .order_by(attempts.c.serial)
        .execution_options(yield_per=_AT_ONCE)  # PostgreSQL's come piece by piece, too
    )
    for some in connection.execute(rows).partitions():
        _append(found, places, some)
    return Answers(
        columns=found,
        items=tuple(places["item"]),
        lessons=tuple(places["lesson"]),
        critical_errors=tuple(places["critical_error"]),
        responses=tuple(places["response"]),
    )


def _append(
    found: dict[AnswerColumn, array[Any]],
    places: dict[str, _Places],
    rows: Sequence[Iterable[Any]],
) -> None:
    """Add rows to the columns; an item stands in two, its case and its own id."""
    parts: Iterator[Any] = zip(*rows, strict=True)
    for column, values in found.items():
        part = zip(next(parts), next(parts), strict=True) if column == "item" else next(parts)
        if column in places:
            values.extend(map(places[column].__getitem__, part))
        else:
            values.extend(part)


def _selected(connection: Connection, column: AnswerColumn) -> list[ColumnElement[Any]]:
    match column:
        case "item":
            return [attempts.c.case_id, attempts.c.item]
        case "confidence":
            return [func.coalesce(attempts.c.confidence, 0)]
        case "at":
            return [cast(extract("epoch", _whole_second(connection)), BigInteger)]
        case "response":
            short = func.length(attempts.c.response) <= LONGEST_RESPONSE
            return [case((short, attempts.c.response), else_="")]
        case _:
            return [attempts.c[column]]


def _whole_second(connection: Connection) -> ColumnElement[Any]:
    """When, without what is less than a second: either engine would round it up."""
    if connection.dialect.name == "postgresql":
        return func.date_trunc("second", attempts.c.at)
    return func.substr(attempts.c.at, 1, len("2026-11-24 12:30:15"))


def _conditions(
    learners: Collection[int] | None,
    cohort: str | None,
    lesson: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[ColumnElement[bool]]:
    if learners is not None:  # written out: there may be more than a statement has parameters
        ids: BindParameter[Any] = bindparam(
            "learners", sorted(learners), expanding=True, literal_execute=True
        )
        yield attempts.c.learner.in_(ids)
    if cohort is not None:
        yield attempts.c.cohort == cohort
    if lesson is not None:
        yield attempts.c.lesson == lesson
    if since is not None:
        yield attempts.c.at >= since
    if until is not None:
        yield attempts.c.at < until
