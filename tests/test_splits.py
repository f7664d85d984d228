"""Where the courts differ: every split is shown on a case, or says why it is not."""

import re

import pytest

from asylum_teach import kit
from asylum_teach.law import assess
from asylum_teach.lesson import Lesson

FILE = "law/splits.yaml"
WHY_NOT = "  not_shown: The made-up law is too small for it.\n"
SHOWN = (
    "  shown: {case: base, element: nexus, circuits: ['9', '5'], add: [words_named_the_reason]}\n"
)


def test_split_without_a_case_says_why(exercises):
    exercises.edit(FILE, WHY_NOT, "")

    assert exercises.told() == [
        (FILE, 1, "the split 'words' is shown on no case and does not say why")
    ]


def test_empty_reason_is_none(exercises):
    exercises.edit(FILE, WHY_NOT, "  not_shown: ' '\n")

    ((_, _, what),) = exercises.told()

    assert "does not say why" in what


def test_split_is_shown_or_says_why_not_both(exercises):
    exercises.edit(FILE, WHY_NOT, WHY_NOT + SHOWN)

    ((_, _, what),) = exercises.told()

    assert "is shown on a case and also says why it is not" in what


def test_case_that_comes_out_alike_shows_nothing(exercises):
    exercises.edit(FILE, WHY_NOT, SHOWN.replace(", add: [words_named_the_reason]", ""))

    ((_, _, what),) = exercises.told()

    assert "comes out alike" in what


# --- The kit's own splits ---


def test_every_split_of_the_kit_is_shown_once_in_the_lesson(kit_content):
    """The page on where courts differ leaves none out, and shows none that the data has not."""
    source = (kit.folder("notebooks") / "where_courts_differ.ipynb").read_text("utf-8")

    assert sorted(re.findall(r'lesson\.split\(\\"(\w+)\\"\)', source)) == sorted(kit_content.splits)


def test_difference_is_the_splits_own(kit_content):
    """In each circuit an authority of the split decides; else the case would teach something else.

    For withholding the second circuit decides by the rule for asylum: it asks the same of both.
    """
    law, strangers = kit_content.law, []
    for split in kit_content.splits.values():
        if split.shown:
            facts = kit_content.cases[split.shown.case].facts
            facts = facts - set(split.shown.remove) | set(split.shown.add)
            named = {a for side in split.sides for a in side.authorities}
            for circuit in split.shown.circuits:
                found = assess(law, facts, as_of=kit_content.law_as_of, circuit=circuit)
                if not named & set(found.findings[split.shown.element].authorities):
                    strangers.append((split.id, circuit))

    assert strangers == [("withholding_nexus", "2")]


# What a reason for showing no case says, told by the engine.
ALIKE = [
    ("packages-on-the-route", "torture", ["risks_from_several_sources"], "arguable", ["5", "9"]),
    ("packages-on-the-route", "torture", ["risk_rests_on_a_chain"], "not_met", ["5", "9"]),
    ("housekeeper-from-the-mountains", "harm", [], "not_met", ["1", "9", "10"]),
    (
        "housekeeper-from-the-mountains",
        "harm",
        ["beaten", "incidents_add_up"],
        "met",
        ["1", "9", "10"],
    ),
    ("couple-in-the-tomato-fields", "future_risk", [], "not_met", ["1", "9"]),
    (
        "couple-in-the-tomato-fields",
        "future_risk",
        ["singled_out_to_some_degree"],
        "arguable",
        ["1", "9"],
    ),
]


@pytest.mark.parametrize(("case", "element", "adding", "status", "circuits"), ALIKE)
def test_reasons_for_showing_no_case_are_true(kit_content, case, element, adding, status, circuits):
    facts = kit_content.cases[case].facts | set(adding)
    for circuit in circuits:
        assessment = assess(kit_content.law, facts, as_of=kit_content.law_as_of, circuit=circuit)
        assert assessment.findings[element].status == status, circuit


def test_nothing_recalled_and_not_confirmed_is_kept(kit_content):
    for split in kit_content.splits.values():
        told = " ".join([split.teaching_point, split.not_shown, *(s.view for s in split.sides)])
        assert "recalled" not in told
        assert "not confirmed here" not in told


@pytest.fixture
def shown(kit_content):
    """What each split shows, by its id."""
    lesson = Lesson("where_courts_differ", content=kit_content)
    return {split: lesson.split(split) for split in kit_content.splits}


def test_view_of_the_agency_or_the_supreme_court_names_its_holder(shown):
    assert "- The Attorney General: Most nuclear families" in repr(shown["family_as_group"])
    assert "- The Board: No: an imputed group" in repr(shown["imputed_gang_membership"])
    assert "- The Supreme Court: With respect" in repr(shown["review_of_persecution"])
    assert "- Before that, some courts" in repr(shown["review_of_persecution"])


def test_story_of_the_case_is_a_tap_away(shown, kit_content):
    for split in kit_content.splits.values():
        html = shown[split.id].html
        if split.shown:
            assert "Read the story" in html
            assert kit_content.cases[split.shown.case].content_note in html
            assert "No case shows it. " not in html
        else:
            assert "No case shows it. " in html
