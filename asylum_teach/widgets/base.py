"""What every piece of a lesson shares: its files, and a plain text that says what it shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import anywidget

from asylum_teach.widgets.markup import render

_FOLDER = Path(__file__).parent
# Set by a server whose pages bring the style sheet: widgets need not carry it then.
STYLED_VARIABLE = "ASYLUM_TEACH_STYLED"
STYLES = ("theme", "parts", "question", "story", "board", "lab")


def front_end(*scripts: str) -> tuple[str, str]:
    """The JavaScript of a widget and the style sheet that all share.

    Widgets are written in small files without a build step; what they share is put
    in front, so that one widget works alone in any Jupyter page.
    """
    script = "\n".join(_read(f"{name}.js") for name in ("parts", *scripts))
    return script, "" if os.environ.get(STYLED_VARIABLE) else style_sheet()


def style_sheet() -> str:
    """The look of every piece."""
    return "\n".join(_read(f"{name}.css") for name in STYLES)


def _read(file: str) -> str:
    return (_FOLDER / file).read_text("utf-8")


class Text:
    """Something to read: HTML that needs no kernel once it is there."""

    def __init__(self, body: ET.Element, lines: list[str]) -> None:
        self.html = render(body)
        self._lines = lines

    def __repr__(self) -> str:
        """Return what it says, line by line."""
        return "\n".join(self._lines)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


class Piece(anywidget.AnyWidget):  # type: ignore[misc,unused-ignore]
    """A widget that says in plain text what it shows, for a reader and for a test alike."""

    def __repr__(self) -> str:
        """Return what the widget shows, line by line."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Return what the widget shows."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return whole(super()._repr_mimebundle_(**kwargs), self)


def whole(bundle: Any, widget: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """A widget's display data with its text in full: Jupyter would cut it at 110 letters."""
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    return {**data, "text/plain": repr(widget)}, metadata
