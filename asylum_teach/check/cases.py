"""Whether cases and items are sound: keys agree with the engine, options explain themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from asylum_teach.check.counts import longest_is_key, with_one_key
from asylum_teach.content import Reading
from asylum_teach.content.yamlfile import Place
from asylum_teach.law import assess
from asylum_teach.models import (
    ELEMENTS,
    AnyItem,
    Assessment,
    Case,
    Choice,
    Circuit,
    ElementAssessment,
    Entry,
    Fault,
    Flip,
    Law,
    Mark,
    Matching,
    Option,
    Ordering,
    Rationale,
    Tagging,
)

LONGEST_SHARE = 0.4  # the key may be the longest option in at most this share of items
STANDS_OUT = 1.5  # and never longer than the next by more than this
ENOUGH = 10  # shares are judged from this many items on


def faults(reading: Reading, law: Law, cases: Sequence[Case]) -> Iterator[Fault]:
    """Every fault of the cases and their items."""
    for case in cases:
        file = f"cases/{case.id}.yaml"
        assessment = assess(law, case.facts, as_of=case.as_of, circuit=case.circuit)
        for place, what, do in _in_case(law, case, assessment):
            yield reading.fault(file, place, what, do)
    yield from _standing_out(reading, cases)


Found = tuple[Place, str, str]


def _in_case(law: Law, case: Case, assessment: Assessment) -> Iterator[Found]:
    for element, status in case.key.items():
        got = assessment.findings[element]
        if got.status != status:
            what = f"the key says {element}: {status}, the rules say {got.status} ({got.rule})"
            yield ("key", element), what, "mend the key, the facts or the rule, whichever is wrong"
    yield from _contradictions(law, case)
    if not case.story:
        yield ("story",), "the story is empty", "tell it, a sentence each"
    for i, sentence_id in _repeated([sentence.id for sentence in case.story]):
        if sentence_id:  # most sentences have none
            what = f"two sentences have the id '{sentence_id}'"
            yield ("story", i, "id"), what, "give each its own id"
    ids = [item.id for item in case.items]
    for i, item in enumerate(case.items):
        if ids.count(item.id) > 1:
            yield ("items", i, "id"), f"the item '{item.id}' occurs twice", "give each its own id"
        if not item.stem.strip():
            yield ("items", i, "stem"), f"the item '{item.id}' has no stem", "write the question"
        yield from _in_item(law, case, assessment, item, ("items", i))


def _contradictions(law: Law, case: Case) -> Iterator[Found]:
    """Told at the sentence that says the second of two facts that cannot both hold."""
    said_at = {fact: i for i, said in reversed([*enumerate(case.story)]) for fact in said.facts}
    for one, other in law.contradictions(case.facts):
        at = max(said_at[one], said_at[other])
        what = f"'{one}' and '{other}' cannot both hold"
        yield ("story", at, "facts"), what, "keep the one that the story says"


def _each_once(key: Sequence[str], place: Place) -> Iterator[Found]:
    """A key that names one thing twice could never be answered in full."""
    for i, named in _repeated(key):
        yield (*place, i), f"'{named}' is named twice", "name it once"


def _repeated(ids: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each id that stood before, with its number."""
    for i, each in enumerate(ids):
        if each in ids[:i]:
            yield i, each


def _in_item(
    law: Law, case: Case, assessment: Assessment, item: AnyItem, place: Place
) -> Iterator[Found]:
    days = [(case.as_of, case.circuit)]
    yield from _about(item, place)
    if isinstance(item, Choice):
        yield from _choice(item, place)
        yield from _options(law, item.options, (*place, "options"), days)
    elif isinstance(item, Rationale):
        for name, options in (("conclusions", item.conclusions), ("reasons", item.reasons)):
            if sum(option.credit == 1 for option in options) != 1:
                yield (*place, name), "exactly one needs credit: 1", "mark the right one"
            yield from _options(law, options, (*place, name), days)
    elif isinstance(item, Matching):
        targets = {target.id for target in item.targets}
        if not item.entries:
            yield (*place, "entries"), "there are no entries", "write what is to be matched"
        for i, entry in enumerate(item.entries):
            if entry.key not in targets:
                yield (*place, "entries", i, "key"), f"no target '{entry.key}'", "name a target"
        yield from _options(law, item.entries, (*place, "entries"), days)
    elif isinstance(item, Tagging):
        yield from _tagging(law, case, item, place, days)
    elif isinstance(item, ElementAssessment):
        if not item.key:
            yield (*place, "key"), "the key is empty", "give each element its status"
        for element, status in item.key.items():
            if assessment.findings[element].status != status:
                what = f"the key says {element}: {status}, the rules say otherwise"
                yield (*place, "key", element), what, "mend the key, the facts or the rule"
    elif isinstance(item, Ordering):
        if len(item.steps) < 3:
            yield (*place, "steps"), "there are fewer than three steps", "add steps"
        yield from _cited(law, item.authorities, (*place, "authorities"), days)
        yield from _explained(item.reason, (*place, "reason"))
    elif isinstance(item, Flip):
        yield from _flip(law, case, assessment, item, place)


def _about(item: AnyItem, place: Place) -> Iterator[Found]:
    """The elements that an item names must exist; a key of elements says them by itself."""
    if item.elements and isinstance(item, (ElementAssessment, Flip)):
        yield (*place, "elements"), "the key says which elements it is about", "take this out"
    for i, element in enumerate(item.elements):
        if element not in ELEMENTS:
            what = f"there is no element '{element}'"
            yield (*place, "elements", i), what, f"use one of {', '.join(ELEMENTS)}"


