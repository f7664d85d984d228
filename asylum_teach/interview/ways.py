"""The ways to what was not told: what could have been asked or done, in which order."""

from __future__ import annotations

from collections.abc import Iterable

from asylum_teach.interview.talk import State
from asylum_teach.interview.walk import heard
from asylum_teach.models.interview import WAIT, Ask, Interview

Way = tuple[Ask, ...]  # the last one brings it out
_FORMS = (("open", "step"), ("open", "step", "closed"))  # the best way to ask first


def ways_to(facts: Iterable[str], state: State, interview: Interview) -> dict[str, Way]:
    """A short way from *state* to each fact, by asking well.

    Closed questions are used where nothing else gets there.  A fact that has no way is left out.
    """
    wanted = set(facts)
    found: dict[str, Way] = {}
    for forms in _FORMS:
        asks = [a for a in interview.asks if a.form in forms and not a.critical_error]
        asks.sort(key=lambda ask: ask.id != WAIT)  # among ways as short as each other, to wait
        for way, told in heard(interview, state, asks):
            if wanted <= found.keys():
                return found
            for fact in wanted.intersection(told) - found.keys():
                found[fact] = tuple(interview.by_id[name] for name in way)
    return found
