"""The law in time and place: when authorities were good law, how an answer moved, where it differs.

Every picture has its text beside it: nothing is said by colour or by length alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from asylum_teach.models import (
    Authority,
    Case,
    Circuit,
    Event,
    Finding,
    Law,
    Shown,
    Side,
    Split,
    Stretch,
    last_day_of,
)
from asylum_teach.models.words import circuit_name, in_words, periods_in_words, written_in_words
from asylum_teach.widgets.base import Text
from asylum_teach.widgets.cards import cards_of, short_name
from asylum_teach.widgets.markup import SHAPES, chips, details, el, prose, status_pill

Cards = Mapping[str, Mapping[str, Any]]

# Who binds in every circuit, or wherever a circuit does not say otherwise.
_ABOVE = {"scotus": "The Supreme Court", "bia": "The Board", "ag": "The Attorney General"}


def periods_text(authorities: Sequence[Authority], cards: Cards, today: date) -> Text:
    """When each of some authorities was good law, on one line of years."""
    first = min(p.first_day.year for a in authorities for p in a.in_force if p.since)
    axis = _Axis(date(first, 1, 1), today)
    rows = [
        el(
            "li",
            chips([a.id], cards),
            axis.line([_stretch(axis, p.first_day, p.end, "good", "") for p in a.in_force]),
            el("p", periods_in_words(a), class_="at-why"),
        )
        for a in authorities
    ]
    body = el(
        "section",
        el("p", "When it was good law", class_="at-eyebrow"),
        axis.years(),
        el("ul", rows, class_="at-lines"),
        class_="at-card",
        aria_label="When these authorities were good law",
    )
    lines = [f"- {short_name(a)}: {periods_in_words(a)}" for a in authorities]
    return Text(body, ["When it was good law", *lines])


def history_text(
    title: str,
    circuit: Circuit | None,
    moved: Mapping[str, Sequence[Stretch]],
    law: Law,
    today: date,
) -> Text:
    """How each element's answer to one case moved over the years."""
    since, until = _ends(moved)
    axis = _Axis(since, until)
    stayed = [law.elements[e].title for e, stretches in moved.items() if len(stretches) == 1]
    turning = {e: stretches for e, stretches in moved.items() if len(stretches) > 1}
    cited = [a for stretches in turning.values() for s in stretches for a in s.finding.authorities]
    cards = cards_of(cited, law.authorities, today)
    caption = f"{title}: from {in_words(since)} to {in_words(until)}, {circuit_name(circuit)}."
    same = f"Did not move: {', '.join(stayed)}." if stayed else ""
    body = el(
        "section",
        el("p", "The same facts, year after year", class_="at-eyebrow"),
        el("p", caption),
        [_element(law.elements[e].title, s, axis, cards) for e, s in turning.items()],
        el("p", same, class_="at-why") if same else None,
        class_="at-card",
        aria_label=f"How the answer moved: {title}",
    )
    lines = [caption]
    for element, stretches in turning.items():
        lines.append(law.elements[element].title)
        lines += [f"  {_said(stretch)}" for stretch in stretches]
    return Text(body, [*lines, *([same] if same else [])])


def _ends(moved: Mapping[str, Sequence[Stretch]]) -> tuple[date, date]:
    stretches = [stretch for each in moved.values() for stretch in each]
    return min(s.since for s in stretches), max(s.until for s in stretches)


def _element(title: str, stretches: Sequence[Stretch], axis: _Axis, cards: Cards) -> ET.Element:
    marks = [
        _stretch(axis, s.since, s.until, s.finding.status.value, SHAPES[s.finding.status.value])
        for s in stretches
    ]
    told = [
        el(
            "li",
            el("p", f"From {in_words(s.since)}: ", _pill(s.finding)),
            el("p", prose(s.finding.reason)),
            chips(s.finding.authorities, cards),
        )
        for s in stretches
    ]
    turns = len(stretches) - 1
    return el(
        "div",
        el("h4", f"{title} (turned {turns} time{'s' * (turns > 1)})"),
        axis.years(),
        axis.line(marks),
        el("ol", told, class_="at-turns"),
    )


def _said(stretch: Stretch) -> str:
    finding = stretch.finding
    return f"from {stretch.since}: {finding.status.label}. {finding.reason}"


def events_text(events: Sequence[Event], cards: Cards) -> Text:
    """What changed, year by year, the latest first.

    Authorities are named only: a card each would weigh more than the rest of a page.
    """
    latest = sorted(events, key=lambda event: last_day_of(event.date), reverse=True)
    years = [(year, list(some)) for year, some in groupby(latest, key=lambda e: e.date[:4])]
    body = el(
        "section",
        el("p", "What changed, and when", class_="at-eyebrow"),
        [details(f"{year} ({len(some)})", el("ul", _events(some, cards))) for year, some in years],
        class_="at-card",
        aria_label="What changed, and when",
    )
    lines = [f"- {event.date}: {event.what}" for event in latest]
    return Text(body, ["What changed, and when", *lines])


def _events(events: Sequence[Event], cards: Cards) -> list[ET.Element]:
    return [
        el(
            "li",
            el("b", f"{written_in_words(event.date)}. "),
            event.what,
            el("p", "; ".join(str(cards[a]["short"]) for a in event.authorities), class_="at-why"),
        )
        for event in events
    ]


