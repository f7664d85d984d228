"""Item statistics on first attempts: how hard, how telling, and which options do no work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from asylum_teach.analysis.figure import SAME, Figure
from asylum_teach.analysis.frame import SMALL, first_attempts, known
from asylum_teach.analysis.picks import picked
from asylum_teach.models import AnyTask, Choice, Content, Option

RE_TEACH = 0.35  # facility below which the idea has not arrived
DISCUSS = 0.70  # below which a second vote after talk in pairs pays.  Both are usual in peer
# instruction: C. H. Crouch and E. Mazur, American Journal of Physics 69 (2001), 970-977
TOO_EASY = 0.95
TELLING = 0.20  # discrimination below which an item is to be looked at, as R. L. Ebel advised
HALF = 0.50  # of the greatest covariance: with less, an item could sort better
RARELY = 0.05  # a distractor that fewer than this choose does no work

_FEW = "Undefined: fewer than two learners answered this item and another one."
_ALIKE_HERE = "Undefined: all who answered it earned the same credit on it."
_ALIKE_ELSEWHERE = "Undefined: all who answered it did equally well on their other items."


@dataclass(frozen=True, kw_only=True)
class Distractor:
    """A wrong option, and who was drawn to it."""

    option: str  # its id
    text: str
    n: int  # learners who picked it
    share: float  # of those who answered the item
    stronger: float | None  # share of the stronger half; None where there are no halves
    weaker: float | None
    works: bool
    says: str


@dataclass(frozen=True, kw_only=True)
class ItemStatistics:
    """What first attempts say about an item."""

    case: str
    item: str
    n: int  # learners who answered it
    facility: Figure  # mean credit, 0 to 1
    discrimination: Figure  # -1 to 1
    efficiency: Figure  # 1 at the most
    distractors: tuple[Distractor, ...]  # of choices; none of other kinds
    small: bool  # fewer than SMALL learners: the figures may well be chance

    @property
    def advice(self) -> str:
        """What to do first: check a key, then what was not understood, then the rest."""
        if self.discrimination.value is not None and self.discrimination.value < -SAME:
            draws = [d.says for d in self.distractors if _draws_the_stronger(d)]
            return " ".join([self.discrimination.says, *draws])
        value = self.facility.value
        if value is None or value < DISCUSS or value > TOO_EASY:
            return self.facility.says
        if self.discrimination.value is None or self.discrimination.value < TELLING:
            return self.discrimination.says
        idle = [d.says for d in self.distractors if not d.works]
        return " ".join(idle) if idle else self.facility.says


def item_statistics(attempts: pd.DataFrame, content: Content) -> tuple[ItemStatistics, ...]:
    """The statistics of each item that was answered, by the names of case and item.

    *attempts* has the columns learner, item, credit and response (without responses, no
    distractors).  Only the first attempt of each learner at each item counts.

    Not every learner answers every item.  What an item is compared with is therefore the mean
    credit of the learner's *other answered* items (each weighs the same), not their sum; a
    missing answer is neither wrong nor filled in, and a learner with no other item is left out
    of discrimination, efficiency and halves, though not of n and facility.  Where every learner
    answered everything, discrimination is the corrected item-total correlation exactly.
    """
    once = _with_the_rest(first_attempts(known(attempts, content)))
    read = [column for column in ("credit", "rest", "response") if column in once]
    found = (
        _statistics(content, str(name), group)
        for name, group in once.groupby("item", observed=True)[read]
    )
    return tuple(sorted(found, key=lambda each: (each.case, each.item)))


def discrimination(credit: np.ndarray, rest: np.ndarray) -> Figure:
    """Corrected item-total correlation: Pearson's, of an item with the rest of each learner.

    S. Henrysson, "Correction of item-total correlations in item analysis", Psychometrika 28
    (1963), 211-218.  *credit* and *rest*: one value for each learner, shape (n,).
    """
    why = _undefined(credit, rest)
    if why:
        return Figure(value=None, says=why)
    here, there = credit - credit.mean(), rest - rest.mean()
    value = float(here @ there / np.sqrt((here @ here) * (there @ there)))
    return Figure(value=value, says=_told_by_discrimination(value))


def efficiency(credit: np.ndarray, rest: np.ndarray) -> Figure:
    """Discriminative efficiency: the covariance over the greatest that these values could have.

    The greatest is that of both sorted, best with best, as Moodle's quiz statistics define it
    (docs.moodle.org, "Quiz statistics calculations"; there in percent, here as a share).
    """
    why = _undefined(credit, rest)
    if why:
        return Figure(value=None, says=why)
    there = rest - rest.mean()
    value = float(credit @ there / (np.sort(credit) @ np.sort(there)))
    if value < HALF:
        return Figure(value=value, says="Sorts learners much less well than it could.")
    return Figure(value=value, says="Sorts learners nearly as well as its facility allows.")


def _with_the_rest(once: pd.DataFrame) -> pd.DataFrame:
    """With a column *rest*: the mean credit of the learner's other items; NaN without any."""
    by_learner = once.groupby("learner")["credit"]
    others = by_learner.transform("size") - 1
    rest = (by_learner.transform("sum") - once["credit"]) / others.where(others > 0)
    return once.assign(rest=rest)


