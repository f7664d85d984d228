"""Days, circuits and periods of good law as prose writes them."""

from __future__ import annotations

from datetime import date

from asylum_teach.models.base import Circuit
from asylum_teach.models.law import Authority, Period, last_day_of

CIRCUIT_NAMES: dict[str, str] = {
    "1": "First Circuit",
    "2": "Second Circuit",
    "3": "Third Circuit",
    "4": "Fourth Circuit",
    "5": "Fifth Circuit",
    "6": "Sixth Circuit",
    "7": "Seventh Circuit",
    "8": "Eighth Circuit",
    "9": "Ninth Circuit",
    "10": "Tenth Circuit",
    "11": "Eleventh Circuit",
    "dc": "D.C. Circuit",
}


def circuit_name(circuit: Circuit | str | None) -> str:
    """The circuit's name; national law alone for none."""
    return CIRCUIT_NAMES.get(circuit or "", "national law alone")


def in_words(day: date) -> str:
    """The day as prose writes it: 24 November 2026."""
    return f"{day.day} {day:%B %Y}"


def written_in_words(written: str) -> str:
    """A day, a month or a year as it was confirmed: 5 April 2021, October 2024, 2025."""
    day = last_day_of(written)
    return {0: written, 1: f"{day:%B %Y}"}.get(written.count("-"), in_words(day))


def periods_in_words(authority: Authority) -> str:
    """When it was good law, as a sentence."""
    if not authority.in_force:
        return "Never binding (unpublished): an example only."
    spans = [_span(period) for period in authority.in_force]
    return f"Good law {', and again '.join(spans)}."


def _span(period: Period) -> str:
    if period.since is None:
        since = "from a day that was not confirmed"
    elif period.until is None:
        since = f"since {_dated(period.since, period.first_day)}"
    else:
        since = f"from {_dated(period.since, period.first_day)}"
    if period.until is None:
        return since if period.since else f"{since}, and still"
    return f"{since} to {_dated(period.until, period.end)}"


def _dated(written: str, day: date) -> str:
    """The day, or the month or year where that is all that was confirmed."""
    if written.count("-") == 2:
        return in_words(day)
    return f"{written_in_words(written)} (day not confirmed; counted from {in_words(day)})"
