"""Who may open a lesson, who waits, and in which order they come."""

from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.serve.places import (
    ALONE_MB,
    BACK,
    FORGOTTEN,
    HELD,
    KEPT,
    MB,
    RESERVE_MB,
    SHARING_MB,
    Places,
    free_memory,
    places_for,
)
from tests.served import run


class Site:
    """A server's places with a clock and kernels of the test's own."""

    def __init__(self, most=2, at_once=1):
        self.time = 0.0
        self.live = 0
        self.places = Places(most, at_once, lambda: self.live, lambda: self.time)

    async def open(self, ticket=""):
        """Come, and open the lesson if that may be; whether it was."""
        if not self.places.enter(ticket):
            return False
        async with self.places.opening():
            self.live += 1
        return True

    def leave(self, page=""):
        """A page is closed; one that is named is told of."""
        self.live -= 1
        if page:
            self.places.left(page)

    def wait(self, seconds, *tickets):
        """Time passes, and these go on asking."""
        for _ in range(int(seconds)):
            self.time += 1
            for ticket in tickets:
                self.places.look(ticket)


@asynccontextmanager
async def full(**how):
    """A site whose places are all taken."""
    site = Site(**how)
    for _ in range(site.places.most):
        assert await site.open()
    yield site


def awaited(test):
    """Run a test that awaits."""

    def sync():
        run(test())

    sync.__name__ = test.__name__
    return sync


@awaited
async def test_who_comes_first_is_let_in_first():
    async with full() as site:
        first, second = site.places.take_ticket(), site.places.take_ticket()
        assert not await site.open()
        site.leave()
        assert not await site.open(second)
        assert await site.open(first)
        assert site.places.look(second).before == 0


@awaited
async def test_nobody_slips_past_those_who_wait():
    async with full() as site:
        site.places.take_ticket()
        site.leave()
        assert not await site.open()


@awaited
async def test_page_that_no_longer_asks_loses_its_place():
    async with full() as site:
        gone, there = site.places.take_ticket(), site.places.take_ticket()
        site.wait(FORGOTTEN + 1, there)
        assert not site.places.knows(gone)
        assert site.places.look(there).before == 0


@awaited
async def test_place_of_a_page_that_was_told_to_come_is_held_and_then_given_on():
    async with full() as site:
        told, second = site.places.take_ticket(), site.places.take_ticket()
        site.leave()
        assert site.places.look(told) is None
        assert site.places.look(second).before == 0
        site.wait(HELD + 1, second)
        assert not site.places.knows(told)
        assert site.places.look(second) is None


@awaited
async def test_ticket_opens_one_lesson():
    async with full() as site:
        ticket = site.places.take_ticket()
        site.leave()
        assert await site.open(ticket)
        with pytest.raises(KeyError):
            site.places.look(ticket)


@awaited
async def test_lesson_that_is_loaded_again_keeps_its_place():
    async with full() as site:
        first = site.places.take_ticket()
        site.leave("page")
        assert site.places.look(first).before == 0  # it is kept
        again = site.places.take_ticket()
        assert site.places.look(again, "page") is None
        assert await site.open(again)
        assert site.places.look(first).before == 0


@awaited
async def test_place_of_a_page_that_does_not_come_back_is_given_on():
    async with full() as site:
        first, second = site.places.take_ticket(), site.places.take_ticket()
        site.leave("page")
        site.wait(KEPT, first, second)
        assert await site.open(first)
        late = site.places.take_ticket()
        assert site.places.look(late, "page").before == 0  # before those who were never in
        assert site.places.look(second).before == 1
        other = site.places.take_ticket()
        assert site.places.look(other, "page").before == 2  # once


@awaited
async def test_page_that_left_long_ago_waits_like_any_other():
    async with full() as site:
        first = site.places.take_ticket()
        site.leave("page")
        site.live += 1  # somebody else has it
        site.wait(BACK + 1, first)
        late = site.places.take_ticket()
        assert site.places.look(late, "page").before == 1


@awaited
async def test_wait_is_foretold_from_who_left_lately():
    async with full(most=6) as site:
        tickets = [site.places.take_ticket() for _ in range(9)]
        assert site.places.look(tickets[0]).minutes is None  # nobody has left yet
        for ticket in tickets[:3]:
            site.wait(60, *tickets)
            site.leave()
            assert await site.open(ticket)
            tickets.remove(ticket)
        assert [site.places.look(ticket).minutes for ticket in tickets[:3]] == [1, 2, 3]


@awaited
async def test_with_room_for_all_the_wait_is_that_of_opening_lessons():
    site = Site(most=1000, at_once=2)
    entered = [site.places.enter() for _ in range(6)]
    assert all(entered)
    assert not site.places.enter()
    tickets = [site.places.take_ticket() for _ in range(120)]
    assert site.places.look(tickets[0]).minutes == 1
    assert site.places.look(tickets[-1]).minutes == 2  # two at a time, two seconds each


@awaited
async def test_those_far_behind_ask_less_often():
    async with full(at_once=2) as site:
        tickets = [site.places.take_ticket() for _ in range(100)]
        pauses = [site.places.look(ticket).again for ticket in tickets]
        assert pauses == sorted(pauses)
        assert pauses[0] == 1
        assert pauses[-1] == 10


@awaited
async def test_lesson_that_fails_gives_its_place_back():
    site = Site(most=1)
    assert site.places.enter()
    with pytest.raises(OSError, match="broke"):
        async with site.places.opening():
            raise OSError("broke")
    assert site.places.enter()


@given(
    steps=st.lists(
        st.sampled_from(["come", "ask", "leave", "reload", "later", "much later"]), max_size=80
    ),
    most=st.integers(1, 5),
    at_once=st.integers(1, 3),
)
def test_never_more_than_the_places_and_always_in_order(steps, most, at_once):
    async def play():
        site, waiting, came = Site(most, at_once), [], []
        for number, step in enumerate(steps):
            if step == "come" and not await site.open():
                waiting.append((number, site.places.take_ticket()))
            elif step == "ask":
                for each in list(waiting):
                    if site.places.knows(each[1]) and await site.open(each[1]):
                        waiting.remove(each)
                        came.append(each[0])
            elif step == "leave" and site.live:
                site.leave()
            elif step == "reload" and site.live:
                site.leave(f"page {number}")
                if not await site.open():
                    ticket = site.places.take_ticket()
                    site.places.look(ticket, f"page {number}")
                    assert await site.open(ticket)
            elif "later" in step:
                site.time += FORGOTTEN * (2 if "much" in step else 0.1)
            assert site.live <= most
        assert came == sorted(came)
        left = [ticket for _, ticket in waiting if site.places.knows(ticket)]
        for ticket in left:  # nobody starves
            while not await site.open(ticket):
                site.leave()

    run(play())


def test_places_are_what_memory_holds():
    assert places_for((RESERVE_MB + 40 * SHARING_MB) * MB, sharing=True) == 40
    assert places_for((RESERVE_MB + 40 * ALONE_MB) * MB, sharing=False) == 40
    assert places_for(0, sharing=True) == 2


@pytest.mark.parametrize(("told", "most"), [(str(3 * MB), 3 * MB), ("max", None), (None, None)])
def test_memory_of_a_container_counts(tmp_path, told, most):
    limit = tmp_path / "memory.max"
    if told:
        limit.write_text(told)
    found = free_memory(limit)
    assert found == most if most else found > 3 * MB
