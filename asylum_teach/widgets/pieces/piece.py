"""What every widget shares: a plain text that says what it shows."""

from __future__ import annotations

from typing import Any

import anywidget


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
