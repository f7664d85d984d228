"""A teacher's gradebook comes back with one column filled and everything else as it was."""

import codecs
import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.export.delimited import NotDelimited, lines
from asylum_teach.export.gradebook import LARGEST, Grade, GradebookError, fill

OURS = "Asylum training"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (101),Quiz (102),"
    "Assignments Current Score,Final Score\n"
    ",,,,,,Manual Posting,,\n"
    "    Points Possible,,,,,40.00,10.00,(read only),(read only)\n"
    '"López Ruiz, Ana",11,S1,alopez,Law 101,38.50,EX,96.25,96.25\n'
    '"O\'Neil, Bea",12,S2,boneil,Law 101,N/A,9.00,90.00,90.00\n'
    '"Student, Test",99,,abcdef,Law 101,,,,\n'
)
MOODLE = (
    '"First name",Surname,"ID number",Institution,Department,"Email address",'
    '"Quiz: Nexus (Real)","Course total (Real)","Last downloaded from this course"\r\n'
    "Ana,López Ruiz,S1,,,ana@example.edu,8.50,-,1795000000\r\n"
    "Bea,O'Neil,S2,,,bea@example.edu,-,-,1795000000"
)
BLACKBOARD = (
    '"Last Name","First Name","Username","Student ID","Last Access","Availability",'
    '"Essay [Total Pts: 40 Score] |5123","Total [Total Pts: up to 40 Score] |5120"\n'
    '"López Ruiz","Ana","alopez","S1","2026-11-20 10:00:00","Yes","38.50","38.50"\n'
    '"O\'Neil","Bea","boneil","S2","","Yes","",""\n'
)
TABBED = BLACKBOARD.replace(",", "\t")
FILES = {
    "canvas": CANVAS.encode(),
    "canvas with semicolons": CANVAS.replace(",", ";").replace("; ", ", ").encode("utf-8-sig"),
    "canvas for Windows": CANVAS.replace("\n", "\r\n").encode("cp1252"),
    "moodle": MOODLE.encode(),
    "moodle with a mark": codecs.BOM_UTF8 + MOODLE.encode(),
    "blackboard": BLACKBOARD.encode(),
    "blackboard xls": codecs.BOM_UTF16_LE + TABBED.encode("utf-16-le"),
    "blackboard xls, big": codecs.BOM_UTF16_BE + TABBED.encode("utf-16-be"),
    "blackboard xls without a mark": TABBED.encode("utf-16-le"),
}
FORM = {  # encoding and delimiter
    "canvas": ("utf-8", ","),
    "canvas with semicolons": ("utf-8-sig", ";"),
    "canvas for Windows": ("cp1252", ","),
    "moodle": ("utf-8", ","),
    "moodle with a mark": ("utf-8-sig", ","),
    "blackboard": ("utf-8", ","),
    "blackboard xls": ("utf-16", "\t"),
    "blackboard xls, big": ("utf-16", "\t"),
    "blackboard xls without a mark": ("utf-16-le", "\t"),
}
GRADES = (
    Grade(name="ana lopez ruiz", percent=87.5),
    Grade(name="O’Neil,  BEA", percent=100),
    Grade(name="Caro", percent=12),
)


def read(body, encoding="utf-8", delimiter=","):
    """The rows, as the standard library reads them."""
    text = io.StringIO(body.decode(encoding), newline="")
    return list(csv.reader(text, delimiter=delimiter))


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cells(body):
    """Every cell of the first sheet: its kind and what it holds, empty columns left out."""
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    return {c.coordinate: (c.data_type, c.value) for r in sheet.iter_rows() for c in r if c.value}


def column(rows, header=OURS):
    """What stands under the header, by the first cell of each row."""
    at = rows[0].index(header)
    return {row[0]: row[at] for row in rows[1:] if row}


# --- Each system's own way ---


@pytest.mark.parametrize("kind", FILES)
def test_other_cells_stay(kind):
    """Encoding, delimiter, quoting, line ends and every other cell come back as they went in."""
    filled = fill(FILES[kind], GRADES, OURS)
    before, after = read(FILES[kind], *FORM[kind]), read(filled.body, *FORM[kind])

    assert [row[:-1] for row in after] == before
    assert after[0][-1] == OURS
    earned = {who: row[-1] for row in after for who in ("Ana", "Bea") if who in row[0] + row[1]}
    assert earned == {"Ana": "87.5", "Bea": "100"}
    assert (filled.filled, filled.unmatched_here) == (2, ("Caro",))


