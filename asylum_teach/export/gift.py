r"""Questions as GIFT, Moodle's plain text, with feedback on every answer.

The grammar is in Moodle's importer, question/format/gift/format.php.  Plain GIFT knows no
ordering (a plug-in adds a form of its own, which other readers take for a fault), so the steps of
such an item are matched with their places.  Control marks are escaped as the importer asks:
``\ : # = ~ { }``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET

from asylum_teach.export import fragments
from asylum_teach.export.asking import questions_of
from asylum_teach.export.moodle_xml import category_of, grade
from asylum_teach.export.questions import (
    AnyQuestion,
    Arrangement,
    Double,
    Findings,
    Pairing,
    Pick,
    as_pairing,
    as_pick,
    notice,
    unmarked,
)
from asylum_teach.models import Content

_CONTROL = re.compile(r"([\\:#=~{}])")


def gift(content: Content, case_ids: Iterable[str], findings: Findings | None = None) -> bytes:
    """The cases' items as one GIFT file in UTF-8: a category a case, a question an item.

    A question's id, its case and item, stands in the comment before it, where Moodle reads it.
    Raises ValueError for a case that there is not.
    """
    blocks = [f"// {notice(content)}"]
    asked = questions_of(content, case_ids, findings)
    for told, group in groupby(asked, key=lambda question: question.told):
        blocks.append(f"$CATEGORY: {category_of(told)}")
        blocks += [_block(question, notice(content)) for question in group]
    return "\n\n".join([*blocks, ""]).encode()


def escaped(text: str) -> str:
    """The text with every mark that GIFT acts on made harmless."""
    return _CONTROL.sub(r"\\\1", text)


def _block(question: AnyQuestion, law_as_of: str) -> str:
    match question:
        case Double():
            return _block(as_pick(question), law_as_of)
        case Arrangement():
            explained = fragments.in_order(question)
            return _written(question, _pairs(as_pairing(question)), explained, law_as_of)
        case Pairing():
            explained = fragments.rows_explained(question)
            return _written(question, _pairs(question), explained, law_as_of)
        case Pick():
            return _written(question, _answers(question), [], law_as_of)


def _written(
    question: AnyQuestion, answers: list[str], explained: list[ET.Element], law_as_of: str
) -> str:
    after = [*explained, *fragments.commented(question.comment), fragments.said("p", law_as_of)]
    return "\n".join(
        (
            f"// [id:{question.id}]",
            f"::{escaped(question.title)}::[html]{_html(fragments.asked(question))}{{",
            *answers,
            f"####[html]{_html(after)}",
            "}",
        )
    )


def _answers(question: Pick) -> list[str]:
    """The weight always stands there: a text may begin with a percent sign."""
    lines = []
    for answer in question.answers:
        best = answer.share == 1 and not question.several
        sign = "=" if best else f"~%{grade(answer.share)}%"
        text = _html([fragments.said("p", answer.text)])
        lines.append(f"{sign}[html]{text}#[html]{_html(fragments.commented(answer.feedback))}")
    return lines


def _pairs(question: Pairing) -> list[str]:
    """The rows, then the targets that no row has, which are Moodle's distractors."""
    texts = {target.id: escaped(unmarked(target.text)) for target in question.targets}
    used = {row.key for row in question.rows}
    rows = [f"=[html]{escaped(fragments.inline(r.text))} -> {texts[r.key]}" for r in question.rows]
    return rows + [f"= -> {text}" for target, text in texts.items() if target not in used]


def _html(nodes: list[ET.Element]) -> str:
    return escaped(fragments.rendered(nodes))
