"""Who has done what, and how first attempts compare with last ones, element by element.

How firmly an element is held follows from guidance, which sees one learner's whole record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from asylum_teach.analysis import places
from asylum_teach.analysis.frame import credits, first_attempts, known, last_attempts
from asylum_teach.models import Content


def by_member(attempts: pd.DataFrame, content: Content, members: Mapping[int, str]) -> pd.DataFrame:
    """What each member of a cohort did; *members* maps learners to the names that they chose.

    One row for each member, in the order of *members*, also where nothing was answered:
    learner, name; attempts (how many); items (different ones); first, last (mean credit, 0 to
    1); right_first, right_last (share of items with full credit); critical_errors (attempts
    with one, reported apart, never averaged in).  NaN where nothing was answered.
    *attempts* has the columns learner, item, credit and critical_error.
    """
    counted = known(attempts, content)
    by_learner = counted.groupby("learner")
    errors = counted["critical_error"].astype(object) != ""
    table = pd.DataFrame(
        {
            "attempts": by_learner.size(),
            **_compared(first_attempts(counted), "first"),
            **_compared(last_attempts(counted), "last"),
            "critical_errors": errors.groupby(counted["learner"]).sum(),
        }
    ).reindex(list(members))
    whole = ["attempts", "items", "critical_errors"]
    table[whole] = table[whole].fillna(0).astype(int)
    table.insert(0, "name", list(members.values()))
    table.insert(0, "learner", list(members))
    order = ["learner", "name", "attempts", "items", "first", "last"]
    return table.reset_index(drop=True)[[*order, "right_first", "right_last", "critical_errors"]]


def by_element(attempts: pd.DataFrame, content: Content) -> pd.DataFrame:
    """As :func:`by_group`, for the elements that each learner met: *group* is *element*."""
    found = by_group(known(attempts, content), places.by_element(content))
    return found.rename(columns={"group": "element"})


def by_point(attempts: pd.DataFrame, content: Content) -> pd.DataFrame:
    """As :func:`by_group`, for the points that each learner met: *group* is *point*."""
    found = by_group(known(attempts, content), places.by_point(content))
    return found.rename(columns={"group": "point"})


def by_group(attempts: pd.DataFrame, groups: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """How each learner's first attempts at the items of each group compare with the last ones.

    Columns: learner; group; n (items answered, at least one); first, last (mean credit over
    them, 0 to 1: the same items in both, and the same attempt where there was but one).  An
    item may stand in several groups.  *attempts* has the columns learner, item and credit.
    """
    first, last = (credits(pick(attempts)) for pick in (first_attempts, last_attempts))
    within = _within(first.columns, groups)
    n = first.notna().to_numpy(float) @ within
    with np.errstate(invalid="ignore"):
        means = {
            name: table.fillna(0).to_numpy() @ within / n
            for name, table in (("first", first), ("last", last))
        }
    learner, group = np.nonzero(n)
    return pd.DataFrame(
        {
            "learner": first.index.to_numpy()[learner],
            "group": np.array(list(groups), dtype=object)[group],
            "n": n[learner, group].astype(int),
            **{name: mean[learner, group] for name, mean in means.items()},
        }
    )


def _within(names: Collection[str], groups: Mapping[str, Collection[str]]) -> np.ndarray:
    """1 where an item (a row) stands in a group (a column), else 0."""
    columns = [np.isin(np.array(names, object), list(items)) for items in groups.values()]
    return np.array(columns, dtype=float).reshape(len(groups), len(names)).T


def _compared(once: pd.DataFrame, when: str) -> dict[str, pd.Series]:
    credit = once.groupby("learner")["credit"]
    right = (once["credit"] == 1).groupby(once["learner"])
    return {"items": credit.size(), when: credit.mean(), f"right_{when}": right.mean()}
