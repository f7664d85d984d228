"""Pieces of HTML for the formats that hold HTML: what is asked, and what is said after."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from asylum_teach.export.questions import Arrangement, Comment, Pairing, Question, Told, runs


def rendered(nodes: Iterable[ET.Element]) -> str:
    """The nodes as HTML on one line."""
    return "".join(ET.tostring(node, encoding="unicode", method="html") for node in nodes)


def said(tag: str, text: str) -> ET.Element:
    """An element of *text*, with its emphasis."""
    node = ET.Element(tag)
    last: ET.Element | None = None
    for piece, emphasised in runs(text):
        if emphasised:
            last = ET.SubElement(node, "em")
            last.text = piece
        elif last is None:
            node.text = (node.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece
    return node


def listed(texts: Iterable[str], tag: str = "ol") -> ET.Element:
    """The texts as a list."""
    node = ET.Element(tag)
    node.extend(said("li", text) for text in texts)
    return node


def inline(text: str) -> str:
    """The text as HTML without an element around it."""
    whole = rendered([said("span", text)])
    return whole.removeprefix("<span>").removesuffix("</span>")


def story(told: Told) -> list[ET.Element]:
    """The case as it is told: its title, the warning before it, the story, and the law."""
    title = ET.Element("p")
    ET.SubElement(title, "strong").text = told.title
    note = [said("p", f"Content note: {told.content_note}")] if told.content_note else []
    return [title, *note, said("p", " ".join(told.story)), said("p", told.setting)]


def asked(question: Question) -> list[ET.Element]:
    """The story and then the stem: wherever a question goes, it goes with its story."""
    stem = ET.Element("p")
    stem.append(said("strong", question.stem))
    helped = [said("p", question.help)] if question.help else []
    return [*story(question.told), stem, *helped]


def commented(comment: Comment) -> list[ET.Element]:
    """What is said about an answer."""
    return [said("p", line) for line in comment.lines]


def in_order(question: Arrangement) -> list[ET.Element]:
    """The right order of the steps."""
    return [said("p", "The right order:"), listed(step.text for step in question.steps)]


def rows_explained(question: Pairing) -> list[ET.Element]:
    """What belongs to each row, and why, for formats that comment on the whole alone."""
    texts = {target.id: target.text for target in question.targets}
    return [
        node
        for row in question.rows
        for node in (said("p", f"{row.text} → {texts[row.key]}"), *commented(row.comment))
    ]