@pytest.mark.parametrize("kind", FILES)
def test_bytes_stay(kind):
    """What was added to each line can be cut off again, and the very file is left."""
    encoding, delimiter = FORM[kind]
    name = {"utf-8-sig": "utf-8", "utf-16": "utf-16-be" if "big" in kind else "utf-16-le"}
    code = name.get(encoding, encoding)
    body = fill(FILES[kind], (), OURS).body
    wrote = f'"{OURS}"' if "blackboard" in kind else OURS
    blank = '""' if "blackboard" in kind else ""

    text = body.decode(code).replace(delimiter + wrote, "", 1)
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines[1:], start=1):
        end = line[len(line.rstrip("\r\n")) :]
        added = delimiter + ("100" if "Points Possible" in line else blank)
        assert line.endswith(added + end)
        lines[at] = line.removesuffix(added + end) + end

    assert "".join(lines).encode(code) == FILES[kind]


@pytest.mark.parametrize("kind", FILES)
def test_second_upload_updates_same_column(kind):
    """What we gave back can be uploaded again: the column is found, and no other is added."""
    once = fill(FILES[kind], GRADES, OURS)
    twice = fill(once.body, [Grade(name="Ana López Ruiz", percent=50)], OURS)
    first, second = read(once.body, *FORM[kind]), read(twice.body, *FORM[kind])

    assert fill(once.body, GRADES, OURS).body == once.body
    assert [len(row) for row in second] == [len(row) for row in first]
    changed = [
        (a, b)
        for r, s in zip(first, second, strict=True)
        for a, b in zip(r, s, strict=True)
        if a != b
    ]
    assert changed == [("87.5", "50")]


def test_canvas_column_is_found_by_its_id():
    """Canvas adds the assignment's number to its title."""
    body = CANVAS.replace("Quiz (102)", f"{OURS} (77)").replace("EX", "").encode()
    after = read(fill(body, GRADES, OURS).body)

    assert len(after[0]) == len(read(body)[0])
    assert column(after, f"{OURS} (77)")["López Ruiz, Ana"] == "8.75"  # of ten points


def test_canvas_points_of_new_column():
    filled = fill(CANVAS.encode(), GRADES, OURS)

    assert column(read(filled.body))["    Points Possible"] == "100"
    assert column(read(filled.body))[""] == ""  # the row of manual posting
    assert filled.unmatched_there == ("Student, Test",)


def test_canvas_gives_points_where_there_are_none():
    body = CANVAS.replace("Quiz (102)", OURS).replace("10.00", "").encode()
    after = column(read(fill(body, GRADES, OURS).body))

    assert after["    Points Possible"] == "100"
    assert after["O'Neil, Bea"] == "100"


def test_canvas_excused_stays_excused():
    body = CANVAS.replace("Quiz (102)", OURS).encode()
    filled = fill(body, GRADES, OURS)

    assert column(read(filled.body))["López Ruiz, Ana"] == "EX"
    assert any("Excused" in each and "López Ruiz, Ana" in each for each in filled.warnings)
    assert filled.filled == 1


def test_canvas_in_two_name_columns_and_with_decimal_commas():
    """As a course in Swedish exports it, with the setting for two names."""
    body = (
        "LastName;FirstName;ID;SIS Login ID;Section;Lab (5);Current Score\n"
        "    Points Possible;;;;;10,00;(läs endast)\n"
        "López Ruiz;Ana;11;alopez;Law;9,50;95,00\n"
    ).encode()
    after = read(fill(body, GRADES, OURS).body, delimiter=";")

    assert after[2] == ["López Ruiz", "Ana", "11", "alopez", "Law", "9,50", "95,00", "87,5"]


def test_moodle_column_is_found_by_its_form():
    body = MOODLE.replace("Quiz: Nexus (Real)", f"{OURS} (Real)").encode()
    after = read(fill(body, GRADES, OURS).body)

    assert [row[6] for row in after] == [f"{OURS} (Real)", "87.5", "100"]
    assert len(after[0]) == len(read(body)[0])


def test_blackboard_points_of_column_with_its_number():
    """A column of 40 points gets points of 40."""
    filled = fill(BLACKBOARD.encode(), GRADES, "Essay")

    assert [row[6] for row in read(filled.body)][1:] == ["35", "40"]


def test_blackboard_text_column_gets_percentages():
    """What Blackboard made of a column that we added counts for no points yet."""
    body = BLACKBOARD.replace("Essay [Total Pts: 40 Score]", f"{OURS} [Total Pts: 0 Text]").encode()

    assert [row[6] for row in read(fill(body, GRADES, OURS).body)][1:] == ["87.5", "100"]


