"""Whether practice interviews and scripts are sound: every interview is walked in every state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asylum_teach.content import Reading
from asylum_teach.content.yamlfile import Place
from asylum_teach.interview import Walk, walk
from asylum_teach.models import Ask, Content, Fault, Interview, Law, Line, Reply, Script
from asylum_teach.models.interview import FORMS, MOST_TRUST, STOP_ERRORS

FEWEST_ASKS = 30
FEWEST_TURNS = 10
NEED_BETTER = ("leading", "compound", "needless", "insensitive")

Named = tuple[str, tuple[Place, str, Any]]  # the file; the place, what kind of name, the names
Found = tuple[Place, str, str]


# --- Names that other files know ---


def named(content: Content, reading: Reading) -> Iterator[Named]:
    """Every use of a name in interviews, scripts and practices, with the file and the place."""
    for i, practice in enumerate(content.practices.values()):
        yield "practices.yaml", ((i, "authorities"), "authority", practice.authorities)
    for interview in content.interviews.values():
        file = f"interviews/{interview.id}.yaml"
        yield file, (("case",), "case", [interview.case])
        yield file, (("lesson",), "lesson", [interview.lesson])
        yield file, (("points",), "point", interview.points)
        yield file, (("known",), "fact", interview.known)
        yield file, (("change", "add"), "fact", interview.change.add)
        yield file, (("change", "remove"), "fact", interview.change.remove)
        for ask in interview.asks:
            home, at = _home(reading, interview, ask)
            yield home, ((*at, "practices"), "practice", ask.practices)
            critical = [ask.critical_error] if ask.critical_error else []
            yield home, ((*at, "critical_error"), "critical error", critical)
            for n, reply in enumerate(ask.replies):
                there, place = _reply_place(reading, interview, ask, n)
                yield there, ((*place, "reveals"), "fact", reply.reveals)
                if reply.then:
                    yield there, ((*place, "then", "reveals"), "fact", reply.then.reveals)
    for script in content.scripts.values():
        file = f"scripts/{script.id}.yaml"
        yield file, (("lesson",), "lesson", [script.lesson])
        yield file, (("points",), "point", script.points)
        for i, line in enumerate(script.lines):
            yield file, (("lines", i, "practices"), "practice", line.practices)
            yield file, (("lines", i, "authorities"), "authority", line.authorities)
            yield file, (("lines", i, "error"), "error", [line.error] if line.error else [])
            yield file, (("lines", i, "also"), "error", line.also)


def _own(reading: Reading, interview: Interview) -> list[str]:
    """The ids of the asks that the interview's own file holds."""
    return [ask["id"] for ask in reading.files[f"interviews/{interview.id}.yaml"].value["asks"]]


def _home(reading: Reading, interview: Interview, ask: Ask) -> tuple[str, Place]:
    """The file that holds *ask*, and its place there."""
    own = _own(reading, interview)
    if ask.id in own:
        return f"interviews/{interview.id}.yaml", ("asks", own.index(ask.id))
    shared = [each["id"] for each in reading.files["asks.yaml"].value]
    return "asks.yaml", (shared.index(ask.id),)


def _reply_place(
    reading: Reading, interview: Interview, ask: Ask, number: int
) -> tuple[str, Place]:
    """The file that holds a reply, and its place there: general ones stand in asks.yaml."""
    home, at = _home(reading, interview, ask)
    if home != "asks.yaml":
        return home, (*at, "replies", number)
    file = f"interviews/{interview.id}.yaml"
    given = len(reading.files[file].value["shared"].get(ask.id, ()))
    if number < given:
        return file, ("shared", ask.id, number)
    return home, (*at, "replies", number - given)


def _here(reading: Reading, interview: Interview, ask: Ask) -> Place:
    """The place of an ask in the interview's own file."""
    home, at = _home(reading, interview, ask)
    return ("shared", ask.id) if home == "asks.yaml" else at


# --- Each interview by itself ---


