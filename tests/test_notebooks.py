"""Every notebook keeps the house form.  That it runs and shows what it should is nbval's to say."""

import re

import nbformat
import pytest

from asylum_teach import kit
from asylum_teach.models import Choice

LONG_ENOUGH = 20  # letters: a shorter option is a word or two that any prose may hold
PATHS = sorted(kit.folder("notebooks").glob("*.ipynb"))
LESSONS = [path for path in PATHS if path.stem[:2] in ("01", "02", "03", "04", "05", "06", "07")]
METHODS = (
    "story|ask|practice|board|lab|decision|authority|periods|history|events|split|sources"
    "|interview|stop"
)


def cells(path, kind):
    """The notebook's cells of one kind."""
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == kind]


def name(path):
    """The notebook's name, for the test's."""
    return path.stem


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_form(path):
    """A title first, prose before each thing shown, one-line cells of the lesson's own verbs."""
    notebook = nbformat.read(path, as_version=4)
    code = cells(path, "code")

    assert notebook.cells[0].source.startswith("# ")
    assert len(cells(path, "markdown")) >= len(code)
    assert re.fullmatch(
        r'from asylum_teach\.lesson import Lesson\nlesson = Lesson\("\w+"\)', code[0].source
    )
    for cell in code[1:]:
        assert re.match(rf"lesson\.({METHODS})\(", cell.source), cell.source
        assert len(cell.source.splitlines()) <= 12
        assert [set(output.data) for output in cell.outputs] == [{"text/plain"}]
    assert len([c for c in notebook.cells if re.match(r"# ", c.source)]) == 1


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_lesson_has_its_parts(path):
    """What changed since, a story, a board, a lab, two decisions, a summary, sources."""
    source = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells)

    assert "What the document says" in source
    assert "What has changed since" in source
    for part in ("story", "board", "lab", "practice"):
        assert f"lesson.{part}(" in source
    assert source.count("lesson.decision(") >= 2
    assert "## Summary" in source
    assert source.rstrip().endswith("lesson.sources()")


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_no_key_before_its_question(path, kit_content):
    """The prose does not give a right option away; a term of the law gives nothing away."""
    prose = "\n".join(cell.source for cell in cells(path, "markdown"))
    terms = {relief.title for relief in kit_content.law.reliefs.values()}
    keys = [
        option.text
        for case in kit_content.cases.values()
        for item in case.items
        if isinstance(item, Choice)
        for option in item.options
        if option.credit == 1 and len(option.text) >= LONG_ENOUGH
    ]

    assert [key for key in keys if key in prose and key not in terms] == []


def test_every_item_is_asked_somewhere(kit_content):
    """No item of a written lesson lies unused."""
    asked = set()
    for path in PATHS:
        for cell in cells(path, "code"):
            for verb, case, item in re.findall(
                r'lesson\.(ask|practice)\("([^"]+)"(?:, "([^"]+)")?', cell.source
            ):
                case_items = [i.id for i in kit_content.cases[case].items]
                asked |= {(case, i) for i in ([item] if verb == "ask" else case_items)}

    every = {(case.id, item.id) for case in kit_content.cases.values() for item in case.items}
    assert every - asked == set()


def test_every_case_and_decision_is_met_in_some_lesson(kit_content):
    """What is written is taught: nothing waits in a folder for a lesson to name it."""
    named = {
        name for path in kit.folder("notebooks").glob("*.ipynb") for name in kit.named_in(path)
    }

    assert {*kit_content.cases, *kit_content.decisions} <= named
