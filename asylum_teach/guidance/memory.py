"""When something that was learned falls due again: the FSRS model of forgetting.

J. Ye, J. Su, Y. Cao, "A Stochastic Shortest Path Algorithm for Optimizing Spaced Repetition
Scheduling", KDD 2022; with the parameters that the fsrs package brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import fsrs
from fsrs import Rating

_SCHEDULER = fsrs.Scheduler(
    desired_retention=0.9, learning_steps=(), relearning_steps=(), enable_fuzzing=False
)
_SLACK = timedelta(days=1)  # clocks differ; a review later than this after now never was
GUESS = 1  # the confidence of somebody who guesses


@dataclass(frozen=True, kw_only=True)
class Card:
    """How well something is remembered."""

    stability: float
    difficulty: float
    seen: datetime
    due: datetime


def rating_of(credit: float, hints: int, confidence: int | None, critical_error: str) -> Rating:
    """How an answer counts for the next review.

    Right without hints is Good.  Right by a hint, or called a guess, is Hard.  Anything
    less, or anything that would hurt a client, is Again.  Easy is not used: who is
    certain is not always right the next time.
    """
    if credit < 1 or critical_error:
        return Rating.Again
    return Rating.Hard if hints or confidence == GUESS else Rating.Good


def reviewed(card: Card | None, rating: Rating, at: datetime) -> Card:
    """The card after a review at *at*.

    Where the clock was set back since the last review, that one counts as of now: nothing
    fails, and from here on the dates are right again.
    """
    at = at.astimezone(UTC)
    before = fsrs.Card(card_id=0, due=at)  # without an id it would take one from the clock
    if card:
        before.state, before.step = fsrs.State.Review, None
        before.stability, before.difficulty = card.stability, card.difficulty
        before.last_review = min(card.seen, at)
    now = _SCHEDULER.review_card(before, rating, at)[0]
    assert now.stability is not None  # a reviewed card has both
    assert now.difficulty is not None
    return Card(stability=now.stability, difficulty=now.difficulty, seen=at, due=now.due)


def is_due(seen: datetime, due: datetime, now: datetime) -> bool:
    """Whether its review has fallen due.

    What was seen later than now was seen while the clock was wrong, and its due day may lie
    years ahead; it is due at once, and its next review puts that right.
    """
    return due <= now or seen > now + _SLACK
