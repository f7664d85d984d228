"""Where a learner stands: folded attempt by attempt, bounded, and honest about what it proves."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from fsrs import Rating
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.guidance import fold, standing_from_json, standing_to_json, start
from asylum_teach.guidance.mastery import Row, lengthened, mastery
from asylum_teach.guidance.memory import is_due, rating_of, reviewed
from asylum_teach.models import elements_of
from asylum_teach.scoring import key_of
from tests import strategies as make
from tests.learners import ASK, CASES, DAY, JUDGE, LESSONS, NOON, attempt, course, everything_right


@pytest.fixture(scope="module")
def content(small):
    return course(small)


def rows(content, attempts):
    """How many clean answers in a row each element has."""
    return {e: len(row.cases) for e, row in fold(attempts, content).elements.items()}


# --- Folding ---

times = st.integers(-3, 30 * 24).map(lambda hours: NOON + timedelta(hours=hours))
cases = st.sampled_from([*(f"{lesson}-{n}" for lesson in LESSONS for n in range(CASES)), "gone"])
responses = {
    "ask": st.sampled_from([option.id for option in ASK.options]) | make.junk,
    "judge": st.fixed_dictionaries({"bars": make.statuses, "harm": make.statuses}) | make.junk,
    "held": st.fixed_dictionaries({"nexus": make.statuses}),
    "gone": make.junk,
}


@st.composite
def attempts(draw):
    """Anything that a store may hold: items that are gone, responses that fit no more."""
    item = draw(st.sampled_from([*responses]))
    return attempt(
        "held" if item == "held" else draw(cases),
        item,
        draw(responses[item]),
        credit=draw(st.sampled_from([0.0, 0.5, 1.0])),
        at=draw(times),
        hints=draw(st.integers(0, 2)),
        confidence=draw(st.sampled_from([None, 1, 2, 3])),
        critical_error=draw(st.sampled_from(["", "leads_the_client", "made_up"])),
        seconds=draw(st.integers(0, 2_000)),
        lesson=draw(st.sampled_from(["", *LESSONS])),
        basis=draw(st.sampled_from(["", "0123456789abcdef"])),
        sealed=draw(st.booleans()),
    )


@given(st.lists(attempts(), max_size=40), st.integers(0, 40))
def test_folding_on_from_a_kept_standing_is_folding_at_once(content, record, cut):
    kept = standing_to_json(fold(record[:cut], content))

    assert fold(record[cut:], content, standing_from_json(kept)) == fold(record, content)


def test_standing_does_not_grow_with_the_attempts(content):
    once = everything_right(content)
    often = [
        replace(each, at=NOON + n * DAY, response=answer)
        for n, each in zip(range(10_000), itertools.cycle(once), strict=False)
        for answer in [each.response if n % 3 or each.item != "ask" else "leading"]
    ]

    small, big = (len(standing_to_json(fold(record, content))) for record in (once, often))

    assert big <= 1.3 * small


def test_standing_of_another_format_is_refused():
    body = json.loads(standing_to_json(start()))

    with pytest.raises(ValueError, match="fold it anew"):
        standing_from_json(json.dumps({**body, "format": 0}))


def test_item_knows_its_first_and_last_credit_and_its_tries(content):
    record = [attempt(response="job"), attempt(response="fair"), attempt(at=NOON + DAY)]

    tried = fold(record, content).items["first-0/ask"]

    assert (tried.tries, tried.first, tried.credit, tried.at) == (3, 0, 1, NOON + DAY)


def test_page_left_open_counts_ten_minutes(content):
    record = [attempt(seconds=30), attempt(seconds=9_000)]

    assert fold(record, content).seconds == 630


# --- Rescored by the content of today ---


def test_credit_is_by_the_key_of_today(small):
    """An answer given under an old key earns what the new one gives."""
    record = [attempt(response="fair", credit=0.5), attempt("first-1", response="open", credit=1)]
    good, fair, *others = ASK.options
    turned = (replace(good, credit=0), replace(fair, credit=1), *others)

    standing = fold(record, course(small, items=(replace(ASK, options=turned), JUDGE)))

    first, second = standing.items["first-0/ask"], standing.items["first-1/ask"]
    assert (first.stored, first.credit) == (0.5, 1)
    assert (second.stored, second.credit) == (1, 0)


def test_response_that_no_longer_fits_keeps_its_credit(content):
    standing = fold([attempt(response="an option of old", credit=1.0)], content)

    assert standing.items["first-0/ask"].credit == 1
    assert standing.elements["nexus"] == Row(cases=("first-0",))


def test_item_that_is_gone_moves_no_element(content):
    standing = fold([attempt("gone", "gone", "x", credit=1.0, seconds=60)], content)

    assert standing.items["gone/gone"].credit == 1
    assert (standing.elements, standing.seconds) == ({}, 60)


def test_file_cannot_fill_a_standing_with_items_that_never_were(content):
    made_up = [attempt(f"made-up-{n}", "x", sealed=False) for n in range(100)]

    assert fold(made_up, content) == start()


# --- Mastery ---

WRONG = {"response": "fair"}
ROW = [attempt("first-0"), attempt("first-1"), attempt("first-2")]


@pytest.mark.parametrize(
    ("record", "level"),
    [
        pytest.param([], "new", id="no attempt"),
        pytest.param([attempt(**WRONG)], "practising", id="one wrong"),
        pytest.param(ROW[:2], "practising", id="two right"),
        pytest.param(ROW, "held", id="three right in three cases"),
        pytest.param(
            [attempt(at=NOON + n * DAY) for n in range(3)], "practising", id="same case three days"
        ),
        pytest.param([*ROW[:2], attempt("first-1"), ROW[2]], "held", id="third case comes later"),
        pytest.param([attempt("second-0", **WRONG), *ROW], "held", id="wrong before"),
        pytest.param([*ROW, attempt("second-0", **WRONG)], "practising", id="wrong after"),
        pytest.param(
            [*ROW[:2], attempt("second-0", **WRONG), ROW[2]], "practising", id="wrong between"
        ),
        pytest.param([*ROW[:2], attempt("first-2", hints=1)], "practising", id="with a hint"),
        pytest.param([*ROW, attempt("first-3", hints=1)], "practising", id="a hint later"),
        pytest.param(
            [*ROW[:2], attempt("first-2", response="leading")],
            "practising",
            id="would hurt a client",
        ),
        pytest.param(
            [*ROW, attempt("first-0", **WRONG)], "held", id="wrong, but the key was just shown"
        ),
        pytest.param(
            [*ROW[:2], attempt("first-2", **WRONG), attempt("first-2")],
            "practising",
            id="right, but the key was just shown",
        ),
        pytest.param(
            [attempt(f"first-{n}", confidence=1) for n in range(3)], "held", id="how sure is apart"
        ),
    ],
)
def test_mastery_takes_three_clean_answers_in_a_row_on_different_cases(content, record, level):
    row = fold(record, content).elements.get("nexus")

    assert mastery(row, NOON) == level


DUE = reviewed(None, Rating.Good, NOON).due


@pytest.mark.parametrize(
    ("later", "now", "level"),
    [
        pytest.param([], DUE - DAY, "held", id="before it is due"),
        pytest.param([], DUE, "due", id="as it falls due"),
        pytest.param([], DUE + 9 * DAY, "due", id="after it"),
        pytest.param([attempt("first-3", at=DUE - DAY)], DUE, "due", id="practiced early"),
        pytest.param([attempt("first-3", at=DUE)], DUE, "firm", id="right again"),
        pytest.param([attempt("first-0", at=DUE)], DUE, "firm", id="right again on a case of old"),
        pytest.param([attempt("first-3", at=DUE)], DUE + 99 * DAY, "firm", id="and stays so"),
        pytest.param(
            [attempt("first-3", at=DUE), attempt("first-1", at=NOON - DAY)],
            NOON,
            "firm",
            id="firm, and the clock set back",
        ),
        pytest.param(
            [attempt("first-3", at=DUE, **WRONG)], DUE + DAY, "practising", id="wrong when due"
        ),
        pytest.param(
            [attempt("first-3", at=DUE, hints=1)], DUE + DAY, "practising", id="hint when due"
        ),
        pytest.param(
            [attempt("first-3", at=DUE), attempt("first-1", at=DUE + DAY, **WRONG)],
            DUE + DAY,
            "practising",
            id="firm, then wrong",
        ),
    ],
)
def test_mastery_falls_due_and_becomes_firm(content, later, now, level):
    row = fold([*ROW, *later], content).elements["nexus"]

    assert mastery(row, now) == level


def test_element_assessment_counts_element_by_element(content):
    half = {"bars": "met", "harm": "met"}
    record = [attempt(f"first-{n}", "judge", half) for n in range(2)]

    assert rows(content, record) == {"bars": 2, "harm": 0}


def test_decision_counts_as_a_case(content):
    record = [attempt("held", "held", {"nexus": "met"}), *ROW[:2]]

    assert rows(content, record)["nexus"] == 3


@given(make.items.map(lambda item: replace(item, elements=("nexus",))))
def test_key_of_every_kind_is_clean(small, item):
    """Whoever answers by the key gains a step on each element that the item is about."""
    content = course(small, items=(item,))
    record = [attempt("first-0", item.id, key_of(item), credit=1.0)]

    assert rows(content, record) == dict.fromkeys(elements_of(item), 1)


# --- Memory ---


@pytest.mark.parametrize(
    ("answer", "rating"),
    [
        ((1, 0, None, ""), Rating.Good),
        ((1, 0, 3, ""), Rating.Good),
        ((1, 0, 1, ""), Rating.Hard),
        ((1, 2, 3, ""), Rating.Hard),
        ((0.99, 0, 3, ""), Rating.Again),
        ((1, 0, 3, "leads_the_client"), Rating.Again),
    ],
)
def test_rating_of_an_answer(answer, rating):
    assert rating_of(*answer) == rating


def test_what_is_right_again_and_again_falls_due_ever_later():
    card, waits = None, []
    for _ in range(5):
        card = reviewed(card, Rating.Good, card.due if card else NOON)
        waits.append(card.due - card.seen)

    assert waits == sorted(set(waits))
    assert waits[-1] > 30 * DAY


def test_what_was_wrong_falls_due_the_next_day():
    assert reviewed(None, Rating.Again, NOON).due == NOON + DAY


@given(st.lists(st.tuples(st.sampled_from(Rating), st.integers(-5_000, 5_000)), min_size=1))
def test_clock_that_jumps_does_no_harm(reviews):
    """Whatever the clock said before, a review is due after the last answer, and not for ever."""
    card = None
    for rating, hours in reviews:
        card = reviewed(card, rating, NOON + timedelta(hours=hours))

    assert card.seen == NOON + timedelta(hours=reviews[-1][1])
    assert card.due >= card.seen + DAY


def test_what_was_seen_in_a_wrong_future_is_due_at_once():
    card = reviewed(None, Rating.Good, NOON + 3650 * DAY)

    assert is_due(card.seen, card.due, NOON)


def test_element_that_was_held_in_a_wrong_future_is_reviewed_by_the_right_clock(content):
    wrong = [replace(each, at=NOON + 3650 * DAY) for each in ROW]
    held = fold(wrong, content)

    healed = fold([attempt("first-3")], content, held)
    again = fold([attempt("first-3", at=DUE)], content, healed)

    levels = [mastery(each.elements["nexus"], NOON) for each in (held, healed)]
    assert levels == ["due", "held"]
    assert mastery(again.elements["nexus"], DUE) == "firm"


def test_row_never_holds_more_cases_than_it_needs():
    row = Row()
    for n in range(50):
        row = lengthened(row, f"case-{n}", clean=True, at=NOON)

    assert len(row.cases) == 3


# --- Critical errors, misconceptions, how sure ---


@pytest.mark.parametrize(
    ("later", "still"),
    [
        pytest.param([], ("leads_the_client",), id="nothing since"),
        pytest.param([attempt()], ("leads_the_client",), id="right once the key was shown"),
        pytest.param([attempt(at=NOON + DAY)], (), id="right another day"),
        pytest.param([attempt(at=NOON + DAY, **WRONG)], (), id="wrong, but no harm, another day"),
        pytest.param(
            [attempt(at=NOON + DAY, response="promise")],
            ("leads_the_client", "promises_outcome"),
            id="another one",
        ),
        pytest.param(
            [attempt(at=NOON + DAY), attempt(at=NOON + DAY, response="promise")],
            ("promises_outcome",),
            id="made good, and then another one",
        ),
    ],
)
def test_critical_error_stays_open_until_another_day(content, later, still):
    standing = fold([attempt(response="leading"), *later], content)

    assert standing.items["first-0/ask"].open == still


def test_critical_errors_are_counted_however_the_answer_came(content):
    """A repeat proves nothing, and would hurt a client all the same."""
    standing = fold([attempt(response="leading")] * 2, content)

    assert standing.critical_errors == {"leads_the_client": 2}


def test_calibration_takes_the_first_answer_of_a_day(content):
    """To say certain after reading the key flatters nobody."""
    record = [
        attempt(response="job", confidence=3),
        attempt(confidence=3),
        attempt(confidence=3, at=NOON + DAY),
        attempt("first-1", confidence=1),
        attempt("first-2"),
    ]

    assert fold(record, content).sureness == {"3": (2, 1), "1": (1, 1)}


def test_misconception_remembers_the_items_in_which_it_was_met(content):
    record = [
        attempt(response="job"),
        attempt("first-1", response="job"),
        attempt("first-1", response="job", at=NOON + DAY),
    ]

    met = fold(record, content).misconceptions["a_job_is_a_ground"]

    assert (met.times, met.items, met.at) == (3, ("first-0/ask", "first-1/ask"), NOON + DAY)
