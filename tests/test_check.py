"""What no single file can know is checked too; each fault is told where it can be mended."""

import re

import pytest
import yaml

from asylum_teach import check, kit
from asylum_teach.check import cases
from asylum_teach.law.history import turning_days

FILE = "cases/base.yaml"
LAW = "law/elements.yaml"
AUTHORITIES = "law/authorities.yaml"


def test_kits_own_content_has_no_fault():
    report = check.check(kit.folder("exercises"), kit.folder("notebooks"))

    assert [str(fault) for fault in report.faults] == []


def test_counts_say_what_the_content_holds(exercises):
    counts = exercises.check().counts

    assert counts["cases"] == 1
    assert counts["items"] == sum(counts["items_by_kind"].values()) == 8
    assert counts["rules"] == sum(counts["rules_by_element"].values())
    assert counts["cases_by_circuit"] == {"9": 1}


def only_fault(exercises):
    (fault,) = exercises.check().faults
    return fault.file, fault.line, fault.what


def rule(**fields):
    """A rule as elements.yaml writes it, one line."""
    made = {"status": "met", "reason": "Why.", "authorities": ["ina_101_a_42_a"], **fields}
    return f"  - {yaml.safe_dump(made, default_flow_style=True, width=999).strip()}\n"


def put_below(exercises, earlier, text):
    """Put a rule right below the one whose id is *earlier*."""
    law = exercises.read(LAW)
    start = law.index(f"- id: {earlier}\n")
    end = re.compile(r"^(  )?- id: ", re.M).search(law, start + 3)
    place = end.start() if end else len(law)
    exercises.write(LAW, law[:place] + text + law[place:])


# --- Rules ---


@pytest.mark.parametrize(
    ("earlier", "fields"),
    [
        pytest.param("beating_is_harm", {"when": ["beaten_severely"]}, id="the same again"),
        pytest.param(
            "beating_is_harm", {"when": ["beaten_severely", "is_woman"]}, id="asks for more"
        ),
        pytest.param("state_itself", {"any": ["persecutor_is_state"]}, id="any of one is that one"),
        pytest.param(
            "beating_is_harm",
            {"when": ["beaten_severely"], "unless": ["is_woman"]},
            id="and unless",
        ),
        pytest.param(
            "quarrel",
            {"when": ["personal_dispute"], "theories": ["opinion"]},
            id="below a rule for every theory",
        ),
        pytest.param(
            "late", {"when": ["filed_after_one_year", "is_woman"], "bar": "deadline"}, id="a bar"
        ),
        pytest.param("presumed", {"given": {"harm": "met"}}, id="given as much"),
    ],
)
def test_rule_that_is_never_reached_is_told(exercises, earlier, fields):
    """One above it always goes first."""
    put_below(exercises, earlier, rule(id="new_rule", **fields))

    file, line, what = only_fault(exercises)

    assert (file, line) == (LAW, exercises.line(LAW, "id: new_rule"))
    assert what == f"the rule 'new_rule' is never reached: '{earlier}' always goes before it"


@pytest.mark.parametrize(
    ("earlier", "fields"),
    [
        pytest.param("beating_is_harm", {"when": ["is_woman"]}, id="another fact"),
        pytest.param(
            "one_report_is_thin", {"when": ["reported_to_authorities"]}, id="asks for less"
        ),
        pytest.param("presumed", {"given": {"harm": "arguable"}}, id="given less"),
        pytest.param(
            "opinion_is_a_ground",
            {"when": ["expresses_opinion_openly", "is_woman"], "theories": ["relationship"]},
            id="another theory",
        ),
        pytest.param(
            "filed_in_time",
            {"when": ["filed_within_one_year"], "bar": "persecution_of_others"},
            id="another bar",
        ),
    ],
)
def test_rule_that_can_be_reached_is_not_told(exercises, earlier, fields):
    put_below(exercises, earlier, rule(id="new_rule", **fields))

    assert exercises.told() == []


