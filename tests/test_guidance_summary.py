"""What the start page tells: where to go on, what is due, how sure, what is mixed up."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.bundle import encode
from asylum_teach.guidance import Due, fold, review, start, summary
from asylum_teach.guidance.review import interleaved
from asylum_teach.models import CRITICAL_ERRORS, ELEMENTS
from tests.learners import ASK, CASES, DAY, JUDGE, NOON, attempt, course, everything_right

HERE = {"lesson": "first"}


@pytest.fixture(scope="module")
def content(small):
    return course(small)


def told(content, record, now=NOON):
    return summary(fold(record, content), content, now)


def finished(content, *lessons):
    return [each for each in everything_right(content) if each.lesson in lessons]


# --- Where to go on ---


@pytest.mark.parametrize(
    ("record", "place"),
    [
        pytest.param([], ("first", "", ""), id="a new learner begins at the beginning"),
        pytest.param([attempt(**HERE)], ("first", "first-0", "judge"), id="the next of the case"),
        pytest.param(
            [attempt("first-0", "judge", **HERE)],
            ("first", "first-0", "ask"),
            id="what was left out before",
        ),
        pytest.param(
            [attempt(**HERE), attempt("first-0", "judge", **HERE)],
            ("first", "first-0", "judge"),
            id="the end of a case",
        ),
        pytest.param(
            [attempt("second-1", lesson="second"), attempt("first-2", **HERE)],
            ("first", "first-2", "judge"),
            id="the lesson of the last answer",
        ),
        pytest.param(
            [attempt("second-1", lesson="second"), attempt("first-2")],
            ("second", "second-1", "judge"),
            id="the lesson before a review, which belongs to none",
        ),
        pytest.param(
            [attempt("first-2", lesson="second")],
            ("second", "", ""),
            id="a lesson that asks about a case of another",
        ),
        pytest.param(
            [attempt("first-2", at=NOON + 3650 * DAY, **HERE), attempt("first-1", **HERE)],
            ("first", "first-1", "judge"),
            id="the clock was set back",
        ),
        pytest.param([attempt(lesson="gone")], ("first", "first-0", "judge"), id="lesson is gone"),
    ],
)
def test_learner_goes_on_where_they_stopped(content, record, place):
    go_on = told(content, record).go_on

    assert (go_on.lesson, go_on.case, go_on.item) == place


def test_what_follows_the_last_answer_comes_before_what_was_left_out(small):
    content = course(small, items=(replace(JUDGE, id="left_out"), ASK, JUDGE))

    assert told(content, [attempt(**HERE)]).go_on.item == "judge"


@pytest.mark.parametrize(
    ("lessons", "lesson"),
    [(("first",), "second"), (("second",), "capstone"), (("first", "capstone"), "second")],
)
def test_after_a_finished_lesson_the_next_unfinished_one_comes(content, lessons, lesson):
    go_on = told(content, finished(content, *lessons)).go_on

    assert (go_on.lesson, go_on.notebook) == (lesson, content.lessons[lesson].notebook)


def test_nothing_is_left_when_all_is_answered(content):
    assert told(content, everything_right(content)).go_on is None


# --- How far ---


def test_lessons_points_and_decisions_are_counted(content):
    record = [
        attempt(),
        attempt("first-1", response="job"),
        attempt("second-0"),
        attempt("held", "held", {"nexus": "met"}),
        attempt("gone", "gone"),
    ]

    progress = told(content, record)

    assert {k: (c.answered, c.of, c.right) for k, c in progress.lessons.items()} == {
        "first": (2, 2 * CASES, 1),
        "second": (1, 2 * CASES, 1),
        "capstone": (0, 2 * CASES, 0),
    }
    assert (progress.points["2.4"].answered, progress.points["2.6"].of) == (3, 0)
    assert (progress.decisions.answered, progress.decisions.of) == (1, 1)
    assert progress.answered == 4


def test_every_element_is_told_in_its_order(content):
    elements = told(content, [attempt(), attempt("first-1")]).elements

    assert [each.element for each in elements] == list(ELEMENTS)
    assert {e.element: (e.mastery, e.in_a_row) for e in elements}["nexus"] == ("practising", 2)
    assert {e.element: e.mastery for e in elements}["harm"] == "new"


def test_summary_goes_through_json(content):
    record = [attempt(response="leading", confidence=3), attempt("first-1", response="leading")]

    text = json.dumps(encode(told(content, record, NOON + DAY)))

    assert CRITICAL_ERRORS["leads_the_client"] in text


# --- Due ---


def test_wrong_answer_is_due_the_next_day_and_a_right_one_later(content):
    standing = fold([attempt(response="job"), attempt("first-1")], content)

    due = [[d.case for d in review(standing, content, NOON + n * DAY)] for n in (0, 1, 9)]

    assert due == [[], ["first-0"], ["first-0", "first-1"]]


def test_next_review_is_announced(content):
    progress = told(content, [attempt(response="job"), attempt("first-1")])

    assert (progress.due, progress.next_due) == ((), NOON + DAY)
    assert told(content, []).next_due is None


def test_review_takes_those_that_waited_longest(content):
    record = [
        replace(each, at=NOON + timedelta(hours=n), response="job")
        for n, each in enumerate(a for a in everything_right(content) if a.item == "ask")
    ]

    due = review(fold(record, content), content, NOON + 9 * DAY, limit=5)

    assert {d.case for d in due} == {a.case for a in record[:5]}


def test_item_that_is_gone_is_never_due(content):
    assert told(content, [attempt("gone", "gone", credit=0.0)], NOON + 99 * DAY).due == ()


@pytest.fixture(scope="module")
def long_known(content):
    """Items that are known for months, and an element that started over by a hint today."""
    days = (0, 4, 20, 60, 160)
    known = [attempt(f"first-{n}", at=NOON + d * DAY) for d in days for n in (0, 1, 2)]
    helped = [attempt("first-3", at=NOON + d * DAY, hints=d // 160) for d in days]
    return fold(sorted([*helped, *known], key=lambda each: each.at), content)


def test_element_that_is_due_brings_an_item_of_its_own(content, long_known):
    """None of its items would be due for weeks, and the element could not become firm."""
    due = long_known.elements["nexus"].due

    reviews = [review(long_known, content, day) for day in (due - DAY, due)]

    assert [[each.case for each in found] for found in reviews] == [[], ["first-3"]]


def test_element_that_is_due_brings_no_item_whose_key_was_shown_today(content, long_known):
    due = long_known.elements["nexus"].due
    new_today = attempt("second-0", at=due - timedelta(hours=1))

    (found,) = review(fold([new_today], content, long_known), content, due)

    assert found.case == "first-3"


def due(lesson, n):
    return Due(case=f"{lesson}{n}", item="i", title="", lesson=lesson, due=NOON + n * DAY)


@given(st.lists(st.sampled_from("abcd"), max_size=14))
def test_neighbors_are_of_different_lessons_where_it_can_be_helped(lessons):
    items = [due(lesson, n) for n, lesson in enumerate(lessons)]

    mixed = interleaved(items)

    most = max(map(lessons.count, lessons), default=0)
    neighbors = sum(one.lesson == other.lesson for one, other in pairwise(mixed))
    assert neighbors == max(0, most - (len(lessons) - most) - 1)
    assert sorted(mixed, key=lambda d: d.due) == items
    for lesson in set(lessons):
        assert [d for d in mixed if d.lesson == lesson] == [d for d in items if d.lesson == lesson]


# --- How sure, what is mixed up, what would hurt ---


def test_calibration_says_nothing_of_fewer_than_five_answers(content):
    asks = [each for each in everything_right(content) if each.item == "ask"]
    record = [
        *(replace(each, confidence=3) for each in asks[:4]),
        replace(asks[4], confidence=3, response="job"),
        *(replace(each, confidence=1) for each in asks[5:9]),
    ]

    sure = told(content, record).calibration

    assert [(s.confidence, s.answers, s.share) for s in sure] == [
        (1, 4, None),
        (2, 0, None),
        (3, 5, 0.8),
    ]


def test_misconception_is_told_when_it_was_met_twice(content):
    once = [attempt(response="job")]
    twice = [*once, attempt("first-1", response="job")]
    half = [*twice, attempt(at=NOON + DAY)]
    cleared = [*half, attempt("first-1", at=NOON + DAY)]

    seen = [told(content, record).misconceptions for record in (once, twice, half, cleared)]

    assert seen[0] == ()
    assert [each[0].cleared for each in seen[1:]] == [False, False, True]
    assert (seen[1][0].text, seen[1][0].times, seen[1][0].items) == ("A job is a ground.", 2, 2)


def test_critical_error_is_told_in_words_and_stays_open_until_made_good(content):
    made = [attempt(response="leading"), attempt(response="leading", at=NOON + DAY)]
    good = [*made, attempt(at=NOON + 2 * DAY)]

    (still,), (past,) = (told(content, record).critical_errors for record in (made, good))

    assert (still.sentence, still.times, still.open) == (
        CRITICAL_ERRORS["leads_the_client"],
        2,
        True,
    )
    assert (past.times, past.open) == (2, False)


def test_item_that_is_gone_keeps_no_critical_error_open(content):
    """It can never be answered again."""
    record = [attempt("gone", "gone", critical_error="promises_outcome", credit=0.0)]

    (error,) = told(content, record).critical_errors

    assert (error.times, error.open) == (1, False)


def test_new_learner_has_nothing_due_and_nothing_wrong(content):
    progress = summary(start(), content, NOON)

    assert (progress.due, progress.misconceptions, progress.critical_errors) == ((), (), ())
    assert (progress.answered, progress.minutes) == (0, 0)


def test_kit_has_a_place_for_every_item(kit_content):
    """Answered by its key, all of the course is finished and every element is held."""
    progress = told(kit_content, everything_right(kit_content))

    assert progress.go_on is None
    assert all(count.answered == count.of == count.right for count in progress.lessons.values())
    assert {each.mastery for each in progress.elements} == {"held"}
