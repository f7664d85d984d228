"""A lesson ties the parts together: what is asked is scored and kept."""

import re
from datetime import UTC, datetime

import pytest

from asylum_teach import bundle, scoring
from asylum_teach.lesson import Lesson, LessonError
from asylum_teach.models import Attempt
from asylum_teach.widgets.base import STATIC_VARIABLE

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def attempts():
    return []


@pytest.fixture
def lesson(small, attempts):
    return Lesson("nexus_and_grounds", content=small, record=attempts.append, now=lambda: NOON)


def answer(question, item, response, n=1, **more):
    question.answer = {"item": item, "n": n, "response": response, **more}
    return question.feedback[item]


def test_answer_is_kept_as_given_with_all_that_rescoring_needs(lesson, attempts):
    """One answer makes one attempt."""
    answer(lesson.ask("base", "pick_one"), "pick_one", "3", confidence=3, hints=2)

    assert attempts == [
        Attempt(
            case="base",
            case_version=1,
            item="pick_one",
            response="3",
            credit=0.5,
            at=NOON,
            hints=2,
            confidence=3,
            critical_error="",
        )
    ]


def test_kept_answer_earns_the_same_again(lesson, attempts, small):
    """What is kept is enough to score it anew, when a key or the law has changed."""
    for item in small.cases["base"].items:
        answer(lesson.ask("base", item.id), item.id, scoring.key_of(item))

    again = [scoring.score(small.cases[a.case].item(a.item), a.response).credit for a in attempts]

    assert again == [a.credit for a in attempts] == [1] * len(small.cases["base"].items)


def test_time_of_an_attempt_is_in_utc(small):
    """By the clock on the wall, when no other is given."""
    lesson = Lesson("nexus_and_grounds", content=small)

    answer(lesson.ask("base", "pick_one"), "pick_one", "1")

    assert lesson.attempts[0].at.tzinfo is UTC
    assert abs((datetime.now(UTC) - lesson.attempts[0].at).total_seconds()) < 60


def test_critical_error_is_kept_with_the_attempt(exercises, attempts):
    exercises.edit(
        "cases/base.yaml",
        "misconception: a_job_is_a_ground",
        "misconception: a_job_is_a_ground\n        critical_error: promises_outcome",
    )
    lesson = Lesson("nexus_and_grounds", content=exercises.check().content, record=attempts.append)

    answer(lesson.ask("base", "pick_one"), "pick_one", "2")

    assert attempts[0].critical_error == "promises_outcome"


def test_practice_asks_what_was_not_asked_yet(lesson, small):
    lesson.ask("base", "pick_one")
    question = lesson.practice("base")

    assert [item["id"] for item in question.items] == [
        item.id for item in small.cases["base"].items if item.id != "pick_one"
    ]


def test_answers_in_practice_are_scored_each_by_its_own_item(lesson, attempts, small):
    question = lesson.practice("base")

    for n, item in enumerate(small.cases["base"].items, start=1):
        told = answer(question, item.id, scoring.key_of(item), n=n)

        assert "Right." in told["html"]
    assert [a.item for a in attempts] == [item.id for item in small.cases["base"].items]


def test_practice_with_nothing_left_says_so(lesson):
    lesson.practice("base")

    with pytest.raises(LessonError, match=r"Every item of 'base' is asked already"):
        lesson.practice("base")


# --- What is not there ---


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda lesson: lesson.story("bass"), "There is no case 'bass'"),
        (lambda lesson: lesson.ask("bass", "pick_one"), "There is no case 'bass'"),
        (
            lambda lesson: lesson.ask("base", "pick_none"),
            "There is no item 'pick_none' in cases/base.yaml",
        ),
        (lambda lesson: lesson.practice("bass"), "There is no case 'bass'"),
        (lambda lesson: lesson.board("bass"), "There is no case 'bass'"),
        (lambda lesson: lesson.lab("bass"), "There is no case 'bass'"),
        (lambda lesson: lesson.decision("hold"), "There is no decision 'hold'"),
        (lambda lesson: lesson.authority("matter_of_x"), "There is no authority 'matter_of_x'"),
        (lambda lesson: lesson.board("base", adding=["is_a_womn"]), "There is no fact 'is_a_womn'"),
        (
            lambda lesson: lesson.board("base", without=["is_a_womn"]),
            "There is no fact 'is_a_womn'",
        ),
        (lambda lesson: lesson.board("base", as_of="2026-13-45"), "2026-13-45"),
        (lambda lesson: lesson.board("base", circuit="12"), "12"),
    ],
)
def test_what_is_not_there_is_told_to_the_author(lesson, asked, says):
    """One sentence, which names it."""
    with pytest.raises(LessonError) as raised:
        asked(lesson)

    assert says in str(raised.value)
    assert str(raised.value).endswith(".")
    assert "\n" not in str(raised.value)


def test_unknown_lesson_is_told_to_the_author(small):
    with pytest.raises(LessonError, match=r"There is no lesson 'nexus'"):
        Lesson("nexus", content=small)


# --- Everything in the kit can be asked ---


def test_every_case_item_and_decision_can_be_met(kit_content):
    """Story, board, lab, each item with its key, each decision with what was found."""
    lesson = Lesson("what_if_lab", content=kit_content, now=lambda: NOON)
    for case in kit_content.cases.values():
        assert repr(lesson.story(case.id))
        assert repr(lesson.board(case.id))
        assert repr(lesson.lab(case.id))
        for item in case.items:
            told = answer(lesson.ask(case.id, item.id), item.id, scoring.key_of(item))
            assert "Right." in told["html"], (case.id, item.id)
    for decision in kit_content.decisions.values():
        told = answer(lesson.decision(decision.id), decision.id, dict(decision.outcomes))
        assert "Right." in told["html"], decision.id

    assert all(attempt.credit == 1 for attempt in lesson.attempts)


