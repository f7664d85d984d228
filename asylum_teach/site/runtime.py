"""Python for the browser: Pyodide as npm has it, and the part of the kit that runs in it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from asylum_teach.site.faults import SiteError

PYODIDE = "0.29.0"
# What npm says of that version's file: npm view pyodide@0.29.0 dist.integrity
_INTEGRITY = (
    "sha512-"
    "ObIvsTmcrxAWKg+FT1GjfSdDmQc5CabnYe/nn5BCuhr9BVVITeQ24DBdZuG5B2tIiAZ9YonBpnDB7cmHZyd2Rw=="
)
_FILES = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
_LOCK = "pyodide-lock.json"

_PACKAGE = Path(__file__).parent.parent
# The parts of the kit that the counter needs; each is a module or a folder of them.
_PARTS = (
    "__init__.py",
    "bundle.py",
    "counter.py",
    "desk",
    "guidance",
    "interview",
    "law",
    "models",
    "records",
    "scoring.py",
    "template/progress.html",
    "widgets",
)
_LIBRARIES = {  # distribution: module
    "fsrs": "fsrs",
    "typing_extensions": "typing_extensions",
    "jinja2": "jinja2",
    "markupsafe": "markupsafe",
}
_UNUSED = {"__pycache__", "pieces"}  # the widgets of a kernel stay out
_THEN = (1980, 1, 1, 0, 0, 0)  # the same site is the same bytes, whenever it is made


def fetched(cache: Path | None = None) -> Path:
    """Pyodide's folder, fetched by npm once and kept in *cache*.

    Raises SiteError when npm is missing or cannot fetch it.
    """
    home = cache or user_cache_path("asylum-teach")
    folder = home / f"pyodide-{PYODIDE}"
    if not folder.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        packed = _pack(home)
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(packed) as archive:
            archive.extractall(part, filter="data")
        (part / "package").rename(folder)
        part.rmdir()
        packed.unlink()
    return unpacked(folder)


def _pack(home: Path) -> Path:
    """The file of npm's registry, checked."""
    npm = shutil.which("npm")
    otherwise = "or name an unpacked folder of it with --pyodide."
    if npm is None:
        raise SiteError(f"npm is not installed, which fetches Pyodide: install it, {otherwise}")
    done = subprocess.run(
        [npm, "pack", "--silent", f"pyodide@{PYODIDE}"], cwd=home, capture_output=True, text=True
    )
    packed = home / f"pyodide-{PYODIDE}.tgz"
    if done.returncode or not packed.is_file():
        raise SiteError(f"npm could not fetch pyodide@{PYODIDE}: try again, {otherwise}")
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != _INTEGRITY:
        packed.unlink()
        raise SiteError(f"What npm fetched is not pyodide@{PYODIDE} as it is known: not used.")
    return packed


def unpacked(folder: Path) -> Path:
    """*folder*, if it holds the Pyodide that the kit is made for; raises SiteError otherwise."""
    try:
        version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        raise SiteError(f"{folder} is no unpacked npm package of Pyodide.") from None
    missing = [name for name in (*_FILES, _LOCK) if not (folder / name).is_file()]
    if version != PYODIDE or missing:
        raise SiteError(f"{folder} holds no whole Pyodide {PYODIDE}: npm pack pyodide@{PYODIDE}")
    return folder


def copy_pyodide(source: Path, to: Path) -> None:
    """Copy what a browser loads, with a list of packages that names none.

    The list that npm brings names hundreds which are not here: one that is asked for by mistake
    would be looked for at another host.
    """
    to.mkdir(parents=True)
    for name in _FILES:
        shutil.copyfile(source / name, to / name)
    lock = json.loads((source / _LOCK).read_text("utf-8"))
    (to / _LOCK).write_text(json.dumps({"info": lock["info"], "packages": {}}), "utf-8")
    (to / "NOTICE.txt").write_text(_NOTICE, "utf-8")


_NOTICE = f"""\
Pyodide {PYODIDE}, unchanged but for the list of packages: Mozilla Public License 2.0.
Source: https://github.com/pyodide/pyodide (tag {PYODIDE}).
It holds CPython and its standard library: Python Software Foundation License 2.
"""


def kit_zip(bundle: Path) -> bytes:
    """The counter with all that it needs, and the content compiled at *bundle*."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in (*_own_files(), *_library_files(), ("bundle.json", bundle)):
            entry = zipfile.ZipInfo(name, _THEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()


def _own_files() -> Iterator[tuple[str, Path]]:
    for part in _PARTS:
        path = _PACKAGE / part
        for each in [path] if path.is_file() else _modules(path):
            yield f"asylum_teach/{each.relative_to(_PACKAGE).as_posix()}", each


def _modules(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if not _UNUSED & set(path.relative_to(folder).parts):
            yield path


def _library_files() -> Iterator[tuple[str, Path]]:
    """The libraries' modules and their licences."""
    for name, module in _LIBRARIES.items():
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise SiteError(f"'{name}' is not installed.")
        path = Path(spec.origin)
        if path.name == "__init__.py":
            for each in _modules(path.parent):
                yield f"{module}/{each.relative_to(path.parent).as_posix()}", each
        else:
            yield path.name, path
        for file in distribution(name).files or ():
            if file.name.upper().startswith(("LICENSE", "COPYING")):
                yield f"licenses/{name}/{file.name}", Path(str(file.locate()))
