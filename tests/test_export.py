"""A printed training record says all of it, promises nothing more, and survives any name."""

import re
import zipfile
from datetime import datetime
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from asylum_teach.export import check_text, training_record_docx, training_record_html

LIMITS = (
    "This is a record of practice with teaching material. It is no accreditation, no license and "
    "no legal qualification. It does not allow anyone to give legal advice. No licensed attorney "
    "has reviewed the material yet."
)
NAME = "María José Ñáñez Ibargüengoitia"
HOSTILE = {
    "markup": "<img src=x onerror=alert(1)>",
    "script": "</title></style><script>alert(1)</script>",
    "template": "{{ 7 * 7 }}{% raw %}",
    "formula": '=HYPERLINK("http://x","y")',
    "entity": "Ana &amp; Eva \"B\" 'C'",
    "long": "W" * 10_000,
    "turned": "\u202egnp.\u2066exe\u200f Ana",
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m Ana",
    "lines": "Ana\r\nResult:\u2028Ready\x85for\x0bsupervised\tintake",
    "forbidden": "A\x00n\x08a\ud800\ufffe\uffff",
}


def body(**other):
    """A body as it comes from the guidance, with some of it replaced."""
    return {
        "title": "Record of training: U.S. asylum claims by people from Mexico",
        "kit": "0.1.0",
        "provider": "Clínica de Asilo, Facultad de Derecho",
        "name": NAME,
        "began": "2026-11-01",
        "ended": "2026-11-20",
        "minutes": 425,
        "minutes_how": "Time with a question in view.",
        "mode": "Online, self-paced",
        "topics": [
            {
                "lesson": "Nexus: why this person?",
                "number": 3,
                "answered": 20,
                "of": 24,
                "right": 15,
                "points": ["Name the five grounds.", "Find the evidence of motive."],
            },
            {
                "lesson": "The what-if lab",
                "number": 0,
                "answered": 4,
                "of": 6,
                "right": 2,
                "points": [],
            },
        ],
        "elements": [
            {"element": "Nexus", "standing": "Held: three in a row"},
            {"element": "Proof", "standing": "Not asked yet"},
        ],
        "law_as_of": "2026-11-24",
        "critical_errors": [
            {"sentence": "Nobody promises a result.", "times": 7, "open": False},
            {"sentence": "A missed deadline can end a claim.", "times": 1, "open": True},
        ],
        "ready": True,
        "rules": [
            {"rule": "Most questions are answered.", "met": True, "found": "85 % answered"},
            {"rule": "No critical error is open.", "met": False, "found": "1 open"},
        ],
        "issued": "2026-11-25",
        "code": "ABCD-EFGH-JKMN",
        **other,
    }


def page(given_body):
    """The HTML as a tree."""
    return html.document_fromstring(training_record_html(given_body))


def word(given_body):
    """The DOCX as python-docx reads it."""
    return docx.Document(BytesIO(training_record_docx(given_body)))


def texts_of_page(given_body):
    """What the page shows, text by text."""
    found = page(given_body).xpath("//main//text()[normalize-space()]")
    return [" ".join(text.split()) for text in found]


def texts_of_word(given_body):
    """What the DOCX shows, text by text; a label and its value are two."""
    paragraphs = [
        Paragraph(found, None).text for found in word(given_body).element.body.iter(qn("w:p"))
    ]
    return [text for paragraph in paragraphs for text in paragraph.split(":\t")]


SHOWN = [
    "Record of training: U.S. asylum claims by people from Mexico",
    NAME,
    "The name is as the learner wrote it, and was not checked.",
    *("Provider", "Clínica de Asilo, Facultad de Derecho"),
    *("Dates", "1 November 2026 to 20 November 2026"),
    *("Time", "7 hours 5 minutes. Time with a question in view."),
    *("Mode", "Online, self-paced"),
    *("Law as of", "24 November 2026"),
    *("Issued", "25 November 2026"),
    *("Verification code", "ABCD-EFGH-JKMN"),
    *("Teaching kit", "asylum-teach 0.1.0"),
    *("Result", "Ready for supervised intake by the rules stated here."),
    *("Rule", "What was found", "Met?"),
    *("Most questions are answered.", "85 % answered", "Met"),
    *("No critical error is open.", "1 open", "Not yet"),
    *("What this record is not", LIMITS),
    "How to check this record",
    "Ask whoever runs the site where the training was done to give this command there:",
    "asylum-teach verify ABCD-EFGH-JKMN",
    "It says for whom and when the site gave out the record of this code, and with which result. "
    "Where that differs from this page, the page is not to be trusted.",
    *("Result by element of the claim", "Element", "Standing"),
    *("Nexus", "Held: three in a row"),
    *("Proof", "Not asked yet"),
    "Critical errors",
    "A critical error is an answer that would have hurt a client.",
    *("What the answer left out of account", "Times", "Since then"),
    *("Nobody promises a result.", "7", "Answered again without it"),
    *("A missed deadline can end a claim.", "1", "Still open"),
    *("Topics", "Lesson, and what it teaches", "Answered", "Right"),
    *("3. Nexus: why this person?", "Name the five grounds.", "Find the evidence of motive."),
    *("20 of 24", "15"),
    *("The what-if lab", "4 of 6", "2"),
]


