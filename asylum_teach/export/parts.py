"""What a question offers, what is right, and what is said about each part: for cards and paper."""

from __future__ import annotations

from dataclasses import dataclass

from asylum_teach.export.questions import (
    Answer,
    AnyQuestion,
    Arrangement,
    Comment,
    Double,
    Pairing,
    Pick,
)

RIGHT, WRONG, BELONGS = "Right", "Not this one", "Belongs together"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Texts to choose from, under a label where there are two lists of them."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What is said about one part of a question."""

    mark: str
    text: str
    comment: Comment


def offers(question: AnyQuestion) -> tuple[Offer, ...]:
    """What there is to choose from."""
    match question:
        case Pick():
            return (_offer("", question.answers),)
        case Double():
            conclusions = _offer("Your conclusion", question.conclusions)
            return (conclusions, _offer("Because", question.reasons))
        case Pairing():
            rows = tuple(row.text for row in question.rows)
            targets = tuple(target.text for target in question.targets)
            return (Offer(label="", texts=rows), Offer(label="To choose from", texts=targets))
        case Arrangement():
            return (Offer(label="", texts=tuple(step.text for step in question.shown)),)


def key_texts(question: AnyQuestion) -> tuple[str, ...]:
    """What is right, text by text."""
    match question:
        case Pick():
            return tuple(a.text for a in question.answers if _is_key(question, a))
        case Double():
            both = (*question.conclusions, *question.reasons)
            return tuple(answer.text for answer in both if answer.share == 1)
        case Pairing():
            targets = {target.id: target.text for target in question.targets}
            return tuple(f"{row.text} → {targets[row.key]}" for row in question.rows)
        case Arrangement():
            return tuple(step.text for step in question.steps)


def explanations(question: AnyQuestion) -> tuple[Explained, ...]:
    """Every part about which something is said; then what is said about the whole."""
    whole = Explained(mark="", text="", comment=question.comment)
    return tuple(each for each in (*_of_parts(question), whole) if each.comment.lines)


def _of_parts(question: AnyQuestion) -> tuple[Explained, ...]:
    match question:
        case Pick():
            return tuple(_explained(question, answer) for answer in question.answers)
        case Double():
            both = (*question.conclusions, *question.reasons)
            return tuple(_explained(question, answer) for answer in both)
        case Pairing():
            texts = key_texts(question)
            return tuple(
                Explained(mark=BELONGS, text=text, comment=row.comment)
                for text, row in zip(texts, question.rows, strict=True)
            )
        case Arrangement():
            return ()


def _explained(question: Pick | Double, answer: Answer) -> Explained:
    partly = 0 < answer.share < 1 and not _is_key(question, answer)
    mark = RIGHT if _is_key(question, answer) else WRONG
    return Explained(
        mark=f"Earns {answer.share:.0%} of the credit" if partly else mark,
        text=answer.text,
        comment=answer.comment,
    )


def _is_key(question: Pick | Double, answer: Answer) -> bool:
    several = isinstance(question, Pick) and question.several
    return answer.share > 0 if several else answer.share == 1


def _offer(label: str, answers: tuple[Answer, ...]) -> Offer:
    return Offer(label=label, texts=tuple(answer.text for answer in answers))
