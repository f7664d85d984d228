"""The training record: by stated rules, from sealed answers alone, and never more than it is."""

import json
from dataclasses import replace

import pytest

from asylum_teach.guidance import fold, training_record
from asylum_teach.models import CRITICAL_ERRORS
from tests.learners import DAY, NOON, attempt, course, everything_right


@pytest.fixture(scope="module")
def content(small):
    return course(small)


@pytest.fixture(scope="module")
def right(content):
    """A record of somebody who did everything right, a minute a question."""
    return everything_right(content, seconds=60)


def body(content, record, now=NOON):
    return training_record(
        fold(record, content),
        content,
        name="José Ñandú",
        provider="A clinic",
        kit="0.1.0",
        now=now,
    )


def met(content, record, now=NOON):
    return [rule["met"] for rule in body(content, record, now)["rules"]]


def test_whoever_did_everything_right_is_ready(content, right):
    made = body(content, right)

    assert made["ready"]
    assert (made["began"], made["ended"], made["minutes"]) == ("2026-01-01", "2026-01-01", 24)
    assert (made["name"], made["provider"], made["kit"]) == ("José Ñandú", "A clinic", "0.1.0")
    assert (made["law_as_of"], made["issued"]) == ("2026-11-24", "2026-01-01")


def test_nobody_is_ready_who_did_nothing(content):
    made = body(content, [])

    assert (made["ready"], made["began"], made["ended"], made["minutes"]) == (False, "", "", 0)
    assert met(content, []) == [False, False, True, False]


def test_topics_say_what_they_teach_and_how_far_they_were_answered(content, right):
    first = body(content, [a for a in right if a.case != "first-0"])["topics"][0]

    assert first == {
        "lesson": "First",
        "number": 1,
        "answered": 6,
        "of": 8,
        "right": 6,
        "points": ["The fear must connect to a ground."],
    }


def without(record, count):
    """The record without some answers to the lessons before the capstone."""
    skipped = [a for a in record if a.lesson != "capstone"][:count]
    return [a for a in record if a not in skipped]


def wrong_in_the_capstone(record, count):
    """The record with some first answers of no credit, made good the next day."""
    asks = [a for a in record if a.lesson == "capstone" and a.item == "ask"][:count]
    firsts = [replace(a, response="job", at=NOON - DAY) for a in asks]
    return [*firsts, *record]


@pytest.mark.parametrize(
    ("spoil", "rules"),
    [
        pytest.param(lambda r: without(r, 3), [True] * 4, id="13 of 16 answered"),
        pytest.param(lambda r: without(r, 4), [False, True, True, True], id="12 of 16 answered"),
        pytest.param(lambda r: wrong_in_the_capstone(r, 2), [True] * 4, id="75% on first tries"),
        pytest.param(
            lambda r: wrong_in_the_capstone(r, 3),
            [True, True, True, False],
            id="62% on first tries",
        ),
        pytest.param(
            lambda r: [a for a in r if a.lesson != "capstone"],
            [True, True, True, False],
            id="no capstone",
        ),
        pytest.param(
            lambda r: [a for a in r if a.lesson != "capstone" or a.item == "ask"],
            [True, True, True, False],
            id="half a capstone",
        ),
        pytest.param(
            lambda r: [*r, attempt(response="fair", at=NOON + DAY)],
            [True, False, True, True],
            id="elements started over",
        ),
        pytest.param(
            lambda r: [attempt(response="leading", at=NOON - DAY), *r], [True] * 4, id="made good"
        ),
        pytest.param(
            lambda r: [*r, attempt(response="leading")], [True, True, False, True], id="left open"
        ),
    ],
)
def test_each_rule_is_told_apart(content, right, spoil, rules):
    made = body(content, spoil(right))

    assert [rule["met"] for rule in made["rules"]] == rules
    assert made["ready"] == all(rules)


def test_element_whose_review_is_due_is_not_held(content, right):
    assert met(content, right, NOON + 99 * DAY) == [True, False, True, True]


def test_what_was_found_is_told_with_each_rule(content, right):
    found = [rule["found"] for rule in body(content, without(right, 4))["rules"]]

    assert found == [
        "12 of 16 are answered.",
        "All are held.",
        "None is open.",
        "They earn 100.0%; 8 of 8 are answered.",
    ]


def test_critical_errors_are_named_however_much_was_right(content, right):
    made = body(content, [attempt(response="leading", at=NOON - DAY), *right])

    assert made["critical_errors"] == [
        {"sentence": CRITICAL_ERRORS["leads_the_client"], "times": 1, "open": False}
    ]


def test_answers_of_an_edited_file_prove_nothing(content, right):
    """The server folds sealed attempts alone; what is left of an edited file is nothing."""
    edited = [replace(each, sealed=False) for each in right]

    assert not body(content, [each for each in edited if each.sealed])["ready"]


def test_how_sure_a_learner_was_never_enters(content, right):
    said = [replace(each, confidence=1 + n % 3) for n, each in enumerate(right)]

    assert body(content, said) == body(content, right)


def test_wrong_clock_never_dates_a_record_after_its_issue(content, right):
    later = [*right, attempt(at=NOON + 3650 * DAY)]

    assert body(content, later)["ended"] == "2026-01-01"


def test_words_are_those_of_the_kit(content, right):
    text = json.dumps(body(content, right)).lower()

    assert "no accreditation" in text
    assert [word for word in ("qualified", "certified", "certificate") if word in text] == []
