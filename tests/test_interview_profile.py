"""How an interview was held is counted as anyone would count it, and earns what it found."""

from collections import Counter
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.interview import profile, replay
from asylum_teach.models import ELEMENTS, Status
from asylum_teach.models.interview import FORMS, SAFETY, WAIT
from asylum_teach.scoring import ResponseError, score
from tests.interviewers import (
    OPEN_A,
    REAL,
    ask,
    careless,
    draw_talks,
    harmful,
    held,
    interview,
    interviews,
    reply,
    skilled,
)
from tests.strategies import junk, spoiled

LEARNERS = {"skilled": skilled, "careless": careless, "harmful": harmful}

# --- Three learners in every interview of the kit ---


@pytest.fixture(scope="module")
def talks(kit_content):
    """By interview and learner, how it was held."""
    return {
        (name, learner): held(kit_content.interviews[name], policy)
        for name in REAL
        for learner, policy in LEARNERS.items()
    }


def told_by(reply_):
    return {*reply_.reveals, *(reply_.then.reveals if reply_.then else ())}


def brings_up(ask_):
    """The threads that asking it can open."""
    goes_on = [reply_.then for reply_ in ask_.replies if reply_.then]
    return {*ask_.opens, *(t for each in (*ask_.replies, *goes_on) for t in each.opens)}


def recounted(talk):
    """The profile counted from what was asked and what was replied, line by line."""
    known, threads, trust, rest = set(talk.interview.known), set(), talk.interview.start_trust, None
    cut, held_back, heard, began = [], [], [], 0
    opens = {each.id: brings_up(each) for each in talk.interview.asks}
    for turn in talk.turns:
        asked = talk.interview.by_id[turn.ask.id]
        cut.append(rest is not None and not asked.keeps_pause)
        trust = max(0, trust - cut[-1])
        goes_on, fuller = rest if asked.id == WAIT else None, []
        for said in asked.replies:
            if goes_on or threads.intersection(said.unless):
                continue
            if trust >= said.trust and threads.issuperset(said.after):
                break
            fuller.append(said)
        others = set().union(*(opens[name] for name in opens if name != asked.id))
        own = opens[asked.id] - others - threads  # so what waits for it is told a second time
        news = {f for each in fuller if own.isdisjoint(each.after) for f in told_by(each)}
        held_back.append(bool(news - known - (set() if goes_on else told_by(said))))
        said = goes_on or said
        assert said.says == turn.says
        heard.append((asked.id, turn.says))
        if not began and asked.topic != "before" and not known.issuperset(said.reveals):
            began = turn.number
        known.update(said.reveals)
        threads.update(turn.opened)
        trust = turn.trust
        rest = None if goes_on else said.then or (rest if asked.keeps_pause else None)
    forms = Counter(turn.ask.form for turn in talk.turns)
    covered = {each for turn in talk.turns if not turn.unheard for each in turn.ask.covers}
    taken_in = [("" if turn.unheard else turn.ask.id) for turn in talk.turns]
    return {
        "turns": len(heard),
        "forms": {form: forms[form] for form in FORMS if form != "step"},
        "interruptions": cut.count(True),
        "repeated": len(heard) - len(set(heard)),
        "held_back": held_back.count(True),
        "safety": {s: taken_in.index(s) + 1 if s in taken_in else 0 for s in SAFETY},
        "story_began": began,
        "deadline": "deadline" in covered,
        "bars": "bars" in covered,
        "critical_errors": tuple(
            (n, turn.ask.critical_error)
            for n, turn in enumerate(talk.turns, 1)
            if turn.ask.critical_error
        ),
        "ended": talk.turns[-1].ask.ends or "time",
        "found": known,
    }


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("name", REAL)
def test_profile_is_what_the_transcript_says(talks, name, learner):
    """Every figure of a debrief can be counted in the turns below it."""
    talk = talks[name, learner]

    assert asdict(profile(talk)) == recounted(talk)


