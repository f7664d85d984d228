"""An item is asked here, a response is scored and explained, and nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from asylum_teach import law, scoring, widgets
from asylum_teach.desk.room import Room
from asylum_teach.models import (
    AnyItem,
    Attempt,
    Case,
    Content,
    Conversation,
    ElementAssessment,
    Finding,
    Flip,
    Score,
    Status,
    Stopping,
)

View = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a learner is told: the feedback as HTML, or what is wrong with the response."""

    html: str = ""
    problem: str = ""
    attempt: Attempt | None = None  # what is to be kept, if the response could be scored


class Desk:
    """Asks the items of *content* and explains the answers."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.room = Room(content)
        self._teller = widgets.Teller(
            law=content.law, misconceptions=content.misconceptions, today=content.law_as_of
        )

    def view(self, case_id: str, item_id: str) -> View:
        """What a card shows of an item: everything but its key.  KeyError when there is none."""
        case = self.content.cases.get(case_id)
        if case:
            item = case.item(item_id)
            return widgets.view_of(item, case, self.content.law, eyebrow=case.title)
        return widgets.decision_view(self.content.decisions[case_id], self.content.law)

    def view_with_story(self, case_id: str, item_id: str) -> View:
        """The card of an item, with the story that its lesson would have told before."""
        view = self.view(case_id, item_id)
        case = self.content.cases.get(case_id)
        if case is None:  # a decision holds its story
            return view
        story = widgets.story_again(case)
        if view["kind"] == "tagging":  # and so does what is tapped in one
            return {**view, "story": {**story, "sentences": []}}
        return {**view, "eyebrow": "", "story": story}

    def take(self, case_id: str, answer: Mapping[str, Any], now: datetime) -> Told:
        """Score and explain an answer of a page: {item, response, confidence, hints, …}.

        Raises KeyError when there is no such item.
        """
        attempt = Attempt(
            case=case_id,
            case_version=self.content.version_of(case_id),
            item=answer["item"],
            response=answer.get("response"),
            credit=0,
            at=now,
            hints=_count(answer.get("hints")),
            confidence=_level(answer.get("confidence")),
            id=str(answer.get("id") or ""),
            lesson=str(answer.get("lesson") or ""),
            seconds=_count(answer.get("seconds")),
        )
        try:
            score, html = self._scored(attempt)
        except scoring.ResponseError as error:
            return Told(problem=str(error))
        kept = replace(attempt, credit=score.credit, critical_error=score.critical_error)
        return Told(html=html, attempt=kept)

    def tell(self, attempt: Attempt) -> str:
        """The feedback on an earlier attempt, by the law and the key of today.

        Raises KeyError when the item is gone, ResponseError when it no longer offers that response.
        """
        return self._scored(attempt)[1]

    def _scored(self, attempt: Attempt) -> tuple[Score, str]:
        """The score of an attempt, and what is told of it as HTML."""
        item = self.content.item(attempt.case, attempt.item)
        if isinstance(item, Conversation):
            score = scoring.score(item, attempt.response)
            return score, self.room.debrief(item, attempt.response)
        if isinstance(item, Stopping):
            score = scoring.score(item, attempt.response)
            return score, self.room.markings(item, attempt.response)
        case = self.content.cases.get(attempt.case)
        if case is None:
            score = scoring.score(item, attempt.response)
            told = self._teller.decided(self.content.decisions[attempt.case], score)
            return score, widgets.feedback_html(told)
        return self.explain(case, item, attempt.response, attempt.confidence)

    def explain(
        self, case: Case, item: AnyItem, response: Any, confidence: int | None = None
    ) -> tuple[Score, str]:
        """The score of a response, and what is told of it as HTML.

        *item* may be one that no file holds: a class votes on changes that its teacher makes.
        Raises ResponseError.
        """
        score = scoring.score(item, response, self.findings(case, item))
        view = self._teller.feedback(item, case, score, self._moves(case, item))
        return score, widgets.feedback_html({**view, "sure": _sure(score, confidence)})

    def findings(self, case: Case, item: AnyItem) -> dict[str, Finding]:
        """The findings that the feedback on an element assessment gives as reasons."""
        if not isinstance(item, ElementAssessment):
            return {}
        found = law.assess(self.content.law, case.facts, as_of=case.as_of, circuit=case.circuit)
        return found.findings

    def _moves(self, case: Case, item: AnyItem) -> dict[str, tuple[Status, Status]]:
        """How each element moves when what a flip item changes is changed."""
        if not isinstance(item, Flip):
            return {}
        known = self.content.law
        before = law.assess(known, case.facts, as_of=case.as_of, circuit=case.circuit)
        facts, day, circuit = case.flipped(item.change)
        after = law.assess(known, facts, as_of=day, circuit=circuit)
        return {
            e: (old.status, after.findings[e].status)
            for e, old in before.findings.items()
            if old.status != after.findings[e].status
        }


def _count(value: Any) -> int:
    """A count that the page made; what is nonsense there does not spoil the answer."""
    return value if type(value) is int and 0 < value < 1_000_000 else 0


def _level(value: Any) -> int | None:
    return value if type(value) is int and 1 <= value <= 3 else None


def _sure(score: Score, confidence: int | None) -> str:
    """What the learner's confidence earned; said to the learner alone."""
    if confidence is None:
        return ""
    right = score.credit == 1
    return widgets.sureness(confidence, right, scoring.confidence_mark(right, confidence))
