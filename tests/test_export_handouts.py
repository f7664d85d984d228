"""Hand-outs: the same on paper from HTML and from DOCX, and no key in a learner's hands."""

import io
import re
from itertools import pairwise

import docx
import html5lib
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from lxml import html

from asylum_teach.export.handout import handout_html
from asylum_teach.export.handout_word import handout_docx
from asylum_teach.export.sheet import plain
from asylum_teach.models import Ordering
from tests.exports import (
    NOTICE,
    findings_of,
    hostile,
    items_of,
    parts_of,
    read,
    told,
    with_texts,
)

VERSIONS = [(teacher, large) for teacher in (False, True) for large in (False, True)]


@pytest.fixture(scope="module")
def findings(kit_content):
    return findings_of(kit_content)


def page_of(content, ids, findings=None, *, teacher=False, large=False):
    """The HTML as html5lib reads it, which refuses what is no HTML."""
    body = handout_html(content, ids, teacher=teacher, large=large, findings=findings)
    html5lib.HTMLParser(strict=True).parse(body, transport_encoding="utf-8")
    return html.document_fromstring(body.decode())


def word_of(content, ids, findings=None, *, teacher=False, large=False):
    """The DOCX as python-docx reads it."""
    body = handout_docx(content, ids, teacher=teacher, large=large, findings=findings)
    return docx.Document(io.BytesIO(body))


def texts_of_page(page):
    """What the page shows, paragraph by paragraph; the lines to write on left out."""
    nodes = page.xpath("//main//*[self::h1|self::h2|self::h3|self::h4|self::p|self::li]")
    return [" ".join(node.text_content().split()) for node in nodes]


def texts_of_word(word):
    return [" ".join(re.sub("_{5,}", "", paragraph.text).split()) for paragraph in word.paragraphs]


@pytest.mark.parametrize("teacher", [False, True])
def test_html_and_docx_say_the_same_in_the_same_order(kit_content, findings, teacher):
    page = page_of(kit_content, kit_content.cases, findings, teacher=teacher)
    word = word_of(kit_content, kit_content.cases, findings, teacher=teacher)

    assert texts_of_page(page) == texts_of_word(word)


@pytest.mark.parametrize("teacher", [False, True])
def test_every_item_is_asked_with_its_story(kit_content, findings, teacher):
    text = " ".join(texts_of_page(page_of(kit_content, kit_content.cases, teacher=teacher)))
    for case, item in items_of(kit_content):
        assert read(" ".join(sentence.text for sentence in case.story)) in text
        assert read(item.stem) in text
        for part in parts_of(case, item, findings):
            assert read(part[0]) in text


def test_a_learner_gets_no_key(kit_content, findings):
    """Not even where findings are given: neither a reason nor a citation is there."""
    page = page_of(kit_content, kit_content.cases, findings)
    text = " ".join(texts_of_page(page))
    citations = [authority.citation for authority in kit_content.law.authorities.values()]

    assert "The key" not in text
    assert "what the board finds" not in text
    assert [citation for citation in citations if citation in text] == []
    for found, (case, item) in zip(page.find_class("asked"), items_of(kit_content), strict=True):
        asked = " ".join(found.text_content().split())
        for part in parts_of(case, item, findings):
            assert read(part[1]) not in asked


def test_steps_to_be_ordered_are_not_shown_in_their_order(kit_content):
    for case, item in items_of(kit_content):
        if isinstance(item, Ordering):
            page = page_of(kit_content, [case.id])
            lists = [
                [" ".join(li.text_content().split()) for li in each]
                for each in page.xpath("//section[@class='asked']/ol")
            ]
            steps = [read(step.text) for step in item.steps]

            assert sorted(steps) in map(sorted, lists)
            assert steps not in lists


def test_the_teacher_gets_every_reason_with_its_authorities(kit_content, findings):
    page = page_of(kit_content, kit_content.cases, findings, teacher=True)
    for section, case in zip(page.find_class("case"), kit_content.cases.values(), strict=True):
        asked = section.find_class("asked")
        for found, item in zip(asked, case.items, strict=True):
            text = " ".join(found.text_content().split())

            assert "The key:" in text
            for part in parts_of(case, item, findings):
                assert all(said in text for said in told(kit_content, part))
            assert all(read(hint) in text for hint in item.hints)


def test_the_teacher_gets_what_the_board_finds_on_each_element(kit_content, findings):
    page = page_of(kit_content, kit_content.cases, findings, teacher=True)
    for section, case in zip(page.find_class("findings"), kit_content.cases, strict=True):
        text = " ".join(section.text_content().split())
        for element, finding in findings[case].items():
            title = kit_content.law.elements[element].title

            assert f"{title}: {finding.status.label}" in text
            assert read(finding.reason) in text
            for each in finding.authorities:
                assert kit_content.law.authorities[each].citation in text