def faults(reading: Reading, content: Content) -> Iterator[Fault]:
    """Every fault of the interviews and the scripts, whose names are all known."""
    for interview in content.interviews.values():
        own = f"interviews/{interview.id}.yaml"
        told = [*_bank(reading, interview), *_facts(interview, content)]
        if not told:
            told = list(_walked(reading, interview, walk(interview)))
        for file, place, what, do in told:
            yield reading.fault(file or own, place, what, do)
    for script in content.scripts.values():
        for place, what, do in _in_script(script):
            yield reading.fault(f"scripts/{script.id}.yaml", place, what, do)


Told = tuple[str, Place, str, str]  # the file (empty: the interview's own), place, what, do
OWN = ""


def _bank(reading: Reading, interview: Interview) -> Iterator[Told]:
    """Whether the asks are enough, and each can be used."""
    if interview.turns < FEWEST_TURNS:
        what = f"{interview.turns} turns are too few"
        yield OWN, ("turns",), what, f"give {FEWEST_TURNS} or more"
    if not 0 <= interview.start_trust <= MOST_TRUST:
        yield OWN, ("start_trust",), *_OFF_THE_SCALE
    if len(interview.asks) < FEWEST_ASKS:
        what = f"there are {len(interview.asks)} things to ask or do"
        yield OWN, ("asks",), what, f"write {FEWEST_ASKS} or more, with those of asks.yaml"
    missing = [form for form in FORMS if all(ask.form != form for ask in interview.asks)]
    if missing:
        yield OWN, ("asks",), f"no ask is {', none is '.join(missing)}", "add one of each form"
    if all(ask.ends != "closed" for ask in interview.asks):
        yield OWN, ("asks",), "no ask closes the interview", "add one with ends: closed"
    opened = {thread for ask in interview.asks for thread in _opened(ask)}
    for ask in interview.asks:
        at = _here(reading, interview, ask)
        if ask.better and ask.better not in interview.by_id:
            what = f"there is no ask '{ask.better}' here"
            yield OWN, (*at, "better"), what, "name one of this bank"
        if ask.form in NEED_BETTER and not ask.better:
            what = f"'{ask.id}' does not say what would be better"
            yield OWN, at, what, "add better: the id of an ask"
        for thread in sorted({*ask.needs} - opened):
            what = f"nothing opens the thread '{thread}'"
            yield OWN, (*at, "needs"), what, "open it in a reply"
        if not ask.replies:
            yield OWN, at, f"nothing is replied to '{ask.id}'", "write a reply without a guard"
        for n, reply in enumerate(ask.replies):
            file, place = _reply_place(reading, interview, ask, n)
            for inside, what, do in _in_reply(ask, reply, opened):
                yield file, (*place, *inside), what, do


_OFF_THE_SCALE = ("trust runs from 0 to 4", "write a number in between")


def _in_reply(ask: Ask, reply: Reply, opened: set[str]) -> Iterator[Found]:
    for name in ("trust", "warms", "chills"):
        if not 0 <= getattr(reply, name) <= MOST_TRUST:
            yield (name,), *_OFF_THE_SCALE
    for thread in sorted({*reply.after, *reply.unless} - opened):
        yield (), f"nothing opens the thread '{thread}'", "open it in a reply"
    if reply.warms and not (reply.opens or ask.opens):
        what = "this reply wins trust and opens no thread"
        yield (), what, "let it open one: else trust is won again each time"
    if reply.then and not 0 <= reply.then.warms <= MOST_TRUST:
        yield ("then", "warms"), *_OFF_THE_SCALE
    if reply.then and reply.then.warms and not {*reply.then.opens} - {*ask.opens, *reply.opens}:
        what = "what follows a pause wins trust and opens no thread of its own"
        yield ("then",), what, "let it open one"


def _opened(ask: Ask) -> Iterator[str]:
    yield from ask.opens
    for reply in ask.replies:
        yield from reply.opens
        if reply.then:
            yield from reply.then.opens


def _facts(interview: Interview, content: Content) -> Iterator[Told]:
    """Whether exactly the facts of the case, with what is changed, can be found."""
    law: Law = content.law
    case = content.cases[interview.case]
    wanted = law.closed(case.facts - set(interview.change.remove) | set(interview.change.add))
    there = law.closed(interview.facts)
    if interview.facts <= set(interview.known):
        yield OWN, ("known",), "nothing is left to be found", "let replies reveal the facts"
    for fact in sorted(wanted - there):
        what = f"no reply tells the fact '{fact}' of the case"
        yield OWN, ("asks",), what, "let a reply reveal it, or name it under known"
    for fact in sorted(there - wanted):
        what = f"the fact '{fact}' is not one of the case"
        yield OWN, ("asks",), what, "take it out, or name it under change"
    for one, other in law.contradictions(interview.facts):
        what = f"'{one}' and '{other}' cannot both hold"
        yield OWN, ("asks",), what, "let replies tell only one of them"


