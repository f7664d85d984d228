"""From attempts to what a teacher can act on: read, first and last, options, groups, words."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach import analysis
from asylum_teach.analysis.picks import misconceptions_of, offered
from asylum_teach.models import Status
from asylum_teach.scoring import ResponseError, score
from asylum_teach.store.answers import LONGEST_RESPONSE, WHOLE
from tests.store_fixtures import NOW, attempt, minutes

CASE = "base"
# Of the small content's first item: the key, a wrong option, and the second best.
KEY, JOB, DANGER = ("1", 1.0), ("2", 0.0), ("3", 0.5)


class Class:
    """A store with learners, and what they answered to the small content."""

    def __init__(self, store):
        self.store = store
        self.count = 0

    def learner(self):
        """One more learner."""
        self.count += 1
        return self.store.add_learner(f"key {self.count}", NOW)

    def answer(self, learner, given, item="pick_one", **parts):
        """The learner's next answer: a response and its credit."""
        self.count += 1
        response, credit = given
        parts = {"case": CASE, "at": minutes(self.count), **parts}
        kept = attempt(f"a{self.count}", item=item, response=response, credit=credit, **parts)
        self.store.add(learner, kept)

    def read(self, *columns, **conditions):
        """The attempts as a frame."""
        return analysis.frame(self.store.answers(columns or WHOLE, **conditions))


@pytest.fixture
def on_both(store):
    """A class on either engine."""
    return Class(store)


@pytest.fixture
def class_(sqlite):
    """A class on SQLite: what is worked out from a frame does not depend on the engine."""
    return Class(sqlite)


# --- Reading ---


def test_every_column_is_read_as_it_was_kept(on_both):
    first, second = on_both.learner(), on_both.learner()
    on_both.answer(
        first, ({"1": "sí ñ"}, 0.25), item="match", lesson="nexus", confidence=3, hints=2
    )
    on_both.answer(second, (["1"], 1 / 3), item="pick_several", critical_error="promises_outcome")
    kept = [*on_both.store.attempts(first), *on_both.store.attempts(second)]

    found = on_both.read().astype(object)

    assert list(found.columns) == list(WHOLE)
    for row, one, learner in zip(found.itertuples(), kept, (first, second), strict=True):
        assert (row.learner, row.serial) == (learner, one.serial)
        assert (row.item, row.lesson) == (f"{CASE}/{one.item}", one.lesson)
        assert (row.credit, row.hints, row.critical_error) == (
            one.credit,
            one.hints,
            one.critical_error,
        )
        assert (None if pd.isna(row.confidence) else row.confidence) == one.confidence
        assert json.loads(row.response) == one.response
        assert row.at == one.at.replace(microsecond=0)


def test_moment_is_cut_and_never_rounded_up(on_both):
    on_both.answer(on_both.learner(), KEY, at=NOW.replace(microsecond=999_999))

    assert on_both.read("at")["at"].tolist() == [NOW.replace(microsecond=0)]


def test_only_the_columns_that_are_asked_for_are_read(on_both):
    on_both.answer(on_both.learner(), KEY)

    found = on_both.store.answers(("learner", "credit"))

    assert list(found.columns) == ["learner", "credit"]
    assert (found.items, found.responses) == ((), ())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"cohort": "clinic"}, ["b"]),
        ({"lesson": "nexus"}, ["b", "c"]),
        ({"lesson": "nexus", "cohort": "other"}, []),
        ({"since": minutes(2)}, ["b", "c"]),
        ({"until": minutes(2)}, ["a"]),
        ({"since": minutes(2), "until": minutes(3)}, ["b"]),
        ({"learners": []}, []),
    ],
)
def test_conditions(on_both, condition, expected):
    """From the first moment on, and before the last."""
    learner = on_both.learner()
    for item, place in (("a", {}), ("b", {"lesson": "nexus", "cohort": "clinic"})):
        on_both.answer(learner, KEY, item=item, **place)
    on_both.answer(learner, KEY, item="c", lesson="nexus")
    first = on_both.store.attempts(learner)[0].at
    shift = first - minutes(1)
    moved = {k: v + shift if k in ("since", "until") else v for k, v in condition.items()}

    found = on_both.read("item", **moved)

    assert found["item"].tolist() == [f"{CASE}/{item}" for item in expected]


