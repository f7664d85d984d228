"""The what-if lab: switches, the board that follows them, and what would change it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import ipywidgets
import traitlets

from asylum_teach.models import Circuit, Law
from asylum_teach.widgets.base import front_end
from asylum_teach.widgets.lab import NOT_ASKED, Judge, Switchboard, switches_view
from asylum_teach.widgets.pieces.piece import Piece, whole


class Switches(Piece):
    """Facts by group, the day, the circuit."""

    _esm, _css = front_end("lab")
    view = traitlets.Dict().tag(sync=True)
    choice = traitlets.Dict().tag(sync=True)  # n, facts, as_of, circuit
    said = traitlets.Unicode().tag(sync=True)

    def lines(self) -> list[str]:
        """Return the groups with the number of facts in each, and what is chosen."""
        groups = [
            f"  {group['title']}: {len(group['facts'])} facts" for group in self.view["groups"]
        ]
        facts, day, circuit = (self.choice[name] for name in ("facts", "as_of", "circuit"))
        chosen = f"{len(facts)} facts on, law as of {day}, circuit {circuit}"
        return [self.view["title"], *groups, chosen]


class Pivots(Piece):
    """The single facts that would change what the board shows, asked for on a button."""

    _esm, _css = front_end("pivots")
    found: Any = traitlets.Dict(NOT_ASKED).tag(sync=True)

    def lines(self) -> list[str]:
        """Return the question, and for each element how many facts would move it."""
        counts = [f"  {each['title']}: {len(each['pivots'])}" for each in self.found["elements"]]
        return ["Which single fact would change this?", *counts]


class Lab(ipywidgets.VBox):  # type: ignore[misc,attr-defined,unused-ignore]
    """Switches, the board that follows them, and the facts that would change it."""

    def __init__(
        self,
        judge: Judge,
        law: Law,
        *,
        title: str,
        facts: Collection[str],
        as_of: date,
        circuit: Circuit | None,
        law_as_of: date,
    ) -> None:
        self._switchboard = Switchboard(
            judge, law, facts=facts, as_of=as_of, circuit=circuit, law_as_of=law_as_of
        )
        self.switches = Switches(
            view=switches_view(law, title, facts, law_as_of), choice=self._switchboard.choice
        )
        self.board = ipywidgets.HTML()
        self.pivots = Pivots()
        self._draw()
        self.switches.observe(self._chosen, "choice")
        self.switches.on_msg(self._asked)
        self.pivots.on_msg(self._asked)
        super().__init__([self.switches, self.board, self.pivots])

    def __repr__(self) -> str:
        """Return what its parts show."""
        parts = (self.switches, self._switchboard.board, self.pivots)
        return "\n".join(map(repr, parts))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return whole(super()._repr_mimebundle_(**kwargs), self)

    def _chosen(self, change: Any) -> None:
        if change["new"] != self._switchboard.choice:  # what was put right here is no new choice
            self._switchboard.choose(change["new"])
            self._draw()

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        self._switchboard.answer(content)
        self._draw()

    def _draw(self) -> None:
        self.switches.choice = self._switchboard.choice
        self.switches.said = self._switchboard.said
        self.board.value = self._switchboard.board.html
        self.pivots.found = self._switchboard.found
