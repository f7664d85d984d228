"""Turn by turn: what is on offer, what is replied, and what the reply rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from asylum_teach.models.interview import MOST_TRUST, WAIT, Ask, Interview, Reply, Then

CUT_COSTS = 1  # trust lost when an applicant who has paused is cut short


class NotOnOfferError(ValueError):
    """Something was asked that was not on offer at that point."""


class NoReplyError(LookupError):
    """An ask to which nothing is replied in that state; check tells its writer."""


class State(NamedTuple):  # and no dataclass, which takes three times as long to walk
    """All that a reply can depend on."""

    threads: frozenset[str]
    won: int  # the trust won so far, which an apology brings back
    trust: int  # 0 to won
    pause: tuple[str, int] | None = None  # the ask and the number of its reply that can go on


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One thing asked or done, and what came of it."""

    number: int  # from 1
    before: State
    ask: Ask
    says: str
    found: tuple[str, ...]  # facts that were not known before
    note: str  # of the reply
    unheard: bool  # a step that was not taken in
    cut: bool  # it cut short an applicant who had paused
    paused: bool  # the applicant has more to say, if the learner waits
    repeated: bool  # the same was asked, and replied, before
    opened: tuple[str, ...]  # threads
    held_back: tuple[str, ...]  # facts that would have been told, had their guards held
    trust: int  # after it


@dataclass(frozen=True, kw_only=True)
class Talk:
    """An interview up to some turn."""

    interview: Interview
    turns: tuple[Turn, ...]
    state: State
    ended: str  # one of ENDINGS; empty while it goes on

    @property
    def left(self) -> int:
        """How many turns are left."""
        return self.interview.turns - len(self.turns)

    @property
    def found(self) -> frozenset[str]:
        """The facts found so far, those on the slip included."""
        return frozenset([*self.interview.known, *(f for turn in self.turns for f in turn.found)])

    @property
    def offered(self) -> tuple[Ask, ...]:
        """What can be asked or done next."""
        return () if self.ended else tuple(on_offer(self.interview, self.state))


def begin(interview: Interview) -> State:
    """The state before the first turn."""
    start = interview.start_trust
    return State(threads=frozenset(), won=start, trust=start)


def on_offer(interview: Interview, state: State) -> Iterator[Ask]:
    """What can be asked or done in *state*."""
    return (ask for ask in interview.asks if state.threads.issuperset(ask.needs))


def step(interview: Interview, state: State, ask: Ask) -> tuple[State, Reply | Then, int]:
    """The next state, what is said, and the number of that reply among those of *ask*.

    When the applicant goes on with an earlier reply, the number is -1.  Raises NoReplyError.
    """
    if ask.id == WAIT and state.pause:
        then = _paused(interview, state.pause)
        threads, won, trust, _ = _warmed(state, then.opens, then.warms)
        return State(threads, won, trust), then, -1
    if state.pause and not ask.keeps_pause:
        state = State(state.threads, state.won, max(0, state.trust - CUT_COSTS))
    number = next((i for i, r in enumerate(ask.replies) if _fits(r, state)), None)
    if number is None:
        raise NoReplyError(ask.id)
    reply = ask.replies[number]
    threads, won, trust, pause = _warmed(state, (*ask.opens, *reply.opens), reply.warms)
    trust = won if ask.mends else max(0, trust - reply.chills)
    return State(threads, won, trust, (ask.id, number) if reply.then else pause), reply, number


def replay(interview: Interview, asked: Sequence[str]) -> Talk:
    """The interview after *asked*, the ids of what was asked or done, in order.

    Raises NotOnOfferError when one of them was not on offer at its turn.
    """
    state, turns, ended = begin(interview), [], ""
    found, said = set(interview.known), set[tuple[str, str]]()
    for number, name in enumerate(asked, start=1):
        ask = interview.by_id.get(name)
        if ended or ask is None or not state.threads.issuperset(ask.needs):
            raise NotOnOfferError(f"'{name}' was not on offer at turn {number}.")
        before = state
        state, reply, place = step(interview, before, ask)
        turns.append(
            Turn(
                number=number,
                before=before,
                ask=ask,
                says=reply.says,
                found=tuple(fact for fact in reply.reveals if fact not in found),
                note=reply.note if isinstance(reply, Reply) else "",
                unheard=isinstance(reply, Reply) and reply.unheard,
                cut=before.pause is not None and place >= 0 and not ask.keeps_pause,
                paused=isinstance(reply, Reply) and reply.then is not None,
                repeated=(name, reply.says) in said,
                opened=tuple(state.threads - before.threads),
                held_back=_held_back(interview, ask, place, found, before),
                trust=state.trust,
            )
        )
        found.update(reply.reveals)
        said.add((name, reply.says))
        ended = ask.ends or ("time" if number == interview.turns else "")
    return Talk(interview=interview, turns=tuple(turns), state=state, ended=ended)


def _paused(interview: Interview, pause: tuple[str, int]) -> Then:
    """How the reply goes on in which the applicant paused."""
    name, number = pause
    then = interview.by_id[name].replies[number].then
    if then is None:
        raise ValueError(f"reply {number} to '{name}' does not go on")
    return then


def _fits(reply: Reply, state: State) -> bool:
    return (
        state.trust >= reply.trust
        and state.threads.issuperset(reply.after)
        and state.threads.isdisjoint(reply.unless)
    )


def _warmed(state: State, opens: Sequence[str], warms: int) -> State:
    """The state after *opens*; trust is won once for each thread."""
    if state.threads.issuperset(opens):
        return state
    threads, won, trust, pause = state
    won, trust = min(MOST_TRUST, won + warms), min(MOST_TRUST, trust + warms)
    return State(threads.union(opens), won, trust, pause)


def _held_back(
    interview: Interview, ask: Ask, place: int, found: set[str], state: State
) -> tuple[str, ...]:
    """The facts of the replies before the one that was given, if it does not tell them, too."""
    if place < 1:
        return ()
    told = {
        fact: None
        for reply in ask.replies[:place]
        if state.threads.isdisjoint(reply.unless) and not _tells_again(reply, ask, interview, state)
        for fact in _told_by(reply)
    }
    return tuple(fact for fact in told if fact not in {*found, *_told_by(ask.replies[place])})


def _tells_again(reply: Reply, ask: Ask, interview: Interview, state: State) -> bool:
    """Whether it waits for what *ask* alone brings up, so that it was told by then."""
    return any(
        {each.id for each in interview.asks if thread in _opened_by(each)} == {ask.id}
        for thread in reply.after
        if thread not in state.threads
    )


def _told_by(reply: Reply) -> tuple[str, ...]:
    """The facts that a reply tells, with those that follow if the learner waits."""
    return (*reply.reveals, *(reply.then.reveals if reply.then else ()))


def _opened_by(ask: Ask) -> set[str]:
    """The threads that an ask can open, at once or to somebody who waits."""
    goes_on = (reply.then.opens for reply in ask.replies if reply.then)
    return set(ask.opens).union(*(reply.opens for reply in ask.replies), *goes_on)
