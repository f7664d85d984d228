"""A sheet as one HTML file: no script, and nothing to load."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from asylum_teach.export.sheet import Sheet

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def html_of(sheet: Sheet) -> bytes:
    """The sheet as HTML, in UTF-8."""
    return _PAGES.get_template("sheet.html").render(sheet=sheet).encode()
