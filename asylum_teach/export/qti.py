r"""Questions as QTI 1.2 for Canvas: a zip that text2qti makes from its own text.

What text2qti and Canvas cannot say is said in words: an answer that earns a part of the credit in
the kit counts as wrong, and its feedback tells so.  Rows to be matched, and steps to be put in
order, become one question each.  The ids in the zip come from the case and the item, where
text2qti would take them from the wording, so that an item keeps its id when its text changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from text2qti.config import Config
from text2qti.qti import QTI
from text2qti.quiz import Question as Written
from text2qti.quiz import Quiz

from asylum_teach.export.asking import questions_of
from asylum_teach.export.questions import (
    COURSE,
    Answer,
    AnyQuestion,
    Arrangement,
    Comment,
    Double,
    Findings,
    Pairing,
    Pick,
    as_pairing,
    as_pick,
    cases_of,
    joined,
    notice,
    runs,
)
from asylum_teach.models import Content

# Everything that Markdown, and what text2qti adds to it, might act on: "..." and "1." too.
_MARKS = re.compile(r"[!-+\-/:<-@\[-`{-~]|(?<=[\d.])\.|\.(?=\.)")
_PARTLY = "The kit gives this answer {:.0%} of the credit; this quiz counts it as wrong."


def qti(content: Content, case_ids: Iterable[str], findings: Findings | None = None) -> bytes:
    """The cases' items as a QTI zip: one quiz.

    Raises ValueError for a case that there is not.
    """
    chosen = cases_of(content, case_ids)
    asked = [
        pick for question in questions_of(content, chosen, findings) for pick in _picks(question)
    ]
    quiz = Quiz(
        "\n".join([_head(content), *(_text(pick, notice(content)) for pick in asked)]),
        config=Config(),
        source_name="the kit",
    )
    _identify(quiz, asked, chosen)
    return bytes(QTI(quiz).zip_bytes())


def _picks(question: AnyQuestion) -> list[Pick]:
    match question:
        case Pick():
            return [question]
        case Double():
            return [as_pick(question)]
        case Pairing():
            return _rows(question)
        case Arrangement():
            return _rows(as_pairing(question))


def _rows(question: Pairing) -> list[Pick]:
    """Each row as a question of its own."""
    return [
        Pick(
            item=f"{question.item}/{row.id}",
            number=question.number,
            kind=question.kind,
            told=question.told,
            stem=f"{question.stem} {row.text}",
            help=question.help,
            comment=joined(row.comment, question.comment),
            answers=tuple(
                Answer(
                    id=target.id,
                    text=target.text,
                    share=float(target.id == row.key),
                    comment=Comment(),
                )
                for target in question.targets
            ),
            shuffled=False,
        )
        for row in question.rows
    ]


def _head(content: Content) -> str:
    about = notice(content)
    return f"Quiz title: {COURSE}\nQuiz description: {_marked(about)}\nShuffle answers: false\n"


def _text(question: Pick, law_as_of: str) -> str:
    """The question as text2qti reads it."""
    told = question.told
    note = [f"Content note: {told.content_note}"] if told.content_note else []
    story = map(_marked, [*note, " ".join(told.story), told.setting])
    # Its number in the text: text2qti refuses two questions that read alike.
    stem = _strong(f"{question.number}. {question.stem}")
    asked = [_strong(told.title), *story, stem, _marked(question.help)]
    parts = [
        f"Title: {question.title}",
        _joined("1. ", asked),
        _written("... ", [*question.comment.lines, law_as_of]),
    ]
    for answer in question.answers:
        parts.append(_written(_mark(question, answer), [answer.text]))
        parts.append(_written("... ", _feedback(question, answer)))
    return "\n".join([*parts, ""])


def _mark(question: Pick, answer: Answer) -> str:
    if question.several:
        return "[*] " if answer.share > 0 else "[ ] "
    return "*a) " if answer.share == 1 else "a) "


def _feedback(question: Pick, answer: Answer) -> list[str]:
    partly = not question.several and 0 < answer.share < 1
    return [*answer.feedback.lines, *([_PARTLY.format(answer.share)] if partly else [])]


def _written(mark: str, paragraphs: Sequence[str]) -> str:
    """The paragraphs after a mark, those below the first indented as far as it is long."""
    return _joined(mark, list(map(_marked, paragraphs)))


def _joined(mark: str, paragraphs: Sequence[str]) -> str:
    return mark + f"\n\n{' ' * len(mark)}".join(filter(None, paragraphs))


def _strong(text: str) -> str:
    return f"<strong>{_marked(text)}</strong>"


def _marked(text: str) -> str:
    """The text so that Markdown leaves it alone, but for its emphasis."""
    return "".join(
        f"<em>{_plain(t)}</em>" if emphasised else _plain(t) for t, emphasised in runs(text)
    )


def _plain(text: str) -> str:
    return _MARKS.sub(lambda found: f"&#{ord(found.group())};", text)


def _identify(quiz: Quiz, asked: Sequence[Pick], chosen: Sequence[str]) -> None:
    """Give the quiz, its questions and their answers ids that their wording does not change."""
    quiz.id = _id(*chosen)
    written = [each for each in quiz.questions_and_delims if isinstance(each, Written)]
    for question, source in zip(written, asked, strict=True):
        question.id = _id(source.id)
        for choice, answer in zip(question.choices, source.answers, strict=True):
            choice.id = _id(source.id, answer.id)


def _id(*parts: str) -> str:
    """A hexadecimal id as long as those of text2qti."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
