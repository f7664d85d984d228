"""What the what-if lab shows: switch facts, day and circuit, and see what moves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

from asylum_teach.models import CIRCUITS, ELEMENTS, Assessment, Circuit, Fact, Law, Pivot
from asylum_teach.models.words import circuit_name, in_words
from asylum_teach.widgets.board import board_text, board_view, moves_in_words

View = dict[str, Any]
NOT_ASKED: View = {"asked": False, "said": "", "elements": []}


class Judge(Protocol):
    """What the lab asks about a set of facts."""

    def assess(self, facts: Collection[str], as_of: date, circuit: Circuit | None) -> Assessment:
        """What the law makes of the facts."""

    def pivots(
        self, facts: Collection[str], as_of: date, circuit: Circuit | None
    ) -> tuple[Pivot, ...]:
        """Which single facts would change that."""


class Switchboard:
    """Facts, a day and a circuit as chosen; what the law makes of them; what moved last."""

    def __init__(
        self,
        judge: Judge,
        law: Law,
        *,
        facts: Collection[str],
        as_of: date,
        circuit: Circuit | None,
        law_as_of: date,
        turn: int = 0,
        pivots: bool = False,
    ) -> None:
        self._judge, self._law, self._today = judge, law, law_as_of
        self._shown = judge.assess(facts, as_of, circuit)
        self._held = frozenset(facts)
        self._start = (sorted(facts), as_of.isoformat(), circuit or "none")
        self.choice = _choice(turn, *self._start)  # n, facts, as_of, circuit
        self.said = ""
        self.found: View = {**NOT_ASKED, "asked": pivots}  # whether they are on the page
        self.board = board_text(board_view(self._shown, law, law_as_of))

    def choose(self, asked: View) -> None:
        """Show what the page chose; where some of it cannot be, put that right first."""
        said = []
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
        mended = said or not _says(asked, facts, circuit)
        facts -= dropped
        turn = _turn_after(asked)
        self.choice = _choice(turn, facts, day.isoformat(), circuit or "none") if mended else asked
        self._show(facts, day, circuit, " ".join(said))

    def answer(self, asked: Any) -> None:
        """Do what a button asks for: the pivots, one fact flipped, or the start again."""
        match asked:
            case {"ask": "pivots"}:
                self.found = self._found()
            case {"ask": "flip", "fact": str(fact)} if fact in self._law.facts:
                day, circuit = self._shown.as_of.isoformat(), self._shown.circuit or "none"
                self._go_to(self._held ^ {fact}, day, circuit)
            case {"ask": "reset"}:
                self._go_to(*self._start)

    def _go_to(self, facts: Collection[str], day: str, circuit: str) -> None:
        self.choose(_choice(_turn_after(self.choice), facts, day, circuit))

    def _ruled_out(self, facts: frozenset[str]) -> frozenset[str]:
        """The older of these facts that a new one excludes."""
        new = facts - self._held
        pairs = self._law.contradictions(facts)
        return frozenset(
            one if other in new else other for one, other in pairs if (one in new) != (other in new)
        )

    def _show(self, facts: frozenset[str], day: date, circuit: Circuit | None, aside: str) -> None:
        after = self._judge.assess(facts, day, circuit)
        moved = moves_in_words(self._shown, after, self._law)
        self.said = f"{aside} {moved}".strip()
        self.board = board_text(board_view(after, self._law, self._today, before=self._shown))
        self._shown, self._held = after, facts
        if self.found["asked"]:
            self.found = {**self._found(), "said": moved}

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


def _turn_after(choice: View) -> int:
    """The number of the choice after *choice*, which may come from a page."""
    turn = choice.get("n")
    return turn + 1 if isinstance(turn, int) else 1


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


def switches_view(law: Law, title: str, facts: Collection[str], last_day: date) -> View:
    """What can be switched: the facts of the story, then all others by group."""
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
