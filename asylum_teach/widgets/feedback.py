"""What a learner is told after answering, for every kind of item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from asylum_teach.models import (
    CRITICAL_ERRORS,
    ELEMENTS,
    AnyItem,
    Case,
    Choice,
    Decision,
    ElementAssessment,
    Flip,
    Law,
    Matching,
    Misconception,
    Note,
    Ordering,
    Rationale,
    Score,
    Status,
    Tagging,
)
from asylum_teach.widgets.cards import cards_of
from asylum_teach.widgets.markup import chips, details, el, prose, render

View = dict[str, Any]
Moves = Mapping[str, tuple[Status, Status]]  # element: before and after

MARKS = {"right": "✓", "wrong": "✗", "missed": "–"}


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Turns a score into words, with the cards of the authorities that it names."""

    law: Law
    misconceptions: Mapping[str, Misconception]
    today: date

    def feedback(self, item: AnyItem, case: Case, score: Score, moves: Moves | None = None) -> View:
        """The feedback on one answer."""
        lines, more = self._lines(item, case, score, moves or {})
        return self.view(item.kind, score, lines, more)

    def decided(self, decision: Decision, score: Score) -> View:
        """What was found in a reported decision, beside what was predicted."""
        lines = [
            {
                **self.line(note, f"{self.law.elements[note.part].title}: {_found(note.key)}."),
                "reason": "" if note.right else f"You said: {_found(note.said[0])}.",
            }
            for note in score.notes
        ]
        authority = [decision.authority]
        why = {"mark": "", "label": "Decided by:", "reason": decision.decided_by, "clears": ""}
        return self.view("decision", score, [*lines, {**why, "authorities": authority}], [])

    def view(self, kind: str, score: Score, lines: list[View], more: list[View]) -> View:
        """The feedback as the card reads it."""
        named = [a for line in (*lines, *more) for a in line["authorities"]]
        return {
            "problem": "",
            "credit": score.credit,
            "verdict": _verdict(kind, score.credit),
            "tone": "right" if score.credit == 1 else "partly" if score.credit else "wrong",
            "critical": CRITICAL_ERRORS.get(score.critical_error, ""),
            "sure": "",
            "lines": lines,
            "more": more,
            "cards": cards_of(named, self.law.authorities, self.today),
        }

    def _lines(
        self, item: AnyItem, case: Case, score: Score, moves: Moves
    ) -> tuple[list[View], list[View]]:
        notes = {note.part: note for note in score.notes}
        match item:
            case Choice(kind="several_choice"):
                texts = {option.id: option.text for option in item.options}
                return self._each(score, texts)
            case Tagging():
                texts = {sentence.id: sentence.text for sentence in case.story}
                return self._each(score, texts)
            case Choice():
                return self._one(item.options, score.notes)
            case Rationale():
                half = len(item.conclusions)
                said, said_more = self._one(item.conclusions, score.notes[:half])
                why, why_more = self._one(item.reasons, score.notes[half:])
                return said + why, said_more + why_more
            case ElementAssessment():
                scale = {status.value: status.label for status in Status}
                labels = {
                    e: f"{self.law.elements[e].title}: {status.label}.{_unlike(notes[e], scale)}"
                    for e, status in item.key.items()
                }
                analysis = case.worked_analysis
                return [
                    {**self.line(notes[e], label), "analysis": analysis.get(e, "")}
                    for e, label in labels.items()
                ], []
            case Matching():
                targets = {target.id: target.text for target in item.targets}
                labels = {
                    e.id: f"{e.text} → {targets[e.key]}.{_unlike(notes[e.id], targets)}"
                    for e in item.entries
                }
                return [self.line(notes[e], label) for e, label in labels.items()], []
            case Ordering():
                right = " ".join(f"{n}. {step.text}" for n, step in enumerate(item.steps, start=1))
                return [self.line(score.notes[0], f"The right order: {right}")], []
            case Flip():
                return self._flipped(item, score.notes[0], moves), []

    def line(self, note: Note, label: str = "") -> View:
        """One line of feedback."""
        cleared = self.misconceptions.get(note.misconception)
        return {
            "mark": _mark(note),
            "label": label,
            "reason": note.reason,
            "authorities": list(note.authorities),
            "clears": f"A common idea: “{cleared.text}” {cleared.correction}" if cleared else "",
        }

    def _one(self, options: Any, notes: tuple[Note, ...]) -> tuple[list[View], list[View]]:
        """What was picked, then what was best; the rest on request."""
        texts = {option.id: option.text for option in options}
        best = max(options, key=lambda option: option.credit).id
        picked = next(note for note in notes if note.chosen)
        lines = [
            self.line(picked, "" if picked.part == best else f"You picked: {texts[picked.part]}")
        ]
        others = [note for note in notes if not note.chosen]
        for note in others:
            if note.part == best:
                lines.append({**self.line(note, f"Best answer: {texts[best]}"), "mark": "right"})
        rest = [n for n in others if n.part != best]
        return lines, [{**self.line(n, texts[n.part]), "mark": ""} for n in rest]

    def _each(self, score: Score, texts: Mapping[str, str]) -> tuple[list[View], list[View]]:
        """Every part that was picked or missed; the rest on request."""
        spoken = [n for n in score.notes if n.chosen or not n.right]
        rest = [n for n in score.notes if not n.chosen and n.right]
        return (
            [self.line(note, texts[note.part]) for note in spoken],
            [{**self.line(note, texts[note.part]), "mark": ""} for note in rest],
        )

    def _flipped(self, item: Flip, note: Note, moves: Moves) -> list[View]:
        """Which elements move, each marked as found or missed; then why."""
        lines = []
        for element in ELEMENTS:
            if element not in item.key and element not in note.said:
                continue
            title = self.law.elements[element].title
            before, after = moves.get(element, (None, None))
            moved = f" moves from {before.label} to {after.label}" if before and after else ""
            found = element in item.key and element in note.said
            one = Note(part=element, chosen=element in note.said, right=found, reason="")
            lines.append(self.line(one, f"{title}{moved or ' does not move'}."))
        if not item.key:
            lines.append(self.line(replace(note, reason="", authorities=()), "No element moves."))
        return [*lines, {**self.line(note), "mark": ""}]


