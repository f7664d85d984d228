"""The question card: one widget for every kind of item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from asylum_teach.widgets.base import front_end
from asylum_teach.widgets.pieces.piece import Piece
from asylum_teach.widgets.question import View, lines_of

Answer = dict[str, Any]  # item, n, response, confidence, hints
Respond = Callable[[str, Answer], tuple[str, str]]  # the case's id; the problem and the feedback


class Question(Piece):
    """One item or several, asked one at a time; *respond* turns each answer into feedback.

    An answer is {item, n, response, confidence, hints}; the feedback on it is
    {n, problem, html}, kept by item.  A page that keeps a record asks its server
    instead, and then these two stay empty.
    """

    _esm, _css = front_end("question")
    items: Any = traitlets.List().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)
    feedback = traitlets.Dict().tag(sync=True)

    def __init__(self, items: Sequence[View], respond: Respond) -> None:
        self._respond = respond
        super().__init__(items=list(items), answer={}, feedback={})

    @traitlets.observe("answer")
    def _answered(self, change: Any) -> None:
        answer = change["new"]
        case = next((item["case"] for item in self.items if item["id"] == answer.get("item")), None)
        if answer.get("n") and case:
            problem, html = self._respond(case, answer)
            kept = {"n": answer["n"], "problem": problem, "html": html}
            self.feedback = {**self.feedback, answer["item"]: kept}

    def lines(self) -> list[str]:
        """Return each stem and what is offered."""
        return [line for item in self.items for line in lines_of(item)]