def test_rule_is_reached_by_what_the_earlier_one_leaves_out(exercises):
    """Its exceptions fall through to the next."""
    first = rule(id="first", when=["is_woman"], unless=["personal_dispute"])
    put_below(exercises, "beating_is_harm", first + rule(id="second", when=["is_woman"]))

    assert exercises.told() == []


def test_rule_is_reached_where_the_earlier_one_is_not_good_law(exercises):
    """An earlier rule of one circuit, or of other years, hides nothing elsewhere."""
    put_below(
        exercises, "no_group_of_women", rule(id="third", when=["is_woman", "unable_to_leave"])
    )

    assert exercises.told() == []


def test_implied_fact_makes_a_rule_unreachable(exercises):
    """Soldiers are the state, so a rule for soldiers below one for the state never speaks."""
    put_below(exercises, "state_itself", rule(id="soldiers", when=["persecutor_is_armed_forces"]))

    file, line, what = only_fault(exercises)

    assert (file, line) == (LAW, exercises.line(LAW, "id: soldiers"))
    assert "never reached" in what


def test_rule_whose_authorities_were_never_in_force_together_is_told(exercises):
    exercises.edit(LAW, "[matter_of_first]", "[matter_of_first, matter_of_second]")

    file, line, what = only_fault(exercises)

    assert (file, line) == (LAW, exercises.line(LAW, "authorities: [matter_of_first, "))
    assert what == ("the authorities of 'group_of_women' were never in force together in one place")


def test_rule_of_two_circuits_together_is_told(exercises):
    """They bind nobody at once."""
    exercises.edit(AUTHORITIES, "court: ag", "court: ca5")
    exercises.edit(AUTHORITIES, "decided: '2018-06-11'", "decided: '2018-06-11'\n  circuits: ['5']")
    exercises.edit(LAW, "[matter_of_second]", "[matter_of_second, ninth_v_holder]")

    assert any("never in force together" in what for _, _, what in exercises.told())


def test_rule_that_rests_on_an_unpublished_decision_is_told(exercises):
    exercises.edit(LAW, "[ninth_v_holder]", "[unpublished_v_holder]")

    told = exercises.told()

    at = exercises.line(LAW, "authorities: [unpublished_v_holder]")
    assert (
        LAW,
        at,
        "'unpublished_v_holder' was never binding, so the rule 'ninth_words' cannot rest on it",
    ) in told


def test_circuit_rule_below_a_national_one_is_told(exercises):
    """A circuit's word goes before the nation's, so it stands above."""
    put_below(
        exercises,
        "quarrel",
        rule(id="late_ninth", when=["is_woman"], authorities=["ninth_v_holder"]),
    )

    assert only_fault(exercises) == (
        LAW,
        exercises.line(LAW, "id: late_ninth"),
        "the circuit rule 'late_ninth' stands below the national rule 'quarrel'",
    )


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"authorities": []}, "the rule 'new_rule' cites no authority"),
        ({"reason": " "}, "the rule 'new_rule' gives no reason"),
        ({"id": "late"}, "the rule 'late' stands also under bars"),
    ],
)
def test_unsound_rule_is_told(exercises, fields, what):
    put_below(
        exercises, "torture_by_soldiers", rule(**{"id": "new_rule", "when": ["is_woman"], **fields})
    )

    assert only_fault(exercises) == (
        LAW,
        exercises.read(LAW).count("\n"),
        what,
    )


def test_rule_of_bars_without_a_bar_is_told(exercises):
    exercises.edit(
        LAW, "  - id: persecutor\n    bar: persecution_of_others\n", "  - id: persecutor\n"
    )

    assert only_fault(exercises) == (
        LAW,
        exercises.line(LAW, "- id: persecutor\n"),
        "the rule 'persecutor' names no bar",
    )


def test_turning_days_are_all_days_on_which_the_law_changes(small):
    days = [day.isoformat() for day in turning_days(small.law)]

    assert days[1:] == ["1980-04-01", "2010-05-01", "2014-08-26", "2018-06-11", "2021-06-16"]


