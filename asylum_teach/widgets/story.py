"""A story whose sentences can be tapped."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from asylum_teach.models import Case, Law, Sentence
from asylum_teach.models.words import circuit_name, in_words
from asylum_teach.widgets.base import Text
from asylum_teach.widgets.markup import el, prose


def story_text(case: Case, law: Law) -> Text:
    """The story of a case; each sentence tells, when tapped, which facts it states.

    What the facts bear on is told in a worked case only: elsewhere the learner is asked.
    """
    worked = case.level == "worked"
    where = _setting(case)
    told = el(
        "details",
        el("summary", "The story (tap here to skip it or to show it again)"),
        el("p", where, " Tap a sentence to see what it tells.", class_="at-why"),
        [_sentence(sentence, law, worked=worked) for sentence in case.story],
        open=True,
    )
    body = el(
        "section",
        el("p", "Content note: ", case.content_note, class_="at-eyebrow"),
        el("h3", case.title),
        told,
        class_="at-card at-story",
        aria_label=f"Story: {case.title}",
    )
    sentences = [sentence.text for sentence in case.story]
    return Text(body, [case.title, f"({case.content_note})", *sentences])


def story_again(case: Case) -> dict[str, object]:
    """The bare story, for a card that asks about it away from its lesson."""
    return {
        "title": case.title,
        "note": case.content_note,
        "setting": _setting(case),
        "sentences": [sentence.text for sentence in case.story],
    }


def _setting(case: Case) -> str:
    return f"Law as of {in_words(case.as_of)}, {circuit_name(case.circuit)}."


def _sentence(sentence: Sentence, law: Law, *, worked: bool) -> ET.Element:
    facts = [
        el("li", law.facts[fact].text, _bears_on(fact, law) if worked else None)
        for fact in sentence.facts
    ]
    nothing = el("p", "This sentence states no fact that the law asks about.")
    body = el("div", el("ul", facts) if facts else nothing, class_="at-told")
    summary = el("summary", prose(sentence.text))
    return el("details", summary, body, class_="at-sentence")


def _bears_on(fact: str, law: Law) -> ET.Element | None:
    elements = [law.elements[element].title for element in law.bearing(fact)]
    return el("span", f" Bears on: {', '.join(elements)}", class_="at-why") if elements else None
