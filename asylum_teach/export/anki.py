"""Questions as Anki cards: a deck a case, a card an item.

Ids come from the case and the item alone.  Anki takes a note with an id that it knows for the
same note, and brings it up to date where the file is newer than what it has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import groupby
from xml.etree import ElementTree as ET

import genanki

from asylum_teach.export import fragments
from asylum_teach.export.asking import questions_of
from asylum_teach.export.parts import Explained, explanations, key_texts, offers
from asylum_teach.export.questions import (
    COURSE,
    AnyQuestion,
    Arrangement,
    Findings,
    Told,
    notice,
)
from asylum_teach.models import Content

_FIELDS = (
    *("Id", "Story", "Question", "Answers", "Hints"),
    *("Key", "Reasons", "Authorities", "Notice"),
)
_FRONT = """<div class="story">{{Story}}</div>
<div class="stem">{{Question}}</div>
{{Answers}}
{{#Hints}}{{hint:Hints}}{{/Hints}}"""
_BACK = """{{FrontSide}}
<hr id="answer">
{{Key}}
{{Reasons}}
<div class="small">{{Authorities}}</div>
<div class="small">{{Notice}}</div>"""
_CSS = """.card { font: 18px/1.4 Georgia, serif; text-align: left; }
.card { background-color: #fff; color: #1c2430; margin: 0 auto; max-width: 40em; padding: 0 1em; }
.stem { font-weight: bold; }
.small { font-size: 14px; }
.nightMode.card { background-color: #1c2430; color: #eef0f3; }"""


def anki(
    content: Content,
    case_ids: Iterable[str],
    findings: Findings | None = None,
    *,
    now: datetime,
) -> bytes:
    """The cases' items as one .apkg file.

    *now* is when it is made: Anki updates a note only from a file that is newer than it.
    Raises ValueError for a case that there is not.
    """
    asked = questions_of(content, case_ids, findings)
    decks = []
    for told, group in groupby(asked, key=lambda question: question.told):
        deck = genanki.Deck(_number("deck", told.id), _deck_name(told), notice(content))
        for question in group:
            deck.add_note(_note(question, notice(content)))
        decks.append(deck)
    file = BytesIO()
    genanki.Package(decks).write_to_file(file, timestamp=now.timestamp())
    return file.getvalue()


def _note(question: AnyQuestion, law_as_of: str) -> genanki.Note:
    said = explanations(question)
    named = dict.fromkeys(a for each in said for a in each.comment.authorities)
    key = fragments.listed(key_texts(question), _list_of(question))
    fields = {
        "Id": question.id,
        "Story": fragments.rendered(fragments.story(question.told)),
        "Question": fragments.rendered(_stem(question)),
        "Answers": fragments.rendered(_offered(question)),
        "Hints": fragments.rendered([fragments.listed(question.hints)] if question.hints else []),
        "Key": fragments.rendered([fragments.said("p", "The key:"), key]),
        "Reasons": fragments.rendered(node for each in said for node in _reasons(each)),
        "Authorities": fragments.rendered([fragments.listed(named, "ul")] if named else []),
        "Notice": fragments.rendered([fragments.said("p", law_as_of)]),
    }
    return genanki.Note(
        model=_MODEL,
        guid=genanki.guid_for("asylum-teach", question.id),
        fields=[fields[name] for name in _FIELDS],
        tags=["asylum-teach", f"case::{question.told.id}", f"kind::{question.kind}"],
    )


def _stem(question: AnyQuestion) -> list[ET.Element]:
    return [fragments.said("p", line) for line in (question.stem, question.help) if line]


def _offered(question: AnyQuestion) -> list[ET.Element]:
    return [
        node
        for offer in offers(question)
        for node in (
            *([fragments.said("p", f"{offer.label}:")] if offer.label else []),
            fragments.listed(offer.texts),
        )
    ]


def _reasons(explained: Explained) -> list[ET.Element]:
    """What is said about a part; its authorities stand together at the end of the card."""
    head = ET.Element("p")
    if explained.text:
        head.append(fragments.said("strong", f"{explained.mark}: {explained.text}"))
    lines = replace(explained.comment, authorities=()).lines
    return [*([head] if len(head) else []), *(fragments.said("p", line) for line in lines)]


def _list_of(question: AnyQuestion) -> str:
    """A numbered list where the order is what was asked for."""
    return "ol" if isinstance(question, Arrangement) else "ul"


def _deck_name(told: Told) -> str:
    """The deck below the lesson's; two colons would begin another below it."""
    names = (COURSE, told.lesson, told.title)
    return "::".join(name.replace("::", ": :") for name in names)


def _number(*parts: str) -> int:
    """An id as Anki has them: a whole number, the same for the same parts."""
    digest = hashlib.sha256("\n".join(("asylum-teach", *parts)).encode()).digest()
    return 2**30 + int.from_bytes(digest[:4]) % 2**30


# Its id is that of its fields: with other fields it is another type of note to Anki.
_MODEL = genanki.Model(
    _number("model", *_FIELDS),
    "Asylum claims (teaching material)",
    fields=[{"name": name} for name in _FIELDS],
    templates=[{"name": "Card 1", "qfmt": _FRONT, "afmt": _BACK}],
    css=_CSS,
)
