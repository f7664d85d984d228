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
    when: int
    any: int
    unless: int
    given: tuple[tuple[str, int], ...]
    rank: int

    def fits(self, held: int, ranks: Ranks) -> bool:
        """Whether the rule fits the facts *held* and what was found before."""
        return (
            held & self.when == self.when
            and not held & self.unless
            and (not self.any or bool(held & self.any))
            and self.founded(ranks)
        )

    def founded(self, ranks: Ranks) -> bool:
        """Whether the elements that it looks back at were found far enough."""
        return all(ranks[element] >= least for element, least in self.given)

    def props(self, held: int) -> int:
        """The bits of which one alone, turned, makes a fitting rule fit no more."""
        alternatives = held & self.any
        only_one = 0 if alternatives & (alternatives - 1) else alternatives
        return self.when | self.unless | only_one

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
                when=bits_of(rule.when),
                any=bits_of(rule.any),
                unless=bits_of(rule.unless),
                given=tuple((element, least.rank) for element, least in rule.given.items()),
                rank=rule.status.rank,
            )
            for rule in rules
        )
        self.looks_at = 0  # every fact that a rule of it looks at
        self.looks_back = frozenset(element for rule in rules for element in rule.given)
        for test in self.tests:
            self.looks_at |= test.when | test.any | test.unless
        # What decide reads, laid out flat: it runs some hundred thousand times a second.
        self._rows = [(test.when, test.unless, test.any, test) for test in self.tests]

    def decide(self, held: int, ranks: Ranks) -> Test | None:
        """The first rule that fits, or None."""
        for when, unless, any_, test in self._rows:
            if (
                held & when == when
                and not held & unless
                and (not any_ or held & any_)
                and (not test.given or test.founded(ranks))
            ):
                return test
        return None

    def sensitive(self, held: int, deciding: Test | None, rank: int) -> int:
        """The bits of which one alone, turned, may move what *deciding* decides on *held*.

        They are those that hold the deciding rule up, and the one defect of each rule
        above it that says otherwise than the *rank* that stands.
        """
        bits = 0
        for test in self.tests:
            if test is deciding:
                return bits | test.props(held)
            if test.rank != rank:
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
