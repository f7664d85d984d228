"""An interview answers by what was asked before and how: the same to the same, always."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach.interview import NotOnOfferError, replay
from asylum_teach.models import Then
from asylum_teach.models.interview import MOST_TRUST
from tests import interviewers as make
from tests.interviewers import OPEN_A, REAL, ask, draw_talks, ids_offered, interview, reply

WARM = ask("greet", reply(opens=("greeted",), warms=1))
HURT = ask("hurt", reply(chills=2))


def paused(**then):
    """An ask whose reply pauses: the rest tells the fact "rest"."""
    goes_on = Then(says="And the rest.", reveals=("rest",), **then)
    return ask("story", reply("The start.", reveals=("start",), then=goes_on))


def says(interview_, *asked):
    """What is replied to the last of *asked*."""
    return replay(interview_, asked).turns[-1].says


def trust(interview_, *asked):
    return replay(interview_, asked).state.trust


# --- What is replied ---


def test_first_reply_that_fits_is_said():
    """The fuller reply stands first, and the guarded one gives way."""
    told = interview(OPEN_A, ask("q", reply("full", after=("a",)), reply("short"), reply("never")))

    assert says(told, "q") == "short"
    assert says(told, "open_a", "q") == "full"


def test_reply_after_two_threads_needs_both():
    open_b = ask("open_b", opens=("b",))
    told = interview(OPEN_A, open_b, ask("q", reply("full", after=("a", "b")), reply("short")))

    assert says(told, "open_a", "q") == "short"
    assert says(told, "open_b", "open_a", "q") == "full"


def test_reply_is_not_said_once_its_thread_is_open():
    """Nobody tells as new what has been told."""
    told = interview(ask("q", reply("hint", unless=("a",), opens=("a",)), reply("told")))

    assert [turn.says for turn in replay(told, ["q", "q"]).turns] == ["hint", "told"]


@pytest.mark.parametrize(("start", "said"), [(2, "short"), (3, "full"), (4, "full")])
def test_reply_is_said_from_its_trust_on(start, said):
    told = interview(ask("q", reply("full", trust=3), reply("short")), start_trust=start)

    assert says(told, "q") == said


def test_fact_is_found_once():
    """A turn names what it found, and not what was known before."""
    told = interview(ask("q", reply(reveals=("slip", "new"))), known=("slip",))

    talk = replay(told, ["q", "q"])

    assert [turn.found for turn in talk.turns] == [("new",), ()]
    assert talk.found == {"slip", "new"}


# --- Pauses ---


def test_waiting_hears_the_rest():
    talk = replay(interview(paused(opens=("b",), warms=1)), ["story", "wait"])

    assert talk.found == {"start", "rest"}
    assert (talk.turns[0].paused, talk.turns[1].says) == (True, "And the rest.")
    assert (talk.state.trust, talk.state.pause) == (3, None)


def test_waiting_where_nobody_paused_is_only_quiet():
    """The rest is heard once, and not by waiting again and again."""
    told = interview(paused())

    assert says(told, "wait") == says(told, "story", "wait", "wait") == "It is quiet."


def test_cutting_short_costs_trust_and_the_rest():
    """Whoever asks into a pause does not hear what was to come, not even by waiting then."""
    talk = replay(interview(paused(), ask("q")), ["story", "q", "wait"])

    assert [turn.cut for turn in talk.turns] == [False, True, False]
    assert [turn.trust for turn in talk.turns] == [2, 1, 1]
    assert talk.found == {"start"}


def test_cutting_short_can_cost_the_very_reply():
    """Trust is lost before the reply, so an interruption is answered more briefly."""
    told = interview(paused(), ask("q", reply("full", trust=2), reply("short")))

    assert says(told, "q") == "full"
    assert says(told, "story", "q") == "short"


def test_what_was_cut_off_can_still_be_heard():
    told = interview(paused(), ask("q"))

    assert replay(told, ["story", "q", "story", "wait"]).found == {"start", "rest"}


def test_kind_step_keeps_the_pause():
    """An offer of water cuts nobody short."""
    water = ask("water", form="step", topic="during", keeps_pause=True)

    talk = replay(interview(paused(), water), ["story", "water", "wait"])

    assert not any(turn.cut for turn in talk.turns)
    assert (talk.found, talk.state.trust) == ({"start", "rest"}, 2)


# --- Trust ---


def test_trust_is_won_once_for_a_thread():
    """Repeating a kind sentence warms nobody twice."""
    told = interview(WARM)

    assert trust(told, "greet") == 3
    assert trust(told, "greet", "greet") == 3


def test_trust_is_lost_each_time_but_never_below_none():
    told = interview(ask("cold", reply(chills=1)), start_trust=3)

    talk = replay(told, ["cold"] * 4)

    assert [turn.trust for turn in talk.turns] == [2, 1, 0, 0]


def test_trust_has_a_top():
    told = interview(WARM, ask("more", reply(opens=("more",), warms=2)), start_trust=3)

    assert trust(told, "greet", "more") == MOST_TRUST


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (["apologize"], 2),
        (["hurt", "apologize"], 2),
        (["greet", "hurt", "apologize"], 3),
        (["hurt", "greet", "apologize"], 3),
        (["greet", "apologize", "apologize"], 3),
        (["hurt", "apologize", "hurt"], 0),
    ],
)
def test_apology_brings_back_what_was_won_and_no_more(asked, left):
    assert trust(interview(WARM, HURT), *asked) == left


# --- What is on offer, and the end ---


def test_ask_is_on_offer_once_what_it_presupposes_has_come_up():
    told = interview(OPEN_A, ask("about_a", needs=("a",)))

    assert "about_a" not in ids_offered(replay(told, []))
    assert "about_a" in ids_offered(replay(told, ["open_a"]))


@pytest.mark.parametrize("how", ["closed", "referred"])
def test_ending_ends(how):
    talk = replay(interview(ask("end", ends=how)), ["end"])

    assert (talk.ended, talk.offered) == (how, ())


def test_time_is_over_after_the_last_turn():
    told = interview(ask("q"), turns=2)

    assert (replay(told, ["q"]).ended, replay(told, ["q"]).left) == ("", 1)
    assert replay(told, ["q", "q"]).ended == "time"


def test_closing_in_the_last_turn_is_closing():
    assert replay(interview(ask("q"), turns=2), ["q", "close"]).ended == "closed"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(["nothing"], id="unknown"),
        pytest.param(["about_a"], id="not come up yet"),
        pytest.param(["close", "open_a"], id="after the end"),
        pytest.param(["wait"] * 10, id="after the last turn"),
        pytest.param(["about_a", "open_a"], id="in the wrong order"),
    ],
)
def test_what_is_not_on_offer_is_refused(asked):
    told = interview(OPEN_A, ask("about_a", needs=("a",)))

    with pytest.raises(NotOnOfferError, match=r"was not on offer at turn \d+\.$"):
        replay(told, asked)


# --- What the debrief is told of a turn ---


def test_turn_is_repeated_where_the_same_is_replied():
    """To ask again is no fault where more is told."""
    told = interview(OPEN_A, ask("q", reply("full", after=("a",)), reply("short")))

    talk = replay(told, ["q", "q", "open_a", "q"])

    assert [turn.repeated for turn in talk.turns] == [False, True, False, False]


def test_turn_names_what_was_held_back():
    full = reply("full", trust=3, reveals=("fact",))
    told = interview(WARM, ask("q", full, reply("short")))

    talk = replay(told, ["q", "greet", "q", "q"])

    assert [turn.held_back for turn in talk.turns] == [("fact",), (), (), ()]


def test_what_follows_a_pause_is_held_back_too():
    full = reply("full", trust=3, then=Then(says="more", reveals=("fact",)))
    told = interview(ask("q", full, reply("short")))

    assert replay(told, ["q"]).turns[0].held_back == ("fact",)


def test_what_the_reply_itself_goes_on_to_tell_is_not_held_back():
    """Whoever waits hears it; another wording of it was not kept from anybody."""
    fuller = reply("full", trust=3, reveals=("rest",))
    told = interview(
        ask("q", fuller, reply("The start.", then=Then(says="more", reveals=("rest",))))
    )

    assert replay(told, ["q"]).turns[0].held_back == ()


def test_what_can_only_be_told_again_is_not_held_back():
    """A reply for whoever asks a second time is no way to hear it the first time."""
    again = reply("again", after=("words",), reveals=("fact", "more"))
    first = reply("first", trust=3, reveals=("fact",), opens=("words",))
    told = interview(WARM, ask("q", again, first, reply("short")))

    assert [turn.held_back for turn in replay(told, ["q", "greet", "q"]).turns] == [
        ("fact",),
        (),
        (),
    ]


@pytest.mark.parametrize(
    "full",
    [
        pytest.param(reply("full", trust=3, reveals=("slip",)), id="known already"),
        pytest.param(reply("full", trust=3, reveals=("fact",), unless=("a",)), id="ruled out"),
        pytest.param(reply("full", trust=3), id="tells nothing"),
    ],
)
def test_nothing_is_held_back_that_could_not_be_told_anew(full):
    """A debrief blames nobody for what there was not to hear."""
    told = interview(OPEN_A, ask("q", full, reply("short")), known=("slip",))

    assert replay(told, ["open_a", "q"]).turns[1].held_back == ()


def test_step_that_was_not_taken_in_is_marked():
    told = interview(OPEN_A, ask("role", reply("yes", after=("a",)), reply("?", unheard=True)))

    talk = replay(told, ["role", "open_a", "role"])

    assert [turn.unheard for turn in talk.turns] == [True, False, False]


# --- Whatever is asked, in any interview ---


def hold_together(talks):
    """Assert what every learner can rely on, at each turn of *talks*."""
    whole = talks[-1]
    asked = [turn.ask.id for turn in whole.turns]
    for n, talk in enumerate(talks):
        assert talk.turns == whole.turns[:n]
        assert talk.left == talk.interview.turns - n >= 0
        assert 0 <= talk.state.trust <= talk.state.won <= MOST_TRUST
        assert set(talk.interview.known) <= talk.found <= talk.interview.facts
        for each in talk.offered:
            assert replay(talk.interview, [*asked[:n], each.id]).turns[-1].ask == each


@given(make.interviews(turns=6), st.data())
def test_any_small_interview_holds_together(told, data):
    """Trust keeps its bounds, replay its turns, and every button that is shown works."""
    hold_together(list(draw_talks(data, told)))


@pytest.mark.parametrize("name", REAL)
@settings(max_examples=10)
@given(data=st.data())
def test_real_interview_holds_together(kit_content, name, data):
    """The same in each interview of the kit, and no two notes contradict each other."""
    talks = list(draw_talks(data, kit_content.interviews[name]))

    hold_together(talks)
    assert kit_content.law.contradictions(talks[-1].found) == []
