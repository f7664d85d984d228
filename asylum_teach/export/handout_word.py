"""A hand-out as a DOCX file: real headings and lists, in the order of the HTML."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from asylum_teach.export.handout import Asked, Found, Handout, Page, handout_of
from asylum_teach.export.questions import Findings, runs
from asylum_teach.models import Content

_INK = RGBColor(0x1C, 0x24, 0x30)
_PAPER = (Mm(215.9), Mm(279.4))  # Letter; it prints on A4 as well
_MARGIN = Mm(20)
_LINE = "_" * 24
# By style: how large its letters are beside the text's own, and points above it.
_STYLES = {
    "Normal": (1.0, 0),
    "Title": (1.4, 0),
    "Heading 1": (1.3, 12),
    "Heading 2": (1.15, 12),
    "Heading 3": (1.0, 10),
    "List Bullet": (1.0, 0),
    "List Number": (1.0, 0),
}


def handout_docx(
    content: Content,
    case_ids: Iterable[str],
    *,
    teacher: bool,
    large: bool,
    findings: Findings | None = None,
) -> bytes:
    """The hand-out as a Word file, with the same content in the same order as the HTML.

    Raises ValueError for a case that there is not.
    """
    handout = handout_of(content, case_ids, teacher=teacher, large=large, findings=findings)
    document = docx.Document()
    _describe(document, handout)
    _dress(document, handout.size)
    _set_page(document, handout)
    paper = _Paper(document)
    paper.say(handout.title, "Title")
    paper.say(handout.notice)
    for place, page in enumerate(handout.pages):
        _page(paper, page, new=place > 0)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


class _Paper:
    """A document to be written from top to bottom.

    python-docx looks up a style, and the end of the document, again for every paragraph: for all
    cases together that takes a minute.  Here both are looked up once.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._end = document.element.body.sectPr
        self._styles = {name: document.styles[name].style_id for name in _STYLES}
        self._numbering = document.part.numbering_part.element
        usual = document.styles["List Number"].element.pPr.numPr.numId.val
        [kind] = [num.abstractNumId.val for num in self._numbering.num_lst if num.numId == usual]
        self._kind = kind

    def say(self, text: str, style: str = "Normal", *, bold: bool = False) -> Paragraph:
        """A paragraph, with its emphasis."""
        element = OxmlElement("w:p")
        self._end.addprevious(element)
        paragraph = Paragraph(element, self._document._body)
        if style != "Normal":
            element.style = self._styles[style]
        for piece, emphasised in runs(text):
            run = paragraph.add_run(piece)
            run.italic = emphasised or None
            run.bold = bold or None
        return paragraph

    def head(self, text: str, level: int, *, new: bool = False) -> None:
        """A heading, on a new page or not."""
        paragraph = self.say(text, f"Heading {level}")
        if new:
            paragraph.paragraph_format.page_break_before = True

    def bulleted(self, texts: Iterable[str]) -> None:
        """A list without numbers."""
        for text in texts:
            self.say(text, "List Bullet")

    def numbered(self, texts: Iterable[str]) -> None:
        """A list that begins at 1, where Word would go on with the numbers of the one before."""
        anew = self._numbering.add_num(self._kind)
        anew.add_lvlOverride(ilvl=0).add_startOverride(1)
        for text in texts:
            number = self.say(text, "List Number")._p.get_or_add_pPr().get_or_add_numPr()
            number.get_or_add_numId().val = anew.numId
            number.get_or_add_ilvl().val = 0


def _page(paper: _Paper, page: Page, *, new: bool) -> None:
    told = page.told
    paper.head(told.title, 1, new=new)
    if told.content_note:
        paper.say(f"Content note: {told.content_note}")
    paper.say(" ".join(told.story))
    paper.say(told.setting)
    paper.head(f"{told.title}: questions", 2, new=True)
    for asked in page.asked:
        _asked(paper, asked)
    if page.found:
        paper.head(f"{told.title}: what the board finds", 2, new=True)
    for found in page.found:
        _found(paper, found)


def _asked(paper: _Paper, asked: Asked) -> None:
    paper.head(asked.heading, 3)
    paper.say(asked.stem, bold=True).paragraph_format.keep_with_next = True
    for offered in asked.offered:
        if offered.label:
            paper.say(f"{offered.label}:")
        paper.numbered(offered.texts)
    for blank in asked.blanks:
        paper.say(f"{blank} {_LINE}")
    if asked.key:
        paper.say("The key:")
        paper.bulleted(asked.key)
    for reasoned in asked.reasoned:
        paper.say(reasoned.text, bold=True)
        paper.bulleted(reasoned.lines)
    if asked.hints:
        paper.say("Hints, one at a time:")
        paper.numbered(asked.hints)


def _found(paper: _Paper, found: Found) -> None:
    paper.head(f"{found.element}: {found.status}", 3)
    paper.say(found.reason)
    if found.other_side:
        paper.say("What the other side would argue:")
        paper.bulleted(found.other_side)
    if found.authorities:
        paper.say("Authorities:")
        paper.bulleted(found.authorities)


def _describe(document: Document, handout: Handout) -> None:
    """Say in the file's properties what it is; the template's own would name another author."""
    about = document.core_properties
    about.title = handout.title
    about.author = about.last_modified_by = "asylum-teach"
    about.language = "en-US"
    about.comments = handout.notice
    about.created = about.modified = datetime.fromisoformat(handout.law_as_of)


def _dress(document: Document, size: int) -> None:
    """Put dark, sober letters in place of the template's blue ones."""
    for name, (times, above) in _STYLES.items():
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        style.font.size = Pt(round(size * times))
        style.font.color.rgb = _INK
        style.paragraph_format.space_before = Pt(above)
        style.paragraph_format.space_after = Pt(4)


def _set_page(document: Document, handout: Handout) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = _PAPER
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = _MARGIN
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{handout.notice} Page ")
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    foot._p.append(number)
