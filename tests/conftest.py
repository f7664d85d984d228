"""What every test starts from: the kit's own content, read once, and copies of it to spoil."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from asylum_teach import check, content, kit

# A shared machine is slow now and then, so no deadline; a failing example is printed whole.
settings.register_profile("kit", deadline=None, max_examples=80, print_blob=True)
settings.load_profile("kit")

BASE_CASE = (Path(__file__).parent / "base_case.yaml").read_text("utf-8")


@pytest.fixture(scope="session")
def kit_content():
    """The content of exercises/, read from its YAML."""
    return content.read(kit.folder("exercises"))


@pytest.fixture(scope="session")
def law(kit_content):
    """The kit's law."""
    return kit_content.law


class Exercises:
    """A copy of exercises/ with one case in it, to be spoiled and checked."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copytree(
            kit.folder("exercises"), folder, ignore=shutil.ignore_patterns("cases", "schema")
        )
        (folder / "cases").mkdir()
        self.write("cases/base.yaml", BASE_CASE)

    def read(self, name):
        return (self.folder / name).read_text("utf-8")

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text, "utf-8")
        return path

    def edit(self, name, old, new):
        """Put *new* for the first *old* in a file."""
        text = self.read(name)
        assert old in text, f"{old!r} is not in {name}"
        return self.write(name, text.replace(old, new, 1))

    def line(self, name, text):
        """The number of the first line that holds *text*."""
        lines = self.read(name).splitlines()
        return next(n for n, line in enumerate(lines, start=1) if text in line)

    def check(self):
        return check.check(self.folder, kit.folder("notebooks"))


@pytest.fixture
def exercises(tmp_path):
    """A copy of exercises/ with one sound case in it."""
    return Exercises(tmp_path / "exercises")