def test_learners_may_be_more_than_a_statement_has_parameters(on_both):
    first, second = on_both.learner(), on_both.learner()
    on_both.answer(first, KEY)
    on_both.answer(second, KEY)

    found = on_both.read("learner", learners={first, *range(10_000, 80_000)})

    assert found["learner"].tolist() == [first]


def test_many_attempts_come_in_the_order_of_their_serials(on_both):
    """More than are read at once."""
    learner = on_both.learner()
    many = [attempt(f"m{n}", case=CASE, item=f"item {n % 7}", credit=n / 2500) for n in range(2500)]
    on_both.store.add_many(learner, many, {})

    found = on_both.read()

    assert found["serial"].is_monotonic_increasing
    assert found["credit"].tolist() == [one.credit for one in many]
    assert found["item"].tolist() == [f"{CASE}/{one.item}" for one in many]


def test_what_is_too_long_to_be_a_pick_is_left_out(on_both):
    learner = on_both.learner()
    longest = "x" * (LONGEST_RESPONSE - len('""'))
    on_both.answer(learner, (f"{longest}x", 0.0))
    on_both.answer(learner, (longest, 0.0))

    assert on_both.read("response")["response"].tolist() == ["", f'"{longest}"']


def test_items_that_read_alike_are_one(class_, small):
    """A file from elsewhere may name a case so that case and item cannot be told apart."""
    learner = class_.learner()
    class_.answer(learner, KEY, case="a/b", item="c")
    class_.answer(learner, KEY, case="a", item="b/c")

    found = class_.read()

    assert found["item"].tolist() == ["a/b/c", "a/b/c"]
    assert analysis.item_statistics(found, small) == ()


@pytest.fixture
def reports(small):
    """Everything that can be worked out, from a frame."""

    def all_of(found):
        return (
            analysis.item_statistics(found, small),
            analysis.reliability(found, ["base/pick_one", "base/judge"]),
            analysis.reliability(found, []),
            analysis.confidently_wrong(found, small),
            analysis.by_member(found, small, {1: "Ana"}),
            analysis.by_element(found, small),
            analysis.outcomes(found, small),
        )

    return all_of


@pytest.mark.filterwarnings("error")
def test_nothing_answered_is_no_error(class_, reports):
    items, alpha, none, wrong, members, elements, outcomes = reports(class_.read())

    assert (items, wrong, len(elements)) == ((), (), 0)
    assert (alpha.alpha.value, none.alpha.value) == (None, None)
    assert alpha.error.says.startswith("Undefined: ")
    assert members["attempts"].tolist() == [0]
    assert all(each.first is None and each.says.startswith("Undefined: ") for each in outcomes)


@pytest.mark.filterwarnings("error")
def test_one_learner_is_no_error(class_, reports):
    class_.answer(class_.learner(), JOB, confidence=None)

    (item,), _, _, (wrong,), *_ = reports(class_.read())

    assert item.facility.value == 0
    assert item.discrimination.says.startswith("Undefined: ")
    assert wrong.confidence.value is None
    assert wrong.confidence.says.startswith("Undefined: ")


def test_what_the_content_no_longer_has_does_not_count(class_, reports):
    learner = class_.learner()
    class_.answer(learner, KEY)
    before = reports(class_.read())

    class_.answer(learner, KEY, case="withdrawn")

    after = reports(class_.read())
    for one, other in zip(before, after, strict=True):
        assert one.equals(other) if isinstance(one, pd.DataFrame) else one == other