@dataclass(frozen=True, kw_only=True)
class ShownSplit:
    """One case, and what is found on it in two circuits, for which a split makes the difference."""

    case: Case
    shown: Shown
    findings: Mapping[str, Finding]  # by circuit; none: national law alone


def split_text(split: Split, law: Law, today: date, example: ShownSplit | None = None) -> Text:
    """A question on which the courts differ, shown on one case where there is one."""
    found = example.findings if example else {}
    cited = [a for side in split.sides for a in side.authorities]
    cited += [a for finding in found.values() for a in finding.authorities]
    cards = cards_of(cited, law.authorities, today)
    told = _told(example, law) if example else split.not_shown
    settled = el("p", "This question is settled.", class_="at-why")
    body = el(
        "section",
        el("h3", split.question),
        settled if split.status == "resolved" else None,
        el("ul", [_side(side, law, cards) for side in split.sides], class_="at-sides"),
        el("p", el("b", "One case, two circuits. " if example else "No case shows it. "), told),
        _story(example.case) if example else None,
        [_in_one_circuit(circuit_name(c), finding, cards) for c, finding in found.items()],
        el("p", el("b", "Tomorrow: "), split.teaching_point),
        class_="at-card at-split",
        aria_label=split.question,
    )
    lines = [split.question, *(f"- {_holders(side, law)}{side.view}" for side in split.sides)]
    lines.append(told)
    lines += [f"{circuit_name(c)}: {f.status.label}. {f.reason}" for c, f in found.items()]
    return Text(body, [*lines, split.teaching_point])


def _told(example: ShownSplit, law: Law) -> str:
    """Which case it is, and what is changed in it."""
    title = law.elements[example.shown.element].title.lower()
    added = [law.facts[fact].text for fact in example.shown.add]
    removed = [law.facts[fact].text for fact in example.shown.remove]
    changed = f" Suppose also: {' '.join(added)}" if added else ""
    changed += f" Leave out: {' '.join(removed)}" if removed else ""
    return f"“{example.case.title}”: {title}.{changed}"


def _side(side: Side, law: Law, cards: Cards) -> ET.Element:
    cited = [_briefly(cards[a]) for a in side.authorities]
    what = f"By what authority ({len(cited)})"
    told = details(what, el("ul", cited)) if cited else None
    return el("li", el("b", _holders(side, law)), side.view, told)


def _briefly(card: Mapping[str, Any]) -> ET.Element:
    """A card as one entry of a list, without the bar and the addresses of its sources."""
    take_care = f" Take care: {card['note']}" if card["note"] else ""
    return el(
        "li",
        el("b", card["name"]),
        f", {card['citation']}. {card['holding']}",
        el("p", f"{card['periods']}{take_care} {card['sureness']}", class_="at-why"),
    )


def _holders(side: Side, law: Law) -> str:
    """Whose view it is: the circuits or, where none is named, who speaks for all of them."""
    courts = {law.authorities[a].court for a in side.authorities}
    above = [name for court, name in _ABOVE.items() if court in courts]
    holders = _circuits(side.circuits) or " and ".join(above)
    return f"{holders}: " if holders else ""


def _circuits(circuits: Sequence[Circuit]) -> str:
    """Their names in one phrase: First, Sixth and Ninth Circuits."""
    if len(circuits) < 2:
        return "".join(map(circuit_name, circuits))
    *first, last = (circuit_name(circuit).removesuffix(" Circuit") for circuit in circuits)
    return f"{', '.join(first)} and {last} Circuits"


def _story(case: Case) -> ET.Element:
    """The case's story, for a learner who comes here first."""
    note = el("p", f"Content note: {case.content_note}", class_="at-why")
    story = el("p", prose(" ".join(sentence.text for sentence in case.story)))
    return details("Read the story", note, story)


def _in_one_circuit(where: str, finding: Finding, cards: Cards) -> ET.Element:
    return el(
        "div",
        el("p", el("b", f"{where} "), _pill(finding)),
        el("p", prose(finding.reason)),
        chips(finding.authorities, cards),
        class_="at-argument",
    )


def _pill(finding: Finding) -> ET.Element:
    return status_pill(finding.status.value, finding.status.label)


class _Axis:
    """A line of years from one day to another."""

    def __init__(self, since: date, until: date) -> None:
        self.since, self.until = since, until
        self._days = max((until - since).days, 1)

    def place(self, day: date) -> float:
        """Where *day* stands on the line, in percent."""
        return round(
            100 * (min(max(day, self.since), self.until) - self.since).days / self._days, 2
        )

    def years(self) -> ET.Element:
        """The first and the last year."""
        ends = [el("span", str(day.year)) for day in (self.since, self.until)]
        return el("div", ends, class_="at-years", aria_hidden="true")

    def line(self, marks: Sequence[ET.Element]) -> ET.Element:
        """The line with its stretches; what it shows is told in words beside it."""
        return el("div", marks, class_="at-bar at-wide", aria_hidden="true")


def _stretch(axis: _Axis, since: date, until: date, kind: str, shape: str) -> ET.Element:
    left, right = axis.place(since), axis.place(until)
    width = max(right - left, 0.5)
    return el("i", shape, class_=f"at-{kind}", style=f"left:{left}%;width:{width:.2f}%")
