"""An authority in one line: its citation, when it was good law, and how sure that is."""

from __future__ import annotations

from datetime import date

from asylum_teach.models import Authority, Period, last_day_of


def cited_in_full(authority: Authority) -> str:
    """Name, citation, the periods in which it was good law, when that was checked, how surely."""
    unsure_page = _is_decision(authority) and not authority.reporter_confirmed
    page = " The reporter page of the citation was not confirmed." if unsure_page else ""
    care = {"high": "", "medium": " Check it before you rely on it.", "low": " Do not rely on it."}
    return (
        f"{authority.name}, {authority.citation}. {periods_in_words(authority)} "
        f"Checked {in_words(authority.checked)}; how sure: {authority.confidence}."
        f"{care[authority.confidence]}{page}"
    )


def periods_in_words(authority: Authority) -> str:
    """When it was good law, as a sentence."""
    if not authority.in_force:
        return "Never binding (unpublished): an example only."
    return f"Good law {', and again '.join(map(_span, authority.in_force))}."


def in_words(day: date) -> str:
    """The day as prose writes it: 24 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _is_decision(authority: Authority) -> bool:
    return authority.of_a_circuit or authority.court in ("scotus", "bia", "ag", "ddc")


def _span(period: Period) -> str:
    if period.since is None:
        since = "from a day that was not confirmed"
        return f"{since}, and still" if period.until is None else f"{since} to {_end(period)}"
    begins = _dated(period.since, period.first_day)
    return f"since {begins}" if period.until is None else f"from {begins} to {_end(period)}"


def _end(period: Period) -> str:
    return _dated(period.until or "", period.end)


def _dated(written: str, day: date) -> str:
    """The day; or the month or year where that is all that was confirmed."""
    if written.count("-") == 2:
        return in_words(day)
    confirmed = f"{last_day_of(written):%B %Y}" if "-" in written else written
    return f"{confirmed} (day not confirmed; counted from {in_words(day)})"
