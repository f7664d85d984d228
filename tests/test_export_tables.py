"""Tables and reports as files say what they were given, and run nothing."""

import csv
import io
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

import docx
import html5lib
import openpyxl
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asylum_teach.export import (
    About,
    Trainee,
    outcomes_docx,
    outcomes_html,
    training_docx,
    training_html,
)
from asylum_teach.export.tables import table_csv, tables_xlsx

HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "W" * 10_000,
    "\u202egnp.exe\u2066 עברית",
    "A\x00n\x08a\ud800\ufffe",
    "+1\r\n-2",
    "＝1",
    " \t=1+1",
    "@x",
    "ñandú; “¿sí?”, 'no'",
)
texts = st.sampled_from(HOSTILE) | st.text(max_size=20)
numbers = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False, width=32)
tables = st.lists(st.dictionaries(texts, st.none() | numbers | texts, max_size=4), max_size=5)


def read_csv(body):
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read_xlsx(body):
    return openpyxl.load_workbook(io.BytesIO(body))


# --- Tables ---

ROWS = [
    {"name": "José Ñáñez", "first": 0.25, "answers": 12, "ready": True, "on": date(2026, 11, 25)},
    {"name": 'a "b", c\nd', "first": None, "answers": -3, "at": datetime(2026, 1, 2, 3, 4)},
]


def test_csv_says_what_it_was_given():
    assert read_csv(table_csv(ROWS)) == [
        ["name", "first", "answers", "ready", "on", "at"],
        ["José Ñáñez", "0.25", "12", "yes", "2026-11-25", ""],
        ['a "b", c\nd', "", "-3", "", "", "2026-01-02 03:04:00"],
    ]


def test_csv_lines_end_as_the_standard_has_them():
    assert table_csv([{"a": 1}]) == b"\xef\xbb\xbfa\r\n1\r\n"


def test_columns_can_be_chosen():
    assert read_csv(table_csv(ROWS, ["answers", "name"]))[1] == ["12", "José Ñáñez"]
    assert read_csv(table_csv([], ["answers"])) == [["answers"]]


def test_xlsx_says_what_it_was_given():
    sheet = read_xlsx(tables_xlsx({"Learners": ROWS}))["Learners"]

    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["name", "first", "answers", "ready", "on", "at"],
        ["José Ñáñez", 0.25, 12, "yes", datetime(2026, 11, 25), None],
        ['a "b", c\nd', None, -3, None, None, "2026-01-02 03:04:00"],
    ]
    assert [sheet.cell(2, column).data_type for column in (1, 2, 3)] == ["s", "n", "n"]


def test_xlsx_head_stays_in_view_and_columns_fit():
    sheet = read_xlsx(tables_xlsx({"A": [{"a": "x" * 30, "b": "y" * 500, "c": 1}]}))["A"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]

    assert sheet.freeze_panes == "A2"
    assert 30 < widths[0] < widths[1] < 100
    assert widths[2] < 12


def test_each_table_has_its_sheet():
    """Also under names that Excel refuses, or that are the same to it."""
    names = ["Items: first/last?", "x" * 40, "x" * 41, "items", "ITEMS", "'", ""]
    book = read_xlsx(tables_xlsx({name: [{"a": at}] for at, name in enumerate(names)}))

    assert [sheet["A2"].value for sheet in book] == [*range(len(names))]
    assert len({sheet.title.casefold() for sheet in book}) == len(names)
    assert all(0 < len(sheet.title) <= 31 for sheet in book)


def test_no_table_is_an_empty_file():
    assert read_xlsx(tables_xlsx({})).worksheets[0]["A1"].value is None
    assert read_csv(table_csv([])) == [[]]


@given(tables)
@example([{HOSTILE[0]: text} for text in HOSTILE])
def test_csv_cell_is_never_a_formula(rows):
    """Whatever a spreadsheet may run begins with an apostrophe; numbers do not."""
    for line, row in zip(read_csv(table_csv(rows))[1:], rows, strict=False):
        for name, cell in zip(dict.fromkeys(n for r in rows for n in r), line, strict=False):
            if isinstance(row.get(name), str):
                assert not re.match(r"\s*[-=+@＝＋－＠]|[\t\r\n]", cell)
            elif row.get(name) is not None:
                assert float(cell) == row[name]