@pytest.mark.parametrize("texts", [texts_of_page, texts_of_word])
def test_record_shows_the_whole_body_in_one_order(texts):
    assert texts(body()) == SHOWN


@pytest.mark.parametrize("texts", [texts_of_page, texts_of_word])
def test_record_of_who_is_not_ready_says_so(texts):
    shown = texts(body(ready=False))

    assert "Not yet ready for supervised intake by the rules stated here." in shown
    assert "Ready for supervised intake by the rules stated here." not in shown


@pytest.mark.parametrize("texts", [texts_of_page, texts_of_word, check_text])
@pytest.mark.parametrize("ready", [True, False])
def test_record_calls_nobody_qualified_or_certified(texts, ready):
    said = " ".join(texts(body(ready=ready))).lower()

    assert not re.search(r"qualified|certif|licensed to|accredited", said)


@pytest.mark.parametrize("texts", [texts_of_page, texts_of_word])
def test_record_without_critical_errors_says_that_there_was_none(texts):
    shown = texts(body(critical_errors=[]))

    assert "A critical error is an answer that would have hurt a client. There was none." in shown


@pytest.mark.parametrize("texts", [texts_of_page, texts_of_word])
def test_record_before_the_first_answer_has_no_dates(texts):
    shown = texts(body(began="", ended="", minutes=0, topics=[]))

    assert "nothing answered yet" in shown
    assert "0 minutes. Time with a question in view." in shown


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (120, "2 hours"),
    ],
)
def test_time_is_said_in_hours_and_minutes(minutes, said):
    assert f"Time: {said}" in check_text(body(minutes=minutes))


def test_one_day_is_said_once():
    assert "Dates: 1 November 2026" in check_text(body(ended="2026-11-01"))


def test_check_says_what_the_record_says():
    assert check_text(body(ready=False)) == [
        "Record of training: U.S. asylum claims by people from Mexico",
        f"Name: {NAME} (as the learner wrote it; not checked)",
        "Provider: Clínica de Asilo, Facultad de Derecho",
        "Issued: 25 November 2026",
        "Dates: 1 November 2026 to 20 November 2026",
        "Time: 7 hours 5 minutes",
        "Result: Not yet ready for supervised intake by the rules stated in the record",
        "Law as of: 24 November 2026",
        "It is no accreditation, and does not allow anyone to give legal advice.",
    ]


# ------------------------------------------------------------------ the files themselves


@pytest.mark.parametrize("name", [NAME, *HOSTILE.values()])
def test_page_loads_links_and_runs_nothing(name):
    tree = page(body(name=name))
    attributes = {attribute for each in tree.iter() for attribute in each.attrib}

    assert attributes <= {
        *("lang", "charset", "name", "content", "class", "id", "style", "scope", "aria-labelledby")
    }
    assert not tree.xpath("//script | //img | //link | //a | //iframe | //object | //base")
    assert not re.search(r"url\(|@import", "".join(tree.xpath("//style/text()")))


def test_page_can_be_found_and_read_by_a_screen_reader():
    tree = page(body())
    headings = {each.get("id"): each.text for each in tree.iter("h2")}

    assert tree.get("lang") == "en-US"
    assert tree.findtext(".//title") == f"{SHOWN[0]} – {NAME}"
    assert len(tree.xpath("//h1")) == 1
    assert None not in headings
    assert all(table.get("aria-labelledby") in headings for table in tree.iter("table"))
    assert {each.get("scope") for each in tree.xpath("//thead//th")} == {"col"}
    assert {each.get("scope") for each in tree.xpath("//tbody/tr/*[1]")} == {"row"}
    assert tree.xpath("//bdi[. = $name]", name=NAME)


def test_word_file_has_real_headings_and_heads_that_repeat():
    document = word(body())
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]

    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [SHOWN[0]]
    assert headings == [each.text for each in page(body()).iter("h2")]
    assert len(document.tables) == 4
    for table in document.tables:
        marked = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert marked == [True, *[False] * (len(table.rows) - 1)]


