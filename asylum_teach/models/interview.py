"""Practice interviews: what can be asked, what is told and when; and scripts with errors to stop.

An interview is a file of states and guards.  Its state is the *threads* that are open (what
has come up or been done so far), the *trust* of the applicant, and a *pause* in which she has
not finished.  What she replies depends on these alone, never on chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from asylum_teach.models.base import Record
from asylum_teach.models.items import Change, Item

MOST_TRUST = 4
WAIT = "wait"  # the step by which the learner lets the applicant go on
# What a question is; a step is anything else that an interviewer does.
FORMS = {
    "open": "open question",
    "closed": "closed question",
    "leading": "leading question",
    "compound": "several questions in one",
    "needless": "needless question",
    "insensitive": "insensitive question",
    "step": "a step, not a question",
}
Form = Literal["open", "closed", "leading", "compound", "needless", "insensitive", "step"]
# Where a question stands in the bank, in the order of an interview.
TOPICS = {
    "before": "Before the story",
    "story": "What happened",
    "why": "Who, and why",
    "state": "Police and authorities",
    "place": "Other places, and going back",
    "record": "Dates, papers, and the list for everybody",
    "during": "While you talk",
    "end": "Ending",
}
Topic = Literal["before", "story", "why", "state", "place", "record", "during", "end"]
ENDINGS = {
    "closed": "You closed the interview.",
    "referred": "You stopped and referred.",
    "time": "The time was over before you closed.",
}
# What every interviewer owes an applicant before the story, by the step that does it.
SAFETY = ("check_interpreter", "explain_role", "explain_confidentiality", "may_stop", "safe_now")


@dataclass(frozen=True, kw_only=True)
class Source(Record):
    """A public source of a rule of good interviewing."""

    organization: str
    title: str
    url: str
    supports: str  # what in it supports the rule, in our own words
    seen: Literal["excerpt", "page", "listed"]  # how much of it was read
    checked: date
    where: str = ""


@dataclass(frozen=True, kw_only=True)
class Practice(Record):
    """A rule of good interviewing, and where it comes from."""

    id: str
    title: str
    says: str
    why: str
    sources: tuple[Source, ...] = ()
    authorities: tuple[str, ...] = ()
    own: str = ""  # where no source was found: why it is a rule of ours


@dataclass(frozen=True, kw_only=True)
class Then(Record):
    """How a reply goes on, if the learner waits."""

    says: str
    reveals: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    warms: int = 0


@dataclass(frozen=True, kw_only=True)
class Reply(Record):
    """What is replied while its guards hold; the first of an ask's replies that fits is said."""

    says: str
    after: tuple[str, ...] = ()  # threads that must be open
    unless: tuple[str, ...] = ()  # threads that must not be
    trust: int = 0  # the least trust
    reveals: tuple[str, ...] = ()  # facts
    opens: tuple[str, ...] = ()  # threads
    warms: int = 0  # trust won, when it opens a thread for the first time
    chills: int = 0  # trust lost, each time
    unheard: bool = False  # a step that was not taken in, and does not count as done
    then: Then | None = None  # said only if the learner waits
    note: str = ""  # what the debrief says of this reply


@dataclass(frozen=True, kw_only=True)
class Ask(Record):
    """Something that the learner can ask or do."""

    id: str
    form: Form
    topic: Topic
    text: str
    note: str  # what the debrief says of asking it
    practices: tuple[str, ...]
    replies: tuple[Reply, ...] = ()
    needs: tuple[str, ...] = ()  # threads without which it is not on offer
    opens: tuple[str, ...] = ()  # threads, whatever is replied
    covers: tuple[Literal["deadline", "bars"], ...] = ()
    critical_error: str = ""
    better: str = ""  # another ask, which would have been better
    mends: bool = False  # an apology: it brings back the trust that was won
    label: str = ""  # what the button says, where the text is no speech
    keeps_pause: bool = False  # it does not cut short an applicant who has paused
    ends: Literal["", "closed", "referred"] = ""


