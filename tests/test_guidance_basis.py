"""What an answer rests on, and how a learner is told that the law changed since."""

import json
from dataclasses import replace

import pytest

from asylum_teach import content as contents
from asylum_teach.bundle import decode, encode
from asylum_teach.guidance import (
    basis_of,
    digest_of,
    fold,
    from_json,
    start,
    summary,
    to_json,
    what_changed,
)
from asylum_teach.law import assess
from asylum_teach.models import Content, Flip, Status
from tests.learners import ASK, JUDGE, NOON, attempt, course

STATUTE = "{since: '1980-04-01'}"


@pytest.fixture
def told(small, exercises):
    """What a learner is told of an item after an edit of the small content."""

    def tell(item, *edits, case="base"):
        for edit in edits:
            exercises.edit(*edit)
        new = contents.read(exercises.folder)
        return what_changed(basis_of(small, case, item), basis_of(new, case, item), new)

    return tell


AUTHORITIES = "law/authorities.yaml"
BASE = "cases/base.yaml"


def test_nothing_changed_and_nothing_is_told(told):
    assert [told(item) for item in ("pick_one", "judge", "flip", "order")] == [()] * 4


@pytest.mark.parametrize("item", ["pick_one", "judge", "order"])
def test_overruled_authority_is_named_with_its_day(told, item):
    """An element assessment rests on the authorities of its findings, though it names none."""
    overruled = (AUTHORITIES, STATUTE, "{since: '1980-04-01', until: '2026-11-25'}")

    assert told(item, overruled) == ("The statute stopped being good law on 25 November 2026.",)


def test_authority_that_comes_back_is_named_with_its_day(told):
    again = "'2021-06-16', ended_by: matter_of_first}\n  - {since: '2026-11-20'}"
    cites = (BASE, "authorities: [ina_101_a_42_a]", "authorities: [matter_of_second]")
    edit = (AUTHORITIES, "'2021-06-16', ended_by: matter_of_first}", again)

    assert told("pick_one", cites, edit) == (
        "The question, its options or the reasons given were rewritten.",
        "Matter of Second now bears on this.",
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (("2018-06/",), ("2018-06/2020-01",), "stopped being good law on January 2020."),
        (
            ("2018-06/2020",),
            ("2018-06/2020", "2021-06-16/"),
            "is good law again since 16 June 2021.",
        ),
        (("2018/",), (), "stopped being good law."),
        (("/2020",), ("/",), "is good law again."),
    ],
)
def test_turn_of_an_authority_in_words(small, old, new, sentence):
    was = replace(basis_of(small, "base", "pick_one"), authorities={"matter_of_first": old})
    now = replace(was, authorities={"matter_of_first": new})

    assert what_changed(was, now, small) == (f"Matter of First {sentence}",)


def test_corrected_dates_are_no_turn(told):
    corrected = (AUTHORITIES, STATUTE, "{since: '1980-04-02'}")

    assert told("pick_one", corrected) == (
        "The time in which The statute was good law was corrected.",
    )


def test_authority_that_is_no_longer_cited_is_named(small):
    was = basis_of(small, "base", "pick_one")

    assert what_changed(was, replace(was, authorities={}), small) == (
        "The statute no longer bears on this.",
    )


def test_changed_story_is_told_and_so_is_the_key_that_follows(told):
    late = (BASE, "filed_within_one_year", "filed_after_one_year")

    assert told("judge", late, (BASE, "bars: met", "bars: not_met")) == ("The story changed.",)
    assert told("judge", (BASE, "      bars: met", "      bars: not_met")) == (
        "The story changed.",
        "The right answer changed.",
    )


def test_day_and_circuit_of_the_case_are_told(told):
    moved = [
        (BASE, "as_of: 2026-11-24", "as_of: 2026-11-23"),
        (BASE, 'circuit: "9"', 'circuit: "2"'),
    ]

    assert told("pick_one", *moved) == (
        "The day on which the case is judged changed.",
        "The circuit whose law counts changed.",
    )


def test_new_key_of_a_choice_is_told(told):
    new_key = [
        (BASE, "- text: Danger\n", "- text: Danger\n        credit: 1\n"),
        (BASE, "        misconception: danger_is_enough\n", ""),
    ]

    assert told("pick_several", *new_key) == ("The right answer changed.",)