@given(tables)
@example([{HOSTILE[0]: text} for text in HOSTILE])
def test_xlsx_cell_is_never_a_formula(rows):
    sheet = read_xlsx(tables_xlsx({"T": rows}))["T"]

    assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    for at, row in enumerate(rows, start=2):
        for column, name in enumerate(dict.fromkeys(n for r in rows for n in r), start=1):
            cell = sheet.cell(at, column)
            if isinstance(row.get(name), str):
                assert cell.value is None or (cell.data_type == "s" and cell.quotePrefix)
            elif row.get(name) is not None:
                assert cell.value == pytest.approx(row[name])


# --- Reports ---


@dataclass
class Row:
    """An outcome with nothing but what the report asks for."""

    point: str = "2.4"
    outcome: str = "Name the five grounds."
    learners: int = 34
    items: int = 6
    n: int = 150
    first: float | None = 0.412
    last: float | None = 0.7849
    reached: float | None = 0.5
    says: str = ""


ABOUT = About(
    cohort="Clínica de Asilo, otoño",
    kit="0.1.0",
    began=date(2026, 9, 1),
    ended=date(2026, 11, 20),
    issued=date(2026, 11, 25),
    law_as_of=date(2026, 11, 24),
)
NONE = Row(
    point="5.2", learners=0, n=0, first=None, last=None, reached=None, says="Undefined: none."
)
OUTCOMES = [Row(), Row(point="2.5", learners=19), NONE]
TRAINEES = [
    Trainee(name="María José", answers=40, questions=31, ready=True, open_errors=0),
    Trainee(name="Bea", answers=1, questions=1, ready=False, open_errors=2),
    Trainee(name="", answers=0, questions=0, ready=False, open_errors=0),
]


def of_html(body):
    """The text of a page and the rows of its table, as a browser reads them."""
    tree = html5lib.parse(body, namespaceHTMLElements=False, transport_encoding="utf-8")
    rows = [
        ["".join(cell.itertext()).strip() for cell in row if cell.tag in ("td", "th")]
        for row in tree.iter("tr")
    ]
    for style in [each for parent in tree.iter() for each in parent if each.tag == "style"]:
        style.text = ""
    return " ".join("".join(tree.itertext()).split()), rows, tree


def of_docx(body):
    document = docx.Document(io.BytesIO(body))
    rows = [
        ["".join(p.text for p in cell.paragraphs) for cell in row.cells]
        for table in document.tables
        for row in table.rows
    ]
    texts = [paragraph.text for paragraph in document.paragraphs]
    return " ".join([*texts, document.sections[0].footer.paragraphs[0].text]), rows, document


BOTH = pytest.mark.parametrize(
    ("outcomes", "training", "read"),
    [(outcomes_html, training_html, of_html), (outcomes_docx, training_docx, of_docx)],
    ids=["html", "docx"],
)


@BOTH
def test_outcomes_say_first_against_last(outcomes, training, read):
    _, rows, _ = read(outcomes(ABOUT, OUTCOMES))

    assert rows[0] == ["Learning outcome", "Learners", "Items", "n", "First", "Last", "Reached"]
    assert rows[1] == ["2.4 Name the five grounds.", "34", "6", "150", "41%", "78%", "50%"]
    assert rows[2][0] == "2.5 Name the five grounds.Fewer than 20 learners"
    assert rows[3][0] == "5.2 Name the five grounds.Undefined: none."
    assert rows[3][4:] == ["undefined"] * 3


@BOTH
def test_outcomes_say_what_they_are_for_and_claim_nothing(outcomes, training, read):
    text, _, _ = read(outcomes(ABOUT, OUTCOMES))

    assert "For use with ABA Standards 302 (learning outcomes) and 314" in text
    assert "It does not say that a program meets a standard" in text
    assert not re.search(r"complian|conform|accredited|qualified|certif", text, re.IGNORECASE)


