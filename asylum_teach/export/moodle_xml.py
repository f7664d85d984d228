"""Questions as Moodle XML, with feedback on every answer.

What the elements mean is in Moodle's own importer: question/format/xml/format.php, and
question/type/ordering/questiontype.php for the ordering type, which every Moodle has since 4.4.
An ordering item is written in that type, since it asks for the order itself; an older Moodle
without the plug-in leaves that question out and takes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from asylum_teach.export import fragments
from asylum_teach.export.asking import questions_of
from asylum_teach.export.questions import (
    COURSE,
    AnyQuestion,
    Arrangement,
    Comment,
    Double,
    Findings,
    Pairing,
    Pick,
    Told,
    as_pick,
    notice,
    unmarked,
)
from asylum_teach.models import Content

# The shares that Moodle knows, in percent; it refuses a file with any other.
GRADES = (
    *(100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20),
    *(16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0),
)
_AGAIN = (
    "Moodle adds what it imports and replaces nothing: "
    "before you import a newer file, delete or move this category."
)


def moodle_xml(
    content: Content, case_ids: Iterable[str], findings: Findings | None = None
) -> bytes:
    """The cases' items as one Moodle XML file: a category a case, a question an item.

    A question's ID number is its case and item.  Raises ValueError for a case that there is not.
    """
    quiz = ET.Element("quiz")
    quiz.append(ET.Comment(f" {notice(content)} "))
    asked = questions_of(content, case_ids, findings)
    for told, group in groupby(asked, key=lambda question: question.told):
        quiz.append(_category(told, notice(content)))
        quiz.append(_description(told, notice(content)))
        quiz.extend(_question(question, notice(content)) for question in group)
    ET.indent(quiz)
    return bytes(ET.tostring(quiz, encoding="utf-8", xml_declaration=True))


def grade(share: float) -> str:
    """The share in percent: the nearest that Moodle knows."""
    nearest = min(GRADES, key=lambda known: abs(known - 100 * abs(share)))
    return f"{'-' if share < 0 and nearest else ''}{nearest}"


def category_of(told: Told) -> str:
    """Where the questions of a case go, as Moodle writes it; a slash in a name is doubled."""
    names = (COURSE, told.lesson, told.title)
    return "/".join(("$course$", "top", *(name.replace("/", "//") for name in names)))


def _category(told: Told, law_as_of: str) -> ET.Element:
    node = ET.Element("question", type="category")
    _text(ET.SubElement(node, "category"), category_of(told))
    info = ET.SubElement(node, "info", format="html")
    _text(info, fragments.rendered([fragments.said("p", line) for line in (law_as_of, _AGAIN)]))
    _value(node, "idnumber", told.id)
    return node


def _description(told: Told, law_as_of: str) -> ET.Element:
    """What stands before the questions of a case where a teacher puts all of them in a quiz."""
    about = [fragments.said("p", line) for line in (told.title, law_as_of)]
    return _headed(
        "description", f"{told.title}: about this material", f"{told.id}/about", about, [], "0"
    )


def _question(question: AnyQuestion, law_as_of: str) -> ET.Element:
    match question:
        case Double():
            return _question(as_pick(question), law_as_of)
        case Pick():
            node = _common(question, "multichoice", [], law_as_of)
            _value(node, "single", "false" if question.several else "true")
            _value(node, "shuffleanswers", "true" if question.shuffled else "false")
            _value(node, "answernumbering", "none")
            for answer in question.answers:
                _answer(node, answer.text, grade(answer.share), answer.feedback)
        case Pairing():
            node = _common(question, "matching", fragments.rows_explained(question), law_as_of)
            _value(node, "shuffleanswers", "true")
            _subquestions(node, question)
        case Arrangement():
            node = _common(question, "ordering", fragments.in_order(question), law_as_of)
            _order(node, question)
    for outcome in ("correct", "partiallycorrect", "incorrect"):
        _html(node, f"{outcome}feedback", [])
    for hint in question.hints:
        _html(node, "hint", [fragments.said("p", hint)])
    tags = ET.SubElement(node, "tags")
    for tag in (question.kind, *question.elements):
        _text(ET.SubElement(tags, "tag"), tag)
    return node


def _common(
    question: AnyQuestion, kind: str, explained: list[ET.Element], law_as_of: str
) -> ET.Element:
    """What every kind has: the story and the stem before, and what is said after."""
    after = [
        *explained,
        *fragments.commented(question.comment),
        fragments.said("p", law_as_of),
    ]
    return _headed(kind, question.title, question.id, fragments.asked(question), after, "1")


def _headed(
    kind: str,
    name: str,
    idnumber: str,
    text: list[ET.Element],
    feedback: list[ET.Element],
    points: str,
) -> ET.Element:
    node = ET.Element("question", type=kind)
    _text(ET.SubElement(node, "name"), name)
    _html(node, "questiontext", text)
    _html(node, "generalfeedback", feedback)
    _value(node, "defaultgrade", points)
    _value(node, "hidden", "0")
    _value(node, "idnumber", idnumber)
    return node


def _answer(node: ET.Element, text: str, fraction: str, comment: Comment) -> None:
    answer = ET.SubElement(node, "answer", fraction=fraction, format="html")
    _text(answer, fragments.rendered([fragments.said("p", text)]))
    if comment.lines:
        _html(answer, "feedback", fragments.commented(comment))


def _subquestions(node: ET.Element, question: Pairing) -> None:
    """The rows, then the targets that no row has: a row without text is Moodle's distractor."""
    texts = {target.id: unmarked(target.text) for target in question.targets}
    rows = [(fragments.inline(row.text), texts[row.key]) for row in question.rows]
    unused = texts.keys() - {row.key for row in question.rows}
    for text, answer in rows + [("", texts[target]) for target in texts if target in unused]:
        row = ET.SubElement(node, "subquestion", format="html")
        _text(row, text)
        _text(ET.SubElement(row, "answer"), answer)


def _order(node: ET.Element, question: Arrangement) -> None:
    """The steps in the right order, graded by pairs of steps, as the kit's own rubric does."""
    _value(node, "layouttype", "VERTICAL")
    _value(node, "selecttype", "ALL")
    _value(node, "selectcount", str(len(question.steps)))
    _value(node, "gradingtype", "RELATIVE_ALL_PREVIOUS_AND_NEXT")
    _value(node, "showgrading", "SHOW")
    _value(node, "numberingstyle", "none")
    # Without this its importer makes up hints of its own.
    _value(node, "shownumcorrect", "1")
    for place, step in enumerate(question.steps, start=1):
        _answer(node, step.text, str(place), Comment())


def _html(node: ET.Element, tag: str, content: list[ET.Element]) -> None:
    _text(ET.SubElement(node, tag, format="html"), fragments.rendered(content))


def _text(node: ET.Element, text: str) -> None:
    ET.SubElement(node, "text").text = text


def _value(node: ET.Element, tag: str, value: str) -> None:
    ET.SubElement(node, tag).text = value
