"""Rows with named columns as a CSV file, and as an Excel file with a sheet for each table."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from asylum_teach.export.formulas import neutral
from asylum_teach.export.sheet import cut, plain
from asylum_teach.export.workbook import put

Row = Mapping[str, Any]

_LONGEST = 32_767  # letters that an Excel cell holds
_NARROW, _WIDE = 8, 60  # letters of the narrowest column and of the widest
_TITLE = 31  # letters that a sheet's name holds
_UNFIT = re.compile(r"[\[\]:*?/\\']")  # what a sheet's name may not hold


def table_csv(rows: Sequence[Row], columns: Sequence[str] | None = None) -> bytes:
    """The rows as CSV (RFC 4180), in UTF-8 with the mark by which Excel knows it.

    The *columns*, where not given, are those of the rows in their order.  Numbers stay numbers;
    a text that looks like a formula gets an apostrophe in front.
    """
    names = _names(rows, columns)
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_said(name) for name in names])
    writer.writerows([_said(row.get(name)) for name in names] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def tables_xlsx(tables: Mapping[str, Sequence[Row]]) -> bytes:
    """The tables as an Excel file, each on a sheet of its name under a head that stays in view.

    Numbers and days are such; every text is a text, also one that looks like a formula.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in (tables or {"Table": ()}).items():
        # openpyxl numbers sheets of one name.
        sheet = book.create_sheet(cut(_UNFIT.sub(" ", plain(title)).strip() or "Table", _TITLE - 3))
        _draw(sheet, _names(rows, None), rows)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _names(rows: Iterable[Row], columns: Sequence[str] | None) -> list[str]:
    return list(columns if columns is not None else dict.fromkeys(n for row in rows for n in row))


def _draw(sheet: Worksheet, names: Sequence[str], rows: Sequence[Row]) -> None:
    lines = [[_clean(name) for name in names]]
    lines += [[_clean(row.get(name)) for name in names] for row in rows]
    for at, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = sheet.cell(at, column)
            put(cell, value)
            cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
            cell.font = Font(bold=at == 1)
    for column, _ in enumerate(names, start=1):
        widest = max(_width(line[column - 1]) for line in lines)
        width = min(max(widest + 2, _NARROW), _WIDE)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def _width(value: Any) -> int:
    """The letters of the longest line of the value."""
    return max((len(line) for line in str(value).splitlines()), default=0)


def _said(value: Any) -> Any:
    """The value as CSV holds it."""
    value = _clean(value)
    return neutral(value) if isinstance(value, str) else value


def _clean(value: Any) -> Any:
    """A number, a day, a text that any file can hold, or nothing."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float() if not math.isfinite(value):
            return None
        case datetime():
            return value.isoformat(" ", "seconds")
        case None | int() | float() | date():
            return value
        case _:
            return cut("\n".join(map(plain, str(value).splitlines())), _LONGEST)
