"""The rules of good interviewing, with where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from xml.etree import ElementTree as ET

from asylum_teach.models import Law, Practice, Source
from asylum_teach.models.words import in_words
from asylum_teach.widgets.cards import cards_of
from asylum_teach.widgets.markup import Node, chips, details, el, link

_SEEN = {
    "page": "read in full",
    "excerpt": "only an excerpt was seen",
    "listed": "known by its title only",
}


def practices_markup(
    ids: Iterable[str], practices: Mapping[str, Practice], law: Law, today: date
) -> ET.Element | None:
    """The rules of these ids, each of which opens with its sources."""
    known = [practices[i] for i in dict.fromkeys(ids) if i in practices]
    if not known:
        return None
    return details(
        f"The rules behind this, and where they come from ({len(known)})",
        [_practice(practice, law, today) for practice in known],
    )


def _practice(practice: Practice, law: Law, today: date) -> ET.Element:
    cards = cards_of(practice.authorities, law.authorities, today)
    return el(
        "div",
        el("p", el("b", f"{practice.title}. "), practice.says, " ", practice.why),
        chips(practice.authorities, cards),
        el("ul", [_source(source) for source in practice.sources], class_="at-sources")
        if practice.sources
        else None,
        el("p", practice.own, class_="at-why") if practice.own else None,
        class_="at-line",
    )


def _source(source: Source) -> ET.Element:
    where = f", {source.where}" if source.where else ""
    title: Node = link(source.url, source.title)
    return el(
        "li",
        f"{source.organization}: ",
        title,
        f"{where}. {source.supports} ({_SEEN[source.seen].capitalize()}, "
        f"{in_words(source.checked)}.)",
    )
