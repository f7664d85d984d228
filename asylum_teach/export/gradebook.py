"""A teacher's own gradebook, exported from their system and given back with one column filled.

The systems are told by their header rows:

* Canvas, as its ``gradebook_exporter.rb`` and ``gradebook_importer.rb`` write and read it:
  "Student" (or "LastName", "FirstName"), "ID", …, "Section", assignments as "title (id)", totals
  marked "(read only)" in the language of the course; a row "Points Possible", and one of "Manual
  Posting" where there is any.
* Moodle, as its ``grade/export`` and ``grade/import/csv``: "First name", "Last name" (once
  "Surname"), "ID number", "Email address", grades as "name (Real)".
* Blackboard, as its help pages and published gradebooks show: "Last Name", "First Name",
  "Username", "Student ID", grades as "name [Total Pts: 100 Score] |id".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from asylum_teach.export import names, systems, workbook
from asylum_teach.export.delimited import (
    DELIMITERS,
    NotDelimited,
    TextTable,
    decoded,
    lines,
)
from asylum_teach.export.formulas import neutral, suspicious
from asylum_teach.export.sheet import cut, plain
from asylum_teach.export.systems import System

LARGEST = 10_000_000  # bytes
_COLUMN_LENGTH = 200  # Canvas takes 255 letters
_SHOWN = 5  # places that a warning names
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_POINTS = 100  # what a new column counts, so that a percentage is its points

UNKNOWN = (
    "This is no gradebook that the kit can read: export the grades of your course from Canvas or "
    "Blackboard (CSV) or from Moodle (CSV or Excel), and upload that file as it is."
)


class GradebookError(ValueError):
    """The file or the column cannot be used; the message is one sentence for the teacher."""


@dataclass(frozen=True, kw_only=True)
class Grade:
    """What one learner earned."""

    name: str  # as the learner chose it
    code: str = ""  # what the school calls them, where it is known: a number, a login, an address
    percent: float | None  # 0 to 100; None where there is nothing to give yet


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The gradebook given back, and what to tell the teacher about it."""

    body: bytes
    kind: str  # Canvas, Moodle or Blackboard
    filled: int  # cells that now hold a grade of ours
    unmatched_here: tuple[str, ...]  # names with us that the file lacks
    unmatched_there: tuple[str, ...]  # names in the file that are not with us
    ambiguous: tuple[str, ...]  # names with us that could be two people's: left alone
    warnings: tuple[str, ...]  # sentences on what to look at


class _Table(Protocol):
    @property
    def rows(self) -> list[list[str]]: ...

    def written(self, cells: Mapping[tuple[int, int], str | float]) -> bytes: ...


def fill(upload: bytes, grades: Sequence[Grade], column: str) -> Filled:
    """The *upload* with the *grades* in its *column*, which is added where it is missing.

    Nothing else in the file changes.  Raises GradebookError.
    """
    title = plain(column)
    if not title or len(title) > _COLUMN_LENGTH:
        raise GradebookError(f"Give the column a name of 1 to {_COLUMN_LENGTH} letters.")
    table = _open(upload)
    book = _Book(table, title)
    people = book.people()
    if not people:
        raise GradebookError("This gradebook holds no students: export it again with them in it.")
    found = names.match(
        [names.Known(name=grade.name, ids=(grade.code,)) for grade in grades],
        [book.person(row) for row in people],
    )
    wanted = {people[there]: grades[ours].percent for there, ours in found.pairs.items()}
    given = book.given(wanted)
    try:
        body = table.written({**book.frame(), **given})
    except UnicodeError as error:
        raise GradebookError(
            "The file's alphabet lacks a letter of the column's name: choose a plainer name."
        ) from error
    return Filled(
        body=body,
        kind=book.system.name,
        filled=len(given),
        unmatched_here=tuple(grades[at].name for at in found.only_ours),
        unmatched_there=tuple(book.label(people[at]) for at in found.only_theirs),
        ambiguous=tuple(grades[at].name for at in found.ambiguous),
        warnings=tuple(book.warnings(wanted)),
    )


# --- Reading ---


def _open(upload: bytes) -> _Table:
    """The table in the file, of a system that is known."""
    if not upload.strip():
        raise GradebookError("This file is empty: export your gradebook again.")
    if len(upload) > LARGEST:
        raise GradebookError(
            f"This file is too large for a gradebook: the limit is {LARGEST // 1_000_000} MB."
        )
    if upload.startswith(_OLD_EXCEL):
        raise GradebookError(
            "This file is in Excel's old form: save it as .xlsx or as CSV, and upload that."
        )
    try:
        table: _Table = workbook.opened(upload) if upload.startswith(_ZIP) else _text(upload)
    except (workbook.NotWorkbook, UnicodeError) as error:
        raise GradebookError(UNKNOWN) from error
    except NotDelimited as error:
        raise GradebookError(
            "A quotation mark in this file opens and is never closed: export it again."
        ) from error
    if not table.rows or systems.of(table.rows[0]) is None:
        raise GradebookError(UNKNOWN)
    return table


def _text(upload: bytes) -> TextTable:
    """The file as text, with the delimiter by which its header is a known one."""
    mark, encoding, text = decoded(upload)
    for delimiter in DELIMITERS:
        try:
            header = next(lines(text, delimiter))
        except (NotDelimited, StopIteration):
            continue
        if systems.of([field.text for field in header.fields]):
            table = TextTable(mark, encoding, text, delimiter)
            _ = table.rows  # a quotation mark may stay open further down
            return table
    raise GradebookError(UNKNOWN)


