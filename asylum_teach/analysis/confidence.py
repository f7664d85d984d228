"""What learners were sure of and wrong about, by the misconception that they picked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from asylum_teach.analysis.figure import Figure
from asylum_teach.analysis.frame import SMALL, first_attempts, known, name_of
from asylum_teach.analysis.picks import misconceptions_of, offered
from asylum_teach.models import AnyItem, AnyTask, Choice, Content, Misconception

CERTAIN = 3

_NEVER_ASKED = "Undefined: none of these answers was asked how sure it was."


@dataclass(frozen=True, kw_only=True)
class ConfidentlyWrong:
    """A misconception that was picked on first attempts, and how sure its learners were."""

    misconception: str
    text: str
    correction: str  # the sentence that clears it up
    learners: int  # who picked it at least once
    picks: int  # first attempts in which it was picked
    rated: int  # of these, how many said how sure they were
    certain: int  # learners who picked it and were certain at least once
    confidence: Figure  # mean, 1 a guess to 3 certain
    certain_share: Figure  # of the rated picks, 0 to 1
    where: tuple[tuple[str, str], ...]  # case and item in which it was picked, most picks first
    again: tuple[str, str] | None  # case and item to vote on
    small: bool  # fewer than SMALL learners


def confidently_wrong(attempts: pd.DataFrame, content: Content) -> tuple[ConfidentlyWrong, ...]:
    """Each misconception that was picked, that which most learners were certain of first.

    Among as many, that with the higher mean confidence comes first, then that which more
    learners met.  *attempts* has the columns learner, item, confidence and response.  Only first
    attempts count, and the misconceptions are those that the options have today.
    """
    once = first_attempts(known(attempts, content))
    picks = _picks(once, content)
    answered = once["item"].value_counts()
    offers = _offering(content)
    found = [
        _one(content.misconceptions[str(name)], rows, offers[str(name)], answered)
        for name, rows in picks.groupby("misconception")
    ]
    return tuple(sorted(found, key=_rank))


def _rank(each: ConfidentlyWrong) -> tuple[float, float, float, str]:
    return -each.certain, -(each.confidence.value or 0), -each.learners, each.misconception


def _picks(once: pd.DataFrame, content: Content) -> pd.DataFrame:
    """A row for each misconception in each attempt: learner, item, confidence, misconception."""
    names = once["item"].cat.categories
    may = np.array([bool(offered(_item(content, name))) for name in names], dtype=bool)
    some = once[may[once["item"].cat.codes]] if len(names) else once
    different = some[["item", "response"]].drop_duplicates()
    read = [
        (name, text, misconception)
        for name, text in zip(different["item"], different["response"], strict=True)
        for misconception in _read(content, name, text)
    ]
    shown = pd.DataFrame(read, columns=["item", "response", "misconception"], dtype=object)
    for column in ("item", "response"):
        shown[column] = shown[column].astype(once[column].dtype)
    columns = ["learner", "item", "confidence", "response"]
    return some[columns].merge(shown, on=["item", "response"])


def _read(content: Content, name: str, text: str) -> Iterator[str]:
    for misconception in misconceptions_of(_item(content, name), json.loads(text or "null")):
        if misconception in content.misconceptions:
            yield misconception


def _one(
    told: Misconception,
    picks: pd.DataFrame,
    offers: list[tuple[str, AnyItem]],
    answered: pd.Series,
) -> ConfidentlyWrong:
    rated = picks[picks["confidence"].notna()]
    certain = rated[rated["confidence"] == CERTAIN]
    where = [_pair(each) for each in _most_first(picks["item"].value_counts())]
    return ConfidentlyWrong(
        misconception=told.id,
        text=told.text,
        correction=told.correction,
        learners=picks["learner"].nunique(),
        picks=len(picks),
        rated=len(rated),
        certain=certain["learner"].nunique(),
        confidence=_figure(rated["confidence"].astype(float)),
        certain_share=_figure((rated["confidence"] == CERTAIN).astype(float)),
        where=tuple(where),
        again=_again(offers, where, answered),
        small=picks["learner"].nunique() < SMALL,
    )


def _figure(values: pd.Series) -> Figure:
    if not len(values):
        return Figure(value=None, says=_NEVER_ASKED)
    return Figure(value=float(values.mean()), says="Read the sentence aloud, then vote again.")


def _most_first(counts: pd.Series) -> list[str]:
    """Names with any count, by how many and then by name."""
    there = {str(name): int(count) for name, count in counts.items() if count}
    return sorted(there, key=lambda name: (-there[name], name))


def _again(
    offers: list[tuple[str, AnyItem]], where: list[tuple[str, str]], answered: pd.Series
) -> tuple[str, str] | None:
    """An item that offers the misconception: at best a choice, in a case where it was not picked.

    Among such, the one that fewest have answered; a choice is voted on most easily.
    """
    cases = {case_id for case_id, _ in where}

    def last_resort(offer: tuple[str, AnyItem]) -> tuple[bool, bool, int]:
        case_id, item = offer
        times = int(answered.get(name_of(case_id, item.id), 0))
        return case_id in cases, not isinstance(item, Choice), times

    best = min(offers, key=last_resort, default=None)
    return best and (best[0], best[1].id)


def _offering(content: Content) -> dict[str, list[tuple[str, AnyItem]]]:
    """By misconception, the items of cases that offer it, in the content's order."""
    found: dict[str, list[tuple[str, AnyItem]]] = defaultdict(list)
    for case in content.cases.values():
        for item in case.items:
            for misconception in offered(item):
                found[misconception].append((case.id, item))
    return found


def _item(content: Content, name: str) -> AnyTask:
    return content.item(*_pair(name))


def _pair(name: str) -> tuple[str, str]:
    case_id, _, item_id = name.partition("/")
    return case_id, item_id
