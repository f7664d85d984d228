"""How fast, and how large: measured and printed, never asserted.  Run by ``make bench``."""

import random
from datetime import date

import pytest

from asylum_teach import bundle
from asylum_teach.law import assess, pivots

DAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def sets(law):
    """A thousand sets of 5 to 25 facts, the same in every run."""
    chance = random.Random(1)
    return [frozenset(chance.sample(list(law.facts), chance.randint(5, 25))) for _ in range(1000)]


@pytest.fixture(scope="module")
def compiled(kit_content, tmp_path_factory):
    path = tmp_path_factory.mktemp("bench") / "bundle.json"
    bundle.save(kit_content, path)
    return path


@pytest.mark.parametrize("circuit", ["9", None], ids=["ninth", "national"])
def test_thousand_sets_of_facts(benchmark, law, sets, circuit):
    """Assessment and pivots together, as the what-if lab asks for them."""
    assess(law, (), as_of=DAY, circuit=circuit)  # the law of that day is prepared once

    def both():
        for facts in sets:
            assess(law, facts, as_of=DAY, circuit=circuit)
            pivots(law, facts, as_of=DAY, circuit=circuit)

    benchmark.pedantic(both, rounds=3, iterations=1)
    print(f"\n1,000 sets, circuit {circuit}: {benchmark.stats['mean']:.2f} s")


def test_first_assessment_of_a_day(benchmark, law, sets):
    """A learner picks another day: the law is prepared for it, then applied."""
    days = iter(date.fromordinal(DAY.toordinal() - n) for n in range(10_000))

    benchmark(lambda: assess(law, sets[0], as_of=next(days), circuit="9"))


def test_loading_the_bundle(benchmark, compiled):
    """What every learner's kernel does first."""
    benchmark(bundle.load, compiled)
    print(f"\nbundle: {compiled.stat().st_size / 1e6:.2f} MB")