@given(interviews(turns=6), st.data())
def test_profile_of_any_small_interview_is_what_the_transcript_says(told, data):
    *_, talk = draw_talks(data, told)

    assert asdict(profile(talk)) == recounted(talk)


@pytest.mark.parametrize("name", REAL)
def test_three_learners_have_three_profiles(talks, name):
    """A debrief that praised the careless like the skilled would teach nothing."""
    of = {learner: profile(talks[name, learner]) for learner in LEARNERS}
    others = (of["careless"], of["harmful"])

    assert all(of["skilled"].open_share > 1 / 2 > other.open_share for other in others)
    assert all(of["skilled"].in_time(step) for step in SAFETY)
    assert not any(other.in_time(step) for other in others for step in SAFETY)
    assert all(len(of["skilled"].found) > len(other.found) for other in others)
    assert of["skilled"].repeated < min(other.repeated for other in others)
    assert [of[learner].ended for learner in LEARNERS] == ["closed", "time", "time"]


@pytest.mark.parametrize("name", REAL)
def test_only_harm_is_called_a_critical_error(talks, name):
    """Clumsy is not dangerous, and dangerous is said whatever else was found."""
    kinds = {
        learner: {kind for _, kind in profile(talks[name, learner]).critical_errors}
        for learner in LEARNERS
    }

    assert kinds["skilled"] == kinds["careless"] == set()
    assert len(kinds["harmful"]) >= 2


@pytest.mark.parametrize("name", REAL)
def test_skilled_learner_is_rewarded(talks, name):
    """Good practice alone finds four fifths of the facts in time, and interrupts nobody."""
    talk = talks[name, "skilled"]
    there = talk.interview.facts - set(talk.interview.known)
    made = profile(talk)

    assert len(talk.found & there) >= 0.8 * len(there)
    assert (made.interruptions, made.deadline, made.bars) == (0, True, True)


def test_skilled_learner_finds_more_than_twice_what_a_careless_one_does(talks):
    """Over all interviews: what is found hangs on how one asks."""
    found = {
        learner: sum(
            len(talks[name, learner].found - {*talks[name, learner].interview.known})
            for name in REAL
        )
        for learner in LEARNERS
    }

    assert found["skilled"] > 2 * found["careless"] >= 2 * found["harmful"]


# --- The profile, exactly ---

ROLE = ask(
    "explain_role",
    reply("Yes.", after=("a",)),
    reply("Hm.", unheard=True),
    form="step",
    topic="before",
)
STORY = ask("story", reply(reveals=("fact",)))


@pytest.mark.parametrize(
    ("asked", "turn", "in_time"),
    [
        (["open_a", "explain_role", "story"], 2, True),
        (["open_a", "explain_role"], 2, True),
        (["open_a", "story", "explain_role"], 3, False),
        (["story", "open_a"], 0, False),
        (["explain_role", "story"], 0, False),
        (["explain_role", "open_a", "explain_role", "explain_role", "story"], 3, True),
    ],
)
def test_safety_step_counts_from_the_turn_in_which_it_was_taken_in(asked, turn, in_time):
    """It is owed before the story tells its first fact, in words that are understood."""
    made = profile(replay(interview(ROLE, OPEN_A, STORY), asked))

    assert (made.safety["explain_role"], made.in_time("explain_role")) == (turn, in_time)


@pytest.mark.parametrize("what", ["deadline", "bars"])
def test_what_cannot_wait_is_asked_once_the_question_is_taken_in(what):
    """A list that was read in a language that is not theirs was read to nobody."""
    told = interview(ask("q", *ROLE.replies, form="closed", covers=(what,)), OPEN_A)

    unheard, heard = (profile(replay(told, way)) for way in (["q"], ["q", "open_a", "q"]))

    assert (getattr(unheard, what), getattr(heard, what)) == (False, True)
    assert not (heard.deadline and heard.bars)


