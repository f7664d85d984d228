"""The law as data: authorities with their periods, facts, rules, and what is found by them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from asylum_teach.models.base import Circuit, Ground, Record, Status, Strength


@dataclass(frozen=True, kw_only=True)
class Period(Record):
    """A stretch of time in which an authority was good law.

    A date is ``YYYY-MM-DD``, or ``YYYY-MM`` or ``YYYY`` where the day is not
    confirmed: it then counts from the last day of that month or year.
    """

    since: str | None  # None: in force, start not confirmed
    until: str | None = None  # the first day on which it no longer was
    ended_by: str | None = None  # the authority that ended it

    @cached_property
    def first_day(self) -> date:
        """The first day on which it surely was good law."""
        return date.min if self.since is None else last_day_of(self.since)

    @cached_property
    def end(self) -> date:
        """The first day on which it no longer was (the end of time, if it still is)."""
        return date.max if self.until is None else last_day_of(self.until)

    def covers(self, day: date) -> bool:
        """Whether *day* lies in the period."""
        return self.first_day <= day < self.end


_DAY = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def last_day_of(text: str) -> date:
    """The last day that ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` can mean.

    Raises ValueError when *text* is none of these.
    """
    written = _DAY.fullmatch(text)
    if written is None:
        raise ValueError(f"{text!r} is not a date")
    year, month = int(written[1]), int(written[2] or 12)
    return date(year, month, int(written[3] or monthrange(year, month)[1]))


@dataclass(frozen=True, kw_only=True)
class Authority(Record):
    """A statute, regulation or decision: what it says, and where and when it binds."""

    id: str
    name: str
    citation: str
    court: str
    holding: str  # in plain words
    helps: Literal["applicant", "government", "neutral"]
    in_force: tuple[Period, ...]  # empty: never binding (unpublished), an example only
    checked: date  # the day as of which this is so
    review_by: date  # the day by which somebody has to look again
    confidence: Literal["high", "medium", "low"]
    circuits: tuple[Circuit, ...] = ()  # empty: binds in every circuit
    elements: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    decided: str | None = None
    nationality: str = ""
    note: str = ""
    reporter_confirmed: bool = False
    primary_source_read: bool = False

    @property
    def of_a_circuit(self) -> bool:
        """Whether a court of appeals speaks, whose word binds its own circuit only."""
        return self.court.startswith("ca")

    @property
    def is_decision(self) -> bool:
        """Whether a court, the board or the attorney general decided it."""
        return self.of_a_circuit or self.court in ("scotus", "bia", "ag", "ddc")

    def binds(self, day: date, circuit: Circuit | None) -> bool:
        """Whether it is good law on *day* in *circuit* (None: national law alone).

        An agency decision that lists circuits is one that the others do not
        follow; where no circuit speaks, the agency follows itself.
        """
        here = not self.circuits or (
            circuit in self.circuits if circuit else not self.of_a_circuit and self.court != "ddc"
        )
        return here and any(period.covers(day) for period in self.in_force)


@dataclass(frozen=True, kw_only=True)
class Fact(Record):
    """One thing that a record may say.  Absent means that the record does not say."""

    id: str
    group: str
    text: str
    excludes: tuple[str, ...] = ()  # facts that cannot hold together with this one
    implies: tuple[str, ...] = ()  # facts that hold whenever this one does


@dataclass(frozen=True, kw_only=True)
class Theory(Record):
    """One way to connect the fear to a ground; a nexus to one does not help another."""

    id: str
    title: str
    ground: Ground
    raised_by: frozenset[str]  # any one of these facts raises it


@dataclass(frozen=True, kw_only=True)
class Bar(Record):
    """A reason why relief is refused to someone who is otherwise eligible."""

    id: str
    title: str
    stops: tuple[str, ...]  # the reliefs that it stops
    always: bool = False  # asked in every case, even where no fact raises it


@dataclass(frozen=True, kw_only=True)
class Rule(Record):
    """If these facts, and none of those, then this status; where and when its authorities bind."""

    id: str
    status: Status
    reason: str  # one plain sentence
    authorities: tuple[str, ...]
    when: frozenset[str] = frozenset()  # all of these
    any: frozenset[str] = frozenset()  # and at least one of these
    unless: frozenset[str] = frozenset()  # and none of these
    given: dict[str, Status] = field(default_factory=dict)  # other elements, at least so far shown
    # Ground and nexus: the theories it speaks to (none: where none is raised); empty: every one.
    theories: tuple[str, ...] = ()
    bar: str = ""  # bars: the bar that it decides
    relief: str = ""  # speaks for this relief only; empty: for every one
    as_of: date | None = None  # its own dates, where they differ from its element's
    review_by: date | None = None

    @property
    def facts(self) -> frozenset[str]:
        """Every fact that it looks at."""
        return self.when | self.any | self.unless


@dataclass(frozen=True, kw_only=True)
class Element(Record):
    """One thing that the applicant must show.  The first rule that fits decides."""

    id: str
    title: str
    question: str
    as_of: date  # the day as of which its rules say what the law is
    review_by: date
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True)
class Need(Record):
    """What a relief asks for: the strongest of these elements counts."""

    best_of: tuple[str, ...]
    reason: str
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Limit(Record):
    """Where an element is shown no further than this, the relief cannot stand higher."""

    element: str
    no_further_than: Status
    cap: Status
    reason: str
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Relief(Record):
    """A form of protection, and the elements that it needs together."""

    id: str
    title: str
    as_of: date
    review_by: date
    needs: tuple[Need, ...]
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Law(Record):
    """Everything that the engine decides by.  Compared by identity, so that it can be a key."""

    groups: dict[str, str]  # the groups of facts: id and title
    facts: dict[str, Fact]
    elements: dict[str, Element]
    theories: dict[str, Theory]
    bars: dict[str, Bar]
    reliefs: dict[str, Relief]
    authorities: dict[str, Authority]

    def closed(self, facts: Iterable[str]) -> frozenset[str]:
        """*facts* and all that they imply."""
        held: set[str] = set()
        waiting = list(facts)
        while waiting:
            fact = waiting.pop()
            if fact not in held:
                held.add(fact)
                waiting.extend(self.facts[fact].implies)
        return frozenset(held)

    def bearing(self, fact: str) -> tuple[str, ...]:
        """The elements on which *fact* bears: those of which some rule looks at it."""
        return tuple(
            element.id
            for element in self.elements.values()
            if any(fact in rule.facts for rule in element.rules)
        )

    def contradictions(self, facts: Iterable[str]) -> list[tuple[str, str]]:
        """The pairs of *facts* that cannot both hold, by what they say or by what they imply."""
        said = sorted(set(facts))
        implied = {fact: self.closed([fact]) for fact in said}
        ruled_out = {
            fact: {other for each in implied[fact] for other in self.facts[each].excludes}
            for fact in said
        }
        return [
            (one, other)
            for i, one in enumerate(said)
            for other in said[i + 1 :]
            if ruled_out[one] & implied[other] or ruled_out[other] & implied[one]
        ]


@dataclass(frozen=True, kw_only=True)
class Argument(Record):
    """A rule that fits as well, and says otherwise: what the other side would argue."""

    rule: str
    status: Status
    reason: str
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Finding(Record):
    """The status of one element, and why."""

    element: str
    status: Status
    reason: str
    rule: str | None  # None: no rule fits, so the record leaves it open
    authorities: tuple[str, ...] = ()
    other_side: tuple[Argument, ...] = ()
    would_decide: tuple[str, ...] = ()  # facts that would settle it, where no rule fits


@dataclass(frozen=True, kw_only=True)
class Stretch(Record):
    """A time in which an element's finding stayed the same."""

    since: date
    until: date  # the first day on which it no longer was
    finding: Finding  # that of the first day


@dataclass(frozen=True, kw_only=True)
class Pair(Record):
    """A theory's ground and its nexus, which stand or fall together."""

    ground: Finding
    nexus: Finding


@dataclass(frozen=True, kw_only=True)
class Assessment(Record):
    """What the law makes of a set of facts on one day in one circuit."""

    as_of: date
    circuit: Circuit | None
    findings: dict[str, Finding]
    theories: dict[str, Pair]
    bars: dict[str, Finding]
    relief: dict[str, Strength]


@dataclass(frozen=True, kw_only=True)
class Pivot(Record):
    """One fact which, added or taken away, moves elements."""

    fact: str
    added: bool  # False: taken away
    moves: dict[str, tuple[Status, Status]]  # element: before and after


@dataclass(frozen=True, kw_only=True)
class Event(Record):
    """One turn of the law, for the timeline."""

    date: str
    what: str
    authorities: tuple[str, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class Side(Record):
    """One view in a split, and the circuits confirmed to hold it."""

    view: str
    circuits: tuple[Circuit, ...]
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Shown(Record):
    """One case in two circuits, for which a split makes the difference."""

    case: str
    element: str
    circuits: tuple[Circuit | Literal["none"], ...]  # two; none: national law alone
    add: tuple[str, ...] = ()  # facts that the case does not state
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Split(Record):
    """A question on which the courts differ."""

    id: str
    question: str
    sides: tuple[Side, ...]
    teaching_point: str
    status: Literal["open", "resolved"]
    shown: Shown | None = None
    not_shown: str = ""  # why no case can show it
