"""The assessment board: every element, its status, why, by what authority, and the other side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from asylum_teach.models import (
    Argument,
    Assessment,
    Finding,
    Law,
    Status,
    Strength,
)
from asylum_teach.models.words import circuit_name, in_words
from asylum_teach.widgets.base import Text
from asylum_teach.widgets.cards import cards_of
from asylum_teach.widgets.markup import chips, details, el, prose, status_pill

View = dict[str, Any]

STRENGTHS = {
    Strength.STRONG: "looks strong",
    Strength.CONTESTED: "contested",
    Strength.WEAK: "looks weak",
    Strength.BARRED: "barred",
}


def board_text(view: View) -> Text:
    """The board, and what it says line by line."""
    cards = view["cards"]
    lines = [view["caption"]]
    for row in view["rows"]:
        named = "; ".join(cards[a]["short"] for a in row["authorities"])
        lines.append(f"{row['title']}: {row['label']}. {row['reason']}{named and f' [{named}]'}")
    lines += [f"{each['title']}: {each['strength']}" for each in view["relief"]]
    return Text(board_markup(view), lines)


def board_markup(view: View) -> ET.Element:
    """Every element with its status and reason, and what opens on a tap; then relief."""
    head = el("tr", el("th", "Element", scope="col"), el("th", "Finding", scope="col"))
    relief = [el("div", el("dt", r["title"]), el("dd", r["strength"])) for r in view["relief"]]
    table = el(
        "table",
        el("caption", view["caption"], class_="at-eyebrow"),
        el("thead", head),
        el("tbody", [_row_markup(row, view["cards"]) for row in view["rows"]]),
    )
    return el(
        "section",
        table,
        el("dl", relief, class_="at-relief"),
        class_="at-card at-board",
        aria_label="What the law makes of it",
    )


def _row_markup(row: View, cards: View) -> ET.Element:
    moved = row["moved"]
    settling = el("ul", [el("li", text) for text in row["would_decide"]])
    against = [_reasoned_markup(argument, cards) for argument in row["other_side"]]
    strands = [_reasoned_markup(strand, cards) for strand in row["strands"]]
    finding = el(
        "td",
        status_pill(row["status"], row["label"], moved=bool(moved)),
        el("b", moved, class_="at-moved-from") if moved else None,
        el("span", prose(row["reason"]), class_="at-why"),
        details("What matters in this story", el("p", prose(row["analysis"])))
        if row["analysis"]
        else None,
        details("What would settle it?", settling) if row["would_decide"] else None,
        chips(row["authorities"], cards),
        details("What would the other side say?", against) if against else None,
        details(row["strands_title"], strands) if strands else None,
    )
    return el("tr", el("th", row["title"], scope="row"), finding)


def _reasoned_markup(found: View, cards: View) -> ET.Element:
    title = el("b", found["title"], " ") if found["title"] else None
    return el(
        "div",
        el("p", title, status_pill(found["status"], found["label"])),
        el("p", prose(found["reason"])),
        chips(found["authorities"], cards),
        class_="at-argument",
    )


def board_view(
    assessment: Assessment,
    law: Law,
    today: date,
    *,
    before: Assessment | None = None,
    analysis: Mapping[str, str] | None = None,
) -> View:
    """What the board shows of *assessment*.

    Elements that moved since *before* are marked; *analysis* says of some elements
    what matters in the story at hand.
    """
    rows = [
        {**_row(assessment, law, element, before), "analysis": (analysis or {}).get(element, "")}
        for element in assessment.findings
    ]
    known = any(finding.rule for finding in assessment.findings.values())
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
            {
                "title": law.reliefs[name].title,
                "strength": STRENGTHS[strength] if known else "nothing known yet",
            }
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
