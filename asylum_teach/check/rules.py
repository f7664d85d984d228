"""Whether every rule can speak: its authorities bind somewhere, nothing always goes before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from asylum_teach.content import Reading
from asylum_teach.content.yamlfile import Place
from asylum_teach.law.bench import BARS
from asylum_teach.law.history import turning_days
from asylum_teach.models import CIRCUITS, Content, Element, Fault, Law, Rule

FILE = "law/elements.yaml"
When = tuple[date, str | None]  # a day and a circuit on which a rule speaks


def faults(reading: Reading, content: Content) -> Iterator[Fault]:
    """A fault for every rule that is out of its dates, out of order or never reached."""
    law = content.law
    days = turning_days(law)
    seen: dict[str, str] = {}
    for i, element in enumerate(law.elements.values()):
        speaks = {rule.id: _speaks(law, rule, days) for rule in element.rules}
        for j, rule in enumerate(element.rules):
            place: Place = (i, "rules", j)
            if rule.id in seen:
                what = f"the rule '{rule.id}' stands also under {seen[rule.id]}"
                yield reading.fault(FILE, (*place, "id"), what, "give each rule its own id")
            seen[rule.id] = element.id
            if element.id == BARS and not rule.bar:
                yield reading.fault(FILE, place, f"the rule '{rule.id}' names no bar", "add bar: …")
            yield from _authorities(reading, law, rule, place, speaks[rule.id])
            yield from _order(reading, law, element, j, place)
            if speaks[rule.id]:
                yield from _reached(reading, law, element, j, place, speaks)


def _speaks(law: Law, rule: Rule, days: list[date]) -> frozenset[When]:
    authorities = [law.authorities[a] for a in rule.authorities]
    return frozenset(
        (day, circuit)
        for circuit in (*CIRCUITS, None)
        for day in days
        if all(a.binds(day, circuit) for a in authorities)
    )


def _authorities(
    reading: Reading, law: Law, rule: Rule, place: Place, speaks: frozenset[When]
) -> Iterator[Fault]:
    at = (*place, "authorities")
    if not rule.authorities:
        what = f"the rule '{rule.id}' cites no authority"
        yield reading.fault(FILE, at, what, "name the authority that says so")
    for name in rule.authorities:
        if not law.authorities[name].in_force:
            what = f"'{name}' was never binding, so the rule '{rule.id}' cannot rest on it"
            yield reading.fault(FILE, at, what, "cite a binding authority, or drop the rule")
    if rule.authorities and not speaks:
        what = f"the authorities of '{rule.id}' were never in force together in one place"
        yield reading.fault(FILE, at, what, "cite the one that carries the rule")
    if not rule.reason.strip():
        what = f"the rule '{rule.id}' gives no reason"
        yield reading.fault(FILE, (*place, "reason"), what, "say why, in one plain sentence")


def _order(reading: Reading, law: Law, element: Element, j: int, place: Place) -> Iterator[Fault]:
    """A circuit's rule stands above national ones that answer the same question."""
    rule = element.rules[j]
    if not _of_a_circuit(law, rule):
        return
    for earlier in element.rules[:j]:
        if not _of_a_circuit(law, earlier) and _same_question(earlier, rule):
            what = f"the circuit rule '{rule.id}' stands below the national rule '{earlier.id}'"
            yield reading.fault(FILE, place, what, "move it above")
            return


def _reached(
    reading: Reading,
    law: Law,
    element: Element,
    j: int,
    place: Place,
    speaks: dict[str, frozenset[When]],
) -> Iterator[Fault]:
    """A rule is never reached if earlier ones that ask for less speak wherever it does."""
    rule = element.rules[j]
    left = set(speaks[rule.id])
    for earlier in element.rules[:j]:
        if _fits_whenever(law, earlier, rule):
            left -= speaks[earlier.id]
            if not left:
                what = (
                    f"the rule '{rule.id}' is never reached: '{earlier.id}' always goes before it"
                )
                yield reading.fault(FILE, place, what, "put it above, or ask for more there")
                return


def _fits_whenever(law: Law, earlier: Rule, rule: Rule) -> bool:
    """Whether *earlier* fits on all facts on which *rule* does."""
    certain = law.closed(rule.when | (rule.any if len(rule.any) == 1 else frozenset()))
    return (
        earlier.when <= certain
        and (
            not earlier.any
            or bool(earlier.any & certain)
            or (bool(rule.any) and rule.any <= earlier.any)
        )
        and earlier.unless <= rule.unless
        and all(e in rule.given and rule.given[e].rank >= s.rank for e, s in earlier.given.items())
        and (
            not earlier.theories
            or (bool(rule.theories) and set(rule.theories) <= set(earlier.theories))
        )
        and earlier.bar == rule.bar
        and earlier.relief in ("", rule.relief)
        and not (rule.relief and not earlier.relief)
    )


def _same_question(one: Rule, other: Rule) -> bool:
    shared = not one.theories or not other.theories or set(one.theories) & set(other.theories)
    return bool(shared) and one.bar == other.bar


def _of_a_circuit(law: Law, rule: Rule) -> bool:
    return any(law.authorities[a].of_a_circuit for a in rule.authorities)
