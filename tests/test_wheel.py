"""A wheel alone can serve: it carries the notebooks, the exercises and the pages."""

import os
import subprocess
import sys
import zipfile
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from asylum_teach import kit

ROOT = Path(__file__).parent.parent
NO_EXTRA = {"extra": ""}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The kit as a wheel, unpacked where no checkout is near."""
    scratch = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", scratch]
    subprocess.run([*build, ROOT], check=True, capture_output=True)
    (wheel,) = scratch.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch / "site")
    return scratch / "site"


def names(folder):
    """Every file under *folder*, told from it."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in found if path.suffix in (".yaml", ".ipynb", ".json")}


@pytest.mark.parametrize("folder", ["notebooks", "exercises"])
def test_wheel_carries_all_content(installed, folder):
    """Nothing that a lesson reads is left behind."""
    assert names(installed / "asylum_teach" / "_kit" / folder) == names(kit.folder(folder))


def test_installed_kit_checks_its_own_content(installed, tmp_path):
    """From any folder, the kit that the wheel holds finds its content, and finds it sound."""
    command = [sys.executable, "-m", "asylum_teach", "check"]
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "No faults."), run.stderr


def test_wheel_carries_pages_and_scripts(installed):
    """The pages, their style and every widget's script are in the wheel."""
    package = Path("asylum_teach")
    wanted = [
        path.relative_to(ROOT)
        for folder in ("template", "widgets", "site")
        for path in (ROOT / package / folder).rglob("*")
        if path.suffix in (".html", ".j2", ".css", ".js", ".svg")
    ]

    assert [path for path in wanted if not (installed / path).is_file()] == []


def brought(package):
    """The names of all that is installed along with *package*, when no extra is asked for."""
    names, found = set(), [package]
    while found:
        needs = map(Requirement, found.pop().requires or ())
        plain = {each.name for each in needs if not each.marker or each.marker.evaluate(NO_EXTRA)}
        for name in plain - names:
            with suppress(PackageNotFoundError):  # of another system than this one
                found.append(distribution(name))
        names |= plain
    return names


def test_wheel_brings_the_kernel_that_lessons_run_in(installed):
    """The packages of the tests bring one, too, and hide that a plain install had none."""
    (about,) = installed.glob("*.dist-info")

    assert "ipykernel" in brought(Distribution.at(about))
