"""Item statistics are those of references that know nothing of this code, to nine places.

A published example, random answers with gaps, and answers of which nothing can be said.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from asylum_teach import analysis

CLOSE = 1e-9
N = float("nan")

# Eleven items, twelve learners: the example of real-statistics.com/reliability/cronbachs-alpha/ as
# the documentation of pingouin brings it, with gaps ("cronbach_wide_missing"), and what that page
# says of it: pingouin-stats.org/generated/pingouin.cronbach_alpha.html, "listwise deletion".
PUBLISHED = [
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0],
    [N, 0, 1, 1, N, 1, 1, 1, 1, 0, 0],
    [1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0],
    [1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0],
    [0, 1, N, 0, 1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0],
    [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
    [0, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0],
    [1, 0, 0, 1, 0, 1, 0, 0, N, 0, 0],
    [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
]
PUBLISHED_ALPHA = 0.8016949152542373
# The same page's example of ratings from 1 to 7 ("cronbach_alpha"): ten items, fifteen learners.
# (Of the example above it prints the interval of twelve learners, though nine are left.)
RATINGS = [
    [3, 2, 4, 1, 4, 5, 1, 4, 3, 2],
    [5, 4, 6, 3, 5, 1, 2, 5, 5, 5],
    [7, 3, 5, 5, 6, 4, 3, 3, 6, 5],
    [2, 4, 3, 3, 2, 2, 2, 6, 6, 3],
    [6, 5, 6, 5, 4, 4, 4, 6, 7, 5],
    [1, 2, 3, 4, 2, 5, 2, 3, 5, 2],
    [4, 3, 5, 3, 5, 2, 1, 2, 4, 3],
    [2, 4, 4, 3, 7, 2, 2, 4, 6, 5],
    [6, 5, 5, 5, 1, 6, 5, 2, 3, 2],
    [5, 4, 6, 4, 3, 5, 3, 1, 7, 2],
    [4, 3, 5, 2, 5, 3, 2, 3, 4, 1],
    [4, 2, 3, 2, 5, 3, 4, 2, 3, 4],
    [5, 5, 6, 2, 3, 3, 2, 4, 4, 5],
    [6, 5, 5, 4, 2, 2, 1, 4, 6, 5],
    [4, 3, 5, 5, 3, 1, 3, 2, 3, 4],
]
RATINGS_ALPHA = 0.5917188485995826
RATINGS_INTERVAL = (0.195, 0.84)  # as printed: to three places


def some_missing():
    """Sixty learners of different skill, fourteen items, a quarter of the answers missing."""
    chance = np.random.default_rng(7)
    skill = chance.random((60, 1))
    steps = np.array([0, 0.25, 1 / 3, 0.5, 1])
    table = steps[np.clip((skill * 5 + chance.normal(0, 1.2, (60, 14))).astype(int), 0, 4)]
    missing = chance.random((60, 14)) < 0.25
    missing[:25] = False
    return np.where(missing, N, table)


# All earned the same on the first item; one learner answered the second alone; the third was
# answered by one; the last two are each other's mirror.
DEGENERATE = [
    [1, 0, N, 0, 1],
    [1, 0, N, 1, 0],
    [1, 0, 0.5, 0, 1],
    [N, 1, N, N, N],
]

ALIKE_ELSEWHERE = [[0.0, 1.0], [1.0, 1.0], [0.5, 1.0]]

TABLES = {
    "published": PUBLISHED,
    "ratings": RATINGS,
    "some missing": some_missing(),
    "degenerate": DEGENERATE,
    "alike elsewhere": ALIKE_ELSEWHERE,
    "one learner": [[1.0, 0.5, 0.0]],
}


@pytest.fixture(params=TABLES)
def table(request):
    """Credits: learners as rows, items as columns, NaN where there is no answer."""
    return np.array(TABLES[request.param], dtype=float)


@pytest.fixture(scope="session")
def names(kit_content):
    """Names of items that there are."""
    return [
        analysis.name_of(case.id, item.id)
        for case in kit_content.cases.values()
        for item in case.items
    ]


def attempts_of(table, names):
    """The table as attempts, each item under a name."""
    learner, item = np.nonzero(~np.isnan(table))
    return pd.DataFrame(
        {
            "learner": learner + 1,
            "item": pd.Categorical.from_codes(item, categories=names),
            "credit": table[learner, item],
        }
    )


# --- The references: plain sums and loops, scipy, and another form of each formula ---


def pairs(table, column):
    """The credit of each learner on an item, and the mean credit on that learner's others."""
    found = []
    for row in table.tolist():
        others = [x for place, x in enumerate(row) if place != column and x == x]
        if row[column] == row[column] and others:
            found.append((row[column], sum(others) / len(others)))
    return found


def correlation(table, column):
    """By scipy; NaN where scipy finds none, and where fewer than two can be compared."""
    found = pairs(table, column)
    if len(found) < 2:
        return N
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return stats.pearsonr(*zip(*found, strict=True)).statistic


