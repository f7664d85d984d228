"""The items: things to answer, each kind a class."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from asylum_teach.models.base import Circuit, Record, Status


@dataclass(frozen=True, kw_only=True)
class Option(Record):
    """An answer on offer, why it earns what it earns, and by what authority."""

    text: str
    reason: str
    authorities: tuple[str, ...]
    credit: float = 0
    misconception: str = ""  # every option with less than full credit names one, or is second best
    critical_error: str = ""  # one of CRITICAL_ERRORS: what a client would suffer from this
    id: str = ""  # its place in the file, unless given


@dataclass(frozen=True, kw_only=True)
class Item(Record):
    """What every item has."""

    id: str
    kind: str
    stem: str
    points: float = 1
    ask_confidence: bool = False
    hints: tuple[str, ...] = ()  # point at the fact, name the rule, show it in another case
    elements: tuple[str, ...] = ()  # what it is about, where its key does not say so


@dataclass(frozen=True, kw_only=True)
class Choice(Item):
    """Pick one option, or several.  Credit stands with each option; a key has credit 1."""

    kind: Literal["single_choice", "several_choice", "next_question"]
    options: tuple[Option, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The ids of the options that earn full credit."""
        return tuple(option.id for option in self.options if option.credit == 1)


@dataclass(frozen=True, kw_only=True)
class ElementAssessment(Item):
    """Give each element its status."""

    kind: Literal["element_assessment"]
    key: dict[str, Status]


@dataclass(frozen=True, kw_only=True)
class Rationale(Item):
    """Pick a conclusion and its reason; only both together earn credit."""

    kind: Literal["rationale"]
    conclusions: tuple[Option, ...]
    reasons: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Target(Record):
    """Something that entries are matched to."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Entry(Record):
    """Something to be matched, and the target that it belongs to."""

    text: str
    key: str
    reason: str
    authorities: tuple[str, ...]
    misconception: str = ""
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Matching(Item):
    """Match each entry to a target."""

    kind: Literal["matching"]
    targets: tuple[Target, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Step(Record):
    """One step; the file lists the steps in the right order."""

    text: str
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Ordering(Item):
    """Put the steps in order."""

    kind: Literal["ordering"]
    steps: tuple[Step, ...]
    reason: str
    authorities: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Mark(Record):
    """Why a sentence does or does not bear on the question."""

    reason: str
    authorities: tuple[str, ...]
    misconception: str = ""


@dataclass(frozen=True, kw_only=True)
class Tagging(Item):
    """Tap the sentences of the story that bear on something."""

    kind: Literal["tagging"]
    key: tuple[str, ...]
    options: dict[str, Mark]  # by the sentence's id


@dataclass(frozen=True, kw_only=True)
class Change(Record):
    """What a flip changes."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    as_of: date | None = None
    circuit: Circuit | Literal["none"] | None = None  # none: national law alone


@dataclass(frozen=True, kw_only=True)
class Flip(Item):
    """Predict which elements move when one thing changes."""

    kind: Literal["flip"]
    change: Change
    key: tuple[str, ...]
    reason: str
    authorities: tuple[str, ...]


# What an option may do to a client, and the sentence that a learner is then told.
CRITICAL_ERRORS = {
    "promises_outcome": "A volunteer never predicts or promises a result.",
    "leads_the_client": "Nobody puts words into an applicant's mouth, or adds to a story.",
    "ignores_deadline": "A missed deadline can end the claim to asylum.",
    "gives_legal_advice": "Only an attorney or an accredited representative gives legal advice.",
    "endangers_the_client": "Safety comes before every answer and every form.",
    "blames_the_client": "Blame closes the conversation, and the fault is the persecutor's.",
}

Written = TypeVar("Written", Option, Entry, Step)

AnyItem = Choice | ElementAssessment | Rationale | Matching | Ordering | Tagging | Flip

ITEM_CLASSES: dict[str, type[AnyItem]] = {
    "single_choice": Choice,
    "several_choice": Choice,
    "next_question": Choice,
    "element_assessment": ElementAssessment,
    "rationale": Rationale,
    "matching": Matching,
    "ordering": Ordering,
    "tagging": Tagging,
    "flip": Flip,
}


def cited(item: AnyItem) -> tuple[str, ...]:
    """Every authority that the reasons of *item* name, in the order of the file."""
    parts: list[object] = [item]
    for name in ("options", "conclusions", "reasons", "entries"):
        inside = getattr(item, name, ())
        parts += inside.values() if isinstance(inside, dict) else inside
    named = (a for part in parts for a in getattr(part, "authorities", ()))
    return tuple(dict.fromkeys(named))


def elements_of(item: Item) -> tuple[str, ...]:
    """The elements that *item* is about: those of its key, or those that its file names."""
    return tuple(item.key) if isinstance(item, (ElementAssessment, Flip)) else item.elements


def shown_order(item_id: str, parts: Sequence[Written]) -> list[Written]:
    """The parts in an order that says nothing, and is the same on every visit."""
    return sorted(
        parts, key=lambda part: hashlib.sha256(f"{item_id}/{part.text}".encode()).digest()
    )


# --- What a response earns ---


@dataclass(frozen=True, kw_only=True)
class Note:
    """What the learner is told about one part of an item."""

    part: str  # the id of the option, element, entry or sentence
    chosen: bool  # whether the response includes it
    right: bool  # whether the response was right about it
    reason: str
    authorities: tuple[str, ...] = ()
    misconception: str = ""
    key: str = ""  # what belongs there, where that is not plain from the above
    said: tuple[str, ...] = ()  # what the response put there, by id


@dataclass(frozen=True, kw_only=True)
class Score:
    """What a response earns, and why."""

    credit: float  # 0 to 1
    notes: tuple[Note, ...]
    critical_error: str = ""  # reported apart, never averaged away

    @property
    def right(self) -> bool:
        """Whether nothing was wrong or missing."""
        return self.credit == 1