def test_fact_told_before_the_story_does_not_begin_it():
    """A language named at the start is no story yet."""
    language = ask("language", reply(reveals=("fact",)), form="step", topic="before")
    told = interview(language, STORY, ask("more", reply(reveals=("other",))))

    assert profile(replay(told, ["language", "story"])).story_began == 0
    assert profile(replay(told, ["language", "story", "more"])).story_began == 3


def test_steps_are_no_questions():
    told = interview(ask("q"), ask("closed", form="closed"))

    made = profile(replay(told, ["wait", "q", "closed", "apologize", "q", "q"]))

    assert (made.questions, made.open_share) == (4, 3 / 4)
    assert profile(replay(told, ["wait"])).open_share is None


# --- What an interview earns ---


def held_response(*asked, **found):
    return {"asked": list(asked), "found": found}


TOLD = interview(
    ask("q", reply(reveals=("slip", "one", "two"))),
    ask("r", reply(reveals=("three", "four"))),
    ask("lead", form="leading", critical_error="leads_the_client"),
    ask("promise", form="step", critical_error="promises_outcome"),
    known=("slip",),
)


@pytest.mark.parametrize(
    ("asked", "credit"), [(["close"], 0), (["q", "close"], 1 / 2), (["q", "r", "close"], 1)]
)
def test_interview_earns_the_share_of_facts_that_were_found(asked, credit):
    """What stood on the slip earns nothing."""
    scored = score(TOLD.item, held_response(*asked))

    assert (scored.credit, scored.critical_error) == (credit, "")


def test_interview_names_its_first_critical_error_whatever_was_found():
    scored = score(TOLD.item, held_response("q", "promise", "lead", "r", "close"))

    assert (scored.credit, scored.critical_error) == (1, "promises_outcome")


@pytest.mark.parametrize("name", REAL)
def test_real_interview_earns_its_share(talks, name):
    talk = talks[name, "harmful"]
    there = talk.interview.facts - set(talk.interview.known)

    scored = score(talk.interview.item, held_response(*(turn.ask.id for turn in talk.turns)))

    assert scored.credit == pytest.approx(len(talk.found & there) / len(there))
    assert scored.critical_error == profile(talk).critical_errors[0][1]


GOOD = held_response("q", "close", **dict.fromkeys(ELEMENTS, "met"))


def test_elements_that_were_judged_do_not_move_the_credit():
    """They are told in the debrief; the law decides there, not a rubric."""
    judged = [held_response("q", "close", nexus=status.value) for status in Status]

    assert {score(TOLD.item, each).credit for each in [GOOD, *judged]} == {1 / 2}


@pytest.mark.parametrize(
    "response",
    [
        None,
        [],
        {},
        {"asked": "close"},
        {"asked": ["close", 1]},
        {"asked": [["close"]]},
        held_response(),
        held_response("q"),
        held_response("q", "nothing", "close"),
        held_response("close", "q"),
        held_response(*["q"] * 10),
        held_response("close", nexus="perhaps"),
        held_response("close", nexus=["met"]),
        held_response("close", luck="met"),
        {"asked": ["close"], "found": ["nexus"]},
        {"asked": ["close"], "found": None},
    ],
    ids=repr,
)
def test_interview_that_was_not_held_so_is_refused(response):
    with pytest.raises(ResponseError, match=r"^[A-Z].*\.$"):
        score(TOLD.item, response)


half_right = st.fixed_dictionaries(
    {},
    optional={
        "asked": spoiled(GOOD["asked"]) | st.lists(st.sampled_from([*TOLD.by_id, "x"])),
        "found": spoiled(GOOD["found"]) | st.dictionaries(st.sampled_from(ELEMENTS), junk),
    },
)


@given(junk | spoiled(GOOD) | half_right)
def test_nothing_but_a_score_or_a_response_error_comes_out(response):
    """Whatever a page sends, it earns a credit from 0 to 1 or is refused with a sentence."""
    try:
        credit = score(TOLD.item, response).credit
    except ResponseError:
        return

    assert 0 <= credit <= 1
