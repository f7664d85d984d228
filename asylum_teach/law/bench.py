"""The law as it binds on one day in one circuit, prepared once and then applied quickly.

Rules whose authorities do not bind are set aside, and facts become bits of a whole
number, so that a set of facts is tested against a rule in a few machine steps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from asylum_teach.law.strand import Ranks, Strand, Test, each_bit, rank_of
from asylum_teach.models import (
    ELEMENTS,
    Argument,
    Circuit,
    Finding,
    Law,
    Relief,
    Rule,
    Status,
    Strength,
)

BY_THEORY = ("ground", "nexus")
BARS = "bars"
NO_THEORY = "none"  # judged where the facts raise no theory at all
PLAIN = tuple(e for e in ELEMENTS if e not in (*BY_THEORY, BARS))  # judged as a whole
# What is decided together: a theory's ground and nexus are one part.
PARTS = {e: BY_THEORY if e == "ground" else (e,) for e in ELEMENTS if e != "nexus"}
UNDECIDED = "The facts so far do not decide this under the law of that day and place."
_STRENGTHS = (Strength.WEAK, Strength.CONTESTED, Strength.STRONG)  # by rank


class UnknownFactError(ValueError):
    """A fact that the vocabulary does not have."""


@lru_cache(maxsize=64)
def bench_for(law: Law, as_of: date, circuit: Circuit | None) -> Bench:
    """The law as it binds on *as_of* in *circuit*, prepared once."""
    return Bench(law, as_of, circuit)


@dataclass(slots=True)
class Survey:
    """Which rule decides each question, without the words."""

    plain: dict[str, Test | None] = field(default_factory=dict)  # by element
    pairs: dict[str, tuple[Test | None, Test | None]] = field(default_factory=dict)  # by theory
    bars: dict[str, Test | None] = field(default_factory=dict)  # by bar
    ranks: dict[str, int] = field(default_factory=dict)  # by element
    strongest: str = ""  # theory
    worst: str = ""  # bar

    def strand(self, element: str) -> str:
        """The theory or bar whose finding stands for the whole element."""
        if element in BY_THEORY:
            return self.strongest
        return self.worst if element == BARS else ""

    def deciding(self, element: str, strand: str) -> Test | None:
        """The rule that decides, if any."""
        if element in BY_THEORY:
            return self.pairs[strand][BY_THEORY.index(element)]
        return self.bars.get(strand) if element == BARS else self.plain[element]


class Bench:
    """The law as it binds on one day in one circuit."""

    def __init__(self, law: Law, as_of: date, circuit: Circuit | None) -> None:
        self.law = law
        self._bits = {fact: 1 << place for place, fact in enumerate(law.facts)}
        self._closed = {fact: self._bits_of(law.closed([fact])) for fact in law.facts}
        self._implying: dict[int, list[str]] = {}  # by bit: the facts that make it hold
        for fact, closed in self._closed.items():
            for bit in each_bit(closed):
                self._implying.setdefault(bit, []).append(fact)
        self._excluded = {
            fact: self._bits_of(o for each in law.closed([fact]) for o in law.facts[each].excludes)
            for fact in law.facts
        }
        self._raised = {t.id: self._bits_of(t.raised_by) for t in law.theories.values()}
        self._raising = self._bits_of(f for t in law.theories.values() for f in t.raised_by)
        binding = {a.id for a in law.authorities.values() if a.binds(as_of, circuit)}
        self._rules = {
            e: [r for r in law.elements[e].rules if binding.issuperset(r.authorities)]
            for e in ELEMENTS
        }
        self._partial = {r.relief for rules in self._rules.values() for r in rules} - {""}
        self._strands: dict[tuple[str, str, str], Strand] = {}
        self._looks_at = {
            part: self._bits_of(f for e in elements for r in self._rules[e] for f in r.facts)
            for part, elements in PARTS.items()
        }
        self._looks_at["ground"] |= self._raising
        self._looks_back = {
            part: frozenset(g for e in elements for r in self._rules[e] for g in r.given)
            for part, elements in PARTS.items()
        }
        self._touching: dict[int, frozenset[str]] = {}

    # --- facts as bits ---

    def mask(self, facts: Collection[str]) -> int:
        """The bits of *facts* and of all that they imply.

        Raises UnknownFactError for a fact that the vocabulary does not have.
        """
        held = 0
        for fact in facts:
            if fact not in self._closed:
                raise UnknownFactError(fact)
            held |= self._closed[fact]
        return held

    def neighbours(self, facts: frozenset[str], held: int) -> Iterator[tuple[str, int]]:
        """Each single fact that can be added or taken away, and the bits that this changes."""
        for fact, bit in self._bits.items():
            if fact in facts:
                changed = held ^ self.mask(facts - {fact})
            elif held & bit or held & self._excluded[fact]:
                continue
            else:
                changed = self._closed[fact] & ~held
            if changed:
                yield fact, changed

    def _bits_of(self, facts: Iterable[str]) -> int:
        bits = 0
        for fact in facts:
            bits |= self._bits[fact]
        return bits

    # --- rules in strands ---

    def _strand(self, element: str, name: str = "", relief: str = "") -> Strand:
        key = (element, name, relief)
        if key not in self._strands:
            rules = [r for r in self._rules[element] if r.relief in ("", relief)]
            if element in BY_THEORY:
                rules = [r for r in rules if not r.theories or name in r.theories]
            elif element == BARS:
                rules = [r for r in rules if r.bar == name]
            # A rule made for this relief goes before its equals; circuits stay above the nation.
            rules.sort(key=lambda r: (not self._of_a_circuit(r), r.relief == ""))
            self._strands[key] = Strand(rules, self._bits_of)
        return self._strands[key]

    def _of_a_circuit(self, rule: Rule) -> bool:
        return any(self.law.authorities[a].of_a_circuit for a in rule.authorities)

    # --- deciding ---

    def survey(self, held: int, relief: str = "") -> Survey:
        """Which rule decides what on the facts *held*."""
        survey = Survey()
        for element in ELEMENTS:
            if element == "ground":
                for theory in self._theories(held):
                    survey.pairs[theory] = self._pair(theory, held, survey.ranks, relief)
                survey.strongest = _strongest(survey.pairs, survey.ranks)
            elif element == BARS:
                for bar in self.law.bars.values():
                    test = self._strand(BARS, bar.id, relief).decide(held, survey.ranks)
                    if test or bar.always:
                        survey.bars[bar.id] = test
                survey.worst = _worst(survey.bars, survey.ranks)
            elif element in PLAIN:
                test = self._strand(element, "", relief).decide(held, survey.ranks)
                survey.plain[element], survey.ranks[element] = test, rank_of(test)
        return survey

    def sensitive(self, held: int, survey: Survey) -> int:
        """The bits of which one alone, turned, may move an element."""
        bits = self._raised.get(survey.strongest, 0) & held
        for theory, pair in survey.pairs.items():
            for element, test in zip(BY_THEORY, pair, strict=True):
                bits |= self._strand(element, theory).sensitive(held, test, rank_of(test))
        for theory, by in self._raised.items():
            if theory not in survey.pairs:
                bits |= by
        for element, test in survey.plain.items():
            bits |= self._strand(element).sensitive(held, test, rank_of(test))
        for bar in self.law.bars:
            test = survey.bars.get(bar)
            rank = rank_of(test) if bar in survey.bars else Status.MET.rank
            bits |= self._strand(BARS, bar).sensitive(held, test, rank)
        return bits

    def ranks_after(self, held: int, before: Survey, changed: int) -> Ranks:
        """How far each element is shown on *held*: the facts of *before* with *changed* turned.

        Only what looks at a changed fact, or back at a finding that moved, is decided again.
        """
        touched = self._touched(changed)
        ranks, moved = dict(before.ranks), frozenset[str]()
        for part in PARTS:
            looks_back = moved and self._looks_back[part] & moved
            if part not in touched and not looks_back:
                continue
            if part == "ground":
                _strongest(self._pairs_again(held, before, changed, ranks, moved), ranks)
            elif part == BARS:
                _worst(self._bars_again(held, before, changed, ranks, moved), ranks)
            else:
                ranks[part] = rank_of(self._strand(part).decide(held, ranks))
            moved |= {e for e in PARTS[part] if ranks[e] != before.ranks[e]}
        return ranks

    def _touched(self, changed: int) -> frozenset[str]:
        """The parts of the law that look at a changed fact."""
        found = self._touching.get(changed)
        if found is None:
            found = frozenset(part for part, bits in self._looks_at.items() if bits & changed)
            self._touching[changed] = found
        return found

    def _theories(self, held: int) -> list[str]:
        """The theories that the facts raise; NO_THEORY where they raise none."""
        return [theory for theory, by in self._raised.items() if held & by] or [NO_THEORY]

    def _pair(
        self, theory: str, held: int, ranks: Ranks, relief: str = ""
    ) -> tuple[Test | None, Test | None]:
        ground = self._strand("ground", theory, relief).decide(held, ranks)
        found = {**ranks, "ground": rank_of(ground)}
        return ground, self._strand("nexus", theory, relief).decide(held, found)

    def _pairs_again(
        self, held: int, before: Survey, changed: int, ranks: Ranks, moved: frozenset[str]
    ) -> dict[str, tuple[Test | None, Test | None]]:
        theories = self._theories(held) if changed & self._raising else before.pairs
        pairs = {}
        for theory in theories:
            strands = [self._strand(element, theory) for element in BY_THEORY]
            stands = theory in before.pairs and not any(
                changed & strand.looks_at or moved & strand.looks_back for strand in strands
            )
            pairs[theory] = before.pairs[theory] if stands else self._pair(theory, held, ranks)
        return pairs

    def _bars_again(
        self, held: int, before: Survey, changed: int, ranks: Ranks, moved: frozenset[str]
    ) -> dict[str, Test | None]:
        bars = {}
        for bar in self.law.bars.values():
            strand = self._strand(BARS, bar.id)
            test = before.bars.get(bar.id)
            if changed & strand.looks_at or moved & strand.looks_back:
                test = strand.decide(held, ranks)
            if test or bar.always:
                bars[bar.id] = test
        return bars

    # --- relief ---

    def strength(self, relief: Relief, held: int, survey: Survey) -> Strength:
        """How a claim to *relief* stands on the facts *held*, of which *survey* was made."""
        if relief.id in self._partial:
            survey = self.survey(held, relief.id)
        stopping = [
            rank_of(test)
            for bar, test in survey.bars.items()
            if relief.id in self.law.bars[bar].stops
        ]
        if Status.NOT_MET.rank in stopping:
            return Strength.BARRED
        shown = [max(survey.ranks[e] for e in need.best_of) for need in relief.needs]
        caps = [
            limit.cap.rank
            for limit in relief.limits
            if survey.ranks[limit.element] <= limit.no_further_than.rank
        ]
        return _STRENGTHS[min([*shown, *caps, *stopping])]

    # --- words ---

    def explain(self, element: str, strand: str, held: int, survey: Survey) -> Finding:
        """The finding on one element (or one theory or bar of it), with its reasons."""
        ranks: Ranks = survey.ranks
        if element == "nexus":
            ranks = {**ranks, "ground": rank_of(survey.deciding("ground", strand))}
        tests = self._strand(element, strand).tests
        deciding = survey.deciding(element, strand)
        if deciding is None:
            return Finding(
                element=element,
                status=Status.ARGUABLE,
                reason=UNDECIDED,
                rule=None,
                would_decide=self._would_decide(tests, held, ranks),
            )
        rule = deciding.rule
        return Finding(
            element=element,
            status=rule.status,
            reason=rule.reason,
            rule=rule.id,
            authorities=rule.authorities,
            other_side=tuple(
                _argument(test.rule)
                for test in tests
                if test.rank != deciding.rank and test.fits(held, ranks)
            ),
        )

    def truly_deciding(self, finding: Finding, held: int) -> Finding:
        """The finding on an element, less facts that settle one theory and leave another open."""
        if finding.element in PLAIN:
            return finding
        kept = tuple(fact for fact in finding.would_decide if self._settles(fact, finding, held))
        return finding if kept == finding.would_decide else replace(finding, would_decide=kept)

    def _settles(self, fact: str, finding: Finding, held: int) -> bool:
        survey = self.survey(held | self._closed[fact])
        return survey.deciding(finding.element, survey.strand(finding.element)) is not None

    def _would_decide(self, tests: tuple[Test, ...], held: int, ranks: Ranks) -> tuple[str, ...]:
        """The single facts that would make a rule fit which settles the question."""
        found: dict[str, None] = {}
        for test in tests:
            missing = test.when & ~held or (0 if held & test.any else test.any)
            if test.rank == rank_of(None) or held & test.unless or not missing:
                continue
            # When all are needed, a fact must bring the first; when any will do, one of them.
            wanted = missing & -missing if test.when & ~held else missing
            for bit in each_bit(wanted):
                for fact in self._implying[bit]:
                    added = held | self._closed[fact]
                    if not held & self._excluded[fact] and test.fits(added, ranks):
                        found[fact] = None
        return tuple(fact for fact in self.law.facts if fact in found)


def _strongest(pairs: dict[str, tuple[Test | None, Test | None]], ranks: dict[str, int]) -> str:
    """The theory whose weaker half is strongest; notes its ranks as the elements' own."""
    best, strongest = (-1, -1), ""
    for theory, (ground, nexus) in pairs.items():
        one, other = rank_of(ground), rank_of(nexus)
        strength = (min(one, other), one + other)
        if strength > best:
            best, strongest = strength, theory
            ranks["ground"], ranks["nexus"] = one, other
    return strongest


def _worst(bars: dict[str, Test | None], ranks: dict[str, int]) -> str:
    """The bar that counts, since it is the worst; notes its rank as the element's own."""
    worst = min(bars, key=lambda bar: rank_of(bars[bar]), default="")
    ranks[BARS] = rank_of(bars[worst]) if worst else Status.MET.rank
    return worst


def _argument(rule: Rule) -> Argument:
    return Argument(
        rule=rule.id, status=rule.status, reason=rule.reason, authorities=rule.authorities
    )
