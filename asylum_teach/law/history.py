"""How the answer to one set of facts moved over the years."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from asylum_teach.law import assess
from asylum_teach.models import Circuit, Finding, Law, Stretch


def turning_days(law: Law, among: Collection[str] | None = None) -> list[date]:
    """The first day, and each day on which some authority begins or ends to bind.

    With *among*, of the authorities of these ids alone.
    """
    ids = law.authorities.keys() if among is None else among
    periods = [period for i in ids for period in law.authorities[i].in_force]
    turns = {day for period in periods for day in (period.first_day, period.end)}
    return sorted(turns - {date.min, date.max} | {date.min + timedelta(days=1)})


def history(
    law: Law, facts: Collection[str], circuit: Circuit | None, *, since: date, until: date
) -> dict[str, tuple[Stretch, ...]]:
    """Each element's findings on *facts* from *since* up to *until*, stretch by stretch.

    A new stretch begins where the status changes; its finding is that of its first day.
    """
    turns = turning_days(law, _that_may_speak(law, facts))
    days = [since, *(day for day in turns if since < day < until)]
    found = [assess(law, facts, as_of=day, circuit=circuit).findings for day in days]
    return {e: _stretches([f[e] for f in found], days, until) for e in law.elements}


def _that_may_speak(law: Law, facts: Collection[str]) -> set[str]:
    """The authorities of every rule that fits *facts* on some day, in some circuit."""
    held = law.closed(facts)
    rules = [rule for element in law.elements.values() for rule in element.rules]
    fitting = [r for r in rules if r.when <= held and (not r.any or r.any & held)]
    return {authority for rule in fitting for authority in rule.authorities}


def _stretches(findings: list[Finding], days: list[date], until: date) -> tuple[Stretch, ...]:
    starts = [
        i for i, each in enumerate(findings) if not i or each.status != findings[i - 1].status
    ]
    ends = [*(days[i] for i in starts[1:]), until]
    return tuple(
        Stretch(since=days[i], until=end, finding=findings[i])
        for i, end in zip(starts, ends, strict=True)
    )
