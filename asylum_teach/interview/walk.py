"""Every way through an interview, walked: what can be reached, in how many turns, and what never.

What is asked does not matter in itself, only the state it leads to; so all ways are walked by
walking all states.  Threads that nothing looks at are left out of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from asylum_teach.interview.talk import NoReplyError, State, begin, on_offer, step
from asylum_teach.models.interview import Ask, Interview

Said = tuple[str, int]  # an ask and the number of its reply; -1 - n where reply n went on


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What there is in an interview, within its turns."""

    states: int
    transitions: int
    turns_to: dict[str, int]  # the fewest turns to each fact, those on the slip at 0
    said: frozenset[Said]  # what is replied somewhere
    offered: frozenset[str]  # the asks that are on offer somewhere
    without_reply: frozenset[str]  # asks to which nothing is replied in some state
    without_end: int  # states in which the interview can be neither closed nor referred
    lost: dict[str, int]  # a fact: states after which it can no longer be found, time aside
    complete: tuple[str, ...] | None  # a short way to everything, and an ending; None: too long


@lru_cache(maxsize=64)
def walk(interview: Interview) -> Walk:
    """Walk every state there is; what is counted lies within the interview's turns."""
    relevant = _looked_at(interview)
    start = _bare(begin(interview), relevant)
    depth, told_after = {start: 0}, dict[State, frozenset[str]]()
    after: dict[State, set[State]] = {}
    turns_to = dict.fromkeys(interview.known, 0)
    said, offered, mute = set[Said](), set[str](), set[str]()
    transitions = without_end = 0
    waiting = [start]
    for state in waiting:
        asks = list(on_offer(interview, state))
        in_time = depth[state] < interview.turns
        if in_time:
            offered.update(ask.id for ask in asks)
            without_end += not any(ask.ends for ask in asks)
        after[state] = set()
        here = set[str]()
        for ask in asks:
            try:
                reached, reply, number = step(interview, state, ask)
            except NoReplyError:
                mute.add(ask.id)
                continue
            here.update(reply.reveals)
            if in_time:
                transitions += 1
                said.add(_said(state, ask, number))
                for fact in reply.reveals:
                    turns_to.setdefault(fact, depth[state] + 1)
            if ask.ends:
                continue
            reached = _bare(reached, relevant)
            after[state].add(reached)
            if reached not in depth:
                depth[reached] = depth[state] + 1
                waiting.append(reached)
        told_after[state] = frozenset(here)
    return Walk(
        states=sum(turns < interview.turns for turns in depth.values()),
        transitions=transitions,
        turns_to=turns_to,
        said=frozenset(said),
        offered=frozenset(offered),
        without_reply=frozenset(mute),
        without_end=without_end,
        lost=_lost(interview, told_after, after),
        complete=way_to_everything(interview),
    )


def way_to_everything(
    interview: Interview,
    asks: Collection[str] | None = None,
    first: Iterable[str] = (),
) -> tuple[str, ...] | None:
    """A short way through *first* and then to every fact, by *asks* alone, with an ending.

    Goes to the nearest new fact each time, so that it is short but need not be the shortest.
    None when some fact cannot be found so, or not within the interview's turns.
    """
    allowed = [a for a in interview.asks if asks is None or a.id in asks]
    state, way, found = begin(interview), list[str](), set(interview.known)

    def go(steps: Iterable[str]) -> None:
        nonlocal state
        for name in steps:
            state, reply, _ = step(interview, state, interview.by_id[name])
            found.update(reply.reveals)
            way.append(name)

    go(first)
    while not found >= interview.facts:
        news = (way for way, told in heard(interview, state, allowed) if not found.issuperset(told))
        steps = next(news, None)
        if steps is None:
            return None
        go(steps)
    closing = next((ask.id for ask in interview.asks if ask.ends == "closed"), None)
    if closing is None:
        return None
    way.append(closing)
    return tuple(way) if len(way) <= interview.turns else None


def heard(
    interview: Interview, start: State, asks: Iterable[Ask]
) -> Iterator[tuple[tuple[str, ...], Collection[str]]]:
    """Where *asks* lead from *start*: ways and what is told at their ends, the shortest first."""
    asks = [ask for ask in asks if not ask.ends]
    relevant = _looked_at(interview)
    start = _bare(start, relevant)
    ways: dict[State, tuple[str, ...]] = {start: ()}
    waiting = [start]
    for state in waiting:
        for ask in asks:
            if not state.threads.issuperset(ask.needs):
                continue
            try:
                reached, reply, _ = step(interview, state, ask)
            except NoReplyError:
                continue
            way = (*ways[state], ask.id)
            yield way, reply.reveals
            reached = _bare(reached, relevant)
            if reached not in ways:
                ways[reached] = way
                waiting.append(reached)


def _said(state: State, ask: Ask, number: int) -> Said:
    """Which reply was said; one that goes on bears a number below 0."""
    if number < 0 and state.pause:
        name, paused = state.pause
        return name, -1 - paused
    return ask.id, number


def _looked_at(interview: Interview) -> frozenset[str]:
    """The threads on which anything depends."""
    named: set[str] = set()
    for ask in interview.asks:
        named.update(ask.needs)
        for reply in ask.replies:
            named.update((*reply.after, *reply.unless))
            if reply.warms:
                named.update((*ask.opens, *reply.opens))
            if reply.then and reply.then.warms:
                named.update(reply.then.opens)
    return frozenset(named)


def _bare(state: State, relevant: frozenset[str]) -> State:
    if state.threads <= relevant:
        return state
    return State(state.threads & relevant, state.won, state.trust, state.pause)


def _lost(
    interview: Interview,
    told: dict[State, frozenset[str]],
    after: dict[State, set[State]],
) -> dict[str, int]:
    """For each fact, in how many states nothing that follows tells it any more, time aside."""
    ahead = dict(told)
    moved = True
    while moved:
        moved = False
        for state in reversed([*after]):
            seen = ahead[state].union(*(ahead[s] for s in after[state]))
            if len(seen) > len(ahead[state]):
                ahead[state], moved = seen, True
    wanted = interview.facts - set(interview.known)
    missing = {fact: sum(fact not in seen for seen in ahead.values()) for fact in wanted}
    return {fact: states for fact, states in sorted(missing.items()) if states}