def _choice(item: Choice, place: Place) -> Iterator[Found]:
    keys = len(item.key)
    if item.kind == "several_choice":
        if not 1 <= keys < len(item.options):
            what = "several_choice needs at least one option with credit: 1 and one without"
            yield (*place, "options"), what, "mark the right ones"
    elif keys != 1:
        what = f"{keys} options have credit: 1; exactly one may"
        yield (*place, "options"), what, "keep one key; a second-best option may have credit: 0.5"
    elif _stands_out(item.options, item.key[0]):
        what = f"the right option of '{item.id}' stands out by its length"
        yield (*place, "options"), what, "make it shorter, or the others as full"


def _stands_out(options: Sequence[Option], key: str) -> bool:
    """Whether the key is the longest option by far."""
    longest, *others = sorted(options, key=lambda option: len(option.text), reverse=True)
    return (
        bool(others) and longest.id == key and len(longest.text) > STANDS_OUT * len(others[0].text)
    )


def _options(
    law: Law,
    options: Sequence[Option | Entry],
    place: Place,
    days: list[tuple[date, Circuit | None]],
) -> Iterator[Found]:
    ids = [option.id for option in options]
    texts = [option.text for option in options]
    for i, option in enumerate(options):
        at = (*place, i)
        if ids.count(option.id) > 1 or texts.count(option.text) > 1:
            yield at, "two options are the same", "make each its own"
        yield from _explained(option.reason, (*at, "reason"))
        yield from _cited(law, option.authorities, (*at, "authorities"), days)
        if isinstance(option, Option):
            if not 0 <= option.credit <= 1:
                yield (*at, "credit"), f"credit is {option.credit}", "write a number from 0 to 1"
            if option.credit == 0 and not option.misconception:
                what = "a wrong option names no misconception"
                yield at, what, "add misconception: one of misconceptions.yaml"


def _tagging(
    law: Law,
    case: Case,
    item: Tagging,
    place: Place,
    days: list[tuple[date, Circuit | None]],
) -> Iterator[Found]:
    sentences = {sentence.id for sentence in case.story if sentence.id}
    if not item.key:
        yield (*place, "key"), "the key is empty", "name the sentences that bear on it"
    yield from _each_once(item.key, (*place, "key"))
    for sentence_id in {*item.key, *item.options} - sentences:
        what = f"no sentence of the story has the id '{sentence_id}'"
        explained = sentence_id in item.options
        at = (*place, "options", sentence_id) if explained else (*place, "key")
        yield at, what, "give that sentence an id"
    for sentence_id in item.key:
        if sentence_id not in item.options:
            what = f"the sentence '{sentence_id}' has no reason"
            yield (*place, "key"), what, "explain it under options"
    for sentence_id, mark in item.options.items():
        at = (*place, "options", sentence_id)
        yield from _explained(mark.reason, at)
        yield from _cited(law, mark.authorities, at, days)
        yield from _mark(item, sentence_id, mark, at)


def _mark(item: Tagging, sentence_id: str, mark: Mark, at: Place) -> Iterator[Found]:
    if sentence_id not in item.key and not mark.misconception:
        yield at, "a sentence that is no key names no misconception", "add misconception: …"


def _flip(
    law: Law, case: Case, assessment: Assessment, item: Flip, place: Place
) -> Iterator[Found]:
    change = item.change
    for i, fact in enumerate(change.remove):
        if fact not in case.facts:
            at = (*place, "change", "remove", i)
            yield at, f"'{fact}' is not in the story", "remove only what is there"
    facts, day, circuit = case.flipped(change)
    after = assess(law, facts, as_of=day, circuit=circuit)
    moved = {
        element
        for element, finding in assessment.findings.items()
        if after.findings[element].status != finding.status
    }
    if moved != set(item.key):
        what = f"the key says {sorted(item.key)} move, the rules say {sorted(moved)}"
        yield (*place, "key"), what, "mend the key, the change or the rule"
    yield from _each_once(item.key, (*place, "key"))
    yield from _explained(item.reason, (*place, "reason"))
    when = [(case.as_of, case.circuit), (day, circuit)]
    yield from _cited(law, item.authorities, (*place, "authorities"), when)


def _explained(reason: str, place: Place) -> Iterator[Found]:
    if not reason.strip():
        yield place, "there is no reason", "say why, in one or two plain sentences"


def _cited(
    law: Law,
    authorities: tuple[str, ...],
    place: Place,
    when: list[tuple[date, Circuit | None]],
) -> Iterator[Found]:
    if not authorities:
        yield place, "no authority is cited", "name the authority that says so"
    for name in authorities:
        if not any(law.authorities[name].binds(day, circuit) for day, circuit in when):
            day, circuit = when[0]
            where = f"circuit {circuit}" if circuit else "the nation"
            what = f"'{name}' is not good law on {day} in {where}"
            yield place, what, "cite one that is, or change the case's day or circuit"


def _standing_out(reading: Reading, cases: Sequence[Case]) -> Iterator[Fault]:
    """Whether someone who knows nothing could guess the key by its length."""
    single = with_one_key(item for case in cases for item in case.items)
    longest = [item for item in single if longest_is_key(item)]
    if len(single) >= ENOUGH and len(longest) > LONGEST_SHARE * len(single):
        share = f"{len(longest)} of {len(single)}"
        named = ", ".join(item.id for item in longest)
        what = f"the right option is the longest in {share} items ({named})"
        yield reading.fault("cases", (), what, f"keep it to {LONGEST_SHARE:.0%}")
