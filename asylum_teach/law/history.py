"""How the answer to one set of facts moved over the years."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from asylum_teach.law import assess
from asylum_teach.models import Circuit, Finding, Law, Stretch


def turning_days(law: Law, *circuits: Circuit) -> list[date]:
    """The first day, and each day on which some authority begins or ends to bind.

    With *circuits*, of those authorities alone that bind in one of them.
    """
    binding = [
        authority
        for authority in law.authorities.values()
        if not circuits or not authority.circuits or not {*circuits}.isdisjoint(authority.circuits)
    ]
    turns = {day for a in binding for p in a.in_force for day in (p.first_day, p.end)}
    return sorted(turns - {date.min, date.max} | {date.min + timedelta(days=1)})


def history(
    law: Law, facts: Collection[str], circuit: Circuit | None, *, since: date, until: date
) -> dict[str, tuple[Stretch, ...]]:
    """Each element's findings on *facts* from *since* up to *until*, stretch by stretch.

    A new stretch begins where the status changes; its finding is that of its first day.
    """
    turns = turning_days(law, circuit) if circuit else turning_days(law)
    days = [since, *(day for day in turns if since < day < until)]
    found = [assess(law, facts, as_of=day, circuit=circuit).findings for day in days]
    return {e: _stretches([f[e] for f in found], days, until) for e in law.elements}


def _stretches(findings: list[Finding], days: list[date], until: date) -> tuple[Stretch, ...]:
    starts = [
        i for i, each in enumerate(findings) if not i or each.status != findings[i - 1].status
    ]
    ends = [*(days[i] for i in starts[1:]), until]
    return tuple(
        Stretch(since=days[i], until=end, finding=findings[i])
        for i, end in zip(starts, ends, strict=True)
    )
