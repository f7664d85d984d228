"""A way that a debrief tells leads to what was not found, from where that interview stood."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach.interview import replay, step, ways_to
from asylum_teach.interview.talk import CUT_COSTS
from asylum_teach.models import Then
from asylum_teach.models.interview import WAIT
from tests.interviewers import OPEN_A, REAL, ask, draw_talks, interview, reply

GOOD = ("open", "step", "closed")


def names(way):
    return [each.id for each in way]


def goes(told, start, way):
    """What is told to somebody who goes that way."""
    state, heard = start, set()
    for each in way:
        assert state.threads.issuperset(each.needs), f"{each.id} is not on offer there"
        state, said, _ = step(told, state, each)
        heard.update(said.reveals)
    return heard


@pytest.mark.parametrize("name", REAL)
@settings(max_examples=15)
@given(data=st.data())
def test_ways_lead_to_all_that_was_not_found(kit_content, name, data):
    """From wherever a learner stopped, and by asking well."""
    told = kit_content.interviews[name]
    *_, talk = draw_talks(data, told)
    wanted = told.facts - talk.found
    start = talk.turns[-1].before if talk.turns else talk.state

    ways = ways_to(wanted, start, told)

    assert ways.keys() == wanted
    for fact, way in ways.items():
        assert fact in goes(told, start, way)
        assert all(each.form in GOOD and not each.critical_error for each in way)


def test_way_says_what_has_to_come_first(kit_content):
    """His aunt is in the room: asking the same once more would bring out nothing."""
    told = kit_content.interviews["tomas"]
    held = replay(told, ["free_account", "wait", "what_did_they_say"])

    [way] = ways_to(["persecutor_named_the_family"], held.state, told).values()

    assert set(names(way)[:2]) == {"safe_now", "explain_confidentiality"}
    assert names(way)[2:] == ["what_did_they_say", WAIT]
    assert held.turns[-1].held_back == ("persecutor_named_the_family",)


def test_way_goes_by_an_open_question_though_a_closed_one_is_shorter():
    told = interview(
        OPEN_A,
        ask("open", reply(reveals=("fact",)), needs=("a",)),
        ask("closed", reply(reveals=("fact", "date")), form="closed"),
    )
    ways = ways_to(["fact", "date"], replay(told, []).state, told)

    assert names(ways["fact"]) == ["open_a", "open"]
    assert names(ways["date"]) == ["closed"]


def test_way_waits_rather_than_asks_again():
    again = ask("again", reply(reveals=("rest",)), needs=("a",))
    story = ask("story", reply(opens=("a",), then=Then(says="more", reveals=("rest",))))
    told = interview(again, ask(WAIT, reply(), form="step", keeps_pause=True), story)

    [way] = ways_to(["rest"], replay(told, []).state, told).values()

    assert names(way) == ["story", WAIT]
    assert CUT_COSTS > 0


@pytest.mark.parametrize(
    "harm", [{"form": "leading"}, {"form": "step", "critical_error": "promises_outcome"}]
)
def test_what_only_harm_would_bring_out_has_no_way(harm):
    told = interview(ask("harms", reply(reveals=("fact",)), **harm), OPEN_A)

    assert ways_to(["fact"], replay(told, []).state, told) == {}
