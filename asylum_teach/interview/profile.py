"""How an interview was held: a profile, and never a number."""

from __future__ import annotations

from dataclasses import dataclass

from asylum_teach.interview.talk import Talk, Turn
from asylum_teach.models.interview import FORMS, SAFETY


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What can be counted in the turns of an interview."""

    turns: int
    forms: dict[str, int]  # by form, steps left out: how many questions were asked
    interruptions: int
    repeated: int
    held_back: int  # turns in which the applicant could have told more
    safety: dict[str, int]  # by step: the turn in which it was first taken in; 0 if never
    story_began: int  # the turn in which the story told its first fact; 0 if it never did
    deadline: bool  # whether the date of arrival was asked for
    bars: bool  # whether the list for everybody was asked
    critical_errors: tuple[tuple[int, str], ...]  # the turn and the kind
    ended: str  # one of ENDINGS; empty while it goes on
    found: frozenset[str]

    @property
    def questions(self) -> int:
        """How many questions were asked; steps are none."""
        return sum(self.forms.values())

    @property
    def open_share(self) -> float | None:
        """The share of open questions; None where none at all was asked."""
        return self.forms["open"] / self.questions if self.questions else None

    def in_time(self, step: str) -> bool:
        """Whether a step of SAFETY was done before the story began."""
        done = self.safety[step]
        return bool(done) and (not self.story_began or done < self.story_began)


def profile(talk: Talk) -> Profile:
    """The profile of the turns so far."""
    turns = talk.turns
    return Profile(
        turns=len(turns),
        forms={form: _count(turns, form) for form in FORMS if form != "step"},
        interruptions=sum(turn.cut for turn in turns),
        repeated=sum(turn.repeated for turn in turns),
        held_back=sum(bool(turn.held_back) for turn in turns),
        safety={step: _first(turns, step) for step in SAFETY},
        story_began=next((t.number for t in turns if t.found and t.ask.topic != "before"), 0),
        deadline=_covered(turns, "deadline"),
        bars=_covered(turns, "bars"),
        critical_errors=tuple(
            (turn.number, turn.ask.critical_error) for turn in turns if turn.ask.critical_error
        ),
        ended=talk.ended,
        found=talk.found,
    )


def _count(turns: tuple[Turn, ...], form: str) -> int:
    return sum(turn.ask.form == form for turn in turns)


def _first(turns: tuple[Turn, ...], step: str) -> int:
    return next((turn.number for turn in turns if turn.ask.id == step and not turn.unheard), 0)


def _covered(turns: tuple[Turn, ...], what: str) -> bool:
    """Whether it was asked about, and the question was taken in."""
    return any(what in turn.ask.covers and not turn.unheard for turn in turns)