def best_possible(table, column):
    """The covariance over that of both sorted, by numpy; NaN where the latter is nothing."""
    found = pairs(table, column)
    if len(found) < 2:
        return N
    here, there = zip(*found, strict=True)
    most = np.cov(sorted(here), sorted(there))[0, 1]
    return np.cov(here, there)[0, 1] / most if abs(most) > CLOSE else N


def alpha(whole):
    """By the mean covariance and the mean variance of the items."""
    k = whole.shape[1]
    if k < 2 or len(whole) < 2:
        return N
    table = np.cov(whole, rowvar=False)
    between = (table.sum() - np.trace(table)) / (k * (k - 1))
    within = np.trace(table) / k
    total = within + (k - 1) * between
    return k * between / total if abs(total) > CLOSE else N


def interval(value, n, k):
    """By scipy's F distribution, as L. S. Feldt (1965)."""
    f = stats.f(n - 1, (n - 1) * (k - 1))
    return 1 - (1 - value) * f.isf(0.025), 1 - (1 - value) * f.isf(0.975)


def same(figure, reference):
    """Whether the figure is the reference's, or both are undefined and the figure says why."""
    if np.isnan(reference):
        return figure.value is None and figure.says.startswith("Undefined: ")
    return figure.value is not None and abs(figure.value - reference) < CLOSE


# --- What is held against them ---


def statistics_of(table, names, content):
    """The statistics of each column that was answered, by its place."""
    found = analysis.item_statistics(attempts_of(table, names), content)
    return {names.index(analysis.name_of(each.case, each.item)): each for each in found}


def test_facility_and_n(table, names, kit_content):
    for place, found in statistics_of(table, names, kit_content).items():
        answered = [x for x in table[:, place].tolist() if x == x]

        assert found.n == len(answered)
        assert same(found.facility, sum(answered) / len(answered))


def test_discrimination(table, names, kit_content):
    for place, found in statistics_of(table, names, kit_content).items():
        assert same(found.discrimination, correlation(table, place)), place


def test_efficiency(table, names, kit_content):
    for place, found in statistics_of(table, names, kit_content).items():
        assert same(found.efficiency, best_possible(table, place)), place


@pytest.mark.parametrize("columns", [slice(None), slice(0, 2), slice(-2, None), slice(1, 2)])
def test_alpha_its_interval_and_the_error(table, names, columns):
    asked = names[: table.shape[1]][columns]
    part = table[:, columns]
    whole = part[~np.isnan(part).any(axis=1)]
    n, k = whole.shape
    value = alpha(whole)

    found = analysis.reliability(attempts_of(table, names), asked)

    assert (found.n, found.items) == (n, k)
    assert same(found.alpha, value)
    if np.isnan(value):
        assert (found.low, found.high, found.error.value) == (None, None, None)
    else:
        assert (found.low, found.high) == pytest.approx(interval(value, n, k), abs=CLOSE)
        spread = np.sqrt(np.cov(whole.sum(axis=1)) * (1 - value)) / k
        assert same(found.error, spread)


@pytest.mark.parametrize(
    ("table", "n", "published"),
    [(PUBLISHED, 9, PUBLISHED_ALPHA), (RATINGS, 15, RATINGS_ALPHA)],
    ids=["with gaps", "ratings"],
)
def test_published_alpha(names, table, n, published):
    table = np.array(table, dtype=float)

    found = analysis.reliability(attempts_of(table, names), names[: table.shape[1]])

    assert found.n == n
    assert found.alpha.value == pytest.approx(published, abs=CLOSE)


def test_published_interval(names):
    found = analysis.reliability(attempts_of(np.array(RATINGS, float), names), names[:10])

    assert (found.low, found.high) == pytest.approx(RATINGS_INTERVAL, abs=0.0005)


def test_every_reason_for_undefined_is_met(names, kit_content):
    """The tables have each of them, so that none goes untested."""
    found = [
        each.discrimination
        for table in (DEGENERATE, ALIKE_ELSEWHERE)
        for each in statistics_of(np.array(table), names, kit_content).values()
    ]

    assert len({figure.says for figure in found if figure.value is None}) == 3


@st.composite
def tables(draw):
    """Any few credits, with gaps."""
    shape = draw(st.tuples(st.integers(1, 8), st.integers(1, 5)))
    credit = st.sampled_from([N, 0.0, 0.25, 1 / 3, 0.5, 1.0])
    row = st.lists(credit, min_size=shape[1], max_size=shape[1])
    return np.array(draw(st.lists(row, min_size=shape[0], max_size=shape[0])))


@given(table=tables())
def test_any_table(table, names, kit_content):
    for place, found in statistics_of(table, names, kit_content).items():
        assert same(found.discrimination, correlation(table, place))
        assert same(found.efficiency, best_possible(table, place))
