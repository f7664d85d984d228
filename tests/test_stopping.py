"""A script that was stopped is marked line by line: hits, misses, false alarms, and d′."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach.interview import mark
from asylum_teach.models.interview import STOP_ERRORS
from asylum_teach.scoring import ResponseError, score
from tests.interviewers import line, script
from tests.strategies import junk, spoiled

FLAWED = script(line("leads", also=("blames",)), line(), line("several"), line(), line("advises"))
scripts = st.lists(st.sampled_from([*STOP_ERRORS, ""]), min_size=1, max_size=12).map(
    lambda errors: script(*(line(error) for error in [*errors, "leads"]))
)


@st.composite
def stopped(draw):
    """A script, and a learner's stops in it: the lines, and what was said of them."""
    made = draw(scripts)
    lines = st.integers(0, len(made.lines) - 1)
    return made, draw(st.dictionaries(lines, st.sampled_from(list(STOP_ERRORS))))


@given(stopped())
def test_every_line_is_a_hit_a_miss_a_false_alarm_or_quiet(case):
    """What was wrong is counted by lines with an error, what was not by the others."""
    made, stops = case
    wrong = {n for n, each in enumerate(made.lines) if each.error}
    right = set(range(len(made.lines))) - wrong

    marked = mark(made, stops)

    assert {n.number: n.said for n in marked.lines if n.said} == stops
    assert marked.count("hit") == len(wrong & set(stops))
    assert marked.count("miss") == len(wrong - set(stops))
    assert marked.count("false alarm") == len(right & set(stops))
    assert marked.count("quiet") == len(right - set(stops))
    assert marked.named == sum(made.lines[n].error == said for n, said in stops.items())
    assert marked.credit == pytest.approx(
        max(0, len(wrong & set(stops)) - len(right & set(stops))) / len(wrong)
    )


@given(stopped(), st.data())
def test_false_alarm_never_helps(case, data):
    """Pressing Stop at everything is no way to a good result."""
    made, stops = case
    quiet = [n for n, each in enumerate(made.lines) if not each.error and n not in stops]
    more = dict.fromkeys(data.draw(st.sets(st.sampled_from(quiet))) if quiet else (), "pries")

    assert mark(made, {**stops, **more}).credit <= mark(made, stops).credit


@pytest.mark.parametrize(
    ("said", "named"), [("leads", 1), ("blames", 1), ("pries", 0), ("several", 0)]
)
def test_error_may_have_more_than_one_right_name(said, named):
    marked = mark(FLAWED, {0: said})

    assert (marked.count("hit"), marked.named) == (1, named)


def rates(hits, misses, alarms, quiet):
    """A script with these numbers of lines, marked."""
    errors = hits + misses
    lines = [line("leads")] * errors + [line()] * (alarms + quiet)
    stops = [*range(hits), *range(errors, errors + alarms)]
    return mark(script(*lines), dict.fromkeys(stops, "leads"))


@pytest.mark.parametrize(
    ("counts", "d_prime"),
    [
        pytest.param((8, 2, 2, 8), 1.683, id="0.8 and 0.2"),
        pytest.param((9, 1, 1, 9), 2.563, id="0.9 and 0.1"),
        pytest.param((39, 1, 1, 39), 3.920, id="0.975 and 0.025: twice 1.960"),
        pytest.param((1, 1, 16, 84), 0.994, id="0.5 and 0.16"),
        pytest.param((3, 1, 6, 2), 0, id="no better than chance"),
        pytest.param((1, 4, 4, 1), -1.683, id="the wrong way round"),
    ],
)
def test_d_prime_is_that_of_the_tables(counts, d_prime):
    """By a printed table of z: z(0.8) 0.8416, z(0.9) 1.2816, z(0.975) 1.9600, z(0.84) 0.9945."""
    assert rates(*counts).d_prime == pytest.approx(d_prime, abs=6e-4)


@pytest.mark.parametrize(
    "counts", [(0, 2, 1, 1), (2, 0, 1, 1), (1, 1, 0, 2), (1, 1, 2, 0), (2, 0, 0, 2), (0, 2, 2, 0)]
)
def test_d_prime_is_not_defined_at_the_edges(counts):
    """No figure is better than an endless one, or one that was mended in secret."""
    assert rates(*counts).d_prime is None


@given(st.tuples(*[st.integers(1, 9)] * 4))
def test_d_prime_is_above_nothing_where_errors_are_stopped_more_often(counts):
    hits, misses, alarms, quiet = counts
    better = hits * (alarms + quiet) - alarms * (hits + misses)

    d_prime = rates(*counts).d_prime

    assert (d_prime > 1e-9) - (d_prime < -1e-9) == (better > 0) - (better < 0)


@pytest.mark.parametrize(
    ("stops", "credit"),
    [
        ([], 0),
        ([[0, "leads"]], 1 / 3),
        ([[0, "pries"]], 1 / 3),
        ([[0, "leads"], [2, "several"], [4, "advises"]], 1),
        ([[0, "leads"], [2, "several"], [3, "advises"]], 1 / 3),
        ([[1, "leads"], [3, "leads"]], 0),
        ([[0, "pries"], [0, "leads"]], 1 / 3),
    ],
)
def test_script_earns_hits_less_false_alarms(stops, credit):
    assert score(FLAWED.item, {"stops": stops}).credit == pytest.approx(credit)


@pytest.mark.parametrize(
    "stops",
    [
        None,
        {"0": "leads"},
        "leads",
        [0],
        [[0]],
        [[0, "leads", 1]],
        [[0, "luck"]],
        [[0, ""]],
        [[0, None]],
        [[0, ["leads"]]],
        [["0", "leads"]],
        [[True, "leads"]],
        [[0.0, "leads"]],
        [[-1, "leads"]],
        [[5, "leads"]],
        [[10**30, "leads"]],
        ["0l"],
    ],
    ids=repr,
)
def test_stop_at_what_there_is_not_is_refused(stops):
    with pytest.raises(ResponseError, match=r"^[A-Z].*\.$"):
        score(FLAWED.item, {"stops": stops})


stops_or_junk = spoiled([[0, "leads"], [1, "pries"]]) | st.lists(
    st.tuples(st.integers(-2, 9) | junk, st.sampled_from([*STOP_ERRORS]) | junk).map(list)
)


@given(junk | st.fixed_dictionaries({"stops": stops_or_junk}))
def test_nothing_but_a_score_or_a_response_error_comes_out(response):
    """Whatever a page sends, it earns a credit from 0 to 1 or is refused with a sentence."""
    try:
        credit = score(FLAWED.item, response).credit
    except ResponseError:
        return

    assert 0 <= credit <= 1
