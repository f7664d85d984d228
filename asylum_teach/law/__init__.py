"""Facts, a day and a circuit go in; findings come out, and the facts that would change them.

``assess`` and ``pivots`` are pure.  How it is done quickly is in
:mod:`asylum_teach.law.bench`; what decides is in exercises/law.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from asylum_teach.law.bench import NO_THEORY, UnknownFactError, bench_for
from asylum_teach.models import ELEMENTS, Assessment, Circuit, Law, Pair, Pivot, Status

__all__ = ["UnknownFactError", "assess", "pivots"]

_STATUSES = (Status.NOT_MET, Status.ARGUABLE, Status.MET)  # by rank


def assess(law: Law, facts: Collection[str], *, as_of: date, circuit: Circuit | None) -> Assessment:
    """What the law makes of *facts* on one day in one circuit (None: national law alone).

    Raises UnknownFactError, naming it, for a fact that the vocabulary does not have.
    """
    bench = bench_for(law, as_of, circuit)
    held = bench.mask(facts)
    survey = bench.survey(held)
    findings = {e: bench.explain(e, survey.strand(e), held, survey) for e in ELEMENTS}
    return Assessment(
        as_of=as_of,
        circuit=circuit,
        findings={e: bench.truly_deciding(finding, held) for e, finding in findings.items()},
        theories={
            theory: Pair(
                ground=bench.explain("ground", theory, held, survey),
                nexus=bench.explain("nexus", theory, held, survey),
            )
            for theory in survey.pairs
            if theory != NO_THEORY
        },
        bars={bar: bench.explain("bars", bar, held, survey) for bar in survey.bars},
        relief={r.id: bench.strength(r, held, survey) for r in law.reliefs.values()},
    )


def pivots(
    law: Law, facts: Collection[str], *, as_of: date, circuit: Circuit | None
) -> tuple[Pivot, ...]:
    """The single facts which, added or taken away, move an element.

    A fact that contradicts one of *facts* is not offered; a fact that holds only
    because another implies it cannot be taken away alone.
    """
    bench = bench_for(law, as_of, circuit)
    held = bench.mask(facts)
    before = bench.survey(held)
    sensitive = bench.sensitive(held, before)
    found = []
    for fact, changed in bench.neighbours(frozenset(facts), held):
        alone = not changed & (changed - 1)
        if alone and not changed & sensitive:
            continue
        ranks = bench.ranks_after(held ^ changed, before, changed)
        moves = {
            e: (_STATUSES[was], _STATUSES[ranks[e]])
            for e, was in before.ranks.items()
            if was != ranks[e]
        }
        if moves:
            found.append(Pivot(fact=fact, added=not held & changed, moves=moves))
    return tuple(found)
