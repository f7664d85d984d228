"""How a vote came out, and what is usually done then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from asylum_teach.models import (
    ELEMENTS,
    AnyItem,
    Case,
    Choice,
    ElementAssessment,
    Flip,
    Law,
    Matching,
    Ordering,
    Rationale,
    Status,
    Tagging,
    shown_order,
)

# The usual thresholds of peer instruction, a way of teaching that E. Mazur began (C. H. Crouch and
# E. Mazur, "Peer Instruction: Ten years of experience and results", American Journal of Physics 69,
# 2001).  The numbers are as teachers pass them on; the paper itself was not read for them.
RETEACH_UNDER = 0.35
DISCUSS_UP_TO = 0.70


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One thing that could be voted for, and by how many it was."""

    label: str
    count: int
    key: bool  # whether it is right; shown only once the key is


@dataclass(frozen=True, kw_only=True)
class Part:
    """The bars of one question, or of one line of it."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How a vote came out."""

    votes: int
    right: int  # with full credit
    parts: tuple[Part, ...]

    @property
    def share(self) -> float | None:
        """The share with full credit; None where nobody voted."""
        return self.right / self.votes if self.votes else None


def proposal(share: float | None) -> str:
    """What is usually done after a vote of which *share* was right."""
    if share is None:
        return "Nobody voted."
    if share < RETEACH_UNDER:
        return "Few have it: explain the point again, another way, and vote again."
    if share <= DISCUSS_UP_TO:
        return "Some have it: let neighbors discuss for two minutes, and vote again."
    return "Most have it: explain briefly, and go on."


def spread(
    item: AnyItem, case: Case, law: Law, responses: Sequence[Any], credits: Iterable[float]
) -> Spread:
    """How *responses* to an item are spread over what it offers."""
    return Spread(
        votes=len(responses),
        right=sum(credit == 1 for credit in credits),
        parts=tuple(_parts(item, case, law, responses)),
    )


def _parts(item: AnyItem, case: Case, law: Law, responses: Sequence[Any]) -> list[Part]:
    match item:
        case Choice():
            texts = {o.id: o.text for o in shown_order(item.id, item.options)}
            return [_bars("", texts, item.key, _picked(responses))]
        case Tagging():
            texts = {s.id: s.text for s in case.story if s.id in item.options}
            return [_bars("", texts, item.key, _picked(responses))]
        case Flip():
            titles = {e: law.elements[e].title for e in ELEMENTS}
            none = sum(not response for response in responses)
            part = _bars("", titles, item.key, _picked(responses))
            nothing = Bar(label="Nothing changes", count=none, key=not item.key)
            return [Part(title="", bars=(*part.bars, nothing))]
        case Rationale():
            halves = (("conclusion", item.conclusions), ("reason", item.reasons))
            return [
                _bars(
                    name.capitalize(),
                    {o.id: o.text for o in shown_order(item.id, options)},
                    [o.id for o in options if o.credit == 1],
                    Counter(r[name] for r in responses),
                )
                for name, options in halves
            ]
        case ElementAssessment():
            scale = {status.value: status.label for status in reversed(Status)}
            return [
                _bars(law.elements[e].title, scale, [key], Counter(r[e] for r in responses))
                for e, key in item.key.items()
            ]
        case Matching():
            targets = {target.id: target.text for target in item.targets}
            return [
                _bars(entry.text, targets, [entry.key], Counter(r[entry.id] for r in responses))
                for entry in shown_order(item.id, item.entries)
            ]
        case Ordering():
            texts = {step.id: step.text for step in shown_order(item.id, item.steps)}
            firsts = Counter(r[0] for r in responses)
            return [_bars("Put first", texts, [item.steps[0].id], firsts)]


def _bars(title: str, texts: dict[str, str], key: Iterable[str], counts: Counter[str]) -> Part:
    right = set(key)
    return Part(
        title=title,
        bars=tuple(Bar(label=t, count=counts[i], key=i in right) for i, t in texts.items()),
    )


def _picked(responses: Sequence[Any]) -> Counter[str]:
    """How often each option was picked; a response is one id or a list of ids."""
    each = ([r] if isinstance(r, str) else r for r in responses)
    return Counter(option for options in each for option in options)
