"""The what-if lab: the engine as it asks it, and one step of it for a page without a kernel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from asylum_teach import law, widgets
from asylum_teach.models import CIRCUITS, Assessment, Circuit, Content, Pivot

View = dict[str, Any]


class Judge:
    """The engine as the lab asks it."""

    def __init__(self, content: Content) -> None:
        self._law = content.law

    def assess(self, facts: Collection[str], as_of: date, circuit: Circuit | None) -> Assessment:
        """What the law makes of the facts."""
        return law.assess(self._law, facts, as_of=as_of, circuit=circuit)

    def pivots(
        self, facts: Collection[str], as_of: date, circuit: Circuit | None
    ) -> tuple[Pivot, ...]:
        """Which single facts would change that."""
        return law.pivots(self._law, facts, as_of=as_of, circuit=circuit)


def switched(content: Content, request: Mapping[str, Any]) -> View:
    """What the lab shows after one step: {shown, pivots, choice} or {shown, pivots, asked}.

    *shown* is the choice that stands, *pivots* whether they are on the page.  KeyError, TypeError
    or ValueError where the page sends what no lab shows.
    """
    shown = request["shown"]
    board = widgets.Switchboard(
        Judge(content),
        content.law,
        facts=[fact for fact in shown["facts"] if fact in content.law.facts],
        as_of=date.fromisoformat(shown["as_of"]),
        circuit=next((c for c in CIRCUITS if c == shown["circuit"]), None),
        law_as_of=content.law_as_of,
        turn=int(shown["n"]),
        pivots=request["pivots"] is True,
    )
    if "choice" in request:
        board.choose(request["choice"])
    else:
        board.answer(request["asked"])
    return {
        "choice": board.choice,
        "said": board.said,
        "board": board.board.html,
        "found": board.found,
    }
