"""Items as questions that any quiz or any paper can ask.

An item becomes one of four shapes: a :class:`Pick` of answers, a :class:`Pairing` of rows with
targets, an :class:`Arrangement` of steps, or a :class:`Double` pick of a conclusion and its
reason.  Where a format lacks the last two, :func:`as_pick` and :func:`as_pairing` give the
nearest that it has.  Texts may hold ``*emphasis*``, as writers of cases use it; :func:`runs`
takes it apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asylum_teach.models import Content, Finding
from asylum_teach.models.words import in_words

Findings = Mapping[str, Mapping[str, Finding]]  # by the id of the case, then by element

COURSE = "U.S. asylum claims by people from Mexico"

_VERDICT = {True: "Right.", False: "Not right."}
_EMPHASIS = re.compile(r"\*([^*]+)\*")


@dataclass(frozen=True, kw_only=True)
class Comment:
    """Why an answer earns what it earns."""

    reason: str = ""
    critical: str = ""  # what a client would suffer from it
    common_idea: str = ""  # the misconception behind it, and the sentence that clears it up
    authorities: tuple[str, ...] = ()  # each in full

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said, paragraph by paragraph."""
        named = tuple(f"Authority: {authority}" for authority in self.authorities)
        return tuple(filter(None, (self.critical, self.reason, self.common_idea, *named)))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer on offer."""

    id: str
    text: str
    share: float  # of the full credit; below 0 where picking it takes some away
    comment: Comment

    @property
    def feedback(self) -> Comment:
        """What is told to whoever picks it: never nothing."""
        return self.comment if self.comment.lines else Comment(reason=_VERDICT[self.share > 0])


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something to be given its target."""

    id: str
    text: str
    key: str  # the target's id
    comment: Comment


@dataclass(frozen=True, kw_only=True)
class Named:
    """A target or a step."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a learner reads before the questions of a case."""

    id: str
    title: str
    lesson: str
    setting: str  # by the law of which day and circuit
    content_note: str
    story: tuple[str, ...]  # sentence by sentence


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every shape has."""

    item: str
    number: int  # among those of its case, from 1
    kind: str
    told: Told
    stem: str
    help: str = ""
    hints: tuple[str, ...] = ()
    comment: Comment = field(default_factory=Comment)  # on the whole
    elements: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The case and the item: what stays the same when anything else changes."""
        return f"{self.told.id}/{self.item}"

    @property
    def title(self) -> str:
        """A name that a teacher recognises in a list."""
        return f"{self.told.title}, question {self.number}"


@dataclass(frozen=True, kw_only=True)
class Pick(Question):
    """Pick one answer, or several."""

    answers: tuple[Answer, ...]
    several: bool = False
    shuffled: bool = True  # False: their order has a meaning


@dataclass(frozen=True, kw_only=True)
class Pairing(Question):
    """Give each row its target."""

    rows: tuple[Row, ...]
    targets: tuple[Named, ...]


@dataclass(frozen=True, kw_only=True)
class Arrangement(Question):
    """Put the steps in order."""

    steps: tuple[Named, ...]  # in the right order
    shown: tuple[Named, ...]  # in the order in which they are shown


@dataclass(frozen=True, kw_only=True)
class Double(Question):
    """Pick a conclusion and its reason; only both together earn credit."""

    conclusions: tuple[Answer, ...]
    reasons: tuple[Answer, ...]


AnyQuestion = Pick | Pairing | Arrangement | Double


def cases_of(
    content: Content, case_ids: Iterable[str] = (), lesson: str | None = None
) -> tuple[str, ...]:
    """The ids of the cases named, and of those of *lesson*, each once.

    Raises ValueError, with a sentence, for a case or a lesson that there is not, or for none.
    """
    chosen = list(case_ids)
    if lesson is not None:
        if lesson not in content.lessons:
            raise ValueError(f"There is no lesson {lesson!r}.")
        chosen += [case.id for case in content.cases.values() if case.lesson == lesson]
    unknown = [case_id for case_id in chosen if case_id not in content.cases]
    if unknown:
        raise ValueError(f"There is no case {unknown[0]!r}.")
    if not chosen:
        raise ValueError("No case is chosen: name one, or a lesson that has one.")
    return tuple(dict.fromkeys(chosen))


def notice(content: Content) -> str:
    """What every file says of itself."""
    return (
        "Teaching material, not legal advice. "
        f"Law as of {in_words(content.law_as_of)}. Not reviewed by a licensed attorney."
    )


def runs(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is emphasised."""
    pieces = enumerate(_EMPHASIS.split(text))
    return [(piece, bool(place % 2)) for place, piece in pieces if piece]


def unmarked(text: str) -> str:
    """The text without its marks of emphasis, for a place that knows none."""
    return _EMPHASIS.sub(r"\1", text)


def as_pick(question: Double) -> Pick:
    """Each conclusion with each reason as one answer: so only both together earn credit."""
    answers = tuple(
        Answer(
            id=f"{conclusion.id}+{reason.id}",
            text=f"{conclusion.text.rstrip('.')}. Because: {reason.text}",
            share=float(conclusion.share == 1 and reason.share == 1),
            comment=joined(conclusion.comment, reason.comment),
        )
        for conclusion in question.conclusions
        for reason in question.reasons
    )
    return Pick(**_shared(question), answers=answers)


def as_pairing(question: Arrangement) -> Pairing:
    """Each step as a row, to be given its place."""
    places = {step.id: str(place) for place, step in enumerate(question.steps, start=1)}
    return Pairing(
        **_shared(question) | {"help": "Give each step its place: 1 comes first."},
        rows=tuple(
            Row(id=step.id, text=step.text, key=places[step.id], comment=Comment())
            for step in question.shown
        ),
        targets=tuple(Named(id=place, text=place) for place in places.values()),
    )


def _shared(question: Question) -> dict[str, Any]:
    return {name: getattr(question, name) for name in Question.__dataclass_fields__}


def joined(one: Comment, other: Comment) -> Comment:
    """Both comments as one."""

    def both(name: str) -> str:
        return " ".join(dict.fromkeys(filter(None, (getattr(one, name), getattr(other, name)))))

    return Comment(
        reason=both("reason"),
        critical=both("critical"),
        common_idea=both("common_idea"),
        authorities=tuple(dict.fromkeys(one.authorities + other.authorities)),
    )
