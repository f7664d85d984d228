"""A table in a text file, changed cell by cell: all else stays as it was, to the byte."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

DELIMITERS = (",", ";", "\t", ":")  # Moodle offers all four
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMA, _POINT = re.compile(r"\d+,\d{1,2}"), re.compile(r"\d+\.\d+")
_ENCODINGS = ("utf-8", "cp1252", "latin-1")  # Excel saves Western texts in the second


class NotDelimited(ValueError):  # noqa: N818 - it says what the text is
    """The text is no table with this delimiter."""


@dataclass(frozen=True)
class Field:
    """One cell: what it says, and where in the text it stands."""

    text: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    fields: tuple[Field, ...]

    @property
    def blank(self) -> bool:
        """Whether the line is empty: no row at all."""
        return len(self.fields) == 1 and self.fields[0].start == self.fields[0].end


def decoded(data: bytes) -> tuple[bytes, str, str]:
    """The byte order mark, the encoding and the text of a file.  Raises UnicodeError."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding, data[len(mark) :].decode(encoding)
    if b"\0" in data[:2]:  # the first letter of a header is ASCII
        encoding = "utf-16-be" if data.startswith(b"\0") else "utf-16-le"
        return b"", encoding, data.decode(encoding)
    for encoding in _ENCODINGS[:-1]:
        try:
            return b"", encoding, data.decode(encoding)
        except UnicodeError:
            continue
    return b"", _ENCODINGS[-1], data.decode(_ENCODINGS[-1])


def lines(text: str, delimiter: str) -> Iterator[Line]:
    """The rows of the text, as the csv module reads them.  Raises NotDelimited."""
    rest = f"[^{re.escape(delimiter)}\r\n]*+"
    pattern = re.compile(
        f'(?:(?P<quoted>"[^"]*+(?:""[^"]*+)*+")(?P<more>{rest})|(?!")(?P<bare>{rest}))'
        f"(?P<end>{re.escape(delimiter)}|\r\n|\r|\n|\\Z)"
    )
    at, fields = 0, list[Field]()
    while at < len(text) or fields:
        found = pattern.match(text, at)
        if found is None:
            raise NotDelimited("A quotation mark opens and is never closed.")
        quoted = found["quoted"] is not None
        value = (
            found["quoted"][1:-1].replace('""', '"') + found["more"] if quoted else found["bare"]
        )
        fields.append(Field(value, at, found.start("end"), quoted))
        at = found.end()
        if found["end"] != delimiter:
            yield Line(tuple(fields))
            fields = []


@dataclass(frozen=True)
class TextTable:
    """A whole table in a text file."""

    mark: bytes
    encoding: str
    text: str
    delimiter: str

    @cached_property
    def _lines(self) -> list[Line]:
        return list(lines(self.text, self.delimiter))

    @cached_property
    def rows(self) -> list[list[str]]:
        """What the cells say; an empty line is a row without cells."""
        return [[] if line.blank else [field.text for field in line.fields] for line in self._lines]

    def written(self, cells: Mapping[tuple[int, int], str | float]) -> bytes:
        """The file with the *cells*, by row and column from 0, put in or added at the end.

        Raises UnicodeError where the file's own encoding lacks a letter of them.
        """
        edits = [self._edit(row, column, value) for (row, column), value in cells.items()]
        parts, at = list[str](), 0
        for start, end, value in sorted(edits):
            parts += self.text[at:start], value
            at = end
        return self.mark + "".join([*parts, self.text[at:]]).encode(self.encoding)

    def _edit(self, row: int, column: int, value: str | float) -> tuple[int, int, str]:
        """Where the text changes, and into what."""
        fields, text = self._lines[row].fields, self._said(value)
        if column < len(fields):
            field = fields[column]
            return field.start, field.end, self._cell(text, quote=field.quoted)
        end = fields[-1].end
        missing = self.delimiter * (column - len(fields) + 1)
        return end, end, missing + self._cell(text, quote=self._quotes_all)

    def _said(self, value: str | float) -> str:
        """The value as the file writes it, with a decimal comma where it has them."""
        return (
            str(value).replace(".", ",") if isinstance(value, float) and self._comma else str(value)
        )

    @cached_property
    def _comma(self) -> bool:
        cells = [cell for row in self.rows for cell in row]
        return any(map(_COMMA.fullmatch, cells)) and not any(map(_POINT.fullmatch, cells))

    @cached_property
    def _quotes_all(self) -> bool:
        """Whether the file puts every header between quotation marks, as Blackboard does."""
        return all(field.quoted for field in self._lines[0].fields)

    def _cell(self, text: str, *, quote: bool) -> str:
        if quote or text != text.strip() or any(mark in text for mark in f'{self.delimiter}"\r\n'):
            return '"' + text.replace('"', '""') + '"'
        return text
