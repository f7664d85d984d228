"""What every test starts from: the kit's content, and a small made-up one to spoil."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from asylum_teach import check, content, kit

pytest_plugins = [
    "tests.store_fixtures",
    "tests.served_fixtures",
    "tests.class_fixtures",
    "tests.hub_fixtures",
    "tests.site_fixtures",
]

# A shared machine is slow now and then, so no deadline; a failing example is printed whole.
settings.register_profile("kit", deadline=None, max_examples=40, print_blob=True)
settings.load_profile("kit")

ROOT = Path(__file__).parent.parent
SMALL = Path(__file__).parent / "exercises"  # a made-up law and one sound case
BASE_CASE = (SMALL / "cases" / "base.yaml").read_text("utf-8")


@pytest.fixture(scope="session")
def kit_content():
    """The content of exercises/, read from its YAML."""
    return content.read(kit.folder("exercises"))


@pytest.fixture(scope="session")
def law(kit_content):
    """The kit's law."""
    return kit_content.law


@pytest.fixture(scope="session")
def small():
    """The small made-up content."""
    return content.read(SMALL)


def pytest_collection_modifyitems(items):
    """Compare the text that a notebook's cells show, and not their HTML.

    Only text/plain is kept in the notebooks (see tests/outputs.py), where nbval would
    ask for every kind of output.
    """
    for item in items:
        if type(item).__name__ == "IPyNbCell" and "text/html" not in item.parent.skip_compare:
            item.parent.skip_compare = (*item.parent.skip_compare, "text/html")


class Exercises:
    """A copy of the small content, to be spoiled and checked as a user's is."""

    def __init__(self, scratch):
        self.folder = scratch / "exercises"
        self.notebooks = scratch / "notebooks"
        shutil.copytree(SMALL, self.folder)
        self.notebooks.mkdir()
        (self.notebooks / "00_start_here.ipynb").write_text("{}", "utf-8")

    def read(self, name):
        """The text of a file."""
        return (self.folder / name).read_text("utf-8")

    def write(self, name, text):
        """Put *text* for a whole file."""
        path = self.folder / name
        path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text, "utf-8")
        return path

    def edit(self, name, old, new):
        """Put *new* for the first *old* in a file."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        return self.write(name, text.replace(old, new, 1))

    def line(self, name, text):
        """The number of the line on which *text* begins."""
        whole = self.read(name)
        return whole.count("\n", 0, whole.index(text)) + 1

    def check(self):
        """What the check makes of it."""
        return check.check(self.folder, self.notebooks)

    def told(self):
        """What the check tells: file, line and what, in its order."""
        return [(fault.file, fault.line, fault.what) for fault in self.check().faults]


@pytest.fixture
def exercises(tmp_path):
    """A copy of the small content."""
    return Exercises(tmp_path)
