"""Whether what is written can be used: days, periods, addresses, outcomes to predict."""

from __future__ import annotations

from collections.abc import Iterator

from asylum_teach.content import Reading
from asylum_teach.content.yamlfile import Place
from asylum_teach.models import Content, Fault, Period, last_day_of

Written = tuple[str, Place, str]  # the file, the place in it, the text


def faults(reading: Reading, content: Content) -> Iterator[Fault]:
    """A fault for all that is not what it should be."""
    for file, place, text in _days(content):
        if not _is_day(text):
            what = f"'{place[-1]}' is not a date ('{text}')"
            yield reading.fault(file, place, what, "write 2018, 2018-06 or 2018-06-11")
    for file, place, period in _periods(content):
        if _runs_backwards(period):
            what = f"the period ends ({period.until}) before it begins ({period.since})"
            yield reading.fault(file, (*place, "until"), what, "mend 'since' or 'until'")
    for file, place, text in _addresses(content):
        if not text.startswith(("https://", "http://")):
            what = f"'{text}' is not an address on the web"
            yield reading.fault(file, place, what, "write it in full: https://…")
    for decision in content.decisions.values():
        if not decision.outcomes:
            what, do = "there are no outcomes to predict", "give each element its status"
            yield reading.fault(f"decisions/{decision.id}.yaml", ("outcomes",), what, do)


def _days(content: Content) -> Iterator[Written]:
    for i, authority in enumerate(content.law.authorities.values()):
        if authority.decided is not None:
            yield "law/authorities.yaml", (i, "decided"), authority.decided
    for file, place, period in _periods(content):
        for name, day in (("since", period.since), ("until", period.until)):
            if day is not None:
                yield file, (*place, name), day
    for i, event in enumerate(content.timeline):
        yield "law/timeline.yaml", (i, "date"), event.date
    for decision in content.decisions.values():
        yield f"decisions/{decision.id}.yaml", ("decided",), decision.decided


def _periods(content: Content) -> Iterator[tuple[str, Place, Period]]:
    for i, authority in enumerate(content.law.authorities.values()):
        for j, period in enumerate(authority.in_force):
            yield "law/authorities.yaml", (i, "in_force", j), period


def _addresses(content: Content) -> Iterator[Written]:
    for i, authority in enumerate(content.law.authorities.values()):
        for j, source in enumerate(authority.sources):
            yield "law/authorities.yaml", (i, "sources", j), source
    for i, event in enumerate(content.timeline):
        yield "law/timeline.yaml", (i, "source"), event.source
    for decision in content.decisions.values():
        yield f"decisions/{decision.id}.yaml", ("source",), decision.source
    for i, practice in enumerate(content.practices.values()):
        for j, each in enumerate(practice.sources):
            yield "practices.yaml", (i, "sources", j, "url"), each.url


def _is_day(text: str) -> bool:
    try:
        last_day_of(text)
    except ValueError:
        return False
    return True


def _runs_backwards(period: Period) -> bool:
    """Whether it covers no day at all."""
    written = [day for day in (period.since, period.until) if day is not None]
    return all(map(_is_day, written)) and period.end <= period.first_day
