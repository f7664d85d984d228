"""Cohorts and their members, sessions and their votes.

Who locks a learner and a class locks the learner first, so that no two wait for each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from asylum_teach.models import Attempt, ClassSession, Cohort, Member, Vote
from asylum_teach.store import record
from asylum_teach.store.codes import join_code_of, new_cohort_id
from asylum_teach.store.rows import GREATEST, fit, hold, insert_new, json_of, storable, upsert
from asylum_teach.store.schema import cohorts, members, sessions, votes

LONGEST_NAME = 80  # letters of a member's name
_CLOSED = "This session is closed."


class UnknownClassError(Exception):
    """There is no such cohort or session."""


# --- Cohorts and members ---


def add_cohort(
    connection: Connection, name: str, now: datetime, chance: Callable[[int], int]
) -> Cohort:
    """A new cohort; where its id is taken, the transaction is done again and draws another."""
    row = insert(cohorts).values(id=new_cohort_id(chance), name=fit(name), created=now)
    return _cohort(connection.execute(row.returning(cohorts)).one())


def every_cohort(connection: Connection) -> list[Cohort]:
    """Every cohort, the oldest first."""
    rows = select(cohorts).order_by(cohorts.c.created, cohorts.c.id)
    return [_cohort(row) for row in connection.execute(rows)]


def rename_cohort(connection: Connection, id: str, name: str) -> None:
    """Keep another name of a cohort."""
    _hold(connection, cohorts, id)
    connection.execute(update(cohorts).where(cohorts.c.id == id).values(name=fit(name)))


def members_of(connection: Connection, cohort: str) -> list[Member]:
    """Who is in a cohort, in the order in which they joined."""
    rows = select(members).where(members.c.cohort == _sought(cohort))
    ordered = rows.order_by(members.c.joined, members.c.learner)
    return [Member(**row._asdict()) for row in connection.execute(ordered)]


def cohorts_of(connection: Connection, learner: int) -> list[Cohort]:
    """The cohorts that a learner is in, in the order in which they joined them."""
    rows = select(cohorts).join(members).where(members.c.learner == learner)
    ordered = rows.order_by(members.c.joined, cohorts.c.id)
    return [_cohort(row) for row in connection.execute(ordered)]


def join(connection: Connection, cohort: str, learner: int, name: str, now: datetime) -> None:
    """Put a learner into a cohort, or keep another name of one who is in it."""
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(f"A name has 1 to {LONGEST_NAME} letters.")
    hold(connection, learner)
    _hold(connection, cohorts, cohort, shared=True)
    chosen = {"name": fit(name)}
    row = upsert(connection, members).values(cohort=cohort, learner=learner, joined=now, **chosen)
    connection.execute(row.on_conflict_do_update(index_elements=["cohort", "learner"], set_=chosen))


def leave(connection: Connection, cohort: str, learner: int) -> None:
    """Take a learner out of a cohort; their votes and attempts stay."""
    there = (members.c.cohort == _sought(cohort), members.c.learner == learner)
    connection.execute(delete(members).where(*there))


# --- Sessions ---


def add_session(
    connection: Connection, cohort: str, title: str, code: str, now: datetime
) -> ClassSession:
    """Open a session of a cohort under a join code."""
    if not join_code_of(code):
        raise ValueError("This is no join code.")
    _hold(connection, cohorts, cohort)  # so that two teachers do not count the same
    before = select(func.count()).where(sessions.c.cohort == cohort)
    id = f"{cohort}-{connection.scalars(before).one() + 1}"
    new = insert_new(
        connection,
        sessions,
        id=id,
        cohort=cohort,
        title=fit(title),
        code=join_code_of(code),
        opened=now,
        state="{}",
        version=0,
    )
    if not new:
        raise ValueError("This join code is another open session's.")
    return _session(connection.execute(select(sessions).where(sessions.c.id == id)).one())


def session(connection: Connection, id: str) -> ClassSession | None:
    """The session of that id."""
    row = connection.execute(select(sessions).where(sessions.c.id == _sought(id))).one_or_none()
    return None if row is None else _session(row)


def open_session(connection: Connection, typed: str) -> ClassSession | None:
    """The open session of the join code that somebody typed."""
    under = (sessions.c.code == join_code_of(typed), sessions.c.closed.is_(None))
    row = connection.execute(select(sessions).where(*under)).one_or_none()
    return None if row is None else _session(row)


def sessions_of(connection: Connection, cohort: str | None) -> list[ClassSession]:
    """The sessions of a cohort, or of all, the oldest first."""
    rows = select(sessions).order_by(sessions.c.opened, sessions.c.id)
    of = rows if cohort is None else rows.where(sessions.c.cohort == _sought(cohort))
    return [_session(row) for row in connection.execute(of)]


def set_state(connection: Connection, id: str, state: dict[str, Any], version_before: int) -> bool:
    """Keep what is on the screen now, unless another was quicker; whether it was kept."""
    kept = _hold(connection, sessions, id)
    if kept.closed is not None:
        raise ValueError(_CLOSED)
    if kept.version != version_before:
        return False
    values = {"state": json_of(state), "version": kept.version + 1}
    connection.execute(update(sessions).where(sessions.c.id == id).values(values))
    return True


def close_session(connection: Connection, id: str, now: datetime) -> None:
    """Close a session; one that is closed stays so since then."""
    if _hold(connection, sessions, id).closed is None:
        connection.execute(update(sessions).where(sessions.c.id == id).values(closed=now))


# --- Votes ---


def vote(connection: Connection, given: Vote, attempt: Attempt | None, basis: str) -> bool:
    """Keep a vote once, and with it the attempt that it is; whether it was new."""
    row = _row_of(given)
    hold(connection, given.learner)
    closed = _hold(connection, sessions, given.session, shared=True).closed
    if not insert_new(connection, votes, **row):
        return False
    if closed is not None:
        raise ValueError(_CLOSED)
    if attempt is not None:
        record.add(connection, given.learner, attempt, basis)
    return True


def votes_in(connection: Connection, session: str, round: int | None) -> list[Vote]:
    """The votes in a session, or in one round of it, as they came."""
    rows = select(votes).where(votes.c.session == _sought(session))
    of = rows if round is None else rows.where(votes.c.round == round)
    ordered = of.order_by(votes.c.round, votes.c.at, votes.c.learner)
    return [
        Vote(**row._asdict() | {"response": json.loads(row.response)})
        for row in connection.execute(ordered)
    ]


def about(connection: Connection, learner: int) -> dict[str, Any]:
    """The cohorts that a learner is in, each under which name, and how they voted."""
    joined = (
        select(members, cohorts.c.name.label("title"))
        .join(cohorts)
        .where(members.c.learner == learner)
        .order_by(members.c.joined, members.c.cohort)
    )
    voted = (
        select(votes, sessions.c.title)
        .join(sessions)
        .where(votes.c.learner == learner)
        .order_by(votes.c.at, votes.c.session, votes.c.round)
    )
    return {
        "cohorts": [
            {
                "cohort": row.cohort,
                "title": row.title,
                "name": row.name,
                "joined": row.joined.isoformat(),
            }
            for row in connection.execute(joined)
        ],
        "votes": [
            {
                "session": row.session,
                "title": row.title,
                "round": row.round,
                "response": json.loads(row.response),
                "credit": row.credit,
                "at": row.at.isoformat(),
            }
            for row in connection.execute(voted)
        ],
    }


# --- Between rows and values ---


def _cohort(row: Row[Any]) -> Cohort:
    return Cohort(**row._asdict())


def _session(row: Row[Any]) -> ClassSession:
    return ClassSession(**row._asdict() | {"state": json.loads(row.state)})


def _row_of(given: Vote) -> dict[str, Any]:
    """The vote as a row; raises ValueError for one that cannot be kept as it is."""
    if not 0 <= given.round <= GREATEST:
        raise ValueError("The round of this vote is out of range.")
    if given.credit is not None and not 0 <= given.credit <= 1:
        raise ValueError("The credit of a vote is 0 to 1, or none.")
    return {
        "session": given.session,
        "round": given.round,
        "learner": given.learner,
        "response": json_of(given.response),
        "credit": given.credit,
        "at": given.at,
    }


def _sought(id: str) -> str:
    """An id as it can be looked for: one that no database keeps is nobody's."""
    return id if storable(id) else ""


def _hold(connection: Connection, table: Table, id: str, *, shared: bool = False) -> Row[Any]:
    """The row of that id, which nobody changes until the transaction ends.

    Others may hold it meanwhile where it is *shared*.  Raises UnknownClassError.
    """
    row = select(table).where(table.c.id == _sought(id)).with_for_update(read=shared)
    held = connection.execute(row).one_or_none()
    if held is None:
        raise UnknownClassError
    return held