def test_word_file_says_what_it_is_and_who_made_it():
    about = word(body()).core_properties

    assert (about.title, about.author, about.language) == (
        SHOWN[0],
        "Clínica de Asilo, Facultad de Derecho",
        "en-US",
    )
    assert about.last_modified_by == about.author
    assert about.comments == ""
    assert about.created.replace(tzinfo=None) == datetime(2026, 11, 25)


def test_word_file_carries_no_macro_and_loads_nothing():
    with zipfile.ZipFile(BytesIO(training_record_docx(body(name=HOSTILE["formula"])))) as file:
        relations = [file.read(name).decode() for name in file.namelist() if name.endswith(".rels")]
        document = file.read("word/document.xml").decode()

    assert not [name for name in file.namelist() if "vba" in name.lower()]
    assert not [each for each in relations if 'TargetMode="External"' in each]
    assert "w:hyperlink" not in document
    assert "instrText" not in document


def test_each_printed_page_of_either_file_carries_the_code():
    foot = word(body()).sections[0].footer.paragraphs[0]
    fields = [field.get(qn("w:instr")) for field in foot._p.iter(qn("w:fldSimple"))]

    assert (foot.text, fields) == (
        "Verification code ABCD-EFGH-JKMN · Page  of ",
        ["PAGE", "NUMPAGES"],
    )
    assert 'content: "Verification code ABCD-EFGH-JKMN"' in page(body()).findtext(".//style")


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(HOSTILE["markup"], HOSTILE["markup"], id="markup"),
        pytest.param(HOSTILE["script"], HOSTILE["script"], id="script"),
        pytest.param(HOSTILE["template"], HOSTILE["template"], id="template"),
        pytest.param(HOSTILE["formula"], HOSTILE["formula"], id="formula"),
        pytest.param(HOSTILE["entity"], HOSTILE["entity"], id="entity"),
        pytest.param(HOSTILE["long"], "W" * 79 + "…", id="long"),
        pytest.param("W" * 80, "W" * 80, id="just fits"),
        pytest.param(HOSTILE["turned"], "gnp.exe Ana", id="turned"),
        pytest.param(HOSTILE["terminal"], "]0;owned[2J31m Ana", id="terminal"),
        pytest.param(HOSTILE["lines"], "Ana Result: Ready for supervised intake", id="lines"),
        pytest.param(HOSTILE["forbidden"], "Ana", id="forbidden"),
        pytest.param("مریم می\u200cخواهم", "مریم می\u200cخواهم", id="joiner"),
        pytest.param("  Ana   Eva ", "Ana Eva", id="spaces"),
    ],
)
def test_any_name_is_shown_as_text_and_as_nothing_else(name, shown):
    assert page(body(name=name)).findtext(".//bdi") == shown
    assert word(body(name=name)).paragraphs[1].text == shown
    assert check_text(body(name=name))[1] == f"Name: {shown} (as the learner wrote it; not checked)"


@given(st.text(st.characters(), max_size=200))
def test_no_name_breaks_a_record_or_plays_with_a_terminal(name):
    given_body = body(name=f"A{name}")

    assert page(given_body).findtext(".//bdi") == word(given_body).paragraphs[1].text
    assert all(re.sub("[\u200c\u200d]", "", line).isprintable() for line in check_text(given_body))


@pytest.mark.parametrize("make", [training_record_html, training_record_docx, check_text])
@pytest.mark.parametrize("name", ["", None, "  \n", "\u202e\u200d", "<->"])
def test_record_without_a_name_is_refused(make, name):
    with pytest.raises(ValueError, match="needs a name"):
        make(body(name=name))


@pytest.mark.parametrize("make", [training_record_html, training_record_docx, check_text])
def test_body_that_never_had_a_name_is_refused(make):
    nameless = {key: value for key, value in body().items() if key != "name"}

    with pytest.raises(ValueError, match="needs a name"):
        make(nameless)


@pytest.mark.parametrize("code", ["", "$(reboot)", 'A"; } body {', "ABCD\nEFGH", "abcd-efgh"])
def test_code_that_could_do_more_than_be_looked_up_is_refused(code):
    with pytest.raises(ValueError, match="no verification code"):
        training_record_html(body(code=code))


def test_provider_of_any_length_fits_the_properties_of_a_file():
    assert word(body(provider="P" * 5000)).core_properties.author == "P" * 199 + "…"


def test_every_text_of_the_body_is_made_plain():
    spoiled = body(rules=[{"rule": "All\x00 <b>", "met": True, "found": "\x1b[2J85 %"}])

    assert "All <b>" in texts_of_page(spoiled)
    assert "[2J85 %" in texts_of_word(spoiled)
