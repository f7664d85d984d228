"""Where a learner stands: attempts folded one by one into something that does not grow with them.

Each response is scored anew by the content of today; attempts come in the order of their serials.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from asylum_teach.bundle import decode, encode
from asylum_teach.guidance.mastery import Row, lengthened
from asylum_teach.guidance.memory import Card, rating_of, reviewed
from asylum_teach.models import CRITICAL_ERRORS, AnyTask, Attempt, Content, elements_of
from asylum_teach.scoring import ResponseError, score

FORMAT = 1  # raised whenever an older standing could be misread
MOST_SECONDS = 600  # that one answer counts: a page left open is no study


@dataclass(frozen=True, kw_only=True)
class Tried:
    """An item that was answered; credit is by the key of today."""

    tries: int = 0
    first: float  # the credit of the first try
    credit: float  # of the last
    stored: float  # of the last, by the key of its own day
    at: datetime
    basis: str = ""  # the digest of what the last rested on
    open: tuple[str, ...] = ()  # critical errors, until it is answered without one another day
    card: Card


@dataclass(frozen=True, kw_only=True)
class Met:
    """A misconception: how often it was picked, when last, and in which items."""

    times: int
    at: datetime
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What guidance needs of all attempts.  An item is named by its case and its own id."""

    attempts: int = 0
    seconds: int = 0
    began: datetime | None = None
    ended: datetime | None = None
    lesson: str = ""  # of the last attempt
    last: str = ""  # the item of the last attempt
    items: dict[str, Tried] = field(default_factory=dict)
    elements: dict[str, Row] = field(default_factory=dict)
    sureness: dict[str, tuple[int, ...]] = field(default_factory=dict)
    # by confidence: how many first answers of a day, and how many of them were right
    misconceptions: dict[str, Met] = field(default_factory=dict)
    critical_errors: dict[str, int] = field(default_factory=dict)  # how often


def start() -> Standing:
    """Where everybody starts."""
    return Standing()


def fold(
    attempts: Iterable[Attempt], content: Content, standing: Standing | None = None
) -> Standing:
    """Where a learner stands after *attempts*, from *standing* on."""
    reached = standing or start()
    for attempt in attempts:
        reached = after(reached, attempt, content)
    return reached


def after(standing: Standing, attempt: Attempt, content: Content) -> Standing:
    """Where a learner stands after one more attempt.

    An item that is tried again on the day on which its key was shown is no evidence
    either way: it moves no element, no review and no calibration.
    """
    item = _item(content, attempt)
    if item is None and not attempt.sealed:
        return standing  # a file that anybody can edit cannot fill it with what never was
    judged = _judged(item, attempt)
    name = name_of(attempt.case, attempt.item)
    before = standing.items.get(name)
    fresh = before is None or before.at.date() != attempt.at.date()
    counted = _evidence(standing, attempt, judged) if fresh else standing
    return replace(
        counted,
        attempts=standing.attempts + 1,
        seconds=standing.seconds + min(attempt.seconds, MOST_SECONDS),
        began=min(standing.began or attempt.at, attempt.at),
        ended=max(standing.ended or attempt.at, attempt.at),
        lesson=attempt.lesson or standing.lesson,  # review belongs to none
        last=name,
        items={**standing.items, name: _tried(before, attempt, judged, fresh=fresh)},
        misconceptions=_met(standing.misconceptions, name, judged, attempt.at),
        critical_errors=_one_more(standing.critical_errors, judged.critical_error),
    )


def name_of(case_id: str, item_id: str) -> str:
    """An item's name among all."""
    return f"{case_id}/{item_id}"


def standing_to_json(standing: Standing) -> str:
    """The standing as text, to be kept and folded on later."""
    body = {"format": FORMAT, "standing": encode(standing)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def standing_from_json(text: str) -> Standing:
    """What :func:`standing_to_json` wrote.  ValueError when it is of another format."""
    body = json.loads(text)
    if body.get("format") != FORMAT:
        raise ValueError("This standing was kept by another version of the kit; fold it anew.")
    standing: Standing = decode(Standing, body["standing"])
    return standing


# --- One attempt ---


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """An attempt by the content of today, or as it was stored where that has no place for it."""

    credit: float
    critical_error: str = ""
    misconceptions: frozenset[str] = frozenset()
    elements: Mapping[str, bool] = field(default_factory=dict)  # whether right about each


def _item(content: Content, attempt: Attempt) -> AnyTask | None:
    try:
        return content.item(attempt.case, attempt.item)
    except KeyError:
        return None


def _judged(item: AnyTask | None, attempt: Attempt) -> _Judged:
    if item is None:
        return _as_stored(attempt, ())
    try:
        scored = score(item, attempt.response)
    except ResponseError:
        return _as_stored(attempt, elements_of(item))
    by_part = {note.part: note.right for note in scored.notes if item.kind == "element_assessment"}
    return _Judged(
        credit=scored.credit,
        critical_error=scored.critical_error,
        misconceptions=frozenset(note.misconception for note in scored.notes) - {""},
        elements={e: by_part.get(e, scored.right) for e in elements_of(item)},
    )


def _as_stored(attempt: Attempt, elements: Iterable[str]) -> _Judged:
    known = attempt.critical_error in CRITICAL_ERRORS
    return _Judged(
        credit=attempt.credit,
        critical_error=attempt.critical_error if known else "",
        elements=dict.fromkeys(elements, attempt.credit == 1),
    )


def _evidence(standing: Standing, attempt: Attempt, judged: _Judged) -> Standing:
    """The elements and the calibration after an answer that was given before its key was shown."""
    unaided = not attempt.hints and not judged.critical_error
    rows = {
        element: lengthened(
            standing.elements.get(element, Row()),
            attempt.case,
            clean=right and unaided,
            at=attempt.at,
        )
        for element, right in judged.elements.items()
    }
    sureness = standing.sureness
    if attempt.confidence is not None:
        answers, rights = sureness.get(str(attempt.confidence), (0, 0))
        said = (answers + 1, rights + (judged.credit == 1))
        sureness = {**sureness, str(attempt.confidence): said}
    return replace(standing, elements={**standing.elements, **rows}, sureness=sureness)


def _tried(before: Tried | None, attempt: Attempt, judged: _Judged, *, fresh: bool) -> Tried:
    still = before.open if before and (judged.critical_error or not fresh) else ()
    now_open = dict.fromkeys([*still, judged.critical_error] if judged.critical_error else still)
    rating = rating_of(judged.credit, attempt.hints, attempt.confidence, judged.critical_error)
    card = before.card if before else None
    return Tried(
        tries=before.tries + 1 if before else 1,
        first=before.first if before else judged.credit,
        credit=judged.credit,
        stored=attempt.credit,
        at=attempt.at,
        basis=attempt.basis,
        open=tuple(now_open),
        card=reviewed(card, rating, attempt.at) if fresh or card is None else card,
    )


def _met(met: Mapping[str, Met], name: str, judged: _Judged, at: datetime) -> dict[str, Met]:
    found = {}
    for misconception in judged.misconceptions:
        before = met.get(misconception)
        found[misconception] = Met(
            times=before.times + 1 if before else 1,
            at=at,
            items=tuple(dict.fromkeys([*before.items, name] if before else [name])),
        )
    return {**met, **found}


def _one_more(counted: Mapping[str, int], kind: str) -> dict[str, int]:
    return {**counted, kind: counted.get(kind, 0) + 1} if kind else dict(counted)