def test_new_column_says_what_to_do_next():
    assert any("new grade item" in each for each in fill(MOODLE.encode(), (), OURS).warnings)
    assert any("100 points" in each for each in fill(BLACKBOARD.encode(), (), OURS).warnings)


def test_first_of_two_headers_is_the_systems_own():
    """A teacher's own column of the same name does not say who a student is."""
    body = CANVAS.replace("Essay (101)", "Student").replace("38.50", "Bea O'Neil").encode()

    assert fill(body, GRADES, OURS).unmatched_here == ("Caro",)


# --- Excel ---


def test_excel_other_cells_stay():
    """Texts stay texts, numbers numbers, the teacher's formulas formulas."""
    rows = list(csv.reader(io.StringIO(MOODLE)))
    rows[1][2:5] = [17, "=1+1", 2.5]
    body = workbook(rows)
    filled = fill(body, GRADES, OURS)
    before, after = cells(body), cells(filled.body)

    assert {at: cell for at, cell in after.items() if at[0] != "J"} == before
    assert after["D2"] == ("f", "=1+1")
    assert [after[f"J{row}"] for row in (1, 2, 3)] == [("s", OURS), ("n", 87.5), ("n", 100)]
    assert any("row 2, Institution" in each for each in filled.warnings)
    assert cells(fill(filled.body, GRADES, OURS).body) == after


# --- Names ---


@pytest.mark.parametrize(
    "name",
    [
        "Ana López Ruiz",
        "ANA  LOPEZ\tRUIZ",
        "López Ruiz, Ana",
        "Ana Lo\u0301pez Ruiz",
        "Ａｎａ López Ruiz",
    ],
)
def test_same_name_in_another_spelling(name):
    filled = fill(CANVAS.encode(), [Grade(name=name, percent=1)], OURS)

    assert column(read(filled.body))["López Ruiz, Ana"] == "1"


@pytest.mark.parametrize(
    "name", ["Ana", "Ana López", "Ruiz López Ana", "A. López Ruiz", "", "\u202e"]
)
def test_other_name_is_not_guessed(name):
    filled = fill(CANVAS.encode(), [Grade(name=name, percent=1)], OURS)

    assert (filled.filled, filled.unmatched_here) == (0, (name,))


def test_two_in_the_file_of_one_name_get_nothing():
    """Also when only an accent tells them apart: it is often left out on a phone."""
    twin = CANVAS + '"Lopez Ruiz, Ana",13,S3,alopez3,Law 101,1,1,1,1\n'
    filled = fill(twin.encode(), [Grade(name="Ana López Ruiz", percent=1)], OURS)

    assert (filled.filled, filled.ambiguous) == (0, ("Ana López Ruiz",))
    assert filled.unmatched_there == ("O'Neil, Bea", "Student, Test")


@pytest.mark.parametrize("second", ["ana lópez ruiz", "Ana López Ruiz (2)"])
def test_two_of_ours_of_one_name_get_nothing(second):
    """Our own lists number those of one name: the first of them is no surer than the second."""
    both = [Grade(name="Ana López Ruiz", percent=1), Grade(name=second, percent=2)]
    filled = fill(CANVAS.encode(), both, OURS)

    assert (filled.filled, filled.ambiguous) == (0, ("Ana López Ruiz", second))


def test_code_tells_two_of_one_name_apart():
    twin = CANVAS + '"López Ruiz, Ana",13,S3,alopez3,Law 101,1,1,1,1\n'
    both = [
        Grade(name="Ana López Ruiz", code="s3", percent=1),
        Grade(name="Ana López Ruiz", code="ALOPEZ", percent=2),
    ]
    rows = {row[1]: row[-1] for row in read(fill(twin.encode(), both, OURS).body)}

    assert (rows["11"], rows["13"]) == ("2", "1")


def test_code_tells_whose_the_only_row_is():
    """The one with the code is sure; the other of the name stays in doubt."""
    both = [
        Grade(name="Ana López Ruiz", percent=1),
        Grade(name="Ana López Ruiz", code="alopez", percent=2),
    ]
    filled = fill(CANVAS.encode(), both, OURS)

    assert column(read(filled.body))["López Ruiz, Ana"] == "2"
    assert filled.ambiguous == ("Ana López Ruiz",)


def test_code_against_the_name_is_nobody():
    """A code of one student under the name of another is not followed."""
    filled = fill(CANVAS.encode(), [Grade(name="Bea O'Neil", code="S1", percent=1)], OURS)

    assert (filled.filled, filled.ambiguous) == (0, ("Bea O'Neil",))


