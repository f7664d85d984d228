"""Authority cards: what it says, where it binds, when it was good law, how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from asylum_teach.models import Authority
from asylum_teach.models.words import circuit_name, in_words, periods_in_words
from asylum_teach.widgets.base import Text
from asylum_teach.widgets.markup import chips, details, el

_SURENESS = {
    "high": "How sure: high (two sources, or the opening of the opinion itself).",
    "medium": "How sure: medium. Check it before you rely on it.",
    "low": "How sure: low. Do not rely on it.",
}
# What an editor recalled and could not confirm is kept in the data, and is not taught.
_RECALLED = re.compile(r"\s*Caution: (?:(?!Caution:).)*?recalled.*?not confirmed here\.")
_AN_ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")

Card = dict[str, Any]


def cards_text(title: str, cards: Mapping[str, Card]) -> Text:
    """Authorities as chips, each of which opens its card."""
    body = el(
        "section",
        el("p", title, class_="at-eyebrow"),
        chips(cards, cards),
        class_="at-card",
        aria_label=title,
    )
    lines = [f"- {card['short']}: {card['periods']}" for card in cards.values()]
    return Text(body, [title, *lines])


def sources_text(note: str, cards: Mapping[str, Card]) -> Text:
    """Every authority of a lesson as a plain list, to be read or printed."""
    entries = [
        el(
            "li",
            el("b", card["name"]),
            f", {card['citation']}. {card['periods']} {card['sureness']}",
        )
        for card in cards.values()
    ]
    body = el(
        "section",
        el("p", note),
        details(f"All {len(cards)} authorities of this lesson", el("ul", entries))
        if cards
        else None,
        class_="at-card",
        aria_label="Sources",
    )
    lines = [f"- {card['short']}: {card['periods']}" for card in cards.values()]
    return Text(body, [note, *lines])


def cards_of(
    ids: Iterable[str], authorities: Mapping[str, Authority], today: date
) -> dict[str, Card]:
    """The cards of the authorities of these ids, by id."""
    return {i: card_of(authorities[i], authorities, today) for i in dict.fromkeys(ids)}


def card_of(authority: Authority, others: Mapping[str, Authority], today: date) -> Card:
    """What the card of *authority* shows; *others* give their names for ids in its note."""
    read = "" if authority.primary_source_read else ", not against the full text"
    unsure_page = authority.is_decision and not authority.reporter_confirmed
    page = " The reporter page of the citation was not confirmed." if unsure_page else ""
    return {
        "id": authority.id,
        "short": short_name(authority),
        "name": authority.name,
        "citation": authority.citation,
        "binds": _binds(authority),
        "holding": authority.holding,
        "periods": periods_in_words(authority),
        **_bar(authority, today),
        "note": _note(authority, others),
        "sureness": f"{_SURENESS[authority.confidence]} "
        f"Checked {in_words(authority.checked)} against public pages{read}.{page}",
        "sources": list(authority.sources),
    }


def short_name(authority: Authority) -> str:
    """The name that a chip bears: a decision with its year."""
    if authority.is_decision and authority.decided:
        return f"{authority.name} ({authority.decided[:4]})"
    return authority.name


def _binds(authority: Authority) -> str:
    if not authority.in_force:
        return "Binds nowhere: an example only."
    where = _listed([circuit_name(circuit) for circuit in authority.circuits])
    if authority.of_a_circuit or authority.court == "ddc":
        return f"Binds in the {where} only."
    if authority.circuits:
        return f"Applied by the agency; not followed outside these circuits: {where}."
    if authority.court in ("bia", "ag"):
        return "Binds immigration judges everywhere, unless the law of the circuit says otherwise."
    return "Binds everywhere."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))


def _bar(authority: Authority, today: date) -> dict[str, Any]:
    """The stretches of good law on a line from the first of them to *today*, in percent."""
    dated = [period for period in authority.in_force if period.since is not None]
    if not dated or len(dated) < len(authority.in_force):
        return {"bar": [], "years": []}
    start = date(min(period.first_day for period in dated).year, 1, 1)
    length = max((today - start).days, 1)

    def share(day: date) -> float:
        return round(100 * (min(day, today) - start).days / length, 1)

    stretches = [[share(p.first_day), max(share(p.end) - share(p.first_day), 0.5)] for p in dated]
    return {"bar": stretches, "years": [str(start.year), str(today.year)]}


def _note(authority: Authority, others: Mapping[str, Authority]) -> str:
    def named(found: re.Match[str]) -> str:
        other = others.get(found.group())
        return other.name if other else found.group()

    return _AN_ID.sub(named, _RECALLED.sub("", authority.note)).strip()
