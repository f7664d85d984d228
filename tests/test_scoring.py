"""A response earns the credit that the rubric of its item gives it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.models import (
    ELEMENTS,
    ITEM_CLASSES,
    Change,
    Choice,
    ElementAssessment,
    Entry,
    Flip,
    Mark,
    Matching,
    Option,
    Ordering,
    Rationale,
    Status,
    Step,
    Tagging,
    Target,
)
from asylum_teach.scoring import (
    ResponseError,
    confidence_mark,
    key_of,
    score,
)
from tests import strategies as make


def option(name, credit=0.0, critical_error=""):
    return Option(
        id=name,
        text=name,
        reason=f"why {name}",
        authorities=(),
        credit=credit,
        critical_error=critical_error,
    )


def choice(kind, *options):
    return Choice(id="an_item", kind=kind, stem="?", options=options)


def ordering(*steps):
    return Ordering(
        id="an_item",
        kind="ordering",
        stem="?",
        steps=tuple(Step(id=step, text=step) for step in steps),
        reason="So it goes.",
        authorities=(),
    )


def flip(*key):
    return Flip(
        id="an_item",
        kind="flip",
        stem="?",
        change=Change(),
        key=key,
        reason="So it is.",
        authorities=(),
    )


SINGLE = choice("single_choice", option("good", 1), option("fair", 0.5), option("bad"))
SEVERAL = choice("several_choice", option("a", 1), option("b", 1), option("c"), option("d"))
ASSESSMENT = ElementAssessment(
    id="an_item",
    kind="element_assessment",
    stem="?",
    key={"harm": Status.MET, "nexus": Status.ARGUABLE},
)
RATIONALE = Rationale(
    id="an_item",
    kind="rationale",
    stem="?",
    conclusions=(option("yes", 1), option("no")),
    reasons=(option("because", 1), option("although", 0.5)),
)
MATCHING = Matching(
    id="an_item",
    kind="matching",
    stem="?",
    targets=(Target(id="race", text="Race"), Target(id="religion", text="Religion")),
    entries=(
        Entry(id="church", text="church", key="religion", reason="r", authorities=()),
        Entry(id="language", text="language", key="race", reason="r", authorities=()),
    ),
)
ORDERING = ordering("1", "2", "3")
TAGGING = Tagging(
    id="an_item",
    kind="tagging",
    stem="?",
    key=("words",),
    options={
        "words": Mark(reason="r", authorities=()),
        "weather": Mark(reason="r", authorities=(), misconception="m"),
    },
)
FLIP = flip("ground")
EXAMPLES = [SINGLE, SEVERAL, ASSESSMENT, RATIONALE, MATCHING, ORDERING, TAGGING, FLIP]


def test_every_kind_of_item_is_made_by_a_strategy():
    assert set(make.BY_KIND) == set(ITEM_CLASSES)


# --- What holds for every kind ---


@given(make.items)
def test_key_earns_full_credit(item):
    """Whoever answers as the key does loses nothing, and is told so."""
    scored = score(item, key_of(item))

    assert (scored.credit, scored.right, scored.critical_error) == (1, True, "")


@given(make.items, st.data())
def test_nothing_but_a_score_or_a_response_error_comes_out(item, data):
    """Whatever a page sends, it earns a credit from 0 to 1 or is refused with a sentence."""
    response = data.draw(make.junk | make.spoiled(key_of(item)))

    try:
        credit = score(item, response).credit
    except ResponseError:
        return

    assert 0 <= credit <= 1


MALFORMED = [None, "", "nothing of the kind", 7, 0.5, True, b"good", {}, {"x": 1}, [{}], [[]]]
MALFORMED += [[{}, {}], [{"a": 1}, "a"], ["a", 1], [None, None, None], {"harm": {"met": 1}}]


@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: item.kind)
@pytest.mark.parametrize("response", MALFORMED, ids=repr)
def test_malformed_response_is_refused(item, response):
    with pytest.raises(ResponseError, match=r"^[A-Z].*\.$"):
        score(item, response)


@pytest.mark.parametrize(
    ("item", "response"),
    [
        (SINGLE, ["good"]),
        (SINGLE, {"good": 1}),
        (SEVERAL, "a"),
        (SEVERAL, ["a", "z"]),
        (SEVERAL, {"a": True}),
        (ASSESSMENT, {"harm": "met"}),
        (ASSESSMENT, {"harm": "met", "nexus": "perhaps"}),
        (ASSESSMENT, {"harm": "met", "nexus": "met", "proof": "met"}),
        (ASSESSMENT, {"harm": "met", "nexus": ["met"]}),
        (ASSESSMENT, {"harm": 2, "nexus": 1}),
        (ASSESSMENT, ["met", "arguable"]),
        (RATIONALE, {"conclusion": "yes"}),
        (RATIONALE, {"conclusion": "yes", "reason": ["because"]}),
        (RATIONALE, {"conclusion": "because", "reason": "yes"}),
        (MATCHING, {"church": "religion"}),
        (MATCHING, {"church": "religion", "language": "nation"}),
        (MATCHING, {"church": "religion", "language": {"race": 1}}),
        (ORDERING, ["1", "2"]),
        (ORDERING, ["1", "2", "2"]),
        (ORDERING, ["1", "2", "3", "3"]),
        (ORDERING, [1, 2, 3]),
        (ORDERING, "123"),
        (ORDERING, {"1": 1, "2": 2, "3": 3}),
        (TAGGING, "words"),
        (TAGGING, ["words", "another"]),
        (FLIP, ["ground", "luck"]),
        (FLIP, "ground"),
    ],
)
def test_response_that_is_not_offered_is_refused(item, response):
    with pytest.raises(ResponseError, match=r"^[A-Z].*\.$"):
        score(item, response)


# --- The rubric of each kind ---


@pytest.mark.parametrize(("picked", "credit"), [("good", 1), ("fair", 0.5), ("bad", 0)])
def test_choice_earns_its_options_credit(picked, credit):
    scored = score(SINGLE, picked)

    assert scored.credit == credit
    assert [note.part for note in scored.notes if note.chosen] == [picked]


@pytest.mark.parametrize(
    ("picked", "credit"),
    [
        ([], 0),
        (["a"], 0.5),
        (["a", "b"], 1),
        (["a", "a"], 0.5),
        (["a", "c"], 0),
        (["a", "b", "c"], 0.5),
        (["a", "b", "c", "d"], 0),
        (["c", "d"], 0),
    ],
)
def test_several_choice_earns_hits_less_false_hits(picked, credit):
    assert score(SEVERAL, picked).credit == credit


@given(make.several_choices | make.taggings | make.flips, st.data())
def test_wrong_pick_never_helps(item, data):
    """Adding a distractor to a response cannot raise its credit."""
    offered = _offered(item)
    picks = data.draw(st.sets(st.sampled_from(offered)))

    for distractor in set(offered) - set(item.key):
        assert score(item, [*picks, distractor]).credit <= score(item, [*picks]).credit


@given(make.several_choices | make.taggings | make.flips)
def test_picking_everything_is_no_way_to_full_credit(item):
    """Whoever picks all that is offered gains nothing over what the key itself allows."""
    offered = _offered(item)
    wrong = len(set(offered) - set(item.key))

    credit = score(item, offered).credit

    assert credit == (
        max(0, len(item.key) - wrong) / len(item.key) if item.key else float(not offered)
    )


def _offered(item):
    if isinstance(item, Choice):
        return [each.id for each in item.options]
    return list(item.options) if isinstance(item, Tagging) else list(ELEMENTS)


@pytest.mark.parametrize(
    ("key", "said", "credit"),
    [
        ("met", "met", 1),
        ("met", "arguable", 0.25),
        ("met", "not_met", 0),
        ("arguable", "met", 0.25),
        ("arguable", "arguable", 1),
        ("arguable", "not_met", 0.25),
        ("not_met", "met", 0),
        ("not_met", "arguable", 0.25),
        ("not_met", "not_met", 1),
    ],
)
def test_status_earns_by_its_distance(key, said, credit):
    """Exact earns 1, one step off a quarter, the opposite nothing."""
    item = ElementAssessment(
        id="an_item", kind="element_assessment", stem="?", key={"nexus": Status(key)}
    )

    assert score(item, {"nexus": said}).credit == credit


def test_assessment_earns_the_mean_of_its_elements():
    assert score(ASSESSMENT, {"harm": "met", "nexus": "met"}).credit == (1 + 0.25) / 2


@given(make.element_assessments)
def test_could_go_either_way_everywhere_earns_little(item):
    """Sitting on the fence earns a quarter on each element that is not arguable."""
    arguable = sum(status == "arguable" for status in item.key.values())

    credit = score(item, dict.fromkeys(item.key, "arguable")).credit

    assert credit == pytest.approx((arguable + 0.25 * (len(item.key) - arguable)) / len(item.key))


@given(make.rationales, st.data())
def test_rationale_is_all_or_nothing(item, data):
    """Only the right conclusion with the right reason earns anything."""
    conclusion = data.draw(st.sampled_from(item.conclusions))
    reason = data.draw(st.sampled_from(item.reasons))

    credit = score(item, {"conclusion": conclusion.id, "reason": reason.id}).credit

    assert credit == (1 if conclusion.credit == reason.credit == 1 else 0)


@given(make.matchings, st.data())
def test_matching_earns_the_share_of_entries_that_are_right(item, data):
    targets = [target.id for target in item.targets]
    given_ = {e.id: data.draw(st.sampled_from(targets)) for e in item.entries}

    right = [given_[e.id] == e.key for e in item.entries]

    assert score(item, given_).credit == pytest.approx(sum(right) / len(right))
    assert [note.right for note in score(item, given_).notes] == right


@given(make.orderings)
def test_reversed_order_earns_nothing(item):
    """Every pair is the wrong way round."""
    assert score(item, key_of(item)[::-1]).credit == 0


@given(make.orderings, st.data())
def test_order_earns_kendalls_tau(item, data):
    """Pairs in the right order less pairs in the wrong one, over all pairs, and never below 0."""
    right = key_of(item)
    response = data.draw(st.permutations(right))

    pairs = list(itertools.combinations(right, 2))
    in_order = [response.index(first) < response.index(then) for first, then in pairs]
    tau = (in_order.count(True) - in_order.count(False)) / len(pairs)

    assert score(item, response).credit == pytest.approx(max(0, tau))


@pytest.mark.parametrize(
    ("response", "credit"),
    [
        ("abcd", 1),
        ("bacd", 4 / 6),  # five pairs right, one wrong
        ("badc", 2 / 6),  # four right, two wrong
        ("dabc", 0),  # three right, three wrong
        ("dcba", 0),
    ],
)
def test_order_worked_by_hand(response, credit):
    assert score(ordering("a", "b", "c", "d"), list(response)).credit == pytest.approx(credit)


@pytest.mark.parametrize(
    ("key", "picked", "credit"),
    [
        ((), [], 1),
        ((), ["ground"], 0),
        (("ground",), [], 0),
        (("ground",), ["ground"], 1),
        (("ground",), ["ground", "nexus"], 0),
        (("ground", "nexus"), ["nexus"], 0.5),
        (("ground", "nexus"), ["nexus", "proof"], 0),
    ],
)
def test_flip_earns_for_each_element_that_moves(key, picked, credit):
    """Where nothing moves, only the empty prediction is right."""
    assert score(flip(*key), picked).credit == credit


# --- What would hurt a client ---


@pytest.mark.parametrize(
    ("item", "response", "credit"),
    [
        (choice("next_question", option("ask", 1), option("lead", 0, "leads")), "lead", 0),
        (choice("single_choice", option("ask", 1, "leads"), option("wait")), "ask", 1),
        (
            choice("several_choice", option("a", 1), option("b", 1), option("lead", 0, "leads")),
            ["a", "b", "lead"],
            0.5,
        ),
    ],
)
def test_critical_error_is_reported_whatever_the_credit(item, response, credit):
    scored = score(item, response)

    assert (scored.critical_error, scored.credit) == ("leads", credit)


@pytest.mark.parametrize("part", ["conclusion", "reason"])
def test_critical_error_in_either_half_of_a_rationale_is_reported(part):
    item = Rationale(
        id="an_item",
        kind="rationale",
        stem="?",
        conclusions=(option("yes", 1), option("hurt", 0, "hurts")),
        reasons=(option("yes", 1), option("hurt", 0, "hurts")),
    )

    scored = score(item, {"conclusion": "yes", "reason": "yes", part: "hurt"})

    assert scored.critical_error == "hurts"


def test_option_that_was_not_picked_is_no_critical_error():
    item = choice("several_choice", option("ask", 1), option("lead", 0, "leads"))

    assert score(item, ["ask"]).critical_error == ""


# --- Notes ---


@given(make.single_choices | make.several_choices)
def test_every_option_is_explained(item):
    """The reasons and authorities of all options come back, in the file's order."""
    notes = score(item, key_of(item)).notes

    assert [(n.part, n.reason, n.authorities) for n in notes] == [
        (o.id, o.reason, o.authorities) for o in item.options
    ]