def test_two_of_ours_for_one_row_get_nothing():
    both = [Grade(name="Ana López Ruiz", percent=1), Grade(name="Anita", code="S1", percent=2)]
    filled = fill(CANVAS.encode(), both, OURS)

    assert (filled.filled, filled.ambiguous) == (0, ("Ana López Ruiz", "Anita"))


def test_no_grade_yet_leaves_the_cell():
    body = CANVAS.replace("Quiz (102)", OURS).encode()
    filled = fill(body, [Grade(name="Bea O'Neil", percent=None)], OURS)

    assert (filled.body, filled.filled, filled.unmatched_here) == (body, 0, ())


# --- What spreadsheets run ---


def test_formulas_of_the_teacher_stay_and_are_told():
    """A dash, a number and an address are none."""
    body = MOODLE.replace("S1,,", "S1,=2+5,-4.5").replace(
        "S2,", '"=HYPERLINK(""http://x"",""y"")",'
    )
    filled = fill(body.encode(), GRADES, OURS)
    (told,) = [each for each in filled.warnings if "formulas" in each]

    assert [row[2:5] for row in read(filled.body)][1] == ["S1", "=2+5", "-4.5"]
    assert "row 2, Institution; row 3, ID number." in told


@pytest.mark.parametrize("mark", [*"=+-@", "＝"])
def test_column_like_a_formula_is_written_as_text(mark):
    title = f"{mark}HYPERLINK(1)"
    once = fill(CANVAS.encode(), GRADES, title)

    assert read(once.body)[0][-1] == f"'{title}"
    assert fill(once.body, GRADES, title).body == once.body


def test_canvas_wraps_a_name_like_a_formula():
    """Canvas writes such a name as ="name"."""
    body = CANVAS.replace('"López Ruiz, Ana"', '"=""=HYPERLINK(1)"""').encode()
    filled = fill(body, [Grade(name="=HYPERLINK(1)", percent=3)], OURS)

    assert filled.filled == 1


# --- Whatever there is in a file ---

HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "<img src=x onerror=alert(1)>",
    "W" * 10_000,
    " " * 10_000 + "(1)",
    "\u202egnp.exe\u2066 עברית عربى",
    "",
    "\t=1+1",
    "\r=1+1",
    "O'Neil, Bea, Jr.",
    "Points",
    '"',
)
texts = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12
)


def dumped(rows, dialect):
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


# Without quotation marks, csv quotes a cell only where a part of its own line end is in it.
endings = st.sampled_from(
    [
        {"lineterminator": "\r\n", "quoting": csv.QUOTE_MINIMAL},
        {"lineterminator": "\r\n", "quoting": csv.QUOTE_ALL},
        {"lineterminator": "\n", "quoting": csv.QUOTE_ALL},
    ]
)
dialects = st.builds(lambda mark, end: {"delimiter": mark, **end}, st.sampled_from(",;\t"), endings)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


@st.composite
def gradebooks(draw):
    """A gradebook of Moodle's form with any cells, and grades that name some of its students."""
    names = draw(st.lists(texts, min_size=1, max_size=6))
    others = draw(st.lists(texts, max_size=3))
    head = ["First name", "Last name", "Email address", *others]
    body = [
        [name, "", f"{at}@x", *draw(st.tuples(*[texts] * len(others)))]
        for at, name in enumerate(names)
    ]
    chosen = draw(st.lists(st.sampled_from(names) | texts, max_size=6))
    percents = st.none() | st.floats(0, 100)
    grades = [Grade(name=name, percent=draw(percents)) for name in chosen]
    return [head, *body], grades


@given(gradebooks(), dialects, encodings)
def test_any_file_keeps_its_other_cells(book, dialect, encoding):
    """Only our column differs, and a grade stands only beside its own name."""
    rows, grades = book
    upload = dumped(rows, dialect).encode(encoding)
    try:
        filled = fill(upload, grades, OURS)
    except GradebookError:
        assert OURS in rows[0]
        return
    after = read(filled.body, encoding, dialect["delimiter"])

    assert [row[: len(rows[0])] for row in after] == rows
    assert [len(row) for row in after] == [len(rows[0]) + 1] * len(rows)
    given_to = [row for row in after[1:] if row[-1]]
    assert len(given_to) == filled.filled
    for row in given_to:
        mine = [g for g in grades if g.percent is not None and same(g.name, row[0])]
        assert [round(g.percent, 2) for g in mine] == [float(row[-1])]
    assert sorted([*filled.unmatched_here, *filled.ambiguous]) == sorted(
        g.name
        for g in grades
        if not any(same(g.name, r[0]) and sole(r[0], rows, grades) for r in rows[1:])
    )
    assert fill(filled.body, grades, OURS).body == filled.body


