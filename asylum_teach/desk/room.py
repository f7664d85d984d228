"""The room in which interviews are held and scripts are stopped: turns, debriefs, markings.

Nothing is kept here: each call brings the list of what was asked, so that an interview goes on
at the same turn whatever was restarted meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asylum_teach import law, scoring, widgets
from asylum_teach.interview import Marked, Talk, profile, replay, ways_to
from asylum_teach.models import Assessment, Content, Conversation, Interview, Stopping

View = dict[str, Any]
CHANGED = "This interview was rewritten since you began it; begin it anew."


class Room:
    """Holds the interviews and plays the scripts of *content*."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def turn(self, interview_id: str, asked: Sequence[str]) -> View:
        """What the page shows after *asked*.

        KeyError when there is no such interview; NotOnOfferError when it was not held so.
        """
        talk = replay(self.content.interviews[interview_id], asked)
        return widgets.talk_view(talk, self.content.law)

    def script(self, script_id: str) -> View:
        """A script as the page plays it, without its errors.  KeyError when there is none."""
        return widgets.script_view(self.content.scripts[script_id])

    def marked(self, script_id: str, stops: Sequence[Any]) -> str:
        """The marked-up script, for a screen that keeps nothing.

        KeyError when there is no such script, ResponseError for stops that it does not have.
        """
        item = self.content.scripts[script_id].item
        return self.markings(item, {"stops": stops})

    def markings(self, item: Stopping, response: Any) -> str:
        """The marked-up script that a response tells of; ResponseError when it tells of none."""
        marked: Marked = scoring.stops_of(item, response)
        return widgets.marked_html(
            item.script, marked, self.content.practices, self.content.law, self.content.law_as_of
        )

    def debrief(self, item: Conversation, response: Mapping[str, Any]) -> str:
        """What is told after an interview; ResponseError when the response tells of none."""
        talk = scoring.talk_of(item, response)
        return widgets.debrief_html(
            widgets.Debrief(
                talk=talk,
                profile=profile(talk),
                said=response.get("found") or {},
                on_found=self._assess(item.interview, talk.found),
                on_all=self._assess(item.interview, item.interview.facts),
                missed=tuple(self._missed(talk)),
            ),
            self.content.law,
            self.content.practices,
            self.content.law_as_of,
        )

    def _assess(self, interview: Interview, facts: frozenset[str]) -> Assessment:
        _, as_of, circuit = self.content.setting_of(interview)
        return law.assess(self.content.law, facts, as_of=as_of, circuit=circuit)

    def _missed(self, talk: Talk) -> Iterator[widgets.Missed]:
        """Each fact that was not found, what it alone would have moved, and a way to it."""
        before = self._assess(talk.interview, talk.found)
        missed = talk.interview.facts - talk.found
        ways = ways_to(missed, talk.turns[-1].before, talk.interview)
        for fact in self.content.law.facts:
            if fact not in missed:
                continue
            after = self._assess(talk.interview, talk.found | {fact})
            moves = {
                element: (old.status, after.findings[element].status)
                for element, old in before.findings.items()
                if old.status != after.findings[element].status
            }
            yield widgets.Missed(fact=fact, moves=moves, way=ways.get(fact, ()))
