"""What the content holds: how it is spread, for its editors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from asylum_teach.check import interviews
from asylum_teach.law import assess
from asylum_teach.models import (
    AnyItem,
    Case,
    Choice,
    Content,
    elements_of,
    shown_order,
)

# Whom a case is about, and who does the harm, by the facts that say so.
PEOPLE = {
    "woman or girl": ("is_woman",),
    "child": ("is_child", "harmed_as_a_child"),
    "Indigenous": ("is_indigenous",),
    "Afro-Mexican": ("is_afro_mexican",),
    "LGBTQ": ("is_lgbtq",),
}
PERSECUTORS = {
    "police": ("persecutor_is_police",),
    "armed forces": ("persecutor_is_armed_forces",),
    "public official": ("persecutor_is_public_official",),
    "criminal group": ("persecutor_is_criminal_group",),
    "partner": ("persecutor_is_partner",),
    "relative": ("persecutor_is_relative",),
    "community": ("persecutor_is_community",),
    "unknown": ("persecutor_is_unknown",),
}


def counts(content: Content) -> dict[str, Any]:
    """How many there are of each thing, and how cases and items are spread."""
    cases = content.cases.values()
    items = [item for case in cases for item in case.items]
    return {
        "facts": len(content.law.facts),
        "rules": sum(len(e.rules) for e in content.law.elements.values()),
        "authorities": len(content.law.authorities),
        "points": len(content.points),
        "lessons": sum(1 for plan in content.lessons.values() if plan.notebook),
        "cases": len(content.cases),
        "items": len(items),
        "decisions": len(content.decisions),
        "misconceptions": len(content.misconceptions),
        "terms": len(content.glossary),
        **interviews.counted(content),
        "cases_by_point": _tally(p for c in cases for p in c.points),
        "cases_by_circuit": _tally(c.circuit or "none" for c in cases),
        "cases_by_region": _tally(c.region for c in cases),
        "cases_by_ground": _tally(ground for c in cases for ground in _grounds(content, c)),
        "cases_by_persecutor": _by_fact(content, PERSECUTORS),
        "cases_by_people": _by_fact(content, PEOPLE),
        "items_by_kind": _tally(item.kind for item in items),
        "items_by_element": _tally(e for item in items for e in elements_of(item)),
        "rules_by_element": {e.id: len(e.rules) for e in content.law.elements.values()},
        "keys_by_status": _tally(f"{e}: {status}" for c in cases for e, status in c.key.items()),
        "longest_option_is_the_key": _share_of_longest(items),
        "place_of_the_key": _places(items),
    }


def _tally(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _by_fact(content: Content, kinds: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many cases state, or imply, one of the facts of each kind."""
    held = [content.law.closed(case.facts) for case in content.cases.values()]
    return _tally(kind for facts in held for kind, some in kinds.items() if facts & set(some))


def _grounds(content: Content, case: Case) -> set[str]:
    """The grounds of every theory that the case's facts raise."""
    found = assess(content.law, case.facts, as_of=case.as_of, circuit=case.circuit)
    return {content.law.theories[theory].ground for theory in found.theories}


def with_one_key(items: Iterable[AnyItem]) -> list[Choice]:
    """The items that ask for one option."""
    return [i for i in items if isinstance(i, Choice) and i.kind != "several_choice" and i.key]


def longest_is_key(item: Choice) -> bool:
    """Whether someone who knows nothing would be right to pick the longest option."""
    return max(item.options, key=lambda option: len(option.text)).id == item.key[0]


def _share_of_longest(items: Iterable[AnyItem]) -> str:
    asked = with_one_key(items)
    return f"{sum(map(longest_is_key, asked))} of {len(asked)}"


def _places(items: Iterable[AnyItem]) -> dict[str, int]:
    """How often the key is shown first, second, … of so many options."""
    return _tally(
        f"{[o.id for o in shown_order(i.id, i.options)].index(i.key[0]) + 1} of {len(i.options)}"
        for i in with_one_key(items)
    )
