"""What each learning system calls the columns of its gradebook."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asylum_teach.export.sheet import plain

# Canvas's importer passes over a column whose header holds one of these.
_TOTALS = (
    "Current Score",
    "Current Points",
    "Current Grade",
    "Final Score",
    "Final Points",
    "Final Grade",
    "Override Score",
    "Override Grade",
    "Override Status",
)
_HIDDEN = re.compile(r"(muted|manual posting.*)?", re.IGNORECASE)
_POINTS = re.compile(r"\[Total Pts: (?:up to )?([\d.,]+)")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"\d+([.,]\d{1,2})?")


@dataclass(frozen=True, kw_only=True)
class System:
    """One learning system; headers in small letters."""

    name: str
    needs: tuple[frozenset[str], ...]  # of each, the header row has one at least
    whole: tuple[str, ...] = ()  # the header of whole names
    first: tuple[str, ...]
    last: tuple[str, ...]
    ids: tuple[str, ...]
    suffix: re.Pattern[str]  # what it adds to a column's title
    has_points_row: bool = False
    excuses: bool = False  # EX in a cell excuses the student
    advice: str  # on a column that is new to it

    def title(self, header: str) -> str:
        """The title of a column, without what the system adds to it."""
        return self.suffix.sub("", plain(header)).strip()

    def points(self, header: str) -> str:
        """The points that the header names, or nothing."""
        found = _POINTS.search(header)
        return found[1] if found else ""

    def reserves(self, title: str) -> bool:
        """Whether a column of this title would not be taken for a grade."""
        own = {*self.whole, *self.first, *self.last, *self.ids, "section"}
        total = self.has_points_row and any(each in title for each in _TOTALS)
        return plain_header(title) in own or total

    def hidden_form(self, header: Sequence[str], title: str) -> bool:
        """Whether the column is there, yet only in a form that cannot be filled."""
        others = (f"{title} ({form})" for form in ("Percentage", "Letter"))
        return self is MOODLE and any(other in header for other in others)

    def is_points(self, row: Sequence[str]) -> bool:
        """Whether the row tells the points of each column."""
        return self.has_points_row and "Points Possible" in row[0]

    def is_notice(self, row: Sequence[str]) -> bool:
        """Whether the row tells which columns are hidden, or nothing."""
        return all(_HIDDEN.fullmatch(cell.strip()) for cell in row)

    def name_in(self, cells: Mapping[str, str]) -> str:
        """The name in a row, given by headers."""
        parts = (
            next((cells[each] for each in headers if cells.get(each)), "")
            for headers in (self.whole, self.first, self.last)
        )
        whole, first, last = parts
        return whole or f"{first} {last}".strip()


CANVAS = System(
    name="Canvas",
    needs=(frozenset({"student", "lastname"}), frozenset({"id"}), frozenset({"section"})),
    whole=("student",),
    first=("firstname",),
    last=("lastname",),
    ids=("id", "sis user id", "sis login id", "integration id"),
    suffix=re.compile(r"\s\(\d+\)$"),
    has_points_row=True,
    excuses=True,
    advice="Canvas will make a new assignment of the new column.",
)
MOODLE = System(
    name="Moodle",
    needs=(
        frozenset({"first name"}),
        frozenset({"last name", "surname"}),
        frozenset({"id number", "email address"}),
    ),
    first=("first name",),
    last=("last name", "surname"),
    ids=("id number", "email address", "username"),
    suffix=re.compile(r"\s\(Real\)$"),
    advice=(
        "Moodle asks on import where each column belongs: choose a new grade item for the new one, "
        "or make the column in Moodle first and export again."
    ),
)
BLACKBOARD = System(
    name="Blackboard",
    needs=(frozenset({"last name"}), frozenset({"first name"}), frozenset({"username"})),
    first=("first name",),
    last=("last name",),
    ids=("username", "student id"),
    suffix=re.compile(r"\s*(\[Total Pts:[^\]]*\])?\s*(\|\d+)?$"),
    advice=(
        "Blackboard adds the new column as text that counts for 0 points: open it there, and make "
        "it a score of 100 points."
    ),
)


def of(header: Sequence[str]) -> System | None:
    """The system that writes such a header row, if one is known."""
    known = set(map(plain_header, header))
    return next(
        (each for each in (CANVAS, MOODLE, BLACKBOARD) if all(known & one for one in each.needs)),
        None,
    )


def number(text: str) -> float | None:
    """The number, with a comma or a point before its decimals; None where it is none."""
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def plain_header(text: str) -> str:
    """The header in small letters."""
    return " ".join(text.split()).casefold()
