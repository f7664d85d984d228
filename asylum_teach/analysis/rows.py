"""Tables as plain rows, for pages and files that know no pandas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows by column; None where there is no figure."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def only(attempts: pd.DataFrame, items: Collection[str]) -> pd.DataFrame:
    """The attempts at some items, by their names."""
    return attempts[attempts["item"].isin(list(items))]


def learners_of(attempts: pd.DataFrame) -> list[int]:
    """Who answered, in the order of their first answers."""
    return [int(learner) for learner in attempts["learner"].unique()] if len(attempts) else []


def began(attempts: pd.DataFrame) -> datetime | None:
    """When the first of them was made; None where there is none."""
    return attempts["at"].min().to_pydatetime() if len(attempts) else None


def ended(attempts: pd.DataFrame) -> datetime | None:
    """When the last of them was made; None where there is none."""
    return attempts["at"].max().to_pydatetime() if len(attempts) else None


def compared(
    table: pd.DataFrame, group: str, titles: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """For each group, by its title: how many learners met it, their mean first and last credit.

    *table* is what :func:`by_element` or :func:`by_point` gives; *group* its column.
    """
    found = dict(iter(table.groupby(group)))
    for name, title in titles.items():
        some = found.get(name)
        yield {
            group: title,
            "learners": 0 if some is None else len(some),
            "first": None if some is None else float(some["first"].mean()),
            "last": None if some is None else float(some["last"].mean()),
        }
