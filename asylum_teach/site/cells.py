"""A lesson's notebook, run once: what each cell shows on a page without a kernel."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from asylum_teach.site.faults import SiteError
from asylum_teach.widgets import Text
from asylum_teach.widgets.pieces import Interviewed, Lab, Question, Stopped

Cell = dict[str, Any]  # {prose} as Markdown, {html}, or {piece, drawn}: a script and what it draws
_UNSHOWN = "instructor"  # the tag of cells that no learner sees


def shown(notebook: Any, path: Path) -> list[Cell]:
    """What a learner sees of *notebook*, in its order.

    Raises SiteError for a cell that fails, or shows what only a kernel can.
    """
    cells: list[Cell] = []
    names: dict[str, Any] = {}
    for number, cell in enumerate(notebook.cells, 1):
        if _UNSHOWN in cell.metadata.get("tags", ()):
            continue
        if cell.cell_type == "markdown":
            cells.append({"prose": cell.source})
        elif cell.cell_type == "code":
            where = f"{path.name}, cell {number}"
            value = _value(cell.source, names, where)
            if value is not None:
                cells.append(_cell(value, where))
    return cells


def _value(source: str, names: dict[str, Any], where: str) -> Any:
    """What the last line of a cell gives, as a notebook would show it."""
    tree = ast.parse(source, where)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    try:
        exec(compile(tree, where, "exec"), names)
        if isinstance(last, ast.Expr):
            return eval(compile(ast.Expression(last.value), where, "eval"), names)
    except Exception as error:
        raise SiteError(f"{where} fails: {error}") from error
    return None


def _cell(value: Any, where: str) -> Cell:
    match value:
        case Text():
            return {"html": value.html}
        case Question():
            return {"piece": "question", "drawn": {"items": value.items}}
        case Interviewed():
            return {"piece": "interview", "drawn": {"about": value.about}}
        case Stopped():
            return {"piece": "stop", "drawn": {"about": value.about}}
        case Lab():
            return {
                "piece": "lab",
                "drawn": {
                    "view": value.switches.view,
                    "choice": value.switches.choice,
                    "board": value.board.value,
                },
            }
    raise SiteError(f"{where} shows {type(value).__name__}, which needs a kernel; take it out.")