@BOTH
def test_both_say_whose_and_when(outcomes, training, read):
    for body in (outcomes(ABOUT, OUTCOMES), training(ABOUT, TRAINEES)):
        text, _, _ = read(body)
        assert "Clínica de Asilo, otoño" in text
        assert "1 September 2026 to 20 November 2026" in text
        assert "24 November 2026" in text
        assert "25 November 2026" in text
        assert "Not reviewed by a licensed attorney" in text


@BOTH
def test_no_answer_and_one_day_are_said(outcomes, training, read):
    none, _, _ = read(outcomes(replace(ABOUT, began=None, ended=None), [NONE]))
    one, _, _ = read(outcomes(replace(ABOUT, ended=ABOUT.began), OUTCOMES))

    assert "none yet" in none
    assert "1 September 2026 to" not in one


@BOTH
def test_outcomes_hold_no_name(outcomes, training, read):
    text, rows, _ = read(outcomes(ABOUT, OUTCOMES))

    assert not any(name in text + str(rows) for name in ("María", "Bea"))


@BOTH
def test_training_says_what_was_done(outcomes, training, read):
    text, rows, _ = read(training(ABOUT, TRAINEES))

    assert rows == [
        ["Name", "What was done", "Ready for supervised intake", "Critical errors open"],
        ["María José", "40 answers to 31 questions", "yes", "0"],
        ["Bea", "1 answer to 1 question", "not yet", "2"],
        ["A learner without a name", "nothing answered yet", "not yet", "0"],
    ]
    assert "were not checked" in text
    assert "no license and no legal qualification" in text


@BOTH
def test_empty_cohort_is_said(outcomes, training, read):
    text, rows, _ = read(training(ABOUT, []))

    assert "Nobody is in this cohort yet." in text
    assert rows == []


def faint_html(body):
    _, _, tree = of_html(body)
    return [[cell.get("class") == "faint" for cell in row] for row in tree.iter("tr")][1:]


def faint_docx(body):
    _, _, document = of_docx(body)
    return [
        [bool(cell.paragraphs[0].runs[0].font.color.rgb) for cell in row.cells]
        for row in document.tables[0].rows
    ][1:]


@pytest.mark.parametrize(
    ("outcomes", "faint"), [(outcomes_html, faint_html), (outcomes_docx, faint_docx)]
)
@pytest.mark.parametrize("learners", [0, 1, 19, 20, 40])
def test_fewer_than_twenty_learners_are_gray(outcomes, faint, learners):
    assert faint(outcomes(ABOUT, [Row(learners=learners)])) == [[learners < 20] * 7]


def test_table_heads_repeat_on_paper():
    """A long cohort goes over pages."""
    many = TRAINEES * 60
    _, rows, document = of_docx(training_docx(ABOUT, many))

    assert len(rows) == 181
    assert document.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert b"thead { display: table-header-group; }" in training_html(ABOUT, many)


@BOTH
@settings(max_examples=10)
@given(name=texts)
@example(name=HOSTILE[0])
@example(name=HOSTILE[1])
@example(name=HOSTILE[2])
@example(name=HOSTILE[3])
@example(name=HOSTILE[4])
@example(name=HOSTILE[5])
def test_any_name_is_only_text(outcomes, training, read, name):
    """Of a learner, a cohort, an outcome: shown, cut where it is too long, and never run."""
    about = replace(ABOUT, cohort=name)
    trained = training(about, [replace(TRAINEES[0], name=name)])
    _, rows, tree = read(trained)
    shown = "".join(mark for mark in name if mark.isascii() and mark.isprintable()).split()

    assert len(rows[1][0]) <= 80
    assert "".join(shown)[:60] in "".join(rows[1][0].split()) or not name.isascii()
    assert len(trained) < len(training(ABOUT, TRAINEES)) + 5000
    read(outcomes(about, [replace(NONE, outcome=name, says=name)]))
    if read is of_html:
        assert not [each for each in tree.iter() if each.tag in ("img", "script", "a")]