def _found(status: str) -> str:
    """What was found, in the words of a decision."""
    return "sent back to be decided anew" if status == Status.ARGUABLE else Status(status).label


def _unlike(note: Note, texts: Mapping[str, str]) -> str:
    """What the response said instead, where it was wrong."""
    return "" if note.right else f" (You said: {texts[note.said[0]]}.)"


def _mark(note: Note) -> str:
    if note.right:
        return "right"
    return "wrong" if note.chosen else "missed"


def _verdict(kind: str, credit: float) -> str:
    if credit == 1:
        return "Right."
    if credit:
        return "Partly right."
    return "Not this one." if kind in ("single_choice", "next_question") else "Not yet."


def sureness(confidence: int, right: bool, mark: int) -> str:
    """What it earned to be so sure: gains for knowing it, losses for being sure and wrong."""
    said = {1: "called it a guess", 2: "were fairly sure", 3: "were certain"}[confidence]
    found = "it was right" if right else "it was not fully right"
    points = f"{mark:+d}".replace("-", "−") if mark else "0"
    return f"You {said}, and {found}: {points} for confidence. Only you see this."


def feedback_html(view: View) -> str:
    """The feedback as a page shows it."""
    return render(feedback_markup(view))


def feedback_markup(view: View) -> ET.Element:
    """The verdict, then a line for each part with its reason and authorities."""
    cards = view["cards"]
    hurts = el("p", el("b", "This could hurt a client. "), view["critical"], class_="at-critical")
    return el(
        "div",
        el("p", el("b", view["verdict"], class_="at-verdict")),
        hurts if view["critical"] else None,
        el("p", view["sure"], class_="at-why") if view["sure"] else None,
        [_line_markup(line, cards) for line in view["lines"]],
        details("And the rest", [_line_markup(line, cards) for line in view["more"]])
        if view["more"]
        else None,
        class_=f"at-feedback at-feedback-{view['tone']}",
    )


def _line_markup(line: View, cards: View) -> ET.Element:
    mark, label, analysis = line["mark"], line["label"], line.get("analysis")
    return el(
        "div",
        el(
            "p",
            el("span", f"{MARKS[mark]} ", class_=f"at-mark at-mark-{mark}") if mark else None,
            el("b", prose(label), " ") if label else None,
            prose(line["reason"]),
        ),
        el("p", prose(analysis)) if analysis else None,
        el("p", line["clears"], class_="at-why") if line["clears"] else None,
        chips(line["authorities"], cards),
        class_="at-line",
    )
