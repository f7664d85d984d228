"""What a printed page is made of, said once and drawn in every format."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal


@dataclass(frozen=True)
class Line:
    """A paragraph, and the weight that it has on the page."""

    text: str
    kind: Literal["text", "verdict", "limits", "command"] = "text"


@dataclass(frozen=True)
class Cell:
    """What stands in one cell of a table, with a list under it where there is one."""

    text: str
    points: tuple[str, ...] = ()
    faint: bool = False  # too little stands behind it to go by


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first cell of a row names it."""

    head: tuple[str, ...]
    shares: tuple[int, ...]  # of the width, in percent
    rows: tuple[tuple[Cell, ...], ...]
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Section:
    """A heading, and what stands under it."""

    heading: str
    parts: tuple[Line | Table, ...]


@dataclass(frozen=True)
class Sheet:
    """A whole record, in the order in which it is read."""

    title: str
    name: str  # whose record it is
    name_note: str
    author: str  # who gives it out
    issued: str  # a day, as in 2026-11-25
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    foot: str  # on every printed page


def row(*cells: str | Cell) -> tuple[Cell, ...]:
    """A row of a table, from texts where a cell is no more than that."""
    return tuple(Cell(cell) if isinstance(cell, str) else cell for cell in cells)


# Two marks that join or part letters: several scripts cannot be written without them.
_JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    """The text on one line, without anything that is not there to be read.

    What XML forbids, what a terminal acts on and what turns the order of reading goes with it.
    """
    seen = (" " if mark.isspace() else mark for mark in text if _shows(mark))
    return " ".join("".join(seen).split())


def _shows(mark: str) -> bool:
    return mark.isspace() or mark in _JOINERS or not unicodedata.category(mark).startswith("C")


def plainly(value: Any) -> Any:
    """The value with every text in it made plain, however deep it lies."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: plainly(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plainly(inner) for inner in value]
    return value


def cut(text: str, length: int) -> str:
    """The text, ended by an ellipsis where it is longer than *length*."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