# --- Cases against the engine ---


def test_key_that_the_rules_contradict_is_told(exercises):
    exercises.edit(FILE, "key:\n  bars: met", "key:\n  bars: arguable")

    assert only_fault(exercises) == (
        FILE,
        exercises.line(FILE, "  bars: arguable"),
        "the key says bars: arguable, the rules say met (filed_in_time)",
    )


def test_key_of_an_item_that_the_rules_contradict_is_told(exercises):
    exercises.edit(FILE, "    key:\n      bars: met", "    key:\n      bars: arguable")

    file, line, what = only_fault(exercises)

    assert (file, line) == (FILE, exercises.line(FILE, "      bars: arguable"))
    assert what.startswith("the key says bars: arguable")


def test_changed_rule_is_told_of_every_case_that_it_contradicts(exercises):
    """A rule is mended, and the keys that rested on it come to light."""
    exercises.edit(
        LAW,
        "when: [filed_within_one_year]\n    status: met",
        "when: [filed_within_one_year]\n    status: not_met",
    )

    assert {line for _, line, _ in exercises.told()} == {
        exercises.line(FILE, "  bars: met\n\nworked"),
        exercises.line(FILE, "      bars: met"),
    }


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("add: [beaten_severely]", "[]"),
        ("add: [beaten_severely]", "[harm]"),
        ("remove: [filed_within_one_year]", "[harm]"),
        ("as_of: 2026-11-24", "[bars]"),
    ],
)
def test_flip_whose_key_the_rules_contradict_is_told(exercises, change, key):
    exercises.edit(FILE, "as_of: 2026-11-24\n    key: []", f"{change}\n    key: {key}")

    file, line, what = only_fault(exercises)

    assert (file, line) == (FILE, exercises.line(FILE, f"key: {key}\n    reason: Nothing"))
    assert re.match(r"the key says \[.*\] move, the rules say \[.*\]", what)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("add: [beaten_severely]", "[harm, future_risk, torture]"),
        ("remove: [filed_within_one_year]", "[bars]"),
        ("circuit: none", "[]"),
    ],
)
def test_flip_whose_key_the_rules_confirm_is_sound(exercises, change, key):
    exercises.edit(FILE, "as_of: 2026-11-24\n    key: []", f"{change}\n    key: {key}")

    assert exercises.told() == []


def test_flip_that_removes_what_the_story_does_not_say_is_told(exercises):
    exercises.edit(FILE, "as_of: 2026-11-24\n    key: []", "remove: [is_woman]\n    key: []")

    assert only_fault(exercises)[2] == "'is_woman' is not in the story"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("filed_within_one_year", "filed_after_one_year", id="said outright"),
        pytest.param("did_not_report", "reported_to_authorities", id="in either order"),
        pytest.param("did_not_report", "single_local_report", id="implied"),
    ],
)
def test_facts_of_a_story_that_exclude_each_other_are_told(exercises, first, second):
    exercises.edit(
        FILE, "facts: [expresses_opinion_openly]", f"facts: [expresses_opinion_openly, {first}]"
    )
    exercises.edit(
        FILE,
        "facts: [persecutor_is_armed_forces]",
        f"facts: [persecutor_is_armed_forces, {second}]",
    )

    told = [(file, what) for file, _, what in exercises.told()]

    assert any(
        file == FILE and first in what and "cannot both hold" in what for file, what in told
    ), told


# --- Authorities and explanations ---


