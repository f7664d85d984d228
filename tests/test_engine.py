"""What holds of the engine whatever the facts, the day and the circuit."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach.law import UnknownFactError, assess, pivots
from asylum_teach.law.history import turning_days
from asylum_teach.models import CIRCUITS, ELEMENTS, Status, Strength
from tests import strategies as make

TODAY = date(2026, 11, 24)


def statuses(law, facts, day=TODAY, circuit=None):
    findings = assess(law, facts, as_of=day, circuit=circuit).findings
    return {element: finding.status for element, finding in findings.items()}


def closed(law, facts):
    """The facts and all that they imply."""
    held = set(facts)
    while more := {i for fact in held for i in law.facts[fact].implies} - held:
        held |= more
    return frozenset(held)


def contradictions(law, facts):
    """The pairs of facts, said or implied, that cannot both hold."""
    held = closed(law, facts)
    return {frozenset({f, other}) for f in held for other in law.facts[f].excludes if other in held}


def ruled_out_by(law, fact):
    """What cannot hold together with *fact*, or with what it implies."""
    return {other for each in closed(law, {fact}) for other in law.facts[each].excludes}


def said_of(assessment):
    """Every finding of an assessment, those of theories and bars too."""
    yield from assessment.findings.values()
    yield from assessment.bars.values()
    for pair in assessment.theories.values():
        yield from (pair.ground, pair.nexus)


# --- The mechanics, on a small made-up law ---

DEADLINE = "deadline"


def small_finding(small, element, facts, day=TODAY, circuit=None):
    return assess(small.law, facts, as_of=day, circuit=circuit).findings[element]


def test_first_rule_that_fits_decides_and_others_are_the_other_side(small):
    found = small_finding(small, "state_protection", ["persecutor_is_state", "did_not_report"])

    assert (found.rule, found.status, found.reason) == ("state_itself", "met", "The state did it.")
    assert found.authorities == ("ina_101_a_42_a",)
    assert [(a.rule, a.status) for a in found.other_side] == [("nothing_reported", "not_met")]


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (["filed_after_one_year"], "late"),
        (["filed_after_one_year", "changed_circumstances"], "late_but_changed"),
        (["changed_circumstances"], None),
    ],
)
def test_all_of_when_are_needed(small, facts, rule):
    assert small_finding(small, "bars", facts).rule == rule


def test_fact_that_is_implied_holds(small):
    """Soldiers are the state."""
    assert small_finding(small, "state_protection", ["persecutor_is_armed_forces"]).rule == (
        "state_itself"
    )


def test_where_no_rule_fits_it_could_go_either_way_and_says_what_would_decide(small):
    """Facts that would, and those that imply them, but none that only leaves it open."""
    found = small_finding(small, "state_protection", [])

    assert (found.status, found.rule, found.authorities) == ("arguable", None, ())
    assert found.would_decide == (
        "persecutor_is_state",
        "persecutor_is_armed_forces",
        "did_not_report",
    )


def test_fact_that_the_record_contradicts_would_not_decide(small):
    found = small_finding(small, "state_protection", ["reported_to_authorities"])

    assert found.would_decide == ("persecutor_is_state", "persecutor_is_armed_forces")


@pytest.mark.parametrize(("facts", "status"), [([], "arguable"), (["beaten_severely"], "met")])
def test_rule_may_look_back_at_an_earlier_finding(small, facts, status):
    """Past harm raises the presumption; an open finding does not reach 'met'."""
    assert small_finding(small, "future_risk", facts).status == status


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("2014-08-25", None),
        ("2014-08-26", "group_of_women"),
        ("2018-06-10", "group_of_women"),
        ("2018-06-11", "no_group_of_women"),
        ("2021-06-15", "no_group_of_women"),
        ("2021-06-16", "group_of_women"),
    ],
)
def test_rule_speaks_while_its_authority_is_good_law(small, day, rule):
    """On the first day, and no longer on the day on which it ends."""
    facts = ["is_woman", "unable_to_leave"]

    assert small_finding(small, "ground", facts, date.fromisoformat(day)).rule == rule


@pytest.mark.parametrize(
    ("circuit", "rule", "other"),
    [("9", "ninth_words", "words"), ("5", "words", None), (None, "words", None)],
)
def test_circuit_speaks_in_its_circuit_and_before_the_nation(small, circuit, rule, other):
    facts = ["expresses_opinion_openly", "words_named_the_reason"]

    found = small_finding(small, "nexus", facts, circuit=circuit)

    assert found.rule == rule
    assert [a.rule for a in found.other_side] == ([other] if other else [])


WOMAN = ["is_woman", "unable_to_leave"]
OPINION = ["expresses_opinion_openly"]


def test_every_theory_that_the_facts_raise_is_judged(small):
    found = assess(small.law, [*WOMAN, *OPINION], as_of=TODAY, circuit=None)

    assert list(found.theories) == ["opinion", "relationship"]


def test_link_to_one_ground_does_not_help_another(small):
    """In 2019 the group is none; words that speak to the opinion alone do not carry it."""
    facts = [*WOMAN, *OPINION, "words_named_the_reason"]

    found = assess(small.law, facts, as_of=date(2019, 1, 1), circuit=None).theories

    assert (found["opinion"].nexus.rule, found["relationship"].nexus.rule) == ("words", None)


def test_link_may_ask_for_the_ground_of_its_own_theory(small):
    """In 2019, in the Ninth Circuit, words link to the opinion, and not to a group that is none."""
    facts = [*WOMAN, *OPINION, "words_named_the_reason"]

    found = assess(small.law, facts, as_of=date(2019, 1, 1), circuit="9").theories

    assert found["opinion"].nexus.rule == "ninth_words"
    assert found["relationship"].nexus.rule is None


def test_strongest_pair_counts(small):
    """A group that fails does not drag an opinion down."""
    found = assess(small.law, [*WOMAN, *OPINION], as_of=date(2019, 1, 1), circuit=None)

    assert found.theories["relationship"].ground.status == "not_met"
    assert found.findings["ground"] == found.theories["opinion"].ground


def test_of_equally_strong_theories_the_first_in_the_file_counts(small):
    """So that the same facts always show the same reason."""
    found = assess(small.law, [*WOMAN, *OPINION], as_of=date(2022, 1, 1), circuit=None)

    assert found.theories["relationship"].ground.status == found.theories["opinion"].ground.status
    assert found.findings["ground"] == found.theories["opinion"].ground


def test_every_bar_is_tested_and_the_worst_counts(small):
    found = assess(
        small.law, ["filed_within_one_year", "persecuted_others"], as_of=TODAY, circuit=None
    )

    assert {bar: f.status for bar, f in found.bars.items()} == {
        "deadline": "met",
        "persecution_of_others": "not_met",
    }
    assert found.findings["bars"].rule == "persecutor"


CLAIM = ["beaten_severely", "persecutor_is_state", *OPINION, "words_named_the_reason"]


@pytest.mark.parametrize(
    ("facts", "asylum", "withholding", "torture"),
    [
        pytest.param([*CLAIM, "filed_within_one_year"], "strong", "strong", "strong", id="all"),
        pytest.param(CLAIM, "contested", "strong", "strong", id="filing unknown"),
        pytest.param([*CLAIM, "filed_after_one_year"], "barred", "strong", "strong", id="late"),
        pytest.param([*CLAIM, "persecuted_others"], "barred", "barred", "strong", id="persecutor"),
        pytest.param(
            ["beaten_severely", "personal_dispute", "filed_within_one_year"],
            "weak",
            "weak",
            "contested",
            id="no link",
        ),
    ],
)
def test_relief_follows_from_the_elements(small, facts, asylum, withholding, torture):
    """The weakest need counts; a limit caps; a bar stops the reliefs that it names."""
    relief = assess(small.law, facts, as_of=TODAY, circuit="9").relief

    assert relief == {"asylum": asylum, "withholding": withholding, "torture": torture}


def test_unknown_fact_is_named(small):
    with pytest.raises(UnknownFactError, match=r"^is_a_womn$"):
        assess(small.law, ["is_woman", "is_a_womn"], as_of=TODAY, circuit=None)
    with pytest.raises(UnknownFactError, match=r"^is_a_womn$"):
        pivots(small.law, ["is_a_womn"], as_of=TODAY, circuit=None)


def test_pivots_name_what_moves_and_how(small):
    found = pivots(
        small.law, ["filed_within_one_year", "beaten_severely"], as_of=TODAY, circuit=None
    )

    assert {(p.fact, p.added): p.moves for p in found if "bars" in p.moves} == {
        ("filed_within_one_year", False): {"bars": (Status.MET, Status.ARGUABLE)},
        ("persecuted_others", True): {"bars": (Status.MET, Status.NOT_MET)},
    }


def test_pivots_never_offer_what_a_held_fact_excludes_even_by_implication(small):
    """A single local report implies a report, and nothing was reported."""
    offered = {p.fact for p in pivots(small.law, ["did_not_report"], as_of=TODAY, circuit=None)}

    assert not offered & {"reported_to_authorities", "single_local_report"}


# --- The real law ---


@settings(max_examples=60)
@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_same_facts_give_the_same_assessment(law, data, day, circuit):
    """Whatever was asked before, in whatever order the facts are named."""
    facts = list(data.draw(make.fact_sets(law)))
    first = assess(law, facts, as_of=day, circuit=circuit)
    given_ = list(facts)

    pivots(law, facts, as_of=day, circuit=circuit)
    again = assess(law, tuple(reversed(facts)), as_of=day, circuit=circuit)

    assert again == first
    assert facts == given_


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_saying_what_is_implied_changes_nothing(law, data, day, circuit):
    facts = data.draw(make.fact_sets(law))

    assert assess(law, closed(law, facts), as_of=day, circuit=circuit) == assess(
        law, facts, as_of=day, circuit=circuit
    )


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_every_element_is_found_with_a_reason(law, data, day, circuit):
    facts = data.draw(make.fact_sets(law))

    assessment = assess(law, facts, as_of=day, circuit=circuit)

    assert tuple(assessment.findings) == ELEMENTS
    assert set(assessment.relief) == set(law.reliefs)
    for found in said_of(assessment):
        assert found.reason.strip()
        assert bool(found.authorities) == (found.rule is not None)


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_where_nothing_decides_it_could_go_either_way(law, data, day, circuit):
    """And only there are facts named that would decide it."""
    facts = data.draw(make.fact_sets(law))

    for found in said_of(assess(law, facts, as_of=day, circuit=circuit)):
        if found.rule is None and not (found.element == "bars" and found.status == "met"):
            assert found.status == "arguable"
            assert found.other_side == ()
        else:
            assert found.would_decide == ()


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_other_side_says_otherwise(law, data, day, circuit):
    facts = data.draw(make.fact_sets(law))

    for found in said_of(assess(law, facts, as_of=day, circuit=circuit)):
        assert found.status not in [argument.status for argument in found.other_side]


@pytest.mark.parametrize("circuit", [*CIRCUITS, None])
def test_nothing_rests_on_an_authority_that_does_not_bind(law, circuit):
    """On days on which some authority begins or ends to bind, on facts picked by chance."""
    chance = random.Random(f"{circuit}")

    for day in chance.sample(turning_days(law), 60):
        facts = chance.sample(list(law.facts), 30)
        for found in said_of(assess(law, facts, as_of=day, circuit=circuit)):
            said = [found, *found.other_side]
            for name in {name for each in said for name in each.authorities}:
                assert law.authorities[name].binds(day, circuit), (name, day)


@given(data=st.data(), day=make.days, circuit=st.sampled_from(CIRCUITS))
def test_circuit_goes_before_the_nation(law, data, day, circuit):
    """Where a rule of the nation decides, no rule of the circuit fits and says otherwise."""

    def of_a_circuit(found):
        return any(law.authorities[a].of_a_circuit for a in found.authorities)

    facts = data.draw(make.fact_sets(law))

    for found in said_of(assess(law, facts, as_of=day, circuit=circuit)):
        if not of_a_circuit(found):
            assert not [a.rule for a in found.other_side if of_a_circuit(a)]


@settings(max_examples=100)
@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_strongest_theory_stands_for_ground_and_nexus(law, data, day, circuit):
    """By its weaker half, then by both; and the two come from one theory."""
    facts = data.draw(make.fact_sets(law))
    assessment = assess(law, facts, as_of=day, circuit=circuit)
    found = (assessment.findings["ground"], assessment.findings["nexus"])

    def strength(ground, nexus):
        ranks = (ground.status.rank, nexus.status.rank)
        return min(ranks), sum(ranks)

    pairs = [(pair.ground, pair.nexus) for pair in assessment.theories.values()]

    def by_rule(ground, nexus):
        return ground.rule, ground.status, nexus.rule, nexus.status

    if pairs:
        assert by_rule(*found) in [by_rule(*pair) for pair in pairs]
        assert strength(*found) == max(strength(*pair) for pair in pairs)


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_theory_is_judged_as_if_it_were_alone(law, data, day, circuit):
    """What one theory finds depends on rules that speak to it, and not on the others raised."""
    facts = data.draw(make.fact_sets(law))
    assessment = assess(law, facts, as_of=day, circuit=circuit)

    for name, pair in assessment.theories.items():
        assert facts_raise(law, facts, name)
        for found, element in ((pair.ground, "ground"), (pair.nexus, "nexus")):
            rules = {rule.id: rule for rule in law.elements[element].rules}
            if found.rule:
                assert not rules[found.rule].theories or name in rules[found.rule].theories


def facts_raise(law, facts, theory):
    return bool(closed(law, facts) & law.theories[theory].raised_by)


def barring(law):
    """Sets of facts that the rules of bars look at."""
    looked_at = {fact for rule in law.elements["bars"].rules for fact in rule.facts}
    return st.frozensets(st.sampled_from(sorted(looked_at)), min_size=3, max_size=10)


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_worst_bar_counts(law, data, day, circuit):
    facts = data.draw(make.fact_sets(law, 6)) | data.draw(barring(law))
    assessment = assess(law, facts, as_of=day, circuit=circuit)

    worst = min((f.status.rank for f in assessment.bars.values()), default=Status.MET.rank)

    assert assessment.findings["bars"].status.rank == worst
    for bar, found in assessment.bars.items():
        if found.status == "not_met":
            for relief in law.bars[bar].stops:
                assert assessment.relief[relief] == Strength.BARRED


@settings(max_examples=60)
@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_torture_protection_is_never_barred(law, data, day, circuit):
    """Bars of every kind leave it standing, at least as deferral of removal."""
    facts = data.draw(make.fact_sets(law, 6)) | data.draw(barring(law))

    assert assess(law, facts, as_of=day, circuit=circuit).relief["torture"] != Strength.BARRED


@given(data=st.data(), circuit=make.circuits)
def test_missed_deadline_bars_asylum_and_not_withholding(law, data, circuit):
    """Whatever else the record says, unless another bar stands in the way too."""
    facts = data.draw(make.fact_sets(law, 8)) | {"missed_one_year_deadline"}
    found = assess(law, facts, as_of=TODAY, circuit=circuit)
    others = [f.status for bar, f in found.bars.items() if bar != DEADLINE]

    if found.bars[DEADLINE].status == "not_met":
        assert found.relief["asylum"] == Strength.BARRED
        if Status.NOT_MET not in others:
            assert found.relief["withholding"] != Strength.BARRED


def test_plain_missed_deadline_bars_asylum_alone(law):
    relief = assess(law, ["missed_one_year_deadline"], as_of=TODAY, circuit=None).relief

    assert [name for name, strength in relief.items() if strength == "barred"] == ["asylum"]


@settings(max_examples=60)
@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_what_would_decide_really_decides(law, data, day, circuit):
    """Each fact named, added without contradicting the record, settles the element."""
    facts = data.draw(make.fact_sets(law, 8))

    for element, found in assess(law, facts, as_of=day, circuit=circuit).findings.items():
        for fact in found.would_decide:
            added = assess(law, facts | {fact}, as_of=day, circuit=circuit)

            assert added.findings[element].rule is not None, (element, fact)
            assert contradictions(law, facts | {fact}) == contradictions(law, facts), fact


# --- Pivots ---


def by_hand(law, facts, day, circuit):
    """The pivots found by assessing every neighbour."""
    before = statuses(law, facts, day, circuit)
    held = closed(law, facts)
    found = {}
    for fact in law.facts:
        if fact in facts:
            other = facts - {fact}
        elif fact in held or held & ruled_out_by(law, fact):
            continue
        else:
            other = facts | {fact}
        after = statuses(law, other, day, circuit)
        moves = {e: (before[e], after[e]) for e in ELEMENTS if before[e] != after[e]}
        if moves:
            found[fact] = (fact not in facts, moves)
    return found


@settings(max_examples=40)
@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_pivots_are_exactly_what_trying_every_fact_finds(law, data, day, circuit):
    facts = data.draw(make.fact_sets(law))

    found = pivots(law, facts, as_of=day, circuit=circuit)

    assert {p.fact: (p.added, p.moves) for p in found} == by_hand(law, facts, day, circuit)


def test_pivots_on_the_kits_cases_are_what_trying_every_fact_finds(kit_content):
    """On stories that people wrote, not only on random facts."""
    law = kit_content.law
    for case in list(kit_content.cases.values())[::3]:
        found = pivots(law, case.facts, as_of=case.as_of, circuit=case.circuit)

        assert {p.fact: (p.added, p.moves) for p in found} == by_hand(
            law, case.facts, case.as_of, case.circuit
        ), case.id


@given(data=st.data(), day=make.days, circuit=make.circuits)
def test_pivots_never_offer_a_contradiction(law, data, day, circuit):
    facts = data.draw(make.fact_sets(law))

    for pivot in pivots(law, facts, as_of=day, circuit=circuit):
        if pivot.added:
            new = contradictions(law, facts | {pivot.fact}) - contradictions(law, facts)
            assert not new, (pivot.fact, new)


@settings(max_examples=15)
@given(data=st.data())
def test_pivots_agree_on_the_small_law_with_trying_every_fact(small, data):
    """Every circuit and turning day of it."""
    facts = data.draw(make.fact_sets(small.law, most=6))

    for day in turning_days(small.law):
        for circuit in ("9", None):
            found = pivots(small.law, facts, as_of=day, circuit=circuit)

            assert {p.fact: (p.added, p.moves) for p in found} == by_hand(
                small.law, facts, day, circuit
            )
