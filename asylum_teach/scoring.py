"""An item and a response go in; credit and its reasons come out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, assert_never

from asylum_teach.interview import (
    Marked,
    NotOnOfferError,
    Talk,
    mark,
    profile,
    replay,
    way_to_everything,
)
from asylum_teach.models import (
    ELEMENTS,
    AnyTask,
    Choice,
    Conversation,
    ElementAssessment,
    Finding,
    Flip,
    Matching,
    Note,
    Option,
    Ordering,
    Rationale,
    Score,
    Status,
    Stopping,
    Tagging,
)
from asylum_teach.models.interview import STOP_ERRORS

ONE_STEP_OFF = 0.25  # an element judged one step away on the scale of three
MARKS = {True: {1: 1, 2: 2, 3: 3}, False: {1: 0, 2: -2, 3: -6}}  # by being right, by confidence


class ResponseError(ValueError):
    """A response that the item does not offer."""


def score(item: AnyTask, response: Any, findings: Mapping[str, Finding] | None = None) -> Score:
    """The credit that *response* earns on *item*, with a note on each part.

    *findings* give the reasons for the elements of an element assessment.
    Raises ResponseError when the response is not one that the item offers.
    """
    match item:
        case Choice(kind="several_choice"):
            return _several(item, _some(response, [option.id for option in item.options]))
        case Choice():
            return _one(item, response)
        case ElementAssessment():
            return _assessed(item, response, findings or {})
        case Rationale():
            return _both(item, response)
        case Matching():
            return _matched(item, response)
        case Ordering():
            return _ordered(item, response)
        case Tagging():
            return _tagged(item, _some(response, list(item.options)))
        case Flip():
            return _flipped(item, _some(response, ELEMENTS))
        case Conversation():
            return _held(talk_of(item, response))
        case Stopping():
            return _stopped(stops_of(item, response))
        case _:
            assert_never(item)


def key_of(item: AnyTask) -> Any:
    """The response that earns full credit."""
    match item:
        case Choice(kind="several_choice"):
            return list(item.key)
        case Choice():
            return item.key[0]
        case ElementAssessment():
            return dict(item.key)
        case Rationale():
            best = (_best(item.conclusions), _best(item.reasons))
            return {"conclusion": best[0].id, "reason": best[1].id}
        case Matching():
            return {entry.id: entry.key for entry in item.entries}
        case Ordering():
            return [step.id for step in item.steps]
        case Tagging() | Flip():
            return list(item.key)
        case Conversation(interview=interview):
            harmless = [ask.id for ask in interview.asks if not ask.critical_error]
            return {"asked": list(way_to_everything(interview, harmless) or ()), "found": {}}
        case Stopping():
            lines = enumerate(item.script.lines)
            return {"stops": [[number, line.error] for number, line in lines if line.error]}
        case _:
            assert_never(item)


# --- The rubric of each kind ---------------------------------------------------------


def _one(item: Choice, response: Any) -> Score:
    chosen = _option(item.options, response)
    return Score(
        credit=chosen.credit,
        notes=tuple(_option_note(option, option is chosen) for option in item.options),
        critical_error=chosen.critical_error,
    )


def _several(item: Choice, picked: frozenset[str]) -> Score:
    chosen = [option for option in item.options if option.id in picked]
    return Score(
        credit=_hits_less_false_hits(picked, item.key),
        notes=tuple(
            _option_note(option, option in chosen, right=(option in chosen) == (option.credit == 1))
            for option in item.options
        ),
        critical_error=next((o.critical_error for o in chosen if o.critical_error), ""),
    )


def _assessed(item: ElementAssessment, response: Any, findings: Mapping[str, Finding]) -> Score:
    given = _one_for_each(response, item.key, [status.value for status in Status])
    credits, notes = [], []
    for element, key in item.key.items():
        said = Status(given[element])
        steps = abs(said.rank - key.rank)
        credits.append((1.0, ONE_STEP_OFF, 0.0)[steps])
        finding = findings.get(element)
        notes.append(
            Note(
                part=element,
                chosen=True,
                right=steps == 0,
                reason=finding.reason if finding else "",
                authorities=finding.authorities if finding else (),
                key=key.value,
                said=(said.value,),
            )
        )
    return Score(credit=sum(credits) / len(credits), notes=tuple(notes))


def _both(item: Rationale, response: Any) -> Score:
    parts = _mapping(response)
    conclusion = _option(item.conclusions, parts.get("conclusion"))
    reason = _option(item.reasons, parts.get("reason"))
    pairs = ((item.conclusions, conclusion), (item.reasons, reason))
    return Score(
        credit=float(conclusion.credit == 1 and reason.credit == 1),
        notes=tuple(
            _option_note(option, option is chosen)
            for options, chosen in pairs
            for option in options
        ),
        critical_error=conclusion.critical_error or reason.critical_error,
    )


def _matched(item: Matching, response: Any) -> Score:
    targets = [target.id for target in item.targets]
    given = _one_for_each(response, [entry.id for entry in item.entries], targets)
    notes = tuple(
        Note(
            part=entry.id,
            chosen=True,
            right=given[entry.id] == entry.key,
            reason=entry.reason,
            authorities=entry.authorities,
            misconception="" if given[entry.id] == entry.key else entry.misconception,
            key=entry.key,
            said=(given[entry.id],),
        )
        for entry in item.entries
    )
    return Score(credit=sum(note.right for note in notes) / len(notes), notes=notes)


def _ordered(item: Ordering, response: Any) -> Score:
    steps = [step.id for step in item.steps]
    listed = isinstance(response, (list, tuple)) and _are_words(response)
    if not listed or sorted(response) != sorted(steps):
        raise ResponseError("Put every step in its place, each once.")
    whole = Note(
        part="",
        chosen=True,
        right=list(response) == steps,
        reason=item.reason,
        authorities=item.authorities,
        said=tuple(response),
    )
    return Score(credit=max(0.0, _rank_correlation(response, steps)), notes=(whole,))


def _tagged(item: Tagging, picked: frozenset[str]) -> Score:
    return Score(
        credit=_hits_less_false_hits(picked, item.key),
        notes=tuple(
            Note(
                part=sentence,
                chosen=sentence in picked,
                right=(sentence in picked) == (sentence in item.key),
                reason=mark.reason,
                authorities=mark.authorities,
                misconception=mark.misconception if sentence in picked else "",
            )
            for sentence, mark in item.options.items()
        ),
    )


def _flipped(item: Flip, picked: frozenset[str]) -> Score:
    whole = Note(
        part="",
        chosen=True,
        right=picked == set(item.key),
        reason=item.reason,
        authorities=item.authorities,
        said=tuple(element for element in ELEMENTS if element in picked),
    )
    return Score(credit=_hits_less_false_hits(picked, item.key), notes=(whole,))


def _held(talk: Talk) -> Score:
    """The share of what there was to find.  The profile says more, and is not a number."""
    there = talk.interview.facts - set(talk.interview.known)
    errors = profile(talk).critical_errors
    return Score(
        credit=len(talk.found & there) / len(there) if there else 1.0,
        notes=(),
        critical_error=errors[0][1] if errors else "",
    )


def _stopped(marked: Marked) -> Score:
    return Score(credit=marked.credit, notes=())


def _hits_less_false_hits(picked: Collection[str], key: Collection[str]) -> float:
    """max(0, hits less false hits) over the number of keys; with no key, none may be picked."""
    if not key:
        return float(not picked)
    hits = sum(each in key for each in picked)
    return max(0, hits - (len(picked) - hits)) / len(key)


def _rank_correlation(given: Sequence[str], right: Sequence[str]) -> float:
    """Kendall's tau: pairs in the right order less pairs in the wrong one, over all pairs.

    M. G. Kendall, "A New Measure of Rank Correlation", Biometrika 30 (1938), 81-93.
    """
    place = {each: i for i, each in enumerate(right)}
    ranks = [place[each] for each in given]
    pairs = [(a, b) for i, a in enumerate(ranks) for b in ranks[i + 1 :]]
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs) if pairs else 1.0


def _option_note(option: Option, chosen: bool, right: bool | None = None) -> Note:
    return Note(
        part=option.id,
        chosen=chosen,
        right=(option.credit == 1) if right is None else right,
        reason=option.reason,
        authorities=option.authorities,
        misconception=option.misconception if chosen else "",
    )


# --- What a response may be --------------------------------------------------------------


def _best(options: tuple[Option, ...]) -> Option:
    return max(options, key=lambda option: option.credit)


def _option(options: tuple[Option, ...], response: Any) -> Option:
    for option in options:
        if option.id == response:
            return option
    raise ResponseError("Pick one of the options.")


def _are_words(values: Collection[Any]) -> bool:
    """Whether they can be compared with ids: a page may send anything that JSON can say."""
    return all(isinstance(value, str) for value in values)


def _some(response: Any, offered: Collection[str]) -> frozenset[str]:
    listed = isinstance(response, (list, tuple, set, frozenset)) and _are_words(response)
    if not listed or not set(response) <= set(offered):
        raise ResponseError("Pick from what is offered.")
    return frozenset(response)


def _mapping(response: Any) -> Mapping[str, Any]:
    if not isinstance(response, Mapping):
        raise ResponseError("Answer each part.")
    return response


def _one_for_each(
    response: Any, parts: Collection[str], offered: Collection[str]
) -> Mapping[str, str]:
    given = _mapping(response)
    complete = set(given) == set(parts) and _are_words(given.values())
    if not complete or not set(given.values()) <= set(offered):
        raise ResponseError("Answer each part.")
    return given


def talk_of(item: Conversation, response: Any) -> Talk:
    """The interview that a response {asked, found} tells of.

    Raises ResponseError when it was not held so, is not ended, or judges what there is not.
    """
    parts = _mapping(response)
    asked, found = parts.get("asked"), _mapping(parts.get("found", {}))
    if not isinstance(asked, list) or not _are_words(asked):
        raise ResponseError("Hold the interview first.")
    statuses = [status.value for status in Status]
    if not set(found) <= set(ELEMENTS) or not _are_words(found.values()):
        raise ResponseError("Judge the elements that are listed.")
    if not set(found.values()) <= set(statuses):
        raise ResponseError("Judge the elements that are listed.")
    try:
        talk = replay(item.interview, asked)
    except NotOnOfferError:
        raise ResponseError("This interview has changed since; begin it anew.") from None
    if not talk.ended:
        raise ResponseError("The interview has not ended yet.")
    return talk


def stops_of(item: Stopping, response: Any) -> Marked:
    """The script as a response {stops: [[line, error], …]} stopped it.

    Raises ResponseError for a line or an error that there is not.
    """
    stops = _mapping(response).get("stops")
    if not isinstance(stops, list) or not all(map(_is_stop, stops)):
        raise ResponseError("Stop at lines of this script.")
    if any(number >= len(item.script.lines) for number, _ in stops):
        raise ResponseError("This script has changed since; begin it anew.")
    return mark(item.script, dict(stops))


def _is_stop(stop: Any) -> bool:
    pair = isinstance(stop, (list, tuple)) and len(stop) == 2
    if not pair or type(stop[0]) is not int or not isinstance(stop[1], str):
        return False
    return stop[0] >= 0 and stop[1] in STOP_ERRORS


# --- Confidence and mastery -------------------------------------------------------------


def confidence_mark(right: bool, confidence: int) -> int:
    """Marks for being right and knowing it: 1 a guess, 2 fairly sure, 3 certain.

    Shown to the learner, never in a gradebook.  The scheme is certainty-based marking:
    A. R. Gardner-Medwin, "Confidence assessment in the teaching of basic science" (1995).
    """
    return MARKS[right][confidence]


class Mastery(StrEnum):
    """How firmly an element is held; the rule is in :mod:`asylum_teach.guidance.mastery`."""

    NEW = "new"
    PRACTISING = "practising"
    HELD = "held"  # three in a row, and no review has fallen due yet
    DUE = "due"  # held, but its review has fallen due
    FIRM = "firm"  # held, and right again when the review fell due
