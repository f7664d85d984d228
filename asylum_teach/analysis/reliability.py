"""How far a set of items measures one thing: Cronbach's alpha, and what error is left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import fdtri

from asylum_teach.analysis.figure import SAME, Figure
from asylum_teach.analysis.frame import SMALL, credits, first_attempts

GOOD = 0.7  # J. C. Nunnally, Psychometric Theory (2nd ed. 1978): enough for early research


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """What first attempts say about a set of items together."""

    items: int
    n: int  # learners who answered all of them
    alpha: Figure  # 1 at the most; may be negative
    low: float | None  # the interval that holds alpha; None where alpha is undefined
    high: float | None
    confidence: float  # of that interval, as in 0.95
    error: Figure  # standard error of measurement, as a share of full credit
    small: bool  # fewer than SMALL learners


def reliability(
    attempts: pd.DataFrame, items: Collection[str], confidence: float = 0.95
) -> Reliability:
    """Cronbach's alpha of *items* (by their names), on learners who answered all of them.

    L. J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16
    (1951), 297-334.  The interval is by the F distribution: L. S. Feldt, Psychometrika 30
    (1965), 357-370, with n - 1 and (n - 1)(k - 1) degrees of freedom for n learners, k items.
    The standard error of measurement is that of a learner's mean credit over the set.
    *attempts* has the columns learner, item and credit.
    """
    asked = dict.fromkeys(items)
    table = credits(first_attempts(attempts[attempts["item"].isin(list(asked))]))
    whole = table.reindex(columns=list(asked)).dropna().to_numpy()
    n, k = whole.shape
    alpha = _alpha(whole)
    low, high = _interval(alpha.value, n, k, confidence)
    return Reliability(
        items=k,
        n=n,
        alpha=alpha,
        low=low,
        high=high,
        confidence=confidence,
        error=_error(whole, alpha),
        small=n < SMALL,
    )


def _alpha(whole: np.ndarray) -> Figure:
    """Of credits without gaps, shape (learners, items)."""
    n, k = whole.shape
    if k < 2:
        return Figure(value=None, says="Undefined: it takes two items to agree with each other.")
    if n < 2:
        return Figure(value=None, says="Undefined: fewer than two learners answered all of them.")
    totals = whole.sum(axis=1)
    if np.ptp(totals) < SAME:
        return Figure(value=None, says="Undefined: all learners earned the same in all.")
    share = whole.var(axis=0, ddof=1).sum() / totals.var(ddof=1)
    value = float(k / (k - 1) * (1 - share))
    return Figure(value=value, says=_told_by_alpha(value))


def _told_by_alpha(value: float) -> str:
    if value < 0:
        return "Check the keys: these items pull against each other."
    if value < GOOD:
        return (
            "Do not compare single learners by this set: add items, or mend those that tell little."
        )
    return "These items agree well enough to tell groups of learners apart."


def _interval(
    alpha: float | None, n: int, k: int, confidence: float
) -> tuple[float | None, float | None]:
    if alpha is None:
        return None, None
    tail = (1 - confidence) / 2
    freedom = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - alpha) * float(fdtri(*freedom, p)) for p in (1 - tail, tail))
    return low, high


def _error(whole: np.ndarray, alpha: Figure) -> Figure:
    if alpha.value is None:
        return Figure(value=None, says=alpha.says)
    spread = whole.mean(axis=1).std(ddof=1)
    # Rounding may leave alpha a hair above 1.
    value = float(spread * np.sqrt(max(0.0, 1 - alpha.value)))
    says = f"Read a learner's result as give or take {2 * value:.0%} of full credit."
    return Figure(value=value, says=says)
