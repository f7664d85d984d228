"""The what-if lab: switch facts, day and circuit, and see what moves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

import ipywidgets
import traitlets

from asylum_teach.models import CIRCUITS, ELEMENTS, Assessment, Circuit, Fact, Law, Pivot
from asylum_teach.models.words import circuit_name, in_words
from asylum_teach.widgets.base import Piece, front_end, whole
from asylum_teach.widgets.board import board_text, board_view, moves_in_words

View = dict[str, Any]


class Judge(Protocol):
    """What the lab asks about a set of facts."""

    def assess(self, facts: Collection[str], as_of: date, circuit: Circuit | None) -> Assessment:
        """What the law makes of the facts."""

    def pivots(
        self, facts: Collection[str], as_of: date, circuit: Circuit | None
    ) -> tuple[Pivot, ...]:
        """Which single facts would change that."""


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
    found: Any = traitlets.Dict({"asked": False, "said": "", "elements": []}).tag(sync=True)

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
        self._judge, self._law, self._today = judge, law, law_as_of
        self._start = (sorted(facts), as_of.isoformat(), circuit or "none")
        self._shown = judge.assess(facts, as_of, circuit)
        self._held = frozenset(facts)
        self._aside = ""  # said together with what moved next
        self.switches = Switches(
            view=_switches_view(law, title, facts, law_as_of), choice=_choice(0, *self._start)
        )
        self.board = ipywidgets.HTML()
        self._draw(board_view(self._shown, law, law_as_of))
        self.pivots = Pivots()
        self.switches.observe(self._chosen, "choice")
        self.switches.on_msg(self._asked)
        self.pivots.on_msg(self._asked)
        super().__init__([self.switches, self.board, self.pivots])

    def __repr__(self) -> str:
        """Return what its parts show."""
        return "\n".join([repr(self.switches), repr(self._text), repr(self.pivots)])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return whole(super()._repr_mimebundle_(**kwargs), self)

    def choose(self, facts: Collection[str], as_of: str, circuit: str, said: str = "") -> None:
        """Show the facts, the day and the circuit as chosen."""
        self._aside = said
        turn = self.switches.choice.get("n")
        turn = turn + 1 if isinstance(turn, int) else 1
        self.switches.choice = _choice(turn, facts, as_of, circuit)

    def _chosen(self, change: Any) -> None:
        """Show what the page chose; where some of it cannot be, put the page right first."""
        asked, said = change["new"], []
        facts = _words(asked.get("facts")) & self._law.facts.keys()
        if dropped := self._ruled_out(facts):
            names = "; ".join(self._law.facts[fact].text for fact in sorted(dropped))
            said.append(f"Switched off, since both cannot hold: {names}")
        day = _day(asked.get("as_of"))
        if day is None or day > self._today:
            until = in_words(self._today)
            said.append(f"The law here is known up to {until}; pick a day until then.")
            day = self._shown.as_of
        circuit = next((c for c in CIRCUITS if c == asked.get("circuit")), None)
        if said or not _says(asked, facts, circuit):
            self.choose(facts - dropped, day.isoformat(), circuit or "none", " ".join(said))
        else:
            self._show(facts, day, circuit)

    def _ruled_out(self, facts: frozenset[str]) -> frozenset[str]:
        """The older of these facts that a new one excludes."""
        new = facts - self._held
        pairs = self._law.contradictions(facts)
        return frozenset(
            one if other in new else other for one, other in pairs if (one in new) != (other in new)
        )

    def _show(self, facts: frozenset[str], day: date, circuit: Circuit | None) -> None:
        after = self._judge.assess(facts, day, circuit)
        said = moves_in_words(self._shown, after, self._law)
        self.switches.said = f"{self._aside} {said}".strip()
        self._aside = ""
        self._draw(board_view(after, self._law, self._today, before=self._shown))
        self._shown, self._held = after, facts
        if self.pivots.found["asked"]:
            self.pivots.found = {**self._found(), "said": said}

    def _draw(self, view: View) -> None:
        self._text = board_text(view)
        self.board.value = self._text.html

    def _asked(self, _widget: Any, content: Any, _buffers: Any) -> None:
        match content:
            case {"ask": "pivots"}:
                self.pivots.found = self._found()
            case {"ask": "flip", "fact": str(fact)} if fact in self._law.facts:
                self.choose(
                    self._held ^ {fact},
                    self._shown.as_of.isoformat(),
                    self._shown.circuit or "none",
                )
            case {"ask": "reset"}:
                self.choose(*self._start)

    def _found(self) -> View:
        pivots = self._judge.pivots(self._held, self._shown.as_of, self._shown.circuit)
        by_element = {e: [p for p in pivots if e in p.moves] for e in ELEMENTS}
        return {
            "asked": True,
            "said": "",
            "elements": [
                {
                    "title": self._law.elements[e].title,
                    "pivots": [_pivot(p, e, self._law) for p in found],
                }
                for e, found in by_element.items()
                if found
            ],
        }


def _choice(turn: int, facts: Collection[str], as_of: str, circuit: str) -> View:
    """What is switched on, as the page and Python tell it to each other."""
    return {"n": turn, "facts": sorted(facts), "as_of": as_of, "circuit": circuit}


def _words(listed: Any) -> frozenset[str]:
    """The words in a list from the page, which may send anything."""
    listed = listed if isinstance(listed, list) else []
    return frozenset(word for word in listed if isinstance(word, str))


def _says(asked: View, facts: Collection[str], circuit: Circuit | None) -> bool:
    """Whether the page shows just these facts and this circuit."""
    listed = asked.get("facts")
    same = isinstance(listed, list) and sorted(map(str, listed)) == sorted(facts)
    return same and asked.get("circuit") == (circuit or "none")


def _pivot(pivot: Pivot, element: str, law: Law) -> View:
    before, after = pivot.moves[element]
    verb = "Add" if pivot.added else "Take away"
    return {
        "id": pivot.fact,
        "text": f"{verb}: {law.facts[pivot.fact].text}",
        "moves": f"{before.label} → {after.label}",
    }


def _switches_view(law: Law, title: str, facts: Collection[str], last_day: date) -> View:
    told = [_switch(law.facts[fact]) for fact in law.facts if fact in facts]
    first = [{"title": "In this story", "facts": told, "open": True}] if told else []
    groups = [
        {
            "title": name,
            "facts": [
                _switch(f) for f in law.facts.values() if f.group == group and f.id not in facts
            ],
            "open": False,
        }
        for group, name in law.groups.items()
    ]
    circuits = [{"id": c, "text": circuit_name(c)} for c in CIRCUITS]
    return {
        "title": title,
        "groups": [group for group in first + groups if group["facts"]],
        "circuits": [{"id": "none", "text": "National law alone"}, *circuits],
        "last_day": last_day.isoformat(),
    }


def _switch(fact: Fact) -> dict[str, str]:
    return {"id": fact.id, "text": fact.text}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
