"""What is told after a practice interview: a profile, what was found and missed, every turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from asylum_teach.interview import Profile, Talk, Turn, Way, ways_to
from asylum_teach.models import (
    CRITICAL_ERRORS,
    ELEMENTS,
    Assessment,
    Law,
    Practice,
    Status,
)
from asylum_teach.models.interview import ENDINGS, FORMS, SAFETY, WAIT
from asylum_teach.widgets.cards import cards_of
from asylum_teach.widgets.markup import Node, chips, details, el, render, status_pill
from asylum_teach.widgets.practices import practices_markup
from asylum_teach.widgets.talk import said_by

_FORMS = {
    "open": "Open questions",
    "closed": "Closed questions",
    "leading": "Leading questions",
    "compound": "Several questions in one",
    "needless": "Needless questions",
    "insensitive": "Questions that can hurt",
}
_FIRST_WAYS = 5  # told at once; the rest opens on a tap
_SAFETY = {
    "check_interpreter": "Checked the language and the interpreter",
    "explain_role": "Said who you are",
    "explain_confidentiality": "Explained confidentiality",
    "may_stop": "Said that anything can be left out",
    "safe_now": "Asked who is listening",
}


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A fact that was not found, and which elements it alone would have moved."""

    fact: str
    moves: Mapping[str, tuple[Status, Status]]
    way: Way


@dataclass(frozen=True, kw_only=True)
class Debrief:
    """All that a debrief tells."""

    talk: Talk
    profile: Profile
    said: Mapping[str, str]  # the learner's status by element; empty when it was left out
    on_found: Assessment
    on_all: Assessment
    missed: tuple[Missed, ...]


def debrief_html(debrief: Debrief, law: Law, practices: Mapping[str, Practice], today: date) -> str:
    """The debrief as a page shows it."""
    used = [practice for turn in debrief.talk.turns for practice in turn.ask.practices]
    body = el(
        "div",
        el("h4", "Debrief"),
        el("p", ENDINGS[debrief.talk.ended], " ", debrief.talk.interview.aim),
        _critical(debrief.profile),
        el("h5", "How you asked"),
        _asked(debrief.profile),
        el("h5", "What you owed before the story"),
        el("ul", list(_safety(debrief.profile)), class_="at-list"),
        el("h5", "What the law makes of it"),
        _board(debrief, law, today),
        el("h5", "What you found, element by element"),
        _found(debrief, law),
        _missed_markup(debrief, law),
        el("h5", "Turn by turn"),
        el(
            "ol",
            [_turn(turn, debrief.talk, practices) for turn in debrief.talk.turns],
            class_="at-turns",
        ),
        practices_markup(used, practices, law, today),
        class_="at-debrief",
    )
    return render(body)


# --- The profile ---


def _critical(profile: Profile) -> ET.Element | None:
    if not profile.critical_errors:
        return None
    told = [
        el("li", f"Turn {number}: {CRITICAL_ERRORS[kind]}")
        for number, kind in profile.critical_errors
    ]
    return el(
        "div",
        el("p", el("b", "This could hurt a client.")),
        el("ul", told),
        class_="at-critical",
    )


def _asked(profile: Profile) -> ET.Element:
    share = profile.open_share
    rows = [(title, str(profile.forms[form])) for form, title in _FORMS.items()]
    rows[0] = (
        _FORMS["open"],
        "no question was asked"
        if share is None
        else f"{profile.forms['open']} of {profile.questions} ({share:.0%})",
    )
    rows += [
        ("Interruptions", str(profile.interruptions)),
        ("Replies in which something was held back", str(profile.held_back)),
        ("Asked again, with the same reply", str(profile.repeated)),
        ("The day of the last arrival, or what was filed", _yes(profile.deadline)),
        ("The list for everybody (bars)", _yes(profile.bars)),
        ("Turns", str(profile.turns)),
    ]
    return el(
        "dl",
        [el("div", el("dt", name), el("dd", value)) for name, value in rows],
        class_="at-figures",
    )


def _yes(done: bool) -> str:
    return "asked" if done else "not asked"


def _safety(profile: Profile) -> Iterator[ET.Element]:
    for step in SAFETY:
        turn = profile.safety[step]
        if profile.in_time(step):
            mark, said = "✓", f"in turn {turn}, before the story"
        elif turn:
            mark, said = "–", f"only in turn {turn}, when the story had begun"
        else:
            mark, said = "✗", "not done"
        sign = el("span", f"{mark} ", aria_hidden="true")
        yield el("li", sign, f"{_SAFETY[step]}: {said}.")


# --- What was found, and what the law makes of it ---


def _board(debrief: Debrief, law: Law, today: date) -> ET.Element:
    """Each element: as the learner judged it, on what was found, and on all there is."""
    head = el(
        "tr",
        el("th", "Element", scope="col"),
        el("th", "On what you found", scope="col"),
        el("th", "On all there is", scope="col"),
    )
    named = [a for f in debrief.on_all.findings.values() for a in f.authorities]
    cards = cards_of(named, law.authorities, today)
    rows = [_element(debrief, element, law, cards) for element in ELEMENTS]
    right = sum(
        debrief.said.get(e) == debrief.on_found.findings[e].status.value for e in debrief.said
    )
    verdict = (
        f"You judged {right} of {len(debrief.said)} elements as these rules do, on what you found."
        if debrief.said
        else "You left the judging out."
    )
    table = el("table", el("thead", head), el("tbody", rows))
    return el(
        "div",
        el("p", verdict, " Both columns are a teaching model, not legal advice."),
        el(
            "div",
            table,
            class_="at-board at-wide",
            role="region",
            tabindex="0",
            aria_label="Findings on what you found and on all there is",
        ),
    )


