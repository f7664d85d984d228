"""A sheet as a DOCX file: real headings, and tables whose head repeats on every page."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from asylum_teach.export.sheet import Cell, Line, Section, Sheet, Table

_INK = RGBColor(0x1C, 0x24, 0x30)
_FAINT = RGBColor(0x5F, 0x68, 0x74)
_PAPER = (Mm(215.9), Mm(279.4))  # Letter; it prints on A4 as well
_MARGIN = Mm(20)
_LABEL = Mm(40)
# By style: points of its letters, points above it and below it.
_STYLES = {
    "Normal": (10.5, 0, 4),
    "Heading 1": (20, 0, 6),
    "Subtitle": (16, 0, 0),
    "Heading 2": (13, 14, 4),
    "List Bullet": (9, 0, 1),
    "Quote": (10.5, 0, 4),
}


def docx_of(sheet: Sheet) -> bytes:
    """The sheet as a Word file."""
    document = docx.Document()
    _describe(document, sheet)
    _dress(document)
    _set_page(document, sheet)
    document.add_paragraph(sheet.title, "Heading 1")
    document.add_paragraph(sheet.name, "Subtitle")
    document.add_paragraph(sheet.name_note)
    for label, value in sheet.facts:
        _fact(document.add_paragraph(), label, value)
    for section in sheet.sections:
        _section(document, section)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _describe(document: Document, sheet: Sheet) -> None:
    """Say in the file's properties what it is; the template's own would name another author."""
    about = document.core_properties
    about.title = sheet.title
    about.author = about.last_modified_by = sheet.author
    about.language = "en-US"
    about.comments = ""
    about.created = about.modified = datetime.fromisoformat(sheet.issued)


def _dress(document: Document) -> None:
    """Put dark, sober letters in place of the template's blue ones."""
    for name, (size, above, below) in _STYLES.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.size = Pt(size)
        style.font.color.rgb = _INK
        style.font.italic = False
        style.paragraph_format.space_before = Pt(above)
        style.paragraph_format.space_after = Pt(below)


def _set_page(document: Document, sheet: Sheet) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = _PAPER
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _MARGIN
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{sheet.foot} · Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that Word itself fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)


def _fact(paragraph: Paragraph, label: str, value: str) -> None:
    """A label and its value on one line, the values under one another."""
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent = _LABEL, -_LABEL
    form.space_after = Pt(1)
    paragraph.add_run(label).bold = True
    paragraph.add_run(f":\t{value}")


def _section(document: Document, section: Section) -> None:
    document.add_paragraph(section.heading, "Heading 2")
    for part in section.parts:
        if isinstance(part, Table):
            _table(document, part)
        else:
            _line(document, part)


def _line(document: Document, line: Line) -> None:
    style = "Quote" if line.kind == "limits" else None
    run = document.add_paragraph(style=style).add_run(line.text)
    run.bold = line.kind in {"verdict", "limits"}
    if line.kind == "command":
        run.font.name = "Consolas"


def _table(document: Document, table: Table) -> None:
    drawn = document.add_table(rows=1, cols=len(table.head), style="Table Grid")
    drawn.autofit = False
    for cell, text in zip(drawn.rows[0].cells, table.head, strict=True):
        _fill(cell, Cell(text), bold=True)
    _mark(drawn.rows[0], "w:tblHeader")
    for cells in table.rows:
        added = drawn.add_row()
        for place, cell in zip(added.cells, cells, strict=True):
            _fill(place, cell)
    for each in drawn.rows:
        _mark(each, "w:cantSplit")
    _widen(drawn, table.shares)


def _fill(place: _Cell, cell: Cell, *, bold: bool = False) -> None:
    run = place.paragraphs[0].add_run(cell.text)
    run.bold = bold
    if cell.faint:
        run.font.color.rgb = _FAINT
    place.paragraphs[0].paragraph_format.space_after = Pt(1)
    for point in cell.points:
        place.add_paragraph(point, "List Bullet")


def _mark(row: _Row, mark: str) -> None:
    """Mark the row as a head that repeats, or as one that no page break may split."""
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _widen(drawn: WordTable, shares: tuple[int, ...]) -> None:
    """Give each column its share of the width between the margins."""
    whole = _PAPER[0] - 2 * _MARGIN
    for column, share in zip(drawn.columns, shares, strict=True):
        column.width = Mm(0) + whole * share // 100
        for cell in column.cells:
            cell.width = column.width
