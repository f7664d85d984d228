"""What every piece of a lesson shares: its files, and a plain text that says what it shows."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self
from xml.etree import ElementTree as ET

from asylum_teach.widgets.markup import render, shorten_repeated

_FOLDER = Path(__file__).parent
# Set by a server whose pages bring the style sheet and whose static files hold the scripts: a
# page then loads each script once, however many widgets it has.
STATIC_VARIABLE = "ASYLUM_TEACH_STATIC"
STYLES = ("theme", "parts", "question", "story", "board", "timeline", "lab", "talk")
# Each widget's script is made of these files, in this order; there is no build step.
SCRIPTS = {
    "question": ("parts", "card", "question"),
    "interview": ("parts", "card", "talk", "interview"),
    "stop": ("parts", "card", "talk", "stop"),
    "lab": ("parts", "lab"),
    "pivots": ("parts", "pivots"),
}
_SERVED = """export default {{
  async render(context) {{
    const piece = await import(new URL("{path}", document.baseURI).href);
    return piece.default.render(context);
  }},
}};
"""


def files(names: Iterable[str], kind: str) -> tuple[Path, ...]:
    """The files of these names: ``css`` or ``js``."""
    return tuple(_FOLDER / f"{name}.{kind}" for name in names)


def front_end(name: str) -> tuple[str, str]:
    """The JavaScript and the style sheet of the widget *name*.

    They work alone in any Jupyter page; where a server holds them, they only point there.
    """
    served = os.environ.get(STATIC_VARIABLE)
    if served:
        return _SERVED.format(path=f"{served}/{name}.js"), ""
    return _read(files(SCRIPTS[name], "js")), _read(files(STYLES, "css"))


def _read(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text("utf-8") for path in paths)


class Text:
    """Something to read: HTML that needs no kernel once it is there."""

    def __init__(self, body: ET.Element, lines: list[str]) -> None:
        self._body = body
        self._lines = lines

    @property
    def html(self) -> str:
        """Return it as a page shows it."""
        return render(self._body)

    def on_a_page(self, shown: set[str]) -> Self:
        """Say each authority's whole card once on a served page, of which *shown* is kept.

        Elsewhere a cell may be run again and alone, so there every card stays whole.
        """
        if os.environ.get(STATIC_VARIABLE):
            shorten_repeated(self._body, shown)
        return self

    def __repr__(self) -> str:
        """Return what it says, line by line."""
        return "\n".join(self._lines)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}
