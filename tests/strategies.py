"""What hypothesis makes: items of every kind, responses good and bad, facts, days and circuits."""

import string
from datetime import date

from hypothesis import strategies as st

from asylum_teach.models import (
    CIRCUITS,
    ELEMENTS,
    Change,
    Choice,
    ElementAssessment,
    Entry,
    Flip,
    Mark,
    Matching,
    Option,
    Ordering,
    Rationale,
    Status,
    Step,
    Tagging,
    Target,
)

ids = st.text(string.ascii_lowercase + "_", min_size=1, max_size=8)
sentences = st.text(min_size=1, max_size=30)  # any letters at all: quotes, tags, other scripts
statuses = st.sampled_from(list(Status))
elements = st.sampled_from(ELEMENTS)
circuits = st.sampled_from([*CIRCUITS, None])
days = st.dates(date(1990, 1, 1), date(2026, 11, 24))
cited = st.lists(ids, max_size=2).map(tuple)
some_ids = st.lists(ids, min_size=2, max_size=5, unique=True)


def _shared(kind):
    """The fields that every item has, as keyword arguments."""
    return {
        "id": ids,
        "kind": st.just(kind),
        "stem": sentences,
        "points": st.sampled_from([0.5, 1, 2]),
        "ask_confidence": st.booleans(),
        "hints": st.lists(sentences, max_size=2).map(tuple),
    }


@st.composite
def options(draw, credits):
    """Options with ids of their own, one for each of *credits*."""
    names = draw(st.lists(ids, min_size=len(credits), max_size=len(credits), unique=True))
    return tuple(
        Option(
            id=name,
            text=draw(sentences),
            reason=draw(sentences),
            authorities=draw(cited),
            credit=credit,
            misconception=draw(st.just("") | ids),
            critical_error="" if credit else draw(st.just("") | ids),
        )
        for name, credit in zip(names, credits, strict=True)
    )


one_key = st.lists(st.sampled_from([0, 0.5]), min_size=1, max_size=4).flatmap(
    lambda others: st.permutations([1, *others])
)
several_keys = st.lists(st.sampled_from([0, 1]), min_size=1, max_size=5).flatmap(
    lambda others: st.permutations([1, *others])
)


@st.composite
def _items(draw, cls, kind, **fields):
    made = {name: draw(strategy) for name, strategy in {**_shared(kind), **fields}.items()}
    return cls(**made)


single_choices = st.sampled_from(["single_choice", "next_question"]).flatmap(
    lambda kind: _items(Choice, kind, options=one_key.flatmap(options))
)
several_choices = _items(Choice, "several_choice", options=several_keys.flatmap(options))
element_assessments = _items(
    ElementAssessment,
    "element_assessment",
    key=st.dictionaries(elements, statuses, min_size=1, max_size=8),
)
rationales = _items(
    Rationale,
    "rationale",
    conclusions=one_key.flatmap(options),
    reasons=one_key.flatmap(options),
)
orderings = _items(
    Ordering,
    "ordering",
    steps=some_ids.map(lambda names: tuple(Step(id=name, text=name) for name in names)),
    reason=sentences,
    authorities=cited,
)


@st.composite
def _matchings(draw):
    targets = draw(some_ids)
    entry = st.builds(
        Entry,
        id=ids,
        text=sentences,
        key=st.sampled_from(targets),
        reason=sentences,
        authorities=cited,
        misconception=st.just("") | ids,
    )
    return draw(
        _items(
            Matching,
            "matching",
            targets=st.just(tuple(Target(id=t, text=t) for t in targets)),
            entries=st.lists(entry, min_size=1, max_size=4, unique_by=lambda e: e.id).map(tuple),
        )
    )


@st.composite
def _taggings(draw):
    names = draw(some_ids)
    marks = st.builds(Mark, reason=sentences, authorities=cited, misconception=st.just("") | ids)
    key = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
    return draw(
        _items(
            Tagging,
            "tagging",
            key=st.just(tuple(key)),
            options=st.fixed_dictionaries(dict.fromkeys(names, marks)),
        )
    )


matchings = _matchings()
taggings = _taggings()
flips = _items(
    Flip,
    "flip",
    change=st.builds(
        Change,
        add=cited,
        remove=cited,
        as_of=st.none() | days,
        circuit=st.none() | st.sampled_from([*CIRCUITS, "none"]),
    ),
    key=st.lists(elements, max_size=4, unique=True).map(tuple),
    reason=sentences,
    authorities=cited,
)

# A new kind of item belongs here: every property of items is then asked of it too.
BY_KIND = {
    "single_choice": single_choices,
    "next_question": single_choices,
    "several_choice": several_choices,
    "element_assessment": element_assessments,
    "rationale": rationales,
    "matching": matchings,
    "ordering": orderings,
    "tagging": taggings,
    "flip": flips,
}
items = st.one_of(*BY_KIND.values())

# What a page could send, if it were broken or hostile.
plain_junk = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text()
junk = st.recursive(
    plain_junk,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=8,
)


@st.composite
def spoiled(draw, response):
    """A good response with one part replaced by junk, doubled, or taken away."""
    if isinstance(response, dict):
        part = draw(st.sampled_from(sorted(response)))
        return {**response, part: draw(junk)}
    if isinstance(response, list):
        place = draw(st.integers(0, len(response)))
        return [*response[:place], draw(junk), *response[place + 1 :]]
    return draw(junk)


def fact_sets(law, most=14):
    """Sets of facts of *law*, contradictions and all: a learner may switch on anything."""
    return st.frozensets(st.sampled_from(list(law.facts)), max_size=most)
