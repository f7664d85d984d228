"""What is read, as HTML: built as a tree, so that every text is escaped.

Python writes what is read, JavaScript handles what is pressed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

Node = ET.Element | str | None
SHAPES = {"met": "●", "arguable": "◐", "not_met": "○"}  # a status differs by more than its colour
_EMPHASIS = re.compile(r"\*([^*]+)\*")


def el(tag: str, *children: Node | Iterable[Node], **attributes: str | bool) -> ET.Element:
    """An element: ``el("p", "text", class_="at-why", hidden=True)``; None is left out."""
    node = ET.Element(tag)
    for name, value in attributes.items():
        if value is not False:
            node.set(name.rstrip("_").replace("_", "-"), "" if value is True else str(value))
    for child in _flat(children):
        if isinstance(child, str):
            _append_text(node, child)
        elif child is not None:
            node.append(child)
    return node


def render(node: ET.Element) -> str:
    """The element as HTML."""
    return ET.tostring(node, encoding="unicode", method="html")


def prose(text: str) -> list[Node]:
    """Text with ``*emphasis*``, as writers of cases use it."""
    parts = _EMPHASIS.split(text)
    return [el("em", part) if i % 2 else part for i, part in enumerate(parts)]


def details(summary: str, *children: Node | Iterable[Node]) -> ET.Element:
    """Something that opens on a tap."""
    return el("details", el("summary", summary), *children)


def status_pill(status: str, label: str, *, moved: bool = False) -> ET.Element:
    """A status, told apart by word and by shape."""
    classes = f"at-status at-status-{status}{' at-moved' if moved else ''}"
    return el("span", el("span", f"{SHAPES[status]} ", aria_hidden="true"), label, class_=classes)


def chips(ids: Iterable[str], cards: Mapping[str, Mapping[str, Any]]) -> ET.Element | None:
    """One chip an authority, each of which opens its card."""
    found = [_chip(cards[i]) for i in ids if i in cards]
    return el("div", found, class_="at-chips") if found else None


def _chip(card: Mapping[str, Any]) -> ET.Element:
    name = el("summary", el("span", "⚖ ", aria_hidden="true"), card["short"], class_="at-chip")
    return el("details", name, _card(card))


def _card(card: Mapping[str, Any]) -> ET.Element:
    title = el("p", el("b", card["name"]), el("br"), card["citation"])
    return el(
        "section",
        title,
        el("p", card["binds"], class_="at-why"),
        el("p", card["holding"]),
        _bar(card) if card["bar"] else None,
        el("p", card["periods"]),
        el("p", el("b", "Take care: "), card["note"]) if card["note"] else None,
        el("p", card["sureness"], class_="at-why"),
        _sources(card["sources"]),
        class_="at-authority",
        aria_label=card["name"],
        data_authority=card["id"],
    )


def shorten_repeated(body: ET.Element, shown: set[str]) -> None:
    """Cut each card in *body* whose authority is in *shown* to its heart; add the others to it.

    A page repeats an authority some five times, and a phone would load its whole card each time.
    """
    for card in body.iter("section"):
        authority = card.get("data-authority")
        if authority is None:
            continue
        if authority in shown:
            for part in [*card][_HEART:]:
                card.remove(part)
            whole = el("a", "Its whole card", href=f"#authority-{authority}")
            card.append(el("p", whole, " is where this page names it first.", class_="at-why"))
        else:
            card.set("id", f"authority-{authority}")
            shown.add(authority)


_HEART = 3  # parts of a card that say what it is, where it binds and what it holds


def _bar(card: Mapping[str, Any]) -> ET.Element:
    stretches = [el("i", style=f"left:{left}%;width:{width}%") for left, width in card["bar"]]
    years = [el("span", year) for year in card["years"]]
    return el(
        "div",
        el("div", stretches, class_="at-bar", role="img", aria_label=card["periods"]),
        el("div", years, class_="at-years", aria_hidden="true"),
    )


def _sources(urls: list[str]) -> ET.Element | None:
    if not urls:
        return None
    places = [el("li", link(url)) for url in urls]
    return details(f"Sources ({len(urls)}), on other sites", el("ul", places))


def link(url: str, text: str = "") -> Node:
    """A link to a site; any other address stays text, since a link could run something."""
    if not url.startswith(("https://", "http://")):
        return f"{text} {url}".strip()
    return el("a", text or url, href=url, target="_blank", rel="noopener noreferrer")


def _flat(children: Iterable[Any]) -> Iterable[Node]:
    for child in children:
        if child is None or isinstance(child, (str, ET.Element)):
            yield child
        else:
            yield from _flat(child)


def _append_text(node: ET.Element, text: str) -> None:
    if len(node):
        node[-1].tail = (node[-1].tail or "") + text
    else:
        node.text = (node.text or "") + text
