"""Making the site: each page from the templates of the server, each lesson run once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbconvert.filters import markdown2html, strip_files_prefix

from asylum_teach import bundle, kit
from asylum_teach.counter import to_files
from asylum_teach.lesson import BUNDLE_VARIABLE
from asylum_teach.models import Content
from asylum_teach.models.words import in_words
from asylum_teach.serve.site import ASSETS, TEMPLATE, Site, read_asset
from asylum_teach.site.cells import shown
from asylum_teach.site.faults import SiteError
from asylum_teach.site.runtime import PYODIDE, copy_pyodide, kit_zip
from asylum_teach.widgets.base import STATIC_VARIABLE

_OURS = Path(__file__).parent
_SCRIPTS = ("alone.js", "counter_worker.js", "pieces.js")
_SERVERS_OWN = {"board_page.js", "class_page.js", "connection.js", "tables.js", "waiting.js"}
_MARK = "asylum-teach-site.txt"  # in a folder that may be made anew
_MARKED = "Made by asylum-teach site, which may replace this folder as a whole.\n"
_PYODIDE = f"pyodide-{PYODIDE}"


@dataclass(frozen=True)
class StillSite(Site):
    """What the pages of a site without a server say; *base* is the way from a page to the top."""

    digest: str = ""  # of the scripts and of the kit in the browser

    @cached_property
    def assets(self) -> str:
        """Where static files lie: the path changes with their content, so they never go stale."""
        return f"{self.base}static/{self.digest}"

    def frame(self) -> dict[str, Any]:
        """What every page needs."""
        return {**super().frame(), "alone": _PYODIDE, "made": in_words(self.today())}


def build(content: Content, out: Path, *, notebooks: Path, pyodide: Path, today: date) -> int:
    """Make the site in the folder *out*, anew if it is there; returns the number of pages.

    *pyodide* is the unpacked npm package.  Raises SiteError.
    """
    out = out.resolve()
    if out.exists() and not (out.is_dir() and (not any(out.iterdir()) or (out / _MARK).is_file())):
        raise SiteError(f"{out} holds something else; name a folder that is empty or new.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        made = Path(scratch) / "site"
        pages = _Maker(content, made, notebooks, today).make(pyodide)
        shutil.rmtree(out, ignore_errors=True)
        made.rename(out)
    return pages


class _Maker:
    """Makes one site."""

    def __init__(self, content: Content, out: Path, notebooks: Path, today: date) -> None:
        self._content, self._out, self._notebooks, self._today = content, out, notebooks, today
        self._digest = ""
        self._pages = Environment(
            loader=FileSystemLoader([TEMPLATE, _OURS / "template"]),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._pages.filters["markdown2html"] = markdown2html
        self._pages.filters["strip_files_prefix"] = strip_files_prefix

    def make(self, pyodide: Path) -> int:
        """Make everything; returns the number of pages."""
        with kit.compiled(self._content, bundle.save) as compiled:
            files = {**_scripts(), "kit.zip": kit_zip(compiled)}
            self._digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:16]
            for name, body in files.items():
                self._write(f"static/{self._digest}/{name}", body)
            copy_pyodide(pyodide, self._out / "static" / _PYODIDE)
            pages = [*self._top(), *self._played(), *self._lessons(compiled)]
        self._write(_MARK, _MARKED.encode())
        self._write(".nojekyll", b"")  # GitHub's host would else run the files through a program
        for name, html in pages:
            self._write(name, html.encode())
        return len(pages)

    def _write(self, name: str, body: bytes) -> None:
        path = self._out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def _site(self, base: str) -> StillSite:
        today = self._today
        return StillSite(
            self._content, self._notebooks, lambda: today, base=base, digest=self._digest
        )

    def _page(self, template: str, site: StillSite, **values: Any) -> str:
        made = self._pages.get_template(template).render(**{"kit": site.frame(), **values})
        return to_files(made, site.base)

    def _top(self) -> Iterator[tuple[str, str]]:
        """The start page, and the pages beside it."""
        site = self._site("./")
        yield "index.html", self._page("start.html", site, **site.start())
        yield "words.html", self._page("words.html", site, **site.words())
        for name in ("review.html", "record.html"):
            yield name, self._page(name, site)

    def _played(self) -> Iterator[tuple[str, str]]:
        """Each interview and each script on a page of its own; each script for a class."""
        site = self._site("../")
        for name in (*self._content.interviews, *self._content.scripts):
            played = site.played(name)
            yield f"practice/{name}.html", self._page("practice.html", site, **(played or {}))
        for name, script in self._content.scripts.items():
            about = site.script(script)
            yield f"stop/{name}.html", self._page("stop.html", site, about=about)

    def _lessons(self, compiled: Path) -> Iterator[tuple[str, str]]:
        """Each lesson that is written."""
        site = self._site("../")
        for plan in site.plans:
            path = site.path_of(Path(plan.notebook).stem)
            if path is None:
                continue
            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            with _in_a_kernel(compiled, site.assets):
                cells = shown(notebook, path)
            frame = site.describe(notebook, path.stem).metadata["kit"]
            html = self._page("lesson.html", site, kit=frame, cells=cells)
            yield f"lesson/{path.stem}.html", html


def _scripts() -> dict[str, bytes]:
    """Our static files: those of the server, and those that stand in its place."""
    served = {name: read_asset(name) or b"" for name in ASSETS if name not in _SERVERS_OWN}
    return served | {name: (_OURS / "static" / name).read_bytes() for name in _SCRIPTS}


@contextmanager
def _in_a_kernel(compiled: Path, assets: str) -> Iterator[None]:
    """What a kernel of the server finds in its environment, for as long as the context lasts."""
    before = {name: os.environ.get(name) for name in (BUNDLE_VARIABLE, STATIC_VARIABLE)}
    os.environ.update({BUNDLE_VARIABLE: str(compiled), STATIC_VARIABLE: assets})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
