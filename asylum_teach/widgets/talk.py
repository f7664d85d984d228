"""What a page shows of a practice interview and of a script: everything but what is to be found."""

from __future__ import annotations

from datetime import date
from typing import Any

from asylum_teach.interview import Talk
from asylum_teach.models import Circuit, Interview, Law, Script
from asylum_teach.models.interview import ENDINGS, STOP_ERRORS, TOPICS
from asylum_teach.models.words import circuit_name, in_words
from asylum_teach.widgets.question import element_rows

View = dict[str, Any]
SPEAKERS = {
    "interviewer": "Interviewer",
    "interpreter": "Interpreter",
    "applicant": "Applicant",
    "other": "Somebody else",
}


def interview_about(interview: Interview, as_of: date, circuit: Circuit | None) -> View:
    """What is said of an interview before it begins."""
    return {
        "id": interview.id,
        "title": interview.title,
        "name": interview.name,
        "content_note": interview.content_note,
        "slip": interview.slip,
        "turns": interview.turns,
        "setting": f"Law as of {in_words(as_of)}, {circuit_name(circuit)}.",
    }


def script_about(script: Script) -> View:
    """What is said of a script before it begins."""
    return {
        "id": script.id,
        "title": script.title,
        "content_note": script.content_note,
        "setting": script.setting,
        "lines": len(script.lines),
    }


def talk_view(talk: Talk, law: Law) -> View:
    """An interview up to some turn, what can be asked next, and how to judge it at its end."""
    asked = {turn.ask.id for turn in talk.turns}
    offered = talk.offered
    view = {
        "name": talk.interview.name,
        "turns": [
            {
                "said": turn.ask.text,
                "step": turn.ask.form == "step",
                "by": said_by(talk.interview.name, turn.says),
                "reply": turn.says,
                "repeated": turn.repeated,
            }
            for turn in talk.turns
        ],
        "topics": [
            {
                "id": topic,
                "title": title,
                "asks": [
                    {
                        "id": ask.id,
                        "text": ask.label or ask.text,
                        "asked": ask.id in asked,
                        "at_once": ask.keeps_pause and bool(ask.label),
                    }
                    for ask in offered
                    if ask.topic == topic
                ],
            }
            for topic, title in TOPICS.items()
        ],
        "left": talk.left,
        "notes": [law.facts[fact].text for fact in law.facts if fact in talk.found],
        "ended": ENDINGS[talk.ended] if talk.ended else "",
    }
    return {**view, "judge": _judge(talk, law)} if talk.ended else view


def said_by(name: str, reply: str) -> str:
    """Whose words a reply begins with; nobody's, where it begins with what is seen."""
    return f"{name}: " if reply.startswith('"') else ""


def _judge(talk: Talk, law: Law) -> View:
    """The card on which the elements are judged."""
    return {
        "id": "judged",
        "case": talk.interview.id,
        "kind": "element_assessment",
        "stem": "On what you found, and on nothing else: how far is each element shown?",
        "help": "From the applicant's side. For bars, met means that no bar stands in the way. "
        "What nobody asked about could go either way.",
        "eyebrow": "Before the debrief",
        "before": [],
        "ask_confidence": False,
        "hints": [],
        "input": "rows",
        **element_rows(law.elements, law),
    }


def script_view(script: Script) -> View:
    """A script as it plays, and the errors that can be named."""
    return {
        "lines": [
            {
                "who": SPEAKERS[line.who],
                "text": line.text,
                "lang": "es" if line.language == "Spanish" else "en",
                "gloss": line.gloss,
            }
            for line in script.lines
        ],
        "errors": [{"id": name, "text": text} for name, text in STOP_ERRORS.items()],
    }