def _statistics(content: Content, name: str, group: pd.DataFrame) -> ItemStatistics:
    case_id, _, item_id = name.partition("/")
    compared = group[group["rest"].notna()]
    pair = (compared["credit"].to_numpy(), compared["rest"].to_numpy())
    item = content.item(case_id, item_id)
    return ItemStatistics(
        case=case_id,
        item=item_id,
        n=len(group),
        facility=_facility(float(group["credit"].mean())),
        discrimination=discrimination(*pair),
        efficiency=efficiency(*pair),
        distractors=tuple(_distractors(item, group)) if "response" in group else (),
        small=len(group) < SMALL,
    )


def _undefined(credit: np.ndarray, rest: np.ndarray) -> str:
    """Why no comparison of an item with the rest is defined; nothing where one is."""
    if len(credit) < 2:
        return _FEW
    if np.ptp(credit) < SAME:
        return _ALIKE_HERE
    return _ALIKE_ELSEWHERE if np.ptp(rest) < SAME else ""


# --- What to do, in words ---


def _facility(value: float) -> Figure:
    if value < RE_TEACH:
        says = "Re-teach: most did not know this; explain it another way, then ask again."
    elif value < DISCUSS:
        says = "Discuss: let learners talk in pairs, then vote again."
    elif value <= TOO_EASY:
        says = "Explain the key and go on."
    else:
        says = "Too easy: nearly everybody knew it; keep it as a warm-up, or ask a harder one."
    return Figure(value=value, says=says)


def _told_by_discrimination(value: float) -> str:
    if value < -SAME:
        return "Check the key: who does well elsewhere does worse here."
    if value < TELLING:
        return "Tells little: read the stem for a second meaning, and for a hint that helps all."
    return "Keep it: who does well elsewhere does well here."


# --- Distractors ---


def _distractors(item: AnyTask, group: pd.DataFrame) -> Iterator[Distractor]:
    """Each wrong option of a choice; the halves are above and below the median of *rest*.

    Learners at the median itself are in neither half.
    """
    if not isinstance(item, Choice):
        return
    votes = _votes(item, group)
    middle = group["rest"].median()
    half = {"stronger": group["rest"] > middle, "weaker": group["rest"] < middle}
    split = all(rows.any() for rows in half.values())
    for option in item.options:
        if option.credit < 1:
            chose = votes[option.id]
            shares = {
                name: float(chose[rows].mean()) if split else None for name, rows in half.items()
            }
            yield _distractor(option, int(chose.sum()), len(group), **shares)


def _votes(item: Choice, group: pd.DataFrame) -> dict[str, pd.Series]:
    """For each option, whether each row picked it."""
    texts = group["response"].cat.remove_unused_categories()
    picks = [picked(item, json.loads(text or "null")) for text in texts.cat.categories]
    codes = texts.cat.codes.to_numpy()
    return {
        option.id: pd.Series(np.array([option.id in p for p in picks])[codes], group.index)
        for option in item.options
    }


def _distractor(
    option: Option, n: int, of: int, stronger: float | None, weaker: float | None
) -> Distractor:
    drawn = stronger is not None and weaker is not None and stronger > weaker
    if n / of < RARELY:
        says = f"Hardly anyone picks “{option.text}”: replace it by a mistake that people make."
    elif drawn:
        says = f"Check the key: the better learners pick “{option.text}” more than the others do."
    else:
        says = "Works."
    return Distractor(
        option=option.id,
        text=option.text,
        n=n,
        share=n / of,
        stronger=stronger,
        weaker=weaker,
        works=n / of >= RARELY and not drawn,
        says=says,
    )


def _draws_the_stronger(each: Distractor) -> bool:
    return each.share >= RARELY and not each.works
