"""A script with every line marked up, after a learner or a class has stopped it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from asylum_teach.interview import Marked, MarkedLine
from asylum_teach.models import Law, Practice, Script
from asylum_teach.models.interview import STOP_ERRORS
from asylum_teach.widgets.cards import cards_of
from asylum_teach.widgets.markup import Node, chips, el, render
from asylum_teach.widgets.practices import practices_markup
from asylum_teach.widgets.talk import SPEAKERS

_RESULTS = {
    "hit": ("✓", "Hit"),
    "miss": ("–", "Missed"),
    "false alarm": ("✗", "False alarm"),
    "quiet": ("", ""),
}
_UNDEFINED = (
    "d′, a measure of how well errors are told from other lines, is not defined here: it needs "
    "at least one hit, one miss, one false alarm and one line that was rightly let pass."
)


def marked_html(
    script: Script,
    marked: Marked,
    practices: Mapping[str, Practice],
    law: Law,
    today: date,
) -> str:
    """The marked-up script as a page shows it."""
    named = [a for line in script.lines for a in line.authorities]
    cards = cards_of(named, law.authorities, today)
    used = [practice for line in script.lines for practice in line.practices]
    body = el(
        "div",
        el("h4", "What there was to stop"),
        _figures(marked),
        el("p", script.lesson_learned),
        el("ol", [_line(line, practices, cards) for line in marked.lines], class_="at-turns"),
        practices_markup(used, practices, law, today),
        class_="at-debrief",
    )
    return render(body)


def _figures(marked: Marked) -> ET.Element:
    hits, misses = marked.count("hit"), marked.count("miss")
    rows = [
        ("Hits: stopped at an error", f"{hits} of {hits + misses}"),
        ("of these, called by the right name", str(marked.named)),
        ("Missed errors", str(misses)),
        ("False alarms: stopped where nothing was wrong", str(marked.count("false alarm"))),
    ]
    d_prime = marked.d_prime
    if d_prime is not None:
        rows.append(("d′ (0: no better than chance; higher is better)", f"{d_prime:.2f}"))
    figures = [el("div", el("dt", name), el("dd", value)) for name, value in rows]
    return el(
        "div",
        el("dl", figures, class_="at-figures"),
        el("p", _UNDEFINED, class_="at-why") if d_prime is None else None,
    )


def _line(
    marked: MarkedLine,
    practices: Mapping[str, Practice],
    cards: Mapping[str, Mapping[str, Any]],
) -> ET.Element:
    line = marked.line
    return el(
        "li",
        el("p", el("b", f"{SPEAKERS[line.who]}: "), _spoken(line.text, line.language)),
        el("p", f"Word for word: {line.gloss}", class_="at-why") if line.gloss else None,
        _verdict(marked, practices, cards),
    )


def _spoken(text: str, language: str) -> Node:
    return el("span", text, lang="es") if language == "Spanish" else text


def _verdict(
    marked: MarkedLine,
    practices: Mapping[str, Practice],
    cards: Mapping[str, Mapping[str, Any]],
) -> ET.Element | None:
    line, (sign, name) = marked.line, _RESULTS[marked.result]
    if not (name or line.note):
        return None
    titles = [practices[p].title for p in line.practices if p in practices]
    return el(
        "div",
        el("p", el("span", f"{sign} ", aria_hidden="true"), el("b", f"{name}. "), _what(marked))
        if name
        else None,
        el("p", line.note) if line.note else None,
        el("p", el("b", "Better: "), line.better) if line.better else None,
        el("p", f"Rule: {'; '.join(titles)}.", class_="at-why") if titles else None,
        chips(line.authorities, cards),
        class_=f"at-noted at-noted-{_tone(marked)}",
    )


def _what(marked: MarkedLine) -> str:
    """What was wrong, and what the learner called it."""
    error, said = marked.line.error, marked.said
    if not error:
        return f"You said: {STOP_ERRORS[said]}. Nothing was wrong here."
    if not said or marked.named:
        return f"{STOP_ERRORS[said or error]}."
    return f"You said: {STOP_ERRORS[said]}. It was: {STOP_ERRORS[error]}."


def _tone(marked: MarkedLine) -> str:
    return {"hit": "right", "quiet": "plain"}.get(marked.result, "wrong")
