"""A table in an Excel file, changed cell by cell; the same to its reader as one in a text file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

_UNPACKED = 100_000_000  # bytes; a gradebook of a thousand rows has less than one million
_CELLS = 2_000_000


class NotWorkbook(ValueError):  # noqa: N818 - it says what the file is
    """The file is no workbook that can be given back unharmed."""


def opened(data: bytes) -> BookTable:
    """The first sheet of the workbook.  Raises NotWorkbook."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            macros = any("vbaproject" in part.filename.lower() for part in parts.infolist())
        if macros or unpacked > _UNPACKED:
            raise NotWorkbook
        book = load_workbook(BytesIO(data), rich_text=True)
        sheet = book.worksheets[0]
        if sheet.max_row * sheet.max_column > _CELLS:
            raise NotWorkbook
    except Exception as error:  # a broken file breaks its reader in many ways
        raise NotWorkbook from error
    return BookTable(book)


@dataclass(frozen=True)
class BookTable:
    """The first sheet of a workbook as a table."""

    book: Workbook

    @cached_property
    def rows(self) -> list[list[str]]:
        """What the cells say; an empty row has no cells."""
        rows = [[_text(cell) for cell in row] for row in self.book.worksheets[0].iter_rows()]
        return [row if any(row) else [] for row in rows]

    def written(self, cells: Mapping[tuple[int, int], str | float]) -> bytes:
        """The file with the *cells*, by row and column from 0, put in."""
        sheet = self.book.worksheets[0]
        for (row, column), value in cells.items():
            put(sheet.cell(row + 1, column + 1), value)
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()


def put(cell: Cell | Any, value: Any) -> None:
    """Write the value: a text is a text, whatever it looks like, also after it was edited."""
    cell.value = None if value == "" else value
    if isinstance(value, str) and value:
        cell.data_type = "s"
        cell.quotePrefix = True


def _text(cell: Cell | Any) -> str:
    """What the cell says, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