# --- Filling ---


class _Book:
    """A table with what its system makes of it."""

    def __init__(self, table: _Table, title: str) -> None:
        self.rows = table.rows
        self.header = self.rows[0]
        system = systems.of(self.header)
        assert system is not None
        self.system: System = system
        self.title = title
        self.column, self.new = self._column()
        self.points_row = next((at for at, row in self._body() if system.is_points(row)), None)
        self.points = self._points()

    def _body(self) -> Iterator[tuple[int, list[str]]]:
        return ((at, row) for at, row in enumerate(self.rows) if at and row)

    def _column(self) -> tuple[int, bool]:
        """Where our column stands, and whether it is yet to be made."""
        if self.system.reserves(self.title):
            raise GradebookError(
                f"{self.system.name} has a use of its own for a column of this name: choose "
                "another."
            )
        ours = {self.title, neutral(self.title)}
        exact = [at for at, text in enumerate(self.header) if plain(text) in ours]
        found = exact or [
            at for at, text in enumerate(self.header) if self.system.title(text) in ours
        ]
        if len(found) > 1:
            raise GradebookError(
                f"This gradebook has {len(found)} columns of this name: rename all but one."
            )
        if not found and self.system.hidden_form(self.header, self.title):
            raise GradebookError(
                "Your column is in this file as a letter or a percentage only: export the grades "
                "from Moodle again with the display type Real."
            )
        return (found[0], False) if found else (len(self.header), True)

    def _points(self) -> float:
        """What full marks in our column are."""
        if self.new:
            self._need_room()
            return _POINTS
        if self.points_row is None:
            return systems.number(self.system.points(self.header[self.column])) or _POINTS
        written = self._cell(self.points_row, self.column).strip()
        if written.startswith("("):  # "(read only)", in the language of the course
            raise GradebookError(f"{self.system.name} fills this column itself: choose another.")
        points = systems.number(written) if written else _POINTS
        if not points:
            raise GradebookError(
                f"Your column counts for no points: give it some in {self.system.name}, and "
                "export the gradebook again."
            )
        return points

    def _need_room(self) -> None:
        """Refuse a file in which a row has more cells than there are headers."""
        for at, row in self._body():
            if any(row[len(self.header) :]):
                raise GradebookError(
                    f"Row {at + 1} of this file has more cells than its header: export it again."
                )

    def _cell(self, row: int, column: int) -> str:
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def people(self) -> list[int]:
        """The rows that are students'."""
        return [
            at
            for at, row in self._body()
            if at != self.points_row and not self.system.is_notice(row) and self.label(at)
        ]

    def person(self, row: int) -> names.Known:
        """Whose row it is."""
        pairs = [*zip(map(systems.plain_header, self.header), self.rows[row], strict=False)]
        cells = dict(reversed(pairs))  # of two headers, the first is the system's own
        return names.Known(
            name=self.system.name_in(cells),
            ids=tuple(cells.get(header, "") for header in self.system.ids),
        )

    def label(self, row: int) -> str:
        """The name in the row, or what else identifies it."""
        person = self.person(row)
        return next(filter(None, (plain(text) for text in (person.name, *person.ids))), "")

    def frame(self) -> dict[tuple[int, int], str | float]:
        """What the column needs besides grades: a header, points, and a cell in each row."""
        cells: dict[tuple[int, int], str | float] = {}
        if self.new:
            cells = {(at, self.column): "" for at, _ in self._body()}
            cells[0, self.column] = neutral(self.title)
        if self.points_row is not None and not self._cell(self.points_row, self.column).strip():
            cells[self.points_row, self.column] = _POINTS
        return cells

    def given(self, percents: Mapping[int, float | None]) -> dict[tuple[int, int], str | float]:
        """The cells that get a grade, in points; an excused student stays excused."""
        return {
            (row, self.column): self._mark(percent)
            for row, percent in percents.items()
            if percent is not None and not self._excused(row)
        }

    def _excused(self, row: int) -> bool:
        return self.system.excuses and self._cell(row, self.column).strip().upper() == "EX"

    def _mark(self, percent: float) -> float:
        """The points, with at most two decimals."""
        if not (math.isfinite(percent) and 0 <= percent <= 100):
            raise ValueError(f"{percent!r} is no percentage from 0 to 100.")
        points = round(percent * self.points / 100, 2)
        return int(points) if points.is_integer() else points

    def warnings(self, percents: Mapping[int, float | None]) -> Iterator[str]:
        """What the teacher should look at."""
        if self.new:
            yield self.system.advice
            if self.system.has_points_row and self.points_row is None:
                yield f"Set the new column to {_POINTS} points in {self.system.name}."
        excused = [self.label(row) for row in percents if self._excused(row)]
        if excused:
            yield f"Excused in your file, and left so: {_listed(excused)}."
        places = [
            f"row {at + 1}, {plain(self._header(column))}"
            for at, row in enumerate(self.rows)
            for column, text in enumerate(row)
            if suspicious(text)
        ]
        if places:
            yield (
                "Your file holds cells that a spreadsheet may run as formulas; they were left as "
                f"they were: {_listed(places)}."
            )

    def _header(self, column: int) -> str:
        name = self.header[column] if column < len(self.header) else ""
        return name or f"column {column + 1}"


def _listed(texts: Sequence[str]) -> str:
    """The first few, cut short, and how many more."""
    shown = "; ".join(cut(text, 60) for text in texts[:_SHOWN])
    more = len(texts) - _SHOWN
    return f"{shown}; and {more} more" if more > 0 else shown
