"""The assessment board: every element, its status, why, by what authority, and the other side."""

from __future__ import annotations

from datetime import date
from typing import Any

import traitlets

from asylum_teach.models import (
    Argument,
    Assessment,
    Finding,
    Law,
    Status,
    Strength,
)
from asylum_teach.widgets.base import Piece, front_end
from asylum_teach.widgets.cards import cards_of, circuit_name, in_words

View = dict[str, Any]

STRENGTHS = {
    Strength.STRONG: "looks strong",
    Strength.CONTESTED: "contested",
    Strength.WEAK: "looks weak",
    Strength.BARRED: "barred",
}


class Board(Piece):
    """What the law makes of a set of facts."""

    _esm, _css = front_end("board")
    board = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)  # read out when the board changes

    def __init__(self, view: View) -> None:
        super().__init__(board=view)

    def lines(self) -> list[str]:
        """Return each element with its status, reason and authorities, then each relief."""
        board = self.board
        rows = [
            f"{row['title']}: {row['label']}. {row['reason']}"
            + (
                f" [{'; '.join(board['cards'][a]['short'] for a in row['authorities'])}]"
                if row["authorities"]
                else ""
            )
            for row in board["rows"]
        ]
        relief = [f"{each['title']}: {each['strength']}" for each in board["relief"]]
        return [board["caption"], *rows, *relief]


def board_view(
    assessment: Assessment, law: Law, today: date, before: Assessment | None = None
) -> View:
    """What the board shows of *assessment*; elements that moved since *before* are marked."""
    rows = [_row(assessment, law, element, before) for element in assessment.findings]
    named = [
        authority
        for row in rows
        for part in (row, *row["other_side"], *row["strands"])
        for authority in part["authorities"]
    ]
    return {
        "caption": f"Law as of {in_words(assessment.as_of)}, {circuit_name(assessment.circuit)}. "
        "A teaching model, not legal advice.",
        "rows": rows,
        "relief": [
            {"title": law.reliefs[name].title, "strength": STRENGTHS[strength]}
            for name, strength in assessment.relief.items()
        ],
        "cards": cards_of(named, law.authorities, today),
    }


def _row(assessment: Assessment, law: Law, element: str, before: Assessment | None) -> View:
    finding = assessment.findings[element]
    was = before.findings[element].status if before else finding.status
    title, strands = _strands(assessment, law, element)
    return {
        **_reasoned(finding, law.elements[element].title),
        "moved": f"Moved: was {was.label}" if was != finding.status else "",
        "would_decide": [law.facts[fact].text for fact in finding.would_decide],
        "other_side": [_reasoned(argument) for argument in finding.other_side],
        "strands_title": title,
        "strands": strands,
    }


def _strands(assessment: Assessment, law: Law, element: str) -> tuple[str, list[View]]:
    """Each theory, or each bar, where there is more than one."""
    if element in ("ground", "nexus"):
        found = {
            law.theories[theory].title: getattr(pair, element)
            for theory, pair in assessment.theories.items()
        }
        title = "Each way to connect the fear to a ground"
    elif element == "bars":
        found = {law.bars[bar].title: finding for bar, finding in assessment.bars.items()}
        title = "Each bar"
    else:
        return "", []
    return title, [_reasoned(f, name) for name, f in found.items()] if len(found) > 1 else []


def _reasoned(found: Finding | Argument, title: str = "") -> View:
    status: Status = found.status
    return {
        "title": title,
        "status": status.value,
        "label": status.label,
        "reason": found.reason,
        "authorities": list(found.authorities),
    }


def moves_in_words(before: Assessment, after: Assessment, law: Law) -> str:
    """Which elements moved, as one sentence to be read out."""
    moved = [
        f"{law.elements[e].title}, from {old.status.label} to {after.findings[e].status.label}"
        for e, old in before.findings.items()
        if old.status != after.findings[e].status
    ]
    return f"Moved: {'; '.join(moved)}." if moved else "Nothing moved."
