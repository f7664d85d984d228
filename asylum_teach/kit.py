"""Where notebooks and exercises lie, what a notebook names, where compiled content goes."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from asylum_teach.models import Content

UNNAMED = "Not named: a copy of Asylum Teach that its user runs"  # who gives the training

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The kit's own folder of that name (``notebooks`` or ``exercises``).

    It lies inside the package in a wheel, and beside it in a checkout.
    """
    installed = _PACKAGE / "_kit" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def named_in(notebook: Path) -> frozenset[str]:
    """Every text that a code cell of the notebook holds: ids, for the most part."""
    cells = json.loads(notebook.read_text("utf-8")).get("cells", ())
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return frozenset(
        node.value
        for source in code
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@contextmanager
def compiled(content: Content, save: Callable[[Content, Path], None]) -> Iterator[Path]:
    """A file that holds *content* compiled, for as long as the context lasts."""
    with TemporaryDirectory(prefix="asylum-teach-") as scratch:
        path = Path(scratch) / "bundle.json"
        save(content, path)
        yield path
