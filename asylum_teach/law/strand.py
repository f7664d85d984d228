"""The rules asked in turn on one question, as tests on bits: the first that fits decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asylum_teach.models import Rule, Status

Ranks = Mapping[str, int]  # element: how far it was found, from 0 to 2
OPEN = Status.ARGUABLE.rank  # what a question counts as where no rule fits


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """A rule's conditions as bits, one bit a fact."""

    rule: Rule
    place: int  # in its strand
    when: int
    any: int
    unless: int
    given: tuple[tuple[str, int], ...]
    rank: int

    def fits(self, held: int, ranks: Ranks) -> bool:
        """Whether the rule fits the facts *held* and what was found before."""
        if held & self.when != self.when or held & self.unless:
            return False
        if self.any and not held & self.any:
            return False
        return not self.given or all(ranks[element] >= least for element, least in self.given)

    def only_defect(self, held: int) -> int:
        """The bits of which one alone, turned, makes the rule fit; 0 if none would."""
        missing, blocking = self.when & ~held, held & self.unless
        wanting = 0 if held & self.any else self.any
        defect = missing | blocking
        if defect & (defect - 1):  # two or more
            return 0
        if defect:
            return defect if not wanting or missing & wanting else 0
        return wanting


class Strand:
    """An element's rules, or those of one theory or bar of it, in the order of the file."""

    def __init__(self, rules: Sequence[Rule], bits_of: Callable[[Iterable[str]], int]) -> None:
        self.tests = tuple(
            Test(
                rule=rule,
                place=place,
                when=bits_of(rule.when),
                any=bits_of(rule.any),
                unless=bits_of(rule.unless),
                given=tuple((element, least.rank) for element, least in rule.given.items()),
                rank=rule.status.rank,
            )
            for place, rule in enumerate(rules)
        )
        self.looks_at = 0  # every fact that a rule of it looks at
        self.looks_back = frozenset(element for rule in rules for element in rule.given)
        for test in self.tests:
            self.looks_at |= test.when | test.any | test.unless

    def decide(self, held: int, ranks: Ranks, start: int = 0) -> Test | None:
        """The first rule from place *start* on that fits, or None."""
        for test in self.tests[start:]:
            if test.fits(held, ranks):
                return test
        return None

    def sensitive(self, held: int, deciding: Test | None) -> int:
        """The bits of which one alone, turned, may move what *deciding* decides on *held*.

        They are those of the deciding rule, and the one defect of each rule above it.
        """
        bits = 0
        for test in self.tests:
            if test is deciding:
                return bits | test.when | test.any | test.unless
            bits |= test.only_defect(held)
        return bits


def rank_of(test: Test | None) -> int:
    """How far a question is shown when *test* decides it."""
    return OPEN if test is None else test.rank


def each_bit(bits: int) -> Iterator[int]:
    """The single bits of *bits*."""
    while bits:
        bit = bits & -bits
        yield bit
        bits ^= bit
