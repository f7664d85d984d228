"""Imports point down, and only one part of the kit knows each outside library."""

import ast
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "asylum_teach"
CONTRACT = ROOT / "tests" / "importlinter.ini"

# Who alone may import what.  Nobody else may, not even inside a function.
ONLY = {
    "yaml": {"content"},
    "pydantic": {"content"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": {"store"},
    "sqlite3": {"store"},
    "fsrs": {"guidance"},
    "docx": {"export"},
    "pandas": {"analysis"},
    "numpy": {"analysis"},
    "ipywidgets": {"widgets"},
    "anywidget": {"widgets"},
    "traitlets": {"widgets", "serve"},
    "voila": {"serve"},
    "jupyter_server": {"serve"},
    "jupyterhub": {"serve"},
    "tornado": {"serve", "instructor"},
    "jinja2": {"records", "serve", "instructor", "site", "export"},
    "segno": {"instructor"},
    "scipy": {"analysis"},
    "openpyxl": {"export"},
    "genanki": {"export"},
    "text2qti": {"export"},
    "argparse": {"cli"},
}


def modules(package=PACKAGE):
    """Each module of ours: the part that it belongs to, its path, its syntax tree."""
    for path in sorted(package.rglob("*.py")):
        part = path.relative_to(package).parts[0].removesuffix(".py")
        yield part, path, ast.parse(path.read_text("utf-8"), str(path))


def imported(tree):
    """Every module that a tree imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
        elif isinstance(node, ast.Call) and getattr(
            node.func, "attr", getattr(node.func, "id", "")
        ) in {"import_module", "__import__"}:
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))


def trespasses(package=PACKAGE):
    """Imports of an outside library by a part that may not know it."""
    return [
        f"{path.relative_to(package)} imports {name}"
        for part, path, tree in modules(package)
        for name in imported(tree)
        if part not in ONLY.get(name.split(".")[0], {part})
    ]


def test_each_library_is_known_to_one_part_only():
    assert trespasses() == []


def test_models_know_nothing_but_the_standard_library():
    foreign = {
        name.split(".")[0]
        for part, _, tree in modules()
        if part == "models"
        for name in imported(tree)
    }

    assert foreign <= {*sys.stdlib_module_names, "asylum_teach"}


PURE = ["models", "interview", "law", "scoring", "bundle", "kit", "export", "analysis"]


@pytest.mark.parametrize("part", [*PURE, "desk", "guidance", "classroom"])
def test_pure_parts_look_at_no_clock_and_throw_no_dice(part):
    """Day and chance come in as arguments, so that the same question has the same answer."""
    found = [
        f"{path.name}:{node.lineno} {node.func.attr}"
        for owner, path, tree in modules()
        if owner == part
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"today", "now", "utcnow", "time", "random", "choice", "shuffle"}
    ]

    assert found == []


def test_only_the_command_line_prints():
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for part, path, tree in modules()
        if part != "cli"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id in {"print", "input"})
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "sys.stderr"})
    ]

    assert found == []


def lint(root):
    """Import-linter's verdict on the package in *root*: (exit code, what it printed)."""
    code = (
        "import sys\n"
        "from importlinter.cli import lint_imports\n"
        "sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(CONTRACT)],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path):
    """A copy of the package, to be spoiled."""
    shutil.copytree(
        PACKAGE, tmp_path / "asylum_teach", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def test_imports_point_down_and_never_sideways():
    code, said = lint(ROOT)

    assert code == 0, said


@pytest.mark.parametrize(
    ("file", "line"),
    [
        pytest.param("scoring.py", "from asylum_teach import law", id="sideways"),
        pytest.param("widgets/board.py", "from asylum_teach import bundle", id="sideways, widget"),
        pytest.param("models/law.py", "from asylum_teach import scoring", id="up"),
        pytest.param("lesson.py", "from asylum_teach import check", id="sideways, above"),
        pytest.param("law/bench.py", "from asylum_teach import cli", id="to the top"),
    ],
)
def test_wrong_import_breaks_the_contract(copy, file, line):
    path = copy / "asylum_teach" / file
    path.write_text(f"{path.read_text('utf-8')}\n\ndef late():\n    {line}\n", "utf-8")

    code, said = lint(copy)

    assert code == 1
    assert "BROKEN" in said


def test_module_that_the_contract_does_not_name_breaks_it(copy):
    """Whoever adds a module says where it stands."""
    (copy / "asylum_teach" / "helpers.py").write_text('"""Anything."""\n', "utf-8")

    code, said = lint(copy)

    assert code == 1
    assert "helpers" in said


@pytest.mark.parametrize("late", [True, False])
def test_wrong_library_is_seen(copy, late):
    path = copy / "asylum_teach" / "scoring.py"
    line = "def late():\n    import yaml\n" if late else "import yaml\n"
    path.write_text(f"{path.read_text('utf-8')}\n\n{line}", "utf-8")

    assert trespasses(copy / "asylum_teach") == ["scoring.py imports yaml"]