# --- First and last ---


def test_first_and_last_attempts(class_):
    ana, ben = class_.learner(), class_.learner()
    for learner, pick in ((ana, JOB), (ben, DANGER), (ana, KEY), (ana, DANGER)):
        class_.answer(learner, pick)
    found = class_.read()

    assert analysis.first_attempts(found)["credit"].tolist() == [0.0, 0.5]
    assert analysis.last_attempts(found)["credit"].tolist() == [0.5, 0.5]


def test_credits_have_a_gap_where_there_is_no_attempt(class_):
    ana, ben = class_.learner(), class_.learner()
    class_.answer(ana, KEY)
    class_.answer(ben, ({"bars": "met"}, 0.25), item="judge")

    table = analysis.credits(analysis.first_attempts(class_.read()))

    assert table.loc[ana].isna().tolist() == [False, True]
    assert table.loc[ben, "base/judge"] == 0.25


# --- Items and their options ---


@pytest.fixture
def voted(class_, small):
    """Statistics of the first item, by who picked what: strong and weak learners' votes."""

    def vote(strong, weak):
        for picks, credit in ((strong, 1.0), (weak, 0.0)):
            for pick in picks:
                learner = class_.learner()
                class_.answer(learner, pick)
                class_.answer(learner, ({"bars": "met"}, credit), item="judge")
        found = analysis.item_statistics(class_.read(), small)
        return next(each for each in found if each.item == "pick_one")

    return vote


def test_only_first_attempts_count(class_, small):
    learner = class_.learner()
    class_.answer(learner, JOB)
    class_.answer(learner, KEY)

    (found,) = analysis.item_statistics(class_.read(), small)

    assert (found.n, found.facility.value) == (1, 0)


def test_distractor_and_the_halves_that_it_draws(voted):
    found = voted(strong=[KEY, KEY, KEY, DANGER], weak=[JOB, JOB, JOB, KEY])

    job, danger = found.distractors
    assert (job.option, job.n, job.share) == ("2", 3, 3 / 8)
    assert (job.stronger, job.weaker, job.works) == (0, 0.75, True)
    assert (danger.stronger, danger.weaker, danger.works) == (0.25, 0, False)
    assert danger.says.startswith("Check the key")


