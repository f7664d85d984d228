"""What every widget shares: its files, and a plain text that says what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

_FOLDER = Path(__file__).parent


def front_end(name: str, *, style: str = "") -> tuple[str, str]:
    """The JavaScript and the style sheet of the widget *name*.

    Widgets are written in small files without a build step; what they share is put
    in front of each, so that one widget works alone in any Jupyter page.
    """
    script = "\n".join(_read(f"{part}.js") for part in ("parts", name))
    sheets = ["theme", "parts", style or name]
    return script, "\n".join(_read(f"{s}.css") for s in sheets if (_FOLDER / f"{s}.css").exists())


def _read(file: str) -> str:
    return (_FOLDER / file).read_text("utf-8")


class Piece(anywidget.AnyWidget):  # type: ignore[misc]
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
