"""The walk finds what trying everything would find, and the kit's interviews stand it."""

from collections import deque
from dataclasses import replace

import pytest
from hypothesis import given

from asylum_teach.interview import replay, walk
from asylum_teach.models import Then
from tests import interviewers as make
from tests.interviewers import OPEN_A, REAL, ask, ids_offered, interview, reply


def every_talk(interview_, asked=()):
    """Every talk that there can be, by asking everything everywhere."""
    talk = replay(interview_, asked)
    yield talk
    for each in talk.offered:
        yield from every_talk(interview_, (*asked, each.id))


def texts(interview_, said):
    """The texts of the replies that a walk names."""
    for name, n in said:
        replies = interview_.by_id[name].replies
        yield replies[n].says if n >= 0 else replies[-1 - n].then.says


@given(make.interviews(turns=4))
def test_walk_agrees_with_trying_everything(told):
    """What the check says of turns, replies and offers is what a learner would meet."""
    talks = list(every_talk(told))
    turns_to = {}
    for talk in sorted(talks, key=lambda talk: len(talk.turns)):
        for fact in talk.found:
            turns_to.setdefault(fact, len(talk.turns))

    walked = walk(told)

    assert walked.turns_to == turns_to
    assert set(texts(told, walked.said)) == {turn.says for talk in talks for turn in talk.turns}
    assert walked.offered == set().union(*map(ids_offered, talks))
    assert walked.without_end == len(walked.without_reply) == 0


def states(interview_):
    """By each state that there can be: the facts told in the next turn, and the states after it."""
    found, waiting = {}, deque([[]])
    while waiting:
        asked = waiting.popleft()
        talk = replay(interview_, asked)
        if talk.ended or talk.state in found:
            continue
        ways = [[*asked, each.id] for each in talk.offered]
        nexts = [replay(interview_, way) for way in ways]
        told = {fact for after in nexts for fact in facts_of(interview_, after.turns[-1].says)}
        found[talk.state] = (told, {after.state for after in nexts if not after.ended})
        waiting.extend(ways)
    return found


def facts_of(interview_, says):
    replies = [r for each in interview_.asks for r in each.replies]
    every = [*replies, *(r.then for r in replies if r.then)]
    return next(each.reveals for each in every if each.says == says)


@given(make.interviews(turns=40))
def test_walk_finds_every_fact_that_can_be_lost(told):
    """A fact is lost where some way leads to a state from which no way leads to it."""
    found = states(told)
    lost = set()
    for state in found:
        ahead, waiting = {state}, deque([state])
        while waiting:
            new = found[waiting.popleft()][1] - ahead
            ahead |= new
            waiting.extend(new)
        lost |= told.facts.difference(*(found[each][0] for each in ahead))

    assert set(walk(told).lost) == lost


def test_walk_finds_a_fact_that_anger_loses():
    lost = ask("q", reply("full", unless=("angry",), reveals=("fact",)), reply("no"))

    assert walk(interview(lost)).lost == {}
    assert walk(interview(lost, ask("shout", opens=("angry",)))).lost == {"fact": 1}


def test_walk_finds_an_ask_to_which_nothing_is_replied():
    """Where no reply fits, a learner would be left without an answer."""
    mute = ask("mute", reply("full", after=("a",), reveals=("fact",)))

    walked = walk(interview(mute, OPEN_A))

    assert walked.without_reply == {"mute"}
    assert walked.complete == ("open_a", "mute", "close")


def test_walk_finds_that_there_is_no_end():
    """An interview that nobody can close would always run out of time."""
    told = interview(ask("q", reply(reveals=("fact",))))
    endless = replace(told, asks=tuple(each for each in told.asks if not each.ends))

    assert (walk(told).without_end, walk(told).complete) == (0, ("q", "close"))
    assert (walk(endless).without_end, walk(endless).complete) == (1, None)


def test_walk_does_not_reach_a_reply_behind_one_without_a_guard():
    walked = walk(interview(ask("q", reply("always"), reply("never"))))

    assert ("q", 0) in walked.said
    assert ("q", 1) not in walked.said


@pytest.mark.parametrize(
    "warm",
    [
        ask("greet", reply(opens=("greeted",), warms=1)),
        ask("greet", reply(warms=1), opens=("greeted",)),
        ask("greet", reply(then=Then(says="Good.", opens=("greeted",), warms=1))),
    ],
    ids=["by a reply", "by an ask", "by waiting"],
)
def test_walk_wins_trust_once_for_a_thread_that_nothing_looks_at(warm):
    """A reply at more trust than can be won would be promised, and never heard."""
    for trust, reached in [(3, True), (4, False)]:
        guarded = ask("q", reply("full", trust=trust), reply("short"))

        assert (("q", 0) in walk(interview(warm, guarded)).said) is reached


def test_walk_does_not_reach_what_too_few_turns_leave_out():
    """A fact at the end of a long way is found only where there are turns for it."""
    asks = (OPEN_A, ask("q", reply(reveals=("fact",)), needs=("a",)))

    assert "fact" not in walk(interview(*asks, turns=1)).turns_to
    assert walk(interview(*asks, turns=2)).turns_to == {"fact": 2}
    assert walk(interview(*asks, turns=2)).complete is None
    assert walk(interview(*asks, turns=3)).complete == ("open_a", "q", "close")


@given(make.interviews(turns=40))
def test_way_to_everything_finds_everything(told):
    """Where the walk knows a way, replay confirms it; where it knows none, a fact can be lost."""
    walked = walk(told)

    if walked.complete is None:
        assert walked.lost
    else:
        talk = replay(told, walked.complete)
        assert (talk.found, talk.ended) == (told.facts, "closed")


@pytest.mark.parametrize("name", REAL)
def test_real_interview_can_be_held_to_the_full(kit_content, name):
    """Nothing in the kit's interviews is lost, mute or out of reach, and there is time for all."""
    real = kit_content.interviews[name]
    walked = walk(real)
    replies = {(each.id, n): r for each in real.asks for n, r in enumerate(each.replies)}

    assert (walked.lost, walked.without_reply, walked.without_end) == ({}, frozenset(), 0)
    assert walked.offered == set(real.by_id)
    assert walked.said == {*replies, *((i, -1 - n) for (i, n), r in replies.items() if r.then)}
    assert set(walked.turns_to) == real.facts
    talk = replay(real, walked.complete)
    assert (talk.found, talk.ended) == (real.facts, "closed")
