"""Attempts as a DataFrame, and what of each learner at each item counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from asylum_teach.models import Content
from asylum_teach.models.answers import Answers

SMALL = 20  # fewer than this, and a figure may well be chance


def name_of(case_id: str, item_id: str) -> str:
    """An item's name among all."""
    return f"{case_id}/{item_id}"


def frame(answers: Answers) -> pd.DataFrame:
    """One row for each attempt, by serial, with the columns that were read.

    learner, serial, hints: whole numbers.  item: its name, as in case/item.  credit: 0 to 1, by
    the key of its day.  confidence: 1 to 3, or missing where none was asked.  lesson,
    critical_error: texts, mostly empty.  at: a moment in UTC.  response: JSON.  Texts are
    categories, which take a few bytes each.
    """
    names = {
        "item": [name_of(*pair) for pair in answers.items],
        "lesson": answers.lessons,
        "critical_error": answers.critical_errors,
        "response": answers.responses,
    }
    columns: dict[str, object] = {}
    for column, values in answers.columns.items():
        numbers = np.frombuffer(values, dtype=values.typecode) if values else np.array([], "int64")
        if column in names:
            columns[column] = _categories(numbers, names[column])
        elif column == "at":
            columns[column] = pd.to_datetime(numbers, unit="s", utc=True)
        elif column == "confidence":
            columns[column] = pd.Series(numbers).astype("float32").where(numbers > 0)
        else:
            columns[column] = numbers
    return pd.DataFrame(columns)


def known(attempts: pd.DataFrame, content: Content) -> pd.DataFrame:
    """The attempts at items that the content of today has; a file may bring in any others."""
    names = attempts["item"].cat.categories
    there = np.array([_is_there(content, name) for name in names], dtype=bool)
    if there.all():
        return attempts
    some = attempts[there[attempts["item"].cat.codes]]
    return some.assign(item=some["item"].cat.remove_unused_categories())


def first_attempts(attempts: pd.DataFrame) -> pd.DataFrame:
    """The first attempt of each learner at each item, among those that were read."""
    return attempts.drop_duplicates(["learner", "item"], keep="first")


def last_attempts(attempts: pd.DataFrame) -> pd.DataFrame:
    """The last attempt of each learner at each item, among those that were read."""
    return attempts.drop_duplicates(["learner", "item"], keep="last")


def credits(once: pd.DataFrame) -> pd.DataFrame:
    """Learners as rows, items as columns: the credit of one attempt each, NaN where there is none.

    *once* is :func:`first_attempts` or :func:`last_attempts`.
    """
    row, learners = pd.factorize(once["learner"], sort=True)
    items = once["item"].cat
    table = np.full((len(learners), len(items.categories)), np.nan)
    table[row, items.codes] = once["credit"]
    whole = pd.DataFrame(table, index=pd.Index(learners, name="learner"), columns=items.categories)
    return whole.loc[:, whole.notna().any()]


def _categories(places: np.ndarray, names: object) -> pd.Categorical:
    """Texts by their places; two that read alike are one."""
    merged, different = pd.factorize(np.array(names, dtype=object))
    codes = merged[places] if len(places) else places
    return pd.Categorical.from_codes(codes, categories=pd.Index(different, dtype=object))


def _is_there(content: Content, name: str) -> bool:
    case_id, _, item_id = name.partition("/")
    try:
        content.item(case_id, item_id)
    except KeyError:
        return False
    return True