def sole(name, rows, grades):
    """Whether exactly one row and one grade are of this name."""
    return (
        sum(same(row[0], name) for row in rows[1:]) == 1
        and sum(same(grade.name, name) for grade in grades) == 1
    )


def same(one, other):
    """Whether both are given the same cell, when each is the only student of a gradebook."""
    upload = dumped([["First name", "Last name", "Email address"], [other, "", "x@y"]], {}).encode()
    return fill(upload, [Grade(name=one, percent=1)], "Other").filled == 1


@given(st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=4), dialects)
def test_rows_are_read_as_they_were_written(rows, dialect):
    text = dumped(rows, dialect)

    assert [[f.text for f in line.fields] for line in lines(text, dialect["delimiter"])] == rows


@given(st.text('ab",;\r\n ', max_size=30), st.sampled_from(",;"))
def test_any_text_is_read_as_the_standard_library_does(text, delimiter):
    """But for a quotation mark that is never closed, which that takes for the rest of the file."""
    try:
        found = [[f.text for f in line.fields] for line in lines(text, delimiter)]
    except NotDelimited:
        return

    assert [row if row != [""] else [] for row in found] == [
        row if row != [""] else [] for row in read(text.encode(), delimiter=delimiter)
    ]


@given(st.text(max_size=60))
def test_only_known_letters_are_folded(name):
    """A name is its own, whatever it is written with."""
    visible = any(mark.isalnum() for mark in name)

    assert same(name, name) or not visible


# --- What is refused ---

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return file.getvalue()


def swollen(**parts):
    """A gradebook in Excel's form with more in it."""
    body = io.BytesIO(workbook(csv.reader(io.StringIO(MOODLE))))
    with zipfile.ZipFile(body, "a", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return body.getvalue()


@pytest.mark.parametrize(
    ("upload", "says"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (PNG, "no gradebook"),
        (b"\xff\xfea", "no gradebook"),
        (b"%PDF-1.7 \0\0", "no gradebook"),
        (b"PK\x03\x04 and no more", "no gradebook"),
        (archive(document="a Word file"), "no gradebook"),
        (swollen(bomb=bytes(200_000_000)), "no gradebook"),
        (swollen(vbaProject="macros would be lost"), "no gradebook"),
        (b"\xd0\xcf\x11\xe0" + bytes(512), "old form"),
        (b"a" * (LARGEST + 1), "too large"),
        (b"Name,Grade\nAna,1\n", "no gradebook"),
        ((CANVAS + '"López Ruiz, Ana,1\n').encode(), "quotation mark"),
        (CANVAS.splitlines()[0].encode(), "no students"),
        ((CANVAS + "x,1,2,3,4,5,6,7,8,9\n").encode(), "more cells than its header"),
        (
            CANVAS.replace("Quiz (102)", "Asylum training (7),Asylum training (8)").encode(),
            "2 columns",
        ),
        (CANVAS.replace("Final Score", OURS).encode(), "fills this column itself"),
        (CANVAS.replace("Quiz (102)", OURS).replace("10.00", "0.00").encode(), "no points"),
        (MOODLE.replace("Quiz: Nexus (Real)", f"{OURS} (Letter)").encode(), "display type Real"),
    ],
)
def test_unfit_file_is_refused_in_one_sentence(upload, says):
    with pytest.raises(GradebookError, match=says) as refused:
        fill(upload, GRADES, OURS)

    assert str(refused.value).endswith(".")
    assert str(refused.value).count(". ") == 0


@pytest.mark.parametrize(
    "title", ["", " \u202e", "x" * 201, "SIS User ID", "Section", "My Final Score"]
)
def test_unfit_title_is_refused(title):
    with pytest.raises(GradebookError):
        fill(CANVAS.encode(), GRADES, title)


def test_title_that_the_file_cannot_hold_is_refused():
    with pytest.raises(GradebookError, match="alphabet"):
        fill(FILES["canvas for Windows"], GRADES, "庇護")


@pytest.mark.parametrize("percent", [-1, 100.5, float("nan")])
def test_no_percentage_is_refused(percent):
    with pytest.raises(ValueError, match="no percentage"):
        fill(CANVAS.encode(), [Grade(name="Bea O'Neil", percent=percent)], OURS)
