"""The law in time: how one answer moved, said the same by the engine, the picture and the words."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach import widgets
from asylum_teach.law import assess
from asylum_teach.law.history import history
from asylum_teach.lesson import Lesson
from asylum_teach.models import CIRCUITS

SINCE, UNTIL = date(2010, 1, 1), date(2026, 11, 24)
CANNOT_LEAVE = frozenset({"is_woman", "unable_to_leave"})
DAY = timedelta(days=1)


@pytest.fixture
def moved(small):
    """The small law's answer to a woman who cannot leave, over the years."""
    return history(small.law, CANNOT_LEAVE, None, since=SINCE, until=UNTIL)


def test_answer_moved_on_the_days_of_the_two_decisions(moved):
    turns = [(s.since, s.until, s.finding.status.value) for s in moved["ground"]]

    assert turns == [
        (SINCE, date(2014, 8, 26), "arguable"),
        (date(2014, 8, 26), date(2018, 6, 11), "met"),
        (date(2018, 6, 11), date(2021, 6, 16), "not_met"),
        (date(2021, 6, 16), UNTIL, "met"),
    ]


@settings(max_examples=15)  # each reads the law of some hundred days
@given(data=st.data())
def test_each_stretch_holds_from_its_first_day_to_its_last(kit_content, data):
    """On any day between, the engine says what the stretch says; the day before, otherwise."""
    law = kit_content.law
    case = data.draw(st.sampled_from(sorted(kit_content.cases.values(), key=lambda c: c.id)))
    circuit = data.draw(st.sampled_from([None, *CIRCUITS]))
    element = data.draw(st.sampled_from(sorted(law.elements)))
    stretches = history(law, case.facts, circuit, since=SINCE, until=UNTIL)[element]
    stretch = data.draw(st.sampled_from(stretches))
    within = data.draw(st.dates(stretch.since, stretch.until - DAY))

    def status(day):
        return assess(law, case.facts, as_of=day, circuit=circuit).findings[element].status

    assert status(stretch.since) == status(within) == stretch.finding.status
    if stretch.since > SINCE:
        assert status(stretch.since - DAY) != stretch.finding.status


def test_stretches_leave_no_day_out(kit_content):
    law = kit_content.law
    for case in list(kit_content.cases.values())[::9]:
        for stretches in history(law, case.facts, "9", since=SINCE, until=UNTIL).values():
            ends = [SINCE, *(stretch.until for stretch in stretches)]
            assert [stretch.since for stretch in stretches] == ends[:-1]
            assert ends[-1] == UNTIL


# --- What is shown of it ---


WIDE = r'<div[^>]*class="at-bar at-wide"[^>]*>.*?</div>'  # the line of years, and no card's


def lines_of(piece):
    return str(piece).splitlines()


@pytest.fixture
def picture(small, moved):
    return widgets.history_text("A case", None, moved, small.law, UNTIL)


def test_words_say_every_turn_with_its_day_and_reason(picture, moved, small):
    for stretch in moved["ground"]:
        said = f"from {stretch.since}: {stretch.finding.status.label}. {stretch.finding.reason}"
        assert any(said in line for line in lines_of(picture))


def test_what_did_not_move_is_said_once(picture, small):
    (line,) = (line for line in lines_of(picture) if "Did not move: " in line)

    assert small.law.elements["harm"].title in line
    assert small.law.elements["ground"].title not in line


def test_picture_is_hidden_from_those_who_hear_the_words(picture):
    """The line of years is told in a list beside it, so nobody needs its colour or its length."""
    (bar,) = re.findall(WIDE, picture.html)

    assert 'aria-hidden="true"' in bar
    assert picture.html.count("<li><p>From ") == 4


def test_each_status_has_a_shape_of_its_own(picture):
    (bar,) = re.findall(WIDE, picture.html)
    shapes = dict(re.findall(r'<i class="at-(\w+)"[^>]*>([^<]+)</i>', bar))

    assert set(shapes) == {"met", "arguable", "not_met"}
    assert len(set(shapes.values())) == 3


def test_stretches_lie_on_the_line_of_years_without_gap(picture):
    (bar,) = re.findall(WIDE, picture.html)
    marks = re.findall(r"left:([\d.]+)%;width:([\d.]+)%", bar)
    ends = [0.0]
    for left, width in marks:
        assert float(left) == pytest.approx(ends[-1], abs=0.02)
        ends.append(float(left) + float(width))

    assert ends[-1] == pytest.approx(100, abs=0.02)


def test_periods_say_when_each_authority_was_good_law(small):
    lesson = Lesson("nexus_and_grounds", content=small)

    shown = lesson.periods("matter_of_first", "matter_of_second")

    (first,) = (line for line in lines_of(shown) if "Matter of First" in line)
    for year in ("2014", "2018", "2021"):
        assert year in first
    assert len(re.findall(r'class="at-good"', shown.html)) == 3


def test_events_are_told_latest_first(kit_content):
    lesson = Lesson("what_if_lab", content=kit_content)
    days = re.findall(r"^- (\d{4}[\d-]*): ", "\n".join(lines_of(lesson.events())), re.M)

    assert len(days) == len(kit_content.timeline)
    assert [day[:4] for day in days] == sorted((day[:4] for day in days), reverse=True)


def test_split_that_is_not_shown_says_why(small):
    lesson = Lesson("nexus_and_grounds", content=small)

    shown = lines_of(lesson.split("words"))

    assert any("The made-up law is too small for it." in line for line in shown)
    assert any("It depends on the circuit." in line for line in shown)


def test_split_shows_its_case_in_two_circuits(exercises):
    """The same facts, two circuits, two answers; what is supposed beside the story is said."""
    exercises.edit(
        "law/splits.yaml",
        "  not_shown: The made-up law is too small for it.\n",
        "  shown:\n    case: base\n    element: nexus\n    circuits: ['9', '5']\n"
        "    add: [words_named_the_reason]\n",
    )
    report = exercises.check()
    assert [str(fault) for fault in report.faults] == []
    lesson = Lesson("nexus_and_grounds", content=report.content)

    shown = "\n".join(lines_of(lesson.split("words")))

    nine, five = (
        re.search(r"Ninth Circuit: (\w+)", shown),
        re.search(r"Fifth Circuit: (\w+)", shown),
    )
    assert nine[1] != five[1]
    assert report.content.law.facts["words_named_the_reason"].text in shown
