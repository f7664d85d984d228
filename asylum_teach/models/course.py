"""The course: points, lessons, cases, decisions, and what a learner answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from asylum_teach.models.base import Circuit, Record, Status
from asylum_teach.models.interview import Conversation, Interview, Practice, Script, Stopping
from asylum_teach.models.items import AnyItem, Change, ElementAssessment
from asylum_teach.models.law import Event, Law, Split


@dataclass(frozen=True, kw_only=True)
class Point(Record):
    """One thing that the source document says, in our words, and what to learn from it."""

    id: str
    text: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class LessonPlan(Record):
    """A lesson's place in the course."""

    id: str
    number: int
    title: str
    subtitle: str
    minutes: int
    points: tuple[str, ...]
    notebook: str = ""  # empty: not written yet, and said so on the start page
    beside: bool = False  # stands beside the lessons, to be looked into at any time


@dataclass(frozen=True, kw_only=True)
class Misconception(Record):
    """A wrong idea in a learner's own words, and the sentence that clears it up."""

    id: str
    text: str
    correction: str


@dataclass(frozen=True, kw_only=True)
class Term(Record):
    """A legal term, explained once."""

    id: str
    term: str
    says: str
    also: tuple[str, ...] = ()  # other forms of the word
    authorities: tuple[str, ...] = ()
    lesson: str = ""  # where it is first explained


@dataclass(frozen=True, kw_only=True)
class Sentence(Record):
    """One sentence of a story, and the facts that it states (none: colour)."""

    text: str
    id: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Case(Record):
    """An invented applicant: the story, the lawyer's key, and the items asked about it."""

    id: str
    version: int
    title: str
    points: tuple[str, ...]
    lesson: str
    level: Literal["worked", "half_worked", "alone"]
    region: str  # the Mexican state in which most of it happens
    circuit: Circuit | None  # None: national law alone
    as_of: date
    review_by: date
    content_note: str
    story: tuple[Sentence, ...]
    key: dict[str, Status]
    worked_analysis: dict[str, str]
    items: tuple[AnyItem, ...]

    @cached_property
    def facts(self) -> frozenset[str]:
        """Every fact that the story states."""
        return frozenset(fact for sentence in self.story for fact in sentence.facts)

    def flipped(self, change: Change) -> tuple[frozenset[str], date, Circuit | None]:
        """The facts, the day and the circuit after *change*."""
        circuit = self.circuit if change.circuit is None else change.circuit
        return (
            self.facts - set(change.remove) | set(change.add),
            change.as_of or self.as_of,
            None if circuit == "none" else circuit,
        )

    def item(self, item_id: str) -> AnyItem:
        """The item of that id; KeyError when there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)


@dataclass(frozen=True, kw_only=True)
class Decision(Record):
    """A reported decision, to be predicted before it is seen."""

    id: str
    authority: str
    circuit: Circuit | None  # None: the Board or the Attorney General
    decided: str
    story: str
    facts: tuple[str, ...]
    outcomes: dict[str, Status]
    decided_by: str
    source: str
    note: str = ""

    @cached_property
    def item(self) -> ElementAssessment:
        """Predict, then see: the one item that is asked about a decision."""
        return ElementAssessment(
            id=self.id,
            kind="element_assessment",
            stem="This case was decided. What do you think was found? Predict, then see.",
            key=self.outcomes,
        )


# Whatever a learner can be asked, in a case or by itself.
AnyTask = AnyItem | Conversation | Stopping


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Content(Record):
    """Everything under exercises/."""

    law: Law
    points: dict[str, Point]
    lessons: dict[str, LessonPlan]
    misconceptions: dict[str, Misconception]
    glossary: dict[str, Term]
    cases: dict[str, Case]
    decisions: dict[str, Decision]
    practices: dict[str, Practice]
    interviews: dict[str, Interview]
    scripts: dict[str, Script]
    timeline: tuple[Event, ...]
    splits: dict[str, Split]

    @property
    def law_as_of(self) -> date:
        """The day as of which the law was last checked."""
        return max(authority.checked for authority in self.law.authorities.values())

    def item(self, case_id: str, item_id: str) -> AnyTask:
        """The item of a case, or the one about a decision, an interview or a script.

        KeyError when there is none.
        """
        if case_id in self.cases:
            return self.cases[case_id].item(item_id)
        if case_id == item_id:
            for table in (self.decisions, self.interviews, self.scripts):
                if case_id in table:
                    return table[case_id].item
        raise KeyError(item_id)

    def version_of(self, case_id: str) -> int:
        """The version of a case, an interview or a script; a decision has but one."""
        for table in (self.cases, self.interviews, self.scripts):
            if case_id in table:
                return table[case_id].version
        return 1

    def setting_of(self, interview: Interview) -> tuple[frozenset[str], date, Circuit | None]:
        """The facts that can be found in an interview, and the day and circuit of its law."""
        case = self.cases[interview.case]
        return interview.facts, case.as_of, case.circuit


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """One mistake in a content file, told to its editor."""

    file: str
    line: int
    what: str  # what is wrong
    do: str  # what to write instead

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}; {self.do}"