def _walked(reading: Reading, interview: Interview, walked: Walk) -> Iterator[Told]:
    """What the walk through every state has found."""
    for name in sorted(walked.without_reply):
        at = _here(reading, interview, interview.by_id[name])
        what = f"in some state nothing is replied to '{name}'"
        yield OWN, at, what, "let its last reply have no guard"
    if walked.without_end:
        what = f"{walked.without_end} states have no ending on offer"
        yield OWN, ("asks",), what, "let closing need no thread"
    for fact in sorted(interview.facts - set(walked.turns_to)):
        what = f"the fact '{fact}' cannot be found within {interview.turns} turns"
        yield OWN, ("turns",), what, "ease a guard, or give more turns"
    for fact, states in walked.lost.items():
        what = f"after {states} states the fact '{fact}' can no longer be found"
        yield OWN, ("asks",), what, "ease a guard: nothing is lost for good here"
    if walked.complete is None:
        what = f"{interview.turns} turns are too few to find everything"
        yield OWN, ("turns",), what, "give more turns, or ease a guard"
    for ask in interview.asks:
        if ask.id not in walked.offered:
            at = _here(reading, interview, ask)
            yield OWN, at, f"'{ask.id}' is never on offer", "ease what it needs"
            continue
        for n, reply in enumerate(ask.replies):
            file, place = _reply_place(reading, interview, ask, n)
            if (ask.id, n) not in walked.said:
                yield file, place, "this reply is never said", "ease its guards, or move it up"
            if reply.then and (ask.id, -1 - n) not in walked.said:
                what = "nobody can wait for this"
                yield file, (*place, "then"), what, "ease the reply's guards"


# --- Each script by itself ---


def _in_script(script: Script) -> Iterator[Found]:
    errors = sum(bool(line.error) for line in script.lines)
    if not 0 < errors < len(script.lines):
        what = "a script needs lines with an error and lines without"
        yield ("lines",), what, "write both"
    for i, line in enumerate(script.lines):
        yield from ((("lines", i), what, do) for what, do in _in_line(line))


def _in_line(line: Line) -> Iterator[tuple[str, str]]:
    if line.error and not (line.note and line.better and line.practices):
        yield "an error needs its note, what is better, and a practice", "add what is missing"
    if line.error and line.who not in ("interviewer", "interpreter"):
        yield "only an interviewer or an interpreter makes errors here", "move the error"
    if line.also and not line.error:
        yield "other names stand where there is no error", "name the error, or leave 'also' out"
    if line.error in line.also:
        yield f"'{line.error}' stands twice", "leave it out of 'also'"
    if (line.language == "Spanish") != bool(line.gloss):
        yield "a line in Spanish needs its words in English, and no other does", "mend 'gloss'"


# --- Counted ---


def counted(content: Content) -> dict[str, Any]:
    """What there is, and what the walk found."""
    return {
        "practices": len(content.practices),
        "interviews": len(content.interviews),
        "scripts": len(content.scripts),
        "interviews_walked": {i.id: _counted(i, walk(i)) for i in content.interviews.values()},
        "scripts_written": {
            script.id: {
                "lines": len(script.lines),
                "errors": sum(bool(line.error) for line in script.lines),
            }
            for script in content.scripts.values()
        },
        "script_lines_by_error": {
            error: sum(line.error == error for s in content.scripts.values() for line in s.lines)
            for error in STOP_ERRORS
        },
    }


def _counted(interview: Interview, walked: Walk) -> dict[str, int]:
    return {
        "asks": len(interview.asks),
        "facts": len(interview.facts),
        "turns": interview.turns,
        "states": walked.states,
        "transitions": walked.transitions,
        "turns_to_the_farthest_fact": max(walked.turns_to.values(), default=0),
        "turns_to_everything": len(walked.complete or ()),
    }