def _element(
    debrief: Debrief, element: str, law: Law, cards: Mapping[str, Mapping[str, Any]]
) -> ET.Element:
    found, whole = debrief.on_found.findings[element], debrief.on_all.findings[element]
    said = debrief.said.get(element)
    judged = None
    if said is not None:
        mark = "✓" if said == found.status.value else "✗"
        judged = el("span", f"{mark} You said: {Status(said).label}", class_="at-why")
    moved = whole.status != found.status
    return el(
        "tr",
        el("th", law.elements[element].title, scope="row"),
        el(
            "td",
            _narrow("On what you found"),
            status_pill(found.status, found.status.label),
            judged,
        ),
        el(
            "td",
            _narrow("On all there is"),
            status_pill(whole.status, whole.status.label, moved=moved),
            el("span", whole.reason, class_="at-why"),
            chips(whole.authorities, cards),
        ),
    )


def _narrow(title: str) -> ET.Element:
    """The title of a column, where a phone shows its cells one below the other."""
    return el("span", title, class_="at-narrow at-eyebrow", aria_hidden="true")


def _found(debrief: Debrief, law: Law) -> list[Node]:
    """For each element, the facts that bear on it: those that were found, of how many."""
    there = law.closed(debrief.talk.interview.facts)
    found = law.closed(debrief.talk.found)
    told: list[Node] = []
    for element in ELEMENTS:
        bearing = [f for f in law.facts if f in there and element in law.bearing(f)]
        if bearing:
            have = [el("li", law.facts[fact].text) for fact in bearing if fact in found]
            title = f"{law.elements[element].title}: {len(have)} of {len(bearing)}"
            told.append(details(title, el("ul", have) if have else el("p", "Nothing yet.")))
    return told


def _missed_markup(debrief: Debrief, law: Law) -> list[Node]:
    if not debrief.missed:
        return [el("p", "You found everything that there is to find here.")]
    by_way: dict[Way, list[Missed]] = {}
    for missed in debrief.missed:
        by_way.setdefault(missed.way, []).append(missed)
    ways = sorted(by_way.items(), key=lambda way: -sum(len(m.moves) for m in way[1]))
    told = [_way(way, found, law) for way, found in ways]
    stopped = debrief.talk.ended == "referred"
    return [
        el("h5", f"What you did not find ({len(debrief.missed)})"),
        el("p", "Where it was right to stop, this is left for the attorney.") if stopped else None,
        el("ul", told[:_FIRST_WAYS], class_="at-list"),
        details("And the rest", el("ul", told[_FIRST_WAYS:], class_="at-list"))
        if told[_FIRST_WAYS:]
        else None,
    ]


def _way(way: Way, found: list[Missed], law: Law) -> ET.Element:
    """A way that was not gone, and the facts that it leads to."""
    return el(
        "li",
        el("p", _steps(way) or "It could not be found any more."),
        el("ul", [_missed(missed, law) for missed in found]),
    )


def _steps(way: Way) -> str:
    """A way in words: what to ask or do, one after the other."""
    steps: list[str] = []
    for ask in way:
        if ask.id == WAIT and steps:
            steps[-1] += " and wait"
        else:
            steps.append(f"“{ask.text}”")
    return ", then ".join(steps)


def _missed(missed: Missed, law: Law) -> ET.Element:
    moves = "; ".join(
        f"{law.elements[element].title}, from {before.label} to {after.label}"
        for element, (before, after) in missed.moves.items()
    )
    text = law.facts[missed.fact].text
    return el("li", text, el("b", f" It alone would have moved: {moves}.") if moves else None)


# --- Turn by turn ---


def _turn(turn: Turn, talk: Talk, practices: Mapping[str, Practice]) -> ET.Element:
    ask = turn.ask
    better = talk.interview.by_id.get(ask.better)
    form = None if ask.form == "step" else el("b", f"{FORMS[ask.form].capitalize()}. ")
    notes: list[Node] = [el("p", form, ask.note)]
    if ask.critical_error:
        notes.append(
            el("p", el("b", "This could hurt a client. "), CRITICAL_ERRORS[ask.critical_error])
        )
    if turn.cut:
        notes.append(
            el(
                "p",
                el("b", "Interruption. "),
                f"{talk.interview.name} had paused and "
                "was not done. Waiting costs a moment; what was about to come did not.",
            )
        )
    if turn.note:
        notes.append(el("p", turn.note))
    if turn.held_back:
        notes.append(el("p", el("b", "Held back. "), _led_there(turn, talk)))
    if better:
        notes.append(el("p", el("b", "Better: "), f"“{better.text}”"))
    names = [practices[p].title for p in ask.practices if p in practices]
    if names:
        notes.append(el("p", f"Rule: {'; '.join(names)}.", class_="at-why"))
    return el(
        "li",
        el("p", el("b", "You: "), ask.text),
        el("p", el("b", said_by(talk.interview.name, turn.says)), turn.says),
        el("div", notes, class_=f"at-noted at-noted-{_tone(turn)}"),
    )


def _tone(turn: Turn) -> str:
    good = turn.ask.form in ("open", "step", "closed") and not turn.ask.critical_error
    return "right" if good and not turn.cut else "wrong"


def _led_there(turn: Turn, talk: Talk) -> str:
    """What would have led to all that was held back."""
    ways = ways_to(turn.held_back, turn.before, talk.interview)
    longest = max(ways.values(), key=len, default=())
    return f"There was more to tell. This would have led to it: {_steps(longest)}"