@pytest.mark.parametrize(
    ("edits", "name", "where"),
    [
        pytest.param([], "unpublished_v_holder", "2026-11-24 in circuit 9", id="unpublished"),
        pytest.param([], "matter_of_second", "2026-11-24 in circuit 9", id="no longer good law"),
        pytest.param(
            [("as_of: 2026-11-24", "as_of: 2014-08-25")],
            "matter_of_first",
            "2014-08-25 in circuit 9",
            id="not yet good law",
        ),
        pytest.param(
            [('circuit: "9"', 'circuit: "5"')],
            "ninth_v_holder",
            "2026-11-24 in circuit 5",
            id="another circuit",
        ),
        pytest.param(
            [('circuit: "9"', "circuit: null")],
            "ninth_v_holder",
            "2026-11-24 in the nation",
            id="national law alone",
        ),
    ],
)
def test_authority_that_is_not_good_law_there_and_then_is_told(exercises, edits, name, where):
    for old, new in edits:
        exercises.edit(FILE, old, new)
    exercises.edit(
        FILE,
        "misconception: danger_is_enough\n        authorities: [ina_101_a_42_a]\n\n  - id: judge",
        f"misconception: danger_is_enough\n        authorities: [{name}]\n\n  - id: judge",
    )

    assert only_fault(exercises) == (
        FILE,
        exercises.line(FILE, f"authorities: [{name}]"),
        f"'{name}' is not good law on {where}",
    )


def test_flip_may_cite_what_is_good_law_after_the_change(exercises):
    exercises.edit(FILE, "as_of: 2026-11-24\n    key: []", "as_of: 2019-01-01\n    key: []")
    exercises.edit(
        FILE,
        "so nothing moves.\n    authorities: [ina_101_a_42_a]",
        "so nothing moves.\n    authorities: [matter_of_second]",
    )

    assert exercises.told() == []


def test_point_that_no_lesson_teaches_is_told(exercises):
    exercises.edit("lessons.yaml", '["2.4", "2.6"]', '["2.4"]')

    assert only_fault(exercises) == (
        "points.yaml",
        exercises.line("points.yaml", '- {id: "2.6"'),
        "no lesson teaches point 2.6",
    )


def test_lesson_without_its_notebook_is_told(exercises):
    (exercises.notebooks / "00_start_here.ipynb").unlink()

    assert only_fault(exercises) == (
        "lessons.yaml",
        exercises.line("lessons.yaml", "notebook: 00_start_here"),
        "there is no notebook '00_start_here.ipynb'",
    )


def test_lesson_that_is_not_written_yet_is_sound(exercises):
    exercises.edit("lessons.yaml", ", notebook: 00_start_here", "")

    assert exercises.told() == []


# --- Options that give themselves away ---


def test_key_that_stands_out_by_its_length_is_told(exercises):
    exercises.edit(
        FILE, "- text: A political opinion", "- text: A political opinion, whether held or imputed"
    )

    assert only_fault(exercises) == (
        FILE,
        exercises.line(FILE, "    options:"),
        "the right option of 'pick_one' stands out by its length",
    )


def question(n, longest):
    """A single choice whose key is the longest option, or is not."""
    texts = ["aaaa" if longest else "aa", "bbb"]
    options = [
        {"text": texts[0], "credit": 1, "reason": "r", "authorities": ["ina_101_a_42_a"]},
        {
            "text": texts[1],
            "reason": "r",
            "misconception": "danger_is_enough",
            "authorities": ["ina_101_a_42_a"],
        },
    ]
    return {"id": f"q{n}", "kind": "single_choice", "stem": "?", "options": options}


@pytest.mark.parametrize(
    ("longest", "all_", "told"), [(5, 10, True), (4, 10, False), (9, 9, False), (10, 10, True)]
)
def test_share_of_keys_that_are_the_longest_option_is_told(exercises, longest, all_, told):
    """Above two in five, once there are ten such items."""
    case = yaml.safe_load(exercises.read(FILE))
    case["items"] = [question(n, n < longest) for n in range(all_)]
    exercises.write(FILE, yaml.safe_dump(case, sort_keys=False))

    found = [
        f"the right option is the longest in {longest} of {all_} items" in what
        for _, _, what in exercises.told()
    ]

    assert found == ([True] if told else [])
    assert cases.LONGEST_SHARE == 0.4