def test_rewritten_reason_is_told(told):
    rewritten = (BASE, "A job is not one of the five.", "A job alone is not one of the five.")

    assert told("pick_one", rewritten) == (
        "The question, its options or the reasons given were rewritten.",
    )


@pytest.mark.parametrize("beside", ["hints: [Look.]", "elements: [ground]", "ask_confidence: true"])
def test_what_stands_beside_an_item_does_not_count(told, beside):
    kind = "kind: single_choice\n"

    assert told("pick_one", (BASE, kind, f"{kind}    {beside}\n")) == ()


def test_decision_rests_on_its_authority(told):
    overruled = (AUTHORITIES, "in_force: [{since: '2010-05-01'}]", "in_force: []")

    assert told("held", overruled, case="held") == ("Ninth v. Holder stopped being good law.",)


def test_flip_rests_on_what_is_found_after_its_change(kit_content):
    """Where that changes, the prediction that was right then may be wrong now."""
    for case in kit_content.cases.values():
        for item in case.items:
            if isinstance(item, Flip):
                facts, day, circuit = case.flipped(item.change)
                after = assess(kit_content.law, facts, as_of=day, circuit=circuit).findings
                basis = basis_of(kit_content, case.id, item.id)

                assert basis.key == {e: after[e].status for e in item.key}
                assert {a for e in item.key for a in after[e].authorities} <= {*basis.authorities}


def test_item_that_is_gone_has_no_basis(small):
    with pytest.raises(KeyError):
        basis_of(small, "base", "gone")


def test_every_basis_of_the_kit_comes_back_from_json(kit_content):
    bases = [
        basis_of(kit_content, case.id, item.id)
        for case in kit_content.cases.values()
        for item in case.items
    ]

    assert [from_json(to_json(basis)) for basis in bases] == bases


def test_digest_is_the_same_for_content_that_was_compiled(kit_content):
    """It stands with every attempt, so it may not depend on how the content was loaded."""
    compiled = decode(Content, json.loads(json.dumps(encode(kit_content))))
    items = [(case.id, item.id) for case in kit_content.cases.values() for item in case.items]
    asked = [*items, *((each, each) for each in kit_content.decisions)]

    digests = [
        [digest_of(basis_of(content, *each)) for each in asked]
        for content in (kit_content, compiled)
    ]

    assert digests[0] == digests[1]
    assert {len(digest) for digest in digests[0]} == {16}
    assert len(set(digests[0])) == len(asked)


# --- Changed since it was answered ---


def answered(content, item, response, credit):
    basis = digest_of(basis_of(content, "first-0", item))
    return attempt("first-0", item, response, credit=credit, basis=basis)


def test_learner_is_told_what_changed_with_the_credit_then_and_now(small):
    old = course(small)
    record = [answered(old, "judge", {"bars": "met", "harm": "not_met"}, 1.0)]
    key = {"bars": Status.MET, "harm": Status.MET}
    new = course(small, items=(ASK, replace(JUDGE, key=key)))

    (changed,) = summary(fold(record, new), new, NOON).changed

    assert (changed.case, changed.item, changed.title) == ("first-0", "judge", "first 0")
    assert (changed.then, changed.now, changed.basis) == (1, 0.5, record[0].basis)


def test_learner_is_not_told_of_what_stayed(small):
    content = course(small)
    record = [answered(content, "judge", {"bars": "met", "harm": "met"}, 0.5)]

    assert summary(fold(record, content), content, NOON).changed == ()


def test_answer_of_an_unknown_basis_is_not_called_changed(small):
    content = course(small)

    assert summary(fold([attempt()], content), content, NOON).changed == ()
    assert summary(start(), content, NOON).changed == ()


def test_what_earns_other_credit_now_is_told_first(small):
    old = course(small)
    record = [
        answered(old, "ask", "open", 1.0),
        answered(old, "judge", {"bars": "met", "harm": "met"}, 0.5),
    ]
    key = {"bars": Status.MET, "harm": Status.MET}
    new = course(small, items=(replace(ASK, stem="And what do you ask?"), replace(JUDGE, key=key)))

    assert [c.item for c in summary(fold(record, new), new, NOON).changed] == ["judge", "ask"]
