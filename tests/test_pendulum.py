"""One woman, one set of facts: what the law makes of them turned with the years and the circuit.

She was abused by her partner, and the police turned her away.
"""

from datetime import date, timedelta

import pytest

from asylum_teach.law import assess
from asylum_teach.law.history import turning_days

FACTS = frozenset(
    {
        "is_woman",
        "persecutor_is_partner",
        "beaten_severely",
        "persecutor_wanted_control_of_partner",
        "reported_to_authorities",
        "authorities_refused_to_act",
        "authorities_called_it_private",
    }
)
TRAPPED = FACTS | {"unable_to_leave_relationship"}
STORIES = pytest.mark.parametrize("facts", [FACTS, TRAPPED], ids=["free to leave", "trapped"])
YEARS = (2013, 2016, 2019, 2022, 2026)


def ground(law, facts, day, circuit=None):
    return assess(law, facts, as_of=day, circuit=circuit).findings["ground"]


def by_year(law, facts):
    return {year: ground(law, facts, date(year, 9, 30)) for year in YEARS}


def test_law_turned_four_times_for_a_woman_who_could_not_leave(law):
    """Open in 2013, a group in 2016, none in 2019, one again in 2022, none again in 2026."""
    found = {year: finding.status.value for year, finding in by_year(law, TRAPPED).items()}

    assert found == {
        2013: "arguable",
        2016: "met",
        2019: "not_met",
        2022: "met",
        2026: "not_met",
    }


@STORIES
def test_answers_of_2019_and_2026_rest_on_different_authorities(law, facts):
    """The same words do not come back by the same decision."""
    found = by_year(law, facts)

    assert not set(found[2019].authorities) & set(found[2026].authorities)


@STORIES
def test_answer_turns_with_the_years(law, facts):
    """Better in 2016 than in 2019, and better in 2022 than in 2026; 2016 and 2022 agree."""
    rank = {year: finding.status.rank for year, finding in by_year(law, facts).items()}

    assert rank[2016] > rank[2019]
    assert rank[2022] > rank[2026]
    assert rank[2016] == rank[2022]


@STORIES
@pytest.mark.parametrize("year", YEARS)
def test_answer_rests_on_what_was_good_law_that_day(law, facts, year):
    day = date(year, 9, 30)
    found = ground(law, facts, day)

    assert found.authorities
    assert all(law.authorities[a].binds(day, None) for a in found.authorities)


# The day, the decision that then spoke, and what it said of a woman who could not leave.
TURNS = [
    ("2014-08-26", "matter_of_a_r_c_g", "met"),
    ("2018-06-11", "matter_of_a_b_i", "not_met"),
    ("2021-06-16", "matter_of_a_r_c_g", "met"),
    ("2025-09-02", "matter_of_k_e_s_g", "not_met"),
]


@pytest.mark.parametrize(("day", "authority", "status"), TURNS)
def test_answer_turns_on_the_day_and_not_the_day_before(law, day, authority, status):
    first = date.fromisoformat(day)
    before = ground(law, TRAPPED, first - timedelta(days=1))
    after = ground(law, TRAPPED, first)

    assert (after.status, after.authorities) == (status, (authority,))
    assert before.status != after.status
    assert authority not in before.authorities


def test_between_the_turns_nothing_moves(law):
    """Of all days on which some authority begins or ends, the answer changes on four."""
    turns, before = [], ground(law, TRAPPED, date(2013, 1, 1)).status
    for day in turning_days(law):
        if day > date(2013, 1, 1):
            now = ground(law, TRAPPED, day).status
            turns += [day.isoformat()] if now != before else []
            before = now

    assert turns == [day for day, _, _ in TURNS]


@pytest.mark.parametrize("circuit", ["1", "6", "7", "9"])
@pytest.mark.parametrize("other", ["3", "4", "5", "11"])
def test_circuits_part_ways_in_2026(law, circuit, other):
    """Where she lives decides whether the argument is still open."""
    one, two = (ground(law, TRAPPED, date(2026, 9, 30), c) for c in (circuit, other))

    assert (one.status, two.status) == ("arguable", "not_met")
    assert not set(one.authorities) & set(two.authorities)