@pytest.mark.parametrize(("others", "works"), [(18, True), (19, True), (20, False)])
def test_distractor_that_hardly_anyone_picks(voted, others, works):
    """One in twenty is enough."""
    found = voted(strong=[KEY] * (others // 2), weak=[KEY] * (others - others // 2) + [JOB])

    assert found.distractors[0].works is works


def test_no_halves_where_all_do_equally_well(voted):
    found = voted(strong=[KEY, JOB], weak=[])

    assert (found.distractors[0].stronger, found.distractors[0].weaker) == (None, None)


def test_learners_at_the_median_are_in_neither_half(voted):
    found = voted(strong=[KEY, DANGER], weak=[JOB])

    assert (found.distractors[1].stronger, found.distractors[1].weaker) == (None, None)


def test_each_pick_of_several_counts(class_, small):
    class_.answer(class_.learner(), (["1", "2"], 0.0), item="pick_several")
    class_.answer(class_.learner(), (["1"], 1.0), item="pick_several")

    (found,) = analysis.item_statistics(class_.read(), small)

    assert [(each.option, each.n) for each in found.distractors] == [("2", 1)]


@pytest.mark.parametrize(("learners", "few"), [(19, True), (20, False)])
def test_small(voted, learners, few):
    assert voted(strong=[KEY] * learners, weak=[]).small is few


@pytest.mark.parametrize(
    ("strong", "weak", "begins"),
    [
        pytest.param([JOB, JOB, DANGER], [KEY, KEY, JOB], "Check the key", id="upside down"),
        pytest.param([KEY] + [JOB] * 3, [JOB] * 4, "Re-teach", id="nobody knows"),
        pytest.param([KEY, KEY, JOB], [KEY, JOB, JOB], "Discuss", id="half and half"),
        pytest.param([KEY] * 20, [KEY] * 19 + [JOB], "Too easy", id="everybody knows"),
        pytest.param([KEY] * 3 + [JOB], [KEY] * 3 + [JOB], "Tells little", id="all alike"),
        pytest.param([KEY] * 8, [KEY] * 4 + [JOB] * 2 + [DANGER] * 2, "Explain", id="sound"),
        pytest.param([KEY] * 8, [KEY] * 4 + [JOB] * 4, "Hardly anyone", id="idle option"),
    ],
)
def test_what_to_do_first(voted, strong, weak, begins):
    assert voted(strong, weak).advice.startswith(begins)


def test_key_to_be_checked_names_what_the_best_learners_choose(voted):
    assert "A job as a reporter" in voted(strong=[JOB] * 3, weak=[KEY] * 3).advice


# --- What was believed ---

ROUND = {"element_assessment", "ordering", "flip"}  # kinds whose parts name no misconception


def some_responses(item):
    """Each option alone, all at once, and every entry given to one target."""
    ids = [option.id for option in getattr(item, "options", ()) if hasattr(option, "id")]
    ids += list(item.options) if item.kind == "tagging" else []
    yield from ids
    yield from ([each] for each in ids)
    yield ids
    for one in getattr(item, "conclusions", ()):
        yield from ({"conclusion": one.id, "reason": other.id} for other in item.reasons)
    for target in getattr(item, "targets", ()):
        yield {entry.id: target.id for entry in item.entries}


def test_misconceptions_are_those_that_scoring_tells(kit_content):
    """Of every item of the kit; scoring, which analysis may not import, is the judge."""
    tried = set()
    for case in kit_content.cases.values():
        for item in case.items:
            for response in some_responses(item):
                try:
                    notes = score(item, response).notes
                except ResponseError:
                    continue
                told = {note.misconception for note in notes} - {""}
                assert misconceptions_of(item, response) == told, (case.id, item.id, response)
                assert told <= offered(item)
                tried |= {item.kind} if told else set()

    kinds = {item.kind for case in kit_content.cases.values() for item in case.items}
    assert tried == kinds - ROUND


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=9), each, max_size=3)
    ),
)


@given(response=json_values)
def test_any_response_is_read_without_error(small, response):
    for item in small.cases[CASE].items:
        assert misconceptions_of(item, response) <= offered(item)


def test_how_many_met_it_and_how_sure_they_were(class_, small):
    ana, ben, eva = class_.learner(), class_.learner(), class_.learner()
    class_.answer(ana, JOB, confidence=3)
    class_.answer(ben, JOB, confidence=2)
    class_.answer(eva, JOB)
    class_.answer(eva, JOB, confidence=3)  # not the first

    (found,) = analysis.confidently_wrong(class_.read(), small)

    told = small.misconceptions["a_job_is_a_ground"]
    assert (found.misconception, found.text, found.correction) == (
        told.id,
        told.text,
        told.correction,
    )
    assert (found.learners, found.picks, found.rated, found.certain) == (3, 3, 2, 1)
    assert (found.confidence.value, found.certain_share.value) == (2.5, 0.5)
    assert (found.where, found.again, found.small) == (
        ((CASE, "pick_one"),),
        (CASE, "pick_one"),
        True,
    )


def test_a_learner_who_picks_it_twice_is_one_learner(class_, small):
    learner = class_.learner()
    class_.answer(learner, (["2"], 0.0), item="pick_several", confidence=3)
    class_.answer(learner, ({"conclusion": "2", "reason": "2"}, 0.0), item="conclude", confidence=3)

    (found,) = analysis.confidently_wrong(class_.read(), small)

    assert (found.misconception, found.learners, found.picks) == ("danger_is_enough", 1, 2)
    assert found.certain == 1