@pytest.mark.parametrize(("teacher", "large"), VERSIONS)
def test_every_version_says_what_it_is(kit_content, teacher, large):
    case = next(iter(kit_content.cases))
    page = page_of(kit_content, [case], teacher=teacher, large=large)
    word = word_of(kit_content, [case], teacher=teacher, large=large)
    foot = word.sections[0].footer.paragraphs[0].text
    day = kit_content.law_as_of
    for text in (page.text_content(), foot, word.core_properties.comments):
        assert all(words in text for words in NOTICE)
        assert f"Law as of {day.day} {day:%B %Y}" in text


@pytest.mark.parametrize(("teacher", "large"), VERSIONS)
def test_a_page_needs_nothing_from_elsewhere(kit_content, teacher, large):
    page = page_of(kit_content, list(kit_content.cases)[:3], teacher=teacher, large=large)
    style = page.findtext(".//style")

    assert page.xpath("//script | //link | //img | //iframe | //*[@src] | //*[@href]") == []
    assert "url(" not in style
    assert "@import" not in style


def test_large_print_is_18_points_and_nothing_on_it_is_smaller(kit_content):
    case = next(iter(kit_content.cases))
    style = page_of(kit_content, [case], large=True).findtext(".//style")
    letters = re.search(r"\bhtml \{[^}]*font-size: (\d+)pt", style)
    beside = [float(size) for size in re.findall(r"font(?:-size)?: ([\d.]+)rem", style)]
    word = word_of(kit_content, [case], large=True)
    used = {paragraph.style.name for paragraph in word.paragraphs}

    assert letters[1] == "18"
    assert min(beside) >= 1
    assert word.styles["Normal"].font.size.pt == 18
    assert min(word.styles[name].font.size.pt for name in used) >= 18


def test_a_case_and_its_questions_begin_on_pages_of_their_own(kit_content, findings):
    ids = list(kit_content.cases)[:2]
    titles = [kit_content.cases[case].title for case in ids]
    word = word_of(kit_content, ids, findings, teacher=True)
    broken = [p.text for p in word.paragraphs if p.paragraph_format.page_break_before]
    style = page_of(kit_content, ids).findtext(".//style")

    assert broken == [
        f"{titles[0]}: questions",
        f"{titles[0]}: what the board finds",
        titles[1],
        f"{titles[1]}: questions",
        f"{titles[1]}: what the board finds",
    ]
    assert ".case ~ .case, .questions, .findings { break-before: page; }" in style


def test_docx_headings_are_headings_in_steps_of_one(kit_content, findings):
    word = word_of(kit_content, list(kit_content.cases)[:10], findings, teacher=True)
    names = [p._p.style or "" for p in word.paragraphs]
    levels = [int(name[-1]) for name in names if name.startswith("Heading")]

    assert names[0] == "Title"
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_docx_every_numbered_list_begins_at_1(kit_content):
    """Each has a numbering of its own, with a start of its own."""
    word = word_of(kit_content, list(kit_content.cases)[:2])
    numbers = [p._p.pPr.numPr.numId.val for p in word.paragraphs if p.style.name == "List Number"]
    lists = len([n for i, n in enumerate(numbers) if i == 0 or numbers[i - 1] != n])
    starts = {
        num.numId: num.find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}")
        for num in word.part.numbering_part.element.num_lst
    }
    expected = len(page_of(kit_content, list(kit_content.cases)[:2]).xpath("//main//ol"))

    assert lists == len(set(numbers)) == expected
    assert {starts[number].get(qn("w:val")) for number in numbers} == {"1"}


def test_emphasis_is_emphasis_in_both(kit_content):
    [(case, stem), *_] = [
        (case.id, item.stem) for case, item in items_of(kit_content) if "*" in item.stem
    ]
    word = re.search(r"\*([^*]+)\*", stem)[1]
    italic = {
        run.text for p in word_of(kit_content, [case]).paragraphs for run in p.runs if run.italic
    }

    assert word in page_of(kit_content, [case]).xpath("//em/text()")
    assert word in italic


@given(stem=hostile, option=hostile, reason=hostile)
def test_any_text_comes_back_as_it_was(small, stem, option, reason):
    other = with_texts(small, stem, option, reason)
    page = page_of(other, ["base"], teacher=True)
    word = word_of(other, ["base"], teacher=True)
    for texts in (texts_of_page(page), texts_of_word(word)):
        assert any(text.startswith(squeezed(stem)) for text in texts)
        assert squeezed(option) in texts
        assert squeezed(reason) in texts


def squeezed(text):
    """As the texts above are read, the lines to write on left out."""
    return " ".join(re.sub("_{5,}", "", plain(text)).split())


def test_a_case_that_there_is_not_is_refused_with_a_sentence(kit_content):
    for write in (handout_html, handout_docx):
        with pytest.raises(ValueError, match="There is no case 'nowhere'"):
            write(kit_content, ["nowhere"], teacher=False, large=False)