@dataclass(frozen=True, kw_only=True)
class Interview(Record):
    """An invented applicant to be interviewed; the law's day and circuit are those of the case."""

    id: str
    version: int
    title: str
    case: str  # of which the facts are taken
    lesson: str
    points: tuple[str, ...]
    name: str  # of the applicant
    language: str  # in which the applicant is most at home
    content_note: str
    slip: str  # what the office has written down before
    aim: str  # what a good interview here turns on; shown in the debrief
    turns: int  # how many there are
    asks: tuple[Ask, ...]
    known: tuple[str, ...] = ()  # facts that are on the slip
    change: Change = field(default_factory=Change)  # how the facts differ from those of the case
    start_trust: int = 2

    @cached_property
    def by_id(self) -> dict[str, Ask]:
        """Each ask by its id."""
        return {ask.id: ask for ask in self.asks}

    @cached_property
    def facts(self) -> frozenset[str]:
        """Every fact that can be found, those on the slip included."""
        replies = [reply for ask in self.asks for reply in ask.replies]
        told = [fact for reply in replies for fact in reply.reveals]
        later = [fact for reply in replies if reply.then for fact in reply.then.reveals]
        return frozenset([*self.known, *told, *later])

    @cached_property
    def item(self) -> Conversation:
        """The one item that is asked about it."""
        return Conversation(
            id=self.id,
            kind="interview",
            stem=f"Interview {self.name}: choose what to ask or do, one turn at a time.",
            interview=self,
        )


@dataclass(frozen=True, kw_only=True)
class Conversation(Item):
    """Hold the interview; the response is {asked: ids in order, found: status by element}."""

    kind: Literal["interview"]
    interview: Interview


# What can be wrong in an interview that is watched, as the learner names it.
STOP_ERRORS = {
    "leads": "The interviewer leads: the answer is inside the question",
    "several": "The interviewer asks several things at once",
    "interrupts": "The interviewer interrupts",
    "promises": "The interviewer promises or predicts a result",
    "advises": "The interviewer gives legal advice",
    "blames": "The interviewer blames, or shows disbelief",
    "pries": "The interviewer asks for painful detail that is not needed",
    "overlooks": "The interviewer passes over a date or a bar that cannot wait",
    "unsafe": "The interviewer overlooks privacy or safety",
    "shortens": "The interpreter sums up or leaves something out",
    "adds": "The interpreter adds something",
    "alters": "The interpreter changes a fact",
}
Speaker = Literal["interviewer", "interpreter", "applicant", "other"]


@dataclass(frozen=True, kw_only=True)
class Line(Record):
    """One line of a script."""

    who: Speaker
    text: str  # as it is said
    language: Literal["English", "Spanish"] = "English"
    gloss: str = ""  # in English word for word, of a line in Spanish
    error: str = ""  # one of STOP_ERRORS
    also: tuple[str, ...] = ()  # other names under which the error is right as well
    note: str = ""  # what is wrong and why; or why a line that may look wrong is none
    better: str = ""  # what to say instead
    practices: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Script(Record):
    """An interview with errors in it, which plays line by line until the learner says stop."""

    id: str
    version: int
    title: str
    lesson: str
    points: tuple[str, ...]
    content_note: str
    setting: str
    lines: tuple[Line, ...]
    lesson_learned: str  # one or two sentences at the end

    @cached_property
    def item(self) -> Stopping:
        """The one item that is asked about it."""
        return Stopping(
            id=self.id,
            kind="stop",
            stem="Read line by line. Press Stop at an error, and say what it is.",
            script=self,
        )


@dataclass(frozen=True, kw_only=True)
class Stopping(Item):
    """Stop a script at its errors; the response is {stops: [[line number from 0, error], …]}."""

    kind: Literal["stop"]
    script: Script
