"""A session's scene, the flips a teacher makes, and how votes spread."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.classroom import (
    ActionError,
    Scene,
    after,
    flip_item,
    flip_moves,
    proposal,
    spread,
)
from asylum_teach.law import assess
from asylum_teach.models import CIRCUITS, ELEMENTS, Change
from asylum_teach.scoring import key_of, score
from tests.strategies import BY_KIND, days

CASE = "corner-shop-tomas"


def played(content, *actions):
    """The scene after all these actions."""
    scene = Scene()
    for action in actions:
        scene = after(scene, action, content)
    return scene


PUT = {"do": "put", "case": CASE}
FLIP = {"do": "flip", "circuit": "none"}
CLOSE, REVEAL, AGAIN, STORY = ({"do": do} for do in ("close", "reveal", "again", "story"))


@pytest.fixture(scope="module")
def case(kit_content):
    return kit_content.cases[CASE]


@pytest.fixture(scope="module")
def ask(case):
    return {"do": "ask", "item": case.items[0].id}


# --- Actions ---


def test_case_is_put_on_with_its_first_sentence(kit_content):
    scene = played(kit_content, PUT)

    assert (scene.case, scene.sentences, scene.asked, scene.voting) == (CASE, 1, None, False)


def test_story_is_read_sentence_by_sentence_and_ends(kit_content, case):
    read = {"do": "read"}
    told = [played(kit_content, PUT, *[read] * n).sentences for n in range(len(case.story) + 2)]

    assert told == [*range(1, len(case.story) + 1), len(case.story), len(case.story)]
    assert played(kit_content, PUT, {**read, "all": True}).sentences == len(case.story)


def test_question_shows_the_whole_story_and_opens_a_vote(kit_content, case, ask):
    scene = played(kit_content, PUT, ask)

    assert scene.voting
    assert not scene.revealed
    assert (scene.asked.case, scene.asked.item, scene.asked.round) == (CASE, ask["item"], 1)
    assert scene.asked.change == Change()
    assert scene.sentences == len(case.story)


def test_vote_is_closed_then_its_key_is_shown(kit_content, ask):
    closed = played(kit_content, PUT, ask, CLOSE)
    shown = after(closed, REVEAL, kit_content)

    assert (closed.voting, closed.revealed, closed.asked.round) == (False, False, 1)
    assert (shown.voting, shown.revealed, shown.asked.round) == (False, True, 1)


def test_vote_again_stands_beside_the_first(kit_content, ask):
    first = played(kit_content, PUT, ask, CLOSE)
    second = after(first, AGAIN, kit_content)

    assert first.before is None
    assert second.voting
    assert second.asked.round == 2
    assert second.before == first.asked


def test_vote_again_hides_a_key_that_was_shown(kit_content, ask):
    assert not played(kit_content, PUT, ask, CLOSE, REVEAL, AGAIN).revealed


def test_other_question_stands_alone(kit_content, case, ask):
    other = {"do": "ask", "item": case.items[1].id}

    assert played(kit_content, PUT, ask, CLOSE, other).before is None


def test_flip_of_something_else_stands_alone(kit_content):
    other = {"do": "flip", "as_of": "2001-06-01"}

    assert played(kit_content, PUT, FLIP, CLOSE, other).before is None


def test_same_flip_stands_beside_the_first(kit_content):
    scene = played(kit_content, PUT, FLIP, CLOSE, {"do": "flip", "circuit": "9"}, CLOSE, FLIP)

    assert scene.before.round == 1


def test_back_to_the_story_takes_the_question_away_and_keeps_its_round(kit_content, ask):
    scene = played(kit_content, PUT, ask, CLOSE, STORY)

    assert scene.asked is None
    assert scene.before is None
    assert len(scene.rounds) == 1


def test_other_case_ends_an_open_vote(kit_content, ask):
    other = next(each for each in kit_content.cases if each != CASE)
    scene = played(kit_content, PUT, ask, {"do": "put", "case": other})

    assert (scene.case, scene.voting, scene.asked, len(scene.rounds)) == (other, False, None, 1)


# --- What a teacher changes ---


def test_day_is_changed(kit_content):
    asked = played(kit_content, PUT, {"do": "flip", "as_of": "2001-06-01"}).asked

    assert asked.change.as_of.isoformat() == "2001-06-01"


def test_circuit_is_changed(kit_content):
    assert played(kit_content, PUT, FLIP).asked.change == Change(circuit="none")


def test_each_fact_can_be_taken_away(kit_content, case):
    for fact in case.facts:
        asked = played(kit_content, PUT, {"do": "flip", "remove": fact}).asked
        assert asked.change == Change(remove=(fact,))


def test_fact_is_added_and_what_it_rules_out_goes(kit_content, case):
    law = kit_content.law
    sound = law.contradictions(case.facts)
    ruling = 0
    for fact in set(law.facts) - law.closed(case.facts):
        change = played(kit_content, PUT, {"do": "flip", "add": fact}).asked.change
        facts, _, _ = case.flipped(change)
        ruling += bool(change.remove)

        assert change.add == (fact,)
        assert law.contradictions(facts) == sound == []
        assert all(law.contradictions([fact, gone]) for gone in change.remove)
    assert ruling, "no fact of the kit rules out one of this case"


REFUSED = {
    "nothing asked for": ([], {}),
    "an action of another version": ([PUT], {"do": "dance"}),
    "an action that is no name": ([PUT], {"do": ["put"]}),
    "an unknown case": ([], {"do": "put", "case": "no-such-case"}),
    "no case named": ([], {"do": "put"}),
    "read before a case": ([], {"do": "read"}),
    "ask before a case": ([], {"do": "ask", "item": "nexus"}),
    "flip before a case": ([], FLIP),
    "an unknown question": ([PUT], {"do": "ask", "item": "no_such_item"}),
    "ask while a vote is open": ([PUT, FLIP], {"do": "ask", "item": "ASK"}),
    "flip while a vote is open": ([PUT, FLIP], FLIP),
    "again before a vote": ([PUT], AGAIN),
    "again while a vote is open": ([PUT, FLIP], AGAIN),
    "again after the story": ([PUT, FLIP, CLOSE, STORY], AGAIN),
    "close without a vote": ([PUT], CLOSE),
    "close twice": ([PUT, FLIP, CLOSE], CLOSE),
    "reveal before a vote": ([PUT], REVEAL),
    "reveal while a vote is open": ([PUT, FLIP], REVEAL),
    "reveal after the story": ([PUT, FLIP, CLOSE, STORY], REVEAL),
    "story while a vote is open": ([PUT, FLIP], STORY),
    "two changes": ([PUT], {"do": "flip", "circuit": "9", "as_of": "2001-06-01"}),
    "no change": ([PUT], {"do": "flip"}),
    "no day": ([PUT], {"do": "flip", "as_of": "yesterday"}),
    "a day that there is not": ([PUT], {"do": "flip", "as_of": "2023-02-29"}),
    "a circuit that there is not": ([PUT], {"do": "flip", "circuit": "12"}),
    "an unknown fact to add": ([PUT], {"do": "flip", "add": "no_such_fact"}),
    "an unknown fact to take away": ([PUT], {"do": "flip", "remove": "no_such_fact"}),
    "a fact that the case has": ([PUT], {"do": "flip", "add": "HAS"}),
    "a fact that the case has not": ([PUT], {"do": "flip", "remove": "HAS NOT"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_now_is_refused_in_a_sentence(kit_content, case, ask, name):
    before, action = REFUSED[name]
    meant = {
        "HAS": min(case.facts),
        "HAS NOT": min(set(kit_content.law.facts) - case.facts),
        "ASK": ask["item"],
    }
    meant_by = {
        key: meant.get(value, value) if isinstance(value, str) else value
        for key, value in action.items()
    }
    scene = played(kit_content, *before)

    with pytest.raises(ActionError, match=r"^[A-Z][^<>{}\n]+\.$"):
        after(scene, meant_by, kit_content)


def test_case_that_left_the_kit_is_refused(kit_content, ask):
    scene = replace(played(kit_content, PUT), case="gone")

    with pytest.raises(ActionError, match="choose another"):
        after(scene, ask, kit_content)


@given(data=st.data())
def test_scene_stays_sound_whatever_is_pressed(kit_content, case, ask, data):
    """Rounds only grow, one at a time; a vote is never open and its key shown."""
    refused = [action for _, action in REFUSED.values()]
    presses = st.sampled_from([PUT, ask, FLIP, CLOSE, REVEAL, AGAIN, STORY, {"do": "read"}])
    scene = Scene()
    for action in data.draw(st.lists(presses | st.sampled_from(refused), max_size=14)):
        try:
            then = after(scene, action, kit_content)
        except ActionError:
            continue
        assert then.rounds[: len(scene.rounds)] == scene.rounds
        assert len(then.rounds) - len(scene.rounds) == (action["do"] in ("ask", "flip", "again"))
        assert [each.round for each in then.rounds] == list(range(1, len(then.rounds) + 1))
        assert not (then.voting and then.revealed)
        assert then.asking or not then.voting
        assert bool(then.case) <= then.sentences <= len(case.story)
        scene = then


# --- Flips ---


@given(data=st.data())
def test_key_of_a_flip_is_what_the_engine_finds(kit_content, data):
    law = kit_content.law
    case = data.draw(st.sampled_from(list(kit_content.cases.values())))
    kind = data.draw(st.sampled_from(["add", "remove", "as_of", "circuit"]))
    day, circuit, facts = case.as_of, case.circuit, set(case.facts)
    match kind:
        case "add":
            new = data.draw(st.sampled_from(sorted(set(law.facts) - law.closed(facts))))
            gone = {f for f in facts if law.contradictions([new, f])}
            change, facts = Change(add=(new,), remove=tuple(gone)), facts - gone | {new}
        case "remove":
            old = data.draw(st.sampled_from(sorted(facts)))
            change, facts = Change(remove=(old,)), facts - {old}
        case "as_of":
            day = data.draw(days)
            change = Change(as_of=day)
        case "circuit":
            named = data.draw(st.sampled_from([*CIRCUITS, "none"]))
            change, circuit = Change(circuit=named), None if named == "none" else named
    at_first = None if case.circuit == "none" else case.circuit
    old = assess(law, case.facts, as_of=case.as_of, circuit=at_first).findings
    new = assess(law, frozenset(facts), as_of=day, circuit=circuit).findings
    moved = {e for e in ELEMENTS if old[e].status != new[e].status}

    item = flip_item(kit_content, case, change)

    assert set(item.key) == moved
    assert flip_moves(kit_content, case, change) == {
        e: (old[e].status, new[e].status) for e in moved
    }
    assert score(item, key_of(item)).credit == 1
    assert all(new[e].reason in item.reason for e in moved)
    assert set(item.authorities) == {a for e in moved for a in new[e].authorities}


@pytest.mark.parametrize(
    ("circuit", "sentence"),
    [
        ("1", "Suppose that the case belongs to the First Circuit. Which findings change?"),
        ("dc", "Suppose that the case belongs to the D.C. Circuit. Which findings change?"),
        ("none", "Suppose that national law alone decides it. Which findings change?"),
    ],
)
def test_flip_names_a_circuit_as_courts_do(kit_content, case, circuit, sentence):
    assert flip_item(kit_content, case, Change(circuit=circuit)).stem == sentence


def test_nothing_moves_without_a_change(kit_content):
    for case in kit_content.cases.values():
        assert flip_item(kit_content, case, Change(as_of=case.as_of)).key == ()


# --- How a vote came out ---

SEVERAL = ("several_choice", "tagging")


def responses_to(item):
    """Responses that the page of such an item can send."""
    some = st.lists
    match item.kind:
        case "single_choice" | "next_question":
            return st.sampled_from([o.id for o in item.options])
        case "several_choice":
            return some(st.sampled_from([o.id for o in item.options]), min_size=1, unique=True)
        case "tagging":
            return some(st.sampled_from(list(item.options)), unique=True)
        case "flip":
            return some(st.sampled_from(ELEMENTS), unique=True)
        case "rationale":
            return st.fixed_dictionaries(
                {
                    "conclusion": st.sampled_from([o.id for o in item.conclusions]),
                    "reason": st.sampled_from([o.id for o in item.reasons]),
                }
            )
        case "element_assessment":
            given = st.sampled_from(["met", "arguable", "not_met"])
            return st.fixed_dictionaries(dict.fromkeys(item.key, given))
        case "matching":
            given = st.sampled_from([t.id for t in item.targets])
            return st.fixed_dictionaries({entry.id: given for entry in item.entries})
        case "ordering":
            return st.permutations([step.id for step in item.steps])


@pytest.mark.parametrize("kind", BY_KIND)
@given(data=st.data())
def test_every_vote_is_counted_once(kit_content, kind, data):
    """The counts of each part sum to the votes, or to the marks of a vote for several."""
    item = data.draw(BY_KIND[kind])
    story = kit_content.cases[CASE].story[0]
    names = item.options if kind == "tagging" else []
    case = replace(
        kit_content.cases[CASE], story=tuple(replace(story, id=n, text=n) for n in names)
    )
    votes = data.draw(st.lists(responses_to(item) | st.just(key_of(item)), max_size=8))
    credits = [score(item, vote).credit for vote in votes]

    found = spread(item, case, kit_content.law, votes, credits)

    marks = {
        "several_choice": sum(map(len, votes)),
        "tagging": sum(map(len, votes)),
        "flip": sum(max(1, len(vote)) for vote in votes),
    }.get(kind, len(votes))
    assert [sum(bar.count for bar in part.bars) for part in found.parts] == [marks] * len(
        found.parts
    )
    assert (found.votes, found.right) == (len(votes), credits.count(1))
    assert found.share == (credits.count(1) / len(votes) if votes else None)


@pytest.mark.parametrize("kind", BY_KIND)
def test_votes_for_the_key_fall_on_the_bars_that_are_right(kit_content, kind):
    """Of each item of the kit: all of five votes for the key count as right."""
    asked = [
        (case, item)
        for case in kit_content.cases.values()
        for item in case.items
        if item.kind == kind
    ]
    for case, item in asked:
        found = spread(item, case, kit_content.law, [key_of(item)] * 5, [1.0] * 5)
        told = [(bar.count == 5, bar.key) for part in found.parts for bar in part.bars]
        assert all(counted == right for counted, right in told), (case.id, item.id)
        assert found.share == 1
        assert score(item, key_of(item)).credit == 1


def test_nothing_changes_is_a_bar_of_its_own(kit_content):
    case = kit_content.cases[CASE]
    item = flip_item(kit_content, case, Change(as_of=case.as_of))

    (part,) = spread(item, case, kit_content.law, [[], [], ["nexus"]], [1, 1, 0]).parts

    assert [(bar.count, bar.key) for bar in part.bars if bar.count] == [(1, False), (2, True)]


def test_proposal_changes_at_the_usual_thresholds():
    few, some, most, nobody = map(proposal, (0, 0.5, 1, None))

    assert len({few, some, most, nobody}) == 4
    assert proposal(0.349) == few
    assert proposal(0.35) == proposal(0.70) == some
    assert proposal(0.701) == most