@given(make.single_choices, st.data())
def test_only_what_was_picked_is_called_a_misconception(item, data):
    """Nobody is told of a mistake that was not made."""
    picked = data.draw(st.sampled_from(item.options))

    notes = score(item, picked.id).notes

    assert [n.misconception for n in notes] == [
        o.misconception if o is picked else "" for o in item.options
    ]


@given(make.several_choices | make.taggings, st.data())
def test_note_is_right_where_pick_and_key_agree(item, data):
    picks = data.draw(st.sets(st.sampled_from(_offered(item))))

    notes = score(item, list(picks)).notes

    assert [n.right for n in notes] == [(n.part in picks) == (n.part in item.key) for n in notes]


# --- Confidence ---


@pytest.mark.parametrize(
    ("right", "confidence", "mark"),
    [
        (True, 1, 1),
        (True, 2, 2),
        (True, 3, 3),
        (False, 1, 0),
        (False, 2, -2),
        (False, 3, -6),
    ],
)
def test_confidence_marks(right, confidence, mark):
    assert confidence_mark(right, confidence) == mark


@pytest.mark.parametrize("chance", [n / 20 for n in range(21)])
def test_saying_how_sure_one_is_pays(chance):
    """The best mark to expect goes up with the chance of being right: a guess, fairly, certain."""

    def expected(confidence):
        return chance * confidence_mark(True, confidence) + (1 - chance) * confidence_mark(
            False, confidence
        )

    honest = 3 if chance > 0.8 else 2 if chance > 2 / 3 else 1

    assert expected(honest) == pytest.approx(max(map(expected, (1, 2, 3))))
