"""Phones that are reloaded, and votes that wait: what once went wrong in a class."""

import pytest

from tests.browser.room import ask, close, press, put_on, says, vote
from tests.served import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("class"), instructor=True) as running:
        yield running


@pytest.mark.parametrize("by_picture", [False, True])
def test_phone_that_is_reloaded_is_in_the_class_still(room, by_picture):
    """As a phone does with a tab that was in the background for a while."""
    board = room.begin(room.teacher(), f"Again {by_picture}")
    if by_picture:
        phone = room._learners(width=360).tab(f"/join/{room.code}").page
        phone.get_by_label("A name").fill("Ana")
        press(phone, "Join")
    else:
        phone = room.phone("Ana")
    put_on(board)
    ask(board)
    vote(phone, 0)
    phone.reload()
    phone.locator("#state", has_text="Your vote is in").wait_for(timeout=5_000)


def test_story_that_the_teacher_opened_stays_open(room):
    board = room.begin(room.teacher(), "Story")
    phone = room.phone("Ana")
    put_on(board)
    ask(board)
    board.locator("#story summary").click()
    vote(phone, 0)
    says(board, "1 voted")
    assert board.locator("#story details").get_attribute("open") is not None


def test_third_vote_is_not_called_the_second(room):
    board = room.begin(room.teacher(), "Third")
    put_on(board)
    ask(board)
    for _ in range(2):
        close(board)
        press(board, "Vote again")
        board.get_by_role("button", name="Close the vote").wait_for()
    close(board)
    assert "First vote" not in board.inner_text("#spread")


def test_vote_that_waits_is_not_cast_in_another_class(room):
    first = room.begin(room.teacher(), "One")
    phone = room.phone("Ana")
    put_on(first)
    ask(first)
    says(phone, "Vote now")
    phone.context.set_offline(True)
    phone.locator("#question input").first.check()
    press(phone, "Vote")
    phone.locator(".at-problem", has_text="Not counted").wait_for()
    press(phone, "Leave this class")
    phone.context.set_offline(False)
    second = room.begin(room.teacher(), "Two")
    put_on(second)
    ask(second)
    phone.get_by_label("Code").fill(room.code)
    phone.get_by_label("A name").fill("Ana")
    press(phone, "Join")
    says(second, "1 learner is here")
    phone.wait_for_timeout(3_000)
    assert "0 voted" in second.inner_text("#count")
