"""A learner's kernel needs the standard library, ipywidgets and anywidget, and nothing else.

The same package then runs in a browser without a server, where the rest is missing.
"""

import os
import subprocess
import sys

import pytest

from asylum_teach import bundle
from tests.conftest import ROOT

MISSING = ("pydantic", "pydantic_core", "yaml", "pandas", "numpy", "sqlalchemy", "sqlite3", "voila")

# Runs first in the learner's process: whoever imports one of these is told that it is not there.
BLOCK = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {MISSING!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""


@pytest.fixture(scope="module")
def compiled(kit_content, tmp_path_factory):
    path = tmp_path_factory.mktemp("learner") / "bundle.json"
    bundle.save(kit_content, path)
    return path


def learner(code, compiled):
    """What a learner's process prints; fails when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", BLOCK + code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "ASYLUM_TEACH_BUNDLE": str(compiled)},
        cwd=compiled.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_missing_is_really_missing(compiled):
    """Otherwise the tests below would prove nothing."""
    code = "\n".join(
        f"try:\n    import {name}\nexcept ModuleNotFoundError:\n    print('no', {name!r})"
        for name in MISSING
    )

    assert learner(code, compiled) == "".join(f"no {name}\n" for name in MISSING)


def test_lesson_loads_asks_answers_and_shows(compiled, kit_content):
    """Every story, question, board, lab, decision and source list of the kit."""
    code = """
from asylum_teach import scoring
from asylum_teach.lesson import Lesson

asked = 0
lesson = Lesson("nexus_and_grounds")
for case in lesson.content.cases.values():
    repr(lesson.story(case.id))
    repr(lesson.board(case.id))
    for item in case.items:
        question = lesson.ask(case.id, item.id)
        question.answer = {"item": item.id, "n": 1, "response": scoring.key_of(item)}
        assert "Right." in question.feedback[item.id]["html"], (case.id, item.id)
        asked += 1
for decision in lesson.content.decisions.values():
    repr(lesson.decision(decision.id))
lab = lesson.lab(next(iter(lesson.content.cases)))
lab.switches._handle_custom_msg({"ask": "reset"}, [])
lab.pivots._handle_custom_msg({"ask": "pivots"}, [])
assert lab.pivots.found["asked"]
repr(lesson.sources())
print(asked, len(lesson.attempts))
"""
    items = sum(len(case.items) for case in kit_content.cases.values())

    assert learner(code, compiled) == f"{items} {items}\n"


def test_nothing_heavy_is_loaded_where_it_could_be(compiled):
    """Even on a machine that has them, a lesson loads none of these: they cost memory and time."""
    code = """
import sys
sys.meta_path.pop(0)
from asylum_teach.lesson import Lesson
Lesson("nexus_and_grounds").lab()
print(sorted(set(sys.modules) & {"yaml", "pydantic", "pandas", "numpy", "sqlalchemy", "voila"}))
"""

    assert learner(code, compiled) == "[]\n"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda path: path.unlink(), "cannot be read: No such file or directory."),
        (lambda path: path.write_text("{", "utf-8"), "is damaged"),
    ],
)
def test_bundle_that_cannot_be_used_is_told_with_a_sentence(compiled, tmp_path, damage, says):
    path = tmp_path / "bundle.json"
    path.write_bytes(compiled.read_bytes())
    damage(path)
    code = """
from asylum_teach import bundle
from asylum_teach.lesson import Lesson
try:
    Lesson("nexus_and_grounds")
except bundle.BundleError as error:
    print(error)
"""

    assert says in learner(code, path)
