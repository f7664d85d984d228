"""The items of a case as questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from asylum_teach.export.authorities import cited_in_full
from asylum_teach.export.questions import (
    Answer,
    AnyQuestion,
    Arrangement,
    Comment,
    Double,
    Findings,
    Named,
    Pairing,
    Pick,
    Row,
    Told,
    cases_of,
    joined,
)
from asylum_teach.export.sheet import plain
from asylum_teach.models import (
    CRITICAL_ERRORS,
    ELEMENTS,
    AnyItem,
    Case,
    Choice,
    Content,
    ElementAssessment,
    Finding,
    Flip,
    Matching,
    Option,
    Ordering,
    Rationale,
    Status,
    Tagging,
    shown_order,
)
from asylum_teach.models.words import in_words

NO_MOVE = "No element moves."

_ORDINALS = (
    *("First", "Second", "Third", "Fourth", "Fifth", "Sixth"),
    *("Seventh", "Eighth", "Ninth", "Tenth", "Eleventh"),
)


def questions_of(
    content: Content, case_ids: Iterable[str], findings: Findings | None = None
) -> tuple[AnyQuestion, ...]:
    """Every item of the cases as a question, case by case.

    *findings* give the reasons for the elements of an element assessment; without them only
    the case's own analysis is told.  Raises ValueError as :func:`cases_of` does.
    """
    found = findings or {}
    return tuple(
        question
        for case_id in cases_of(content, case_ids)
        for question in _Asker(content, content.cases[case_id], found.get(case_id, {})).questions()
    )


class _Asker:
    """Turns the items of one case into questions."""

    def __init__(self, content: Content, case: Case, findings: Mapping[str, Finding]) -> None:
        self._content, self._case, self._findings = content, case, findings
        self._told = Told(
            id=case.id,
            title=plain(case.title),
            lesson=plain(content.lessons[case.lesson].title),
            setting=_setting(case),
            content_note=plain(case.content_note),
            story=tuple(plain(sentence.text) for sentence in case.story),
        )

    def questions(self) -> Iterator[AnyQuestion]:
        for number, item in enumerate(self._case.items, start=1):
            yield self._question(item, number)

    def _question(self, item: AnyItem, number: int) -> AnyQuestion:
        shared: dict[str, Any] = {
            "item": item.id,
            "number": number,
            "kind": item.kind,
            "told": self._told,
            "stem": plain(item.stem),
            "hints": tuple(map(plain, item.hints)),
            "elements": item.elements,
        }
        match item:
            case Choice():
                return self._picked(item, shared)
            case Tagging():
                return self._tagged(item, shared)
            case Flip():
                return self._flipped(item, shared)
            case Rationale():
                order = partial(shown_order, item.id)
                return Double(
                    **shared,
                    help="Pick a conclusion and its reason. Only both together count.",
                    conclusions=tuple(map(self._answer, order(item.conclusions))),
                    reasons=tuple(map(self._answer, order(item.reasons))),
                )
            case Matching():
                return self._matched(item, shared)
            case ElementAssessment():
                return self._assessed(item, shared)
            case Ordering():
                return self._ordered(item, shared)

    def _picked(self, item: Choice, shared: dict[str, Any]) -> Pick:
        several = item.kind == "several_choice"
        shares = _shares([o.id for o in item.options], item.key) if several else {}
        return Pick(
            **shared,
            help="Pick all that fit." if several else "Pick one.",
            answers=tuple(
                self._answer(option, shares.get(option.id))
                for option in shown_order(item.id, item.options)
            ),
            several=several,
        )

    def _tagged(self, item: Tagging, shared: dict[str, Any]) -> Pick:
        texts = {sentence.id: sentence.text for sentence in self._case.story}
        shares = _shares(item.options, item.key)
        return Pick(
            **shared,
            help="Pick all that fit.",
            answers=tuple(
                Answer(
                    id=sentence,
                    text=plain(texts[sentence]),
                    share=shares[sentence],
                    comment=self._comment(mark.reason, mark.authorities, mark.misconception),
                )
                for sentence, mark in item.options.items()
            ),
            several=True,
            shuffled=False,
        )

    def _flipped(self, item: Flip, shared: dict[str, Any]) -> Pick:
        """With an answer for *none*, so that there is always one to pick."""
        titles = {element: self._content.law.elements[element].title for element in ELEMENTS}
        answers = titles | {"none": NO_MOVE}
        shares = _shares(answers, item.key or ("none",))
        return Pick(
            **shared | {"elements": item.key},
            help="Pick each element whose finding changes.",
            comment=self._comment(item.reason, item.authorities),
            answers=tuple(
                Answer(
                    id=element,
                    text=plain(text),
                    share=shares[element],
                    comment=Comment(),
                )
                for element, text in answers.items()
            ),
            several=True,
            shuffled=False,
        )

    def _matched(self, item: Matching, shared: dict[str, Any]) -> Pairing:
        return Pairing(
            **shared,
            rows=tuple(
                Row(
                    id=entry.id,
                    text=plain(entry.text),
                    key=entry.key,
                    comment=self._comment(entry.reason, entry.authorities, entry.misconception),
                )
                for entry in shown_order(item.id, item.entries)
            ),
            targets=tuple(Named(id=t.id, text=plain(t.text)) for t in item.targets),
        )

    def _assessed(self, item: ElementAssessment, shared: dict[str, Any]) -> Pairing:
        return Pairing(
            **shared | {"elements": tuple(item.key)},
            help="From the applicant's side. For bars, met means that no bar stands in the way.",
            rows=tuple(
                Row(
                    id=element,
                    text=plain(self._content.law.elements[element].title),
                    key=item.key[element].value,
                    comment=self._found(element),
                )
                for element in ELEMENTS
                if element in item.key
            ),
            targets=tuple(Named(id=s.value, text=s.label) for s in reversed(Status)),
        )

    def _ordered(self, item: Ordering, shared: dict[str, Any]) -> Arrangement:
        steps = tuple(Named(id=step.id, text=plain(step.text)) for step in item.steps)
        places = {step.id: place for place, step in enumerate(shown_order(item.id, item.steps))}
        shown = tuple(sorted(steps, key=lambda step: places[step.id]))
        return Arrangement(
            **shared,
            help="Put the steps in order.",
            comment=self._comment(item.reason, item.authorities),
            steps=steps,
            shown=shown[::-1] if shown == steps else shown,
        )

    def _answer(self, option: Option, share: float | None = None) -> Answer:
        comment = self._comment(option.reason, option.authorities, option.misconception)
        hurts = CRITICAL_ERRORS.get(option.critical_error)
        return Answer(
            id=option.id,
            text=plain(option.text),
            share=option.credit if share is None else share,
            comment=joined(Comment(critical=f"This could hurt a client. {hurts}"), comment)
            if hurts
            else comment,
        )

    def _found(self, element: str) -> Comment:
        finding = self._findings.get(element)
        analysis = self._case.worked_analysis.get(element, "")
        said = (finding.reason if finding else "", analysis)
        return self._comment(" ".join(filter(None, said)), finding.authorities if finding else ())

    def _comment(self, reason: str, authorities: Sequence[str], misconception: str = "") -> Comment:
        idea = self._content.misconceptions.get(misconception)
        known = self._content.law.authorities
        return Comment(
            reason=plain(reason),
            common_idea=plain(f"A common idea: “{idea.text}” {idea.correction}") if idea else "",
            authorities=tuple(plain(cited_in_full(known[each])) for each in authorities),
        )


def _shares(offered: Iterable[str], key: Sequence[str]) -> dict[str, float]:
    """Hits less false hits, over the number of keys: what the kit itself gives."""
    return {each: (1 if each in key else -1) / len(key) for each in offered}


def _setting(case: Case) -> str:
    day = in_words(case.as_of)
    if case.circuit is None:
        return f"The law: national law alone, on {day}."
    circuit = "D.C." if case.circuit == "dc" else _ORDINALS[int(case.circuit) - 1]
    return f"The law: that of the {circuit} Circuit, on {day}."