def test_that_which_most_are_certain_of_comes_first(class_, small):
    wrong = {
        "pick_one": JOB,
        "pick_several": (["2"], 0.0),
        "tag": (["the_soldiers"], 0.0),
    }
    for item, confidences in {
        "pick_one": [1, 1, 1, 1],  # by many, as a guess
        "pick_several": [3, 3],  # two are certain
        "tag": [3, 1, 1],  # one is
    }.items():
        for confidence in confidences:
            class_.answer(class_.learner(), wrong[item], item=item, confidence=confidence)

    found = analysis.confidently_wrong(class_.read(), small)

    assert [each.misconception for each in found] == [
        "danger_is_enough",
        "bad_actor_means_protected_ground",
        "a_job_is_a_ground",
    ]


def test_vote_again_on_another_case(class_, small):
    """A choice in another case, where there is one."""
    case = small.cases[CASE]
    other = replace(small, cases={CASE: case, "other": replace(case, id="other")})
    class_.answer(class_.learner(), ({"conclusion": "2", "reason": "1"}, 0.0), item="conclude")

    (found,) = analysis.confidently_wrong(class_.read(), other)

    assert found.again == ("other", "pick_several")


# --- Who, and by what ---


def test_what_each_member_did(class_, small):
    ana, ben, eva = class_.learner(), class_.learner(), class_.learner()
    class_.answer(ana, JOB, critical_error="promises_outcome")
    class_.answer(ana, KEY, critical_error="gives_legal_advice")
    class_.answer(ana, ({"bars": "met"}, 0.5), item="judge")
    class_.answer(eva, KEY)  # not of this cohort

    found = analysis.by_member(class_.read(), small, {ben: "=ben()", ana: "Ana"})

    nobody, one = found.to_dict("records")
    assert (nobody["learner"], nobody["name"], nobody["attempts"]) == (ben, "=ben()", 0)
    assert pd.isna(nobody["first"])
    assert one == {
        "learner": ana,
        "name": "Ana",
        "attempts": 3,
        "items": 2,
        "first": 0.25,
        "last": 0.75,
        "right_first": 0.0,
        "right_last": 0.5,
        "critical_errors": 2,
    }


def test_elements_of_a_learner(class_, small):
    """Only items that are about the element; a first attempt that is also the last counts twice."""
    ana = class_.learner()
    for status, credit in ((Status.NOT_MET, 0.0), (Status.MET, 1.0)):
        class_.answer(ana, ({"bars": status.value}, credit), item="judge")
    class_.answer(ana, KEY)

    found = analysis.by_element(class_.read(), small)

    assert found.to_dict("records") == [
        {"learner": ana, "element": "bars", "n": 1, "first": 0.0, "last": 1.0}
    ]


def test_outcomes_of_a_class(class_, small):
    ana, ben = class_.learner(), class_.learner()
    class_.answer(ana, JOB)
    class_.answer(ana, KEY)
    class_.answer(ana, ({"bars": "arguable"}, 0.6), item="judge")
    class_.answer(ben, DANGER)

    met, unmet = analysis.outcomes(class_.read(), small)

    assert (met.point, met.outcome) == ("2.4", small.points["2.4"].outcome)
    assert (met.learners, met.items, met.n) == (2, len(small.cases[CASE].items), 3)
    assert (met.first, met.last) == pytest.approx(((0 + 0.6 + 0.5) / 3, (1 + 0.6 + 0.5) / 3))
    assert met.reached == 0.5  # 0.8 is enough
    assert (unmet.learners, unmet.first, unmet.last, unmet.reached) == (0, None, None, None)
    assert unmet.says.startswith("Undefined: ")


def test_lessons_name_the_items_of_their_cases(small):
    found = analysis.items_of_lessons(small)

    assert found["nexus_and_grounds"] == tuple(
        f"{CASE}/{item.id}" for item in small.cases[CASE].items
    )