@pytest.mark.parametrize("lesson_id", ["start_here", "nexus_and_grounds", "what_if_lab"])
def test_every_written_lesson_opens(kit_content, lesson_id):
    assert Lesson(lesson_id, content=kit_content).plan.id == lesson_id


# --- The board ---


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "Bars: likely met. It was filed in time. [The statute]"),
        (
            {"without": ["filed_within_one_year"], "adding": ["filed_after_one_year"]},
            "Bars: likely not met. It was filed too late. [The statute]",
        ),
        ({"adding": ["beaten_severely"]}, "Harm: likely met. A severe beating is persecution."),
        ({"as_of": "2019-01-01"}, "Law as of 1 January 2019, Ninth Circuit."),
        ({"circuit": "5"}, "Law as of 24 November 2026, Fifth Circuit."),
        ({"circuit": "none"}, "Law as of 24 November 2026, national law alone."),
    ],
)
def test_one_change_at_a_time(lesson, change, says):
    assert says in repr(lesson.board("base", **change))


def test_changed_board_leaves_the_case_as_it_was(lesson):
    before = repr(lesson.board("base"))

    lesson.board("base", adding=["beaten_severely"], circuit="5", as_of="2015-01-01")

    assert repr(lesson.board("base")) == before


# --- Sources ---


def test_sources_are_the_authorities_that_the_lesson_met(lesson):
    """Each once; none before anything was met."""
    assert "Matter of First" not in repr(lesson.sources())

    lesson.authority("matter_of_first")
    lesson.authority("matter_of_first")
    lesson.decision("held")

    shown = repr(lesson.sources())
    assert shown.count("Matter of First") == 1
    assert "Ninth v. Holder" in shown


def test_sources_say_as_of_when_and_who_has_not_reviewed_it(lesson):
    html = lesson.sources().html

    assert "Law as of 24 November 2026." in html
    assert "No licensed attorney has reviewed this lesson yet." in html


def test_decision_is_predicted_and_then_seen(lesson, attempts):
    question = lesson.decision("held")

    assert "The words were enough." not in str(question.get_state())

    told = answer(question, "held", {"nexus": "not_met"})

    assert "The words were enough." in told["html"]
    assert "Ninth v. Holder" in told["html"]
    assert (attempts[0].case, attempts[0].credit) == ("held", 0)


# --- Where the content comes from ---


def test_bundle_that_the_server_names_is_loaded(small, tmp_path, monkeypatch):
    bundle.save(small, tmp_path / "bundle.json")
    monkeypatch.setenv("ASYLUM_TEACH_BUNDLE", str(tmp_path / "bundle.json"))

    assert list(Lesson("nexus_and_grounds").content.cases) == ["base"]


def test_without_a_server_the_authors_own_files_are_read(kit_content, monkeypatch):
    monkeypatch.delenv("ASYLUM_TEACH_BUNDLE", raising=False)

    assert list(Lesson("start_here").content.cases) == list(kit_content.cases)


@pytest.mark.parametrize(
    ("response", "confidence", "said"),
    [
        ("key", 3, "You were certain, and it was right: +3"),
        ("key", 1, "You called it a guess, and it was right: +1"),
        ("wrong", 2, "You were fairly sure, and it was not fully right: −2"),
        ("wrong", 3, "You were certain, and it was not fully right: −6"),
        ("wrong", 1, "You called it a guess, and it was not fully right: 0"),
    ],
)
def test_learner_is_told_what_confidence_earned(kit_content, response, confidence, said):
    """The marks of the scheme are said beside the verdict, to the learner alone."""
    case = kit_content.cases["reporter-and-the-convoy"]
    item = next(i for i in case.items if i.kind == "single_choice" and i.ask_confidence)
    picked = next(o.id for o in item.options if (o.credit == 1) == (response == "key"))
    card = Lesson("nexus_and_grounds", content=kit_content).ask(case.id, item.id)

    card.answer = {"item": item.id, "n": 1, "response": picked, "confidence": confidence}

    assert said in card.feedback[item.id]["html"]


def test_confidence_that_was_not_given_is_not_spoken_of(kit_content):
    case = kit_content.cases["reporter-and-the-convoy"]
    item = next(i for i in case.items if i.kind == "single_choice")
    card = Lesson("nexus_and_grounds", content=kit_content).ask(case.id, item.id)

    card.answer = {"item": item.id, "n": 1, "response": item.options[0].id}

    assert "for confidence" not in card.feedback[item.id]["html"]


# --- Cards on a served page ---


def whole_cards(piece):
    """The authorities whose whole card stands in a piece."""
    return re.findall(r' id="authority-(\w+)"', piece.html)


def test_served_page_shows_each_whole_card_once_and_leads_back_to_it(lesson, monkeypatch):
    monkeypatch.setenv(STATIC_VARIABLE, "/static/x")
    pieces = [lesson.board("base"), lesson.authority("ina_101_a_42_a"), lesson.board("base")]

    whole = [authority for piece in pieces for authority in whole_cards(piece)]
    led_to = {a for piece in pieces for a in re.findall(r'href="#authority-(\w+)"', piece.html)}
    (short,) = re.findall(r"<section[^>]*at-authority.*?</section>", pieces[1].html)

    assert "ina_101_a_42_a" in whole
    assert len(whole) == len(set(whole))
    assert led_to == set(whole)
    assert "A refugee fears persecution for one of five reasons." in short
    assert "How sure" not in short


def test_authors_cell_can_be_run_again_and_shows_the_whole_card(lesson):
    first, again = lesson.authority("ina_101_a_42_a"), lesson.authority("ina_101_a_42_a")

    assert first.html == again.html
    assert "How sure" in again.html
