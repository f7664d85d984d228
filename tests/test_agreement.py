"""The measure of the rules: what courts and the Board decided, element by element."""

import json

import pytest

from asylum_teach import check, cli


@pytest.fixture
def measured(capsys):
    """What ``check --decisions --json`` prints for a folder."""

    def run(*arguments):
        cli.main(["check", "--decisions", "--json", *map(str, arguments)])
        return json.loads(capsys.readouterr().out)

    return run


def test_numbers_follow_from_the_rows(measured, kit_content):
    told = measured()
    rows = told["rows"]
    expected = [
        (each.id, element, status.value)
        for each in kit_content.decisions.values()
        for element, status in each.outcomes.items()
    ]

    assert list(told) == ["elements", "agree", "share", "rows"]
    assert [(r["decision"], r["element"], r["expected"]) for r in rows] == expected
    assert all(list(row) == ["decision", "element", "expected", "got", "rule"] for row in rows)
    assert told["elements"] == len(rows)
    assert told["agree"] == sum(row["expected"] == row["got"] for row in rows)
    assert told["share"] == pytest.approx(told["agree"] / told["elements"], abs=1e-4)


def test_rule_that_is_named_is_the_one_that_decides(measured, law):
    rules = {rule.id: rule for element in law.elements.values() for rule in element.rules}

    for row in measured()["rows"]:
        if row["rule"] is None:
            assert row["got"] == "arguable"
        elif row["rule"] in rules:
            assert rules[row["rule"]].status.value == row["got"]


def test_decision_that_the_rules_contradict_lowers_the_share(measured, exercises):
    agreed = measured("--exercises", exercises.folder)
    exercises.edit("decisions/held.yaml", "{nexus: met}", "{nexus: not_met}")

    contradicted = measured("--exercises", exercises.folder)

    assert (agreed["agree"], agreed["share"]) == (1, 1)
    assert (contradicted["agree"], contradicted["share"]) == (0, 0)
    assert contradicted["rows"][0]["expected"] == "not_met"


def test_decision_is_judged_by_the_law_of_its_own_day(exercises):
    """One of the years before the authority began finds no rule."""
    exercises.edit("decisions/held.yaml", '"2010-05-01"', '"2010-04-30"')
    report = exercises.check()

    (row,) = check.agreement(report.content)

    assert (row.rule, row.got.value) == (None, "arguable")


def test_words_say_where_rules_and_decision_differ(exercises, capsys):
    exercises.edit("decisions/held.yaml", "{nexus: met}", "{nexus: not_met}")

    cli.main(["check", "--decisions", "--exercises", str(exercises.folder)])

    said = capsys.readouterr().out
    assert "held, nexus: decided not_met, the rules say met" in said
    assert "0 of 1 elements agree." in said
