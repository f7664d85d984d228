"""The law turns on its days: every rule speaks from its first day to its last, and no longer.

The days are read from exercises/law/authorities.yaml as they are written there, and not by
the models, so that a mistake in reading a date shows.
"""

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random

import pytest
import yaml

from asylum_teach import kit
from asylum_teach.law import assess
from asylum_teach.law.bench import bench_for
from asylum_teach.models import CIRCUITS, ELEMENTS
from tests.test_engine import said_of, statuses
from tests.test_law_examples import EXAMPLES, assessed

DAY = timedelta(days=1)
PLACES = (None, *CIRCUITS)

# Rules that begin anew on a day on which one above them, of the same status, begins as well:
# nobody sees them then.  The rule, the day, and the one that is seen in its stead.
UNSEEN = {
    ("family_open_ninth_lea_ii", date(2025, 9, 2)): "family_open_ninth",
    ("family_open_eleventh_lea_ii", date(2025, 9, 2)): "family_open_eleventh",
    ("duress_was_no_defence_from_2020", date(2025, 10, 22)): "duress_is_no_defence_now",
}


# --- What the file says ---


def as_written(text):
    """The last day that a date of the file can mean."""
    year, month, day = (int(part) for part in f"{text}-0-0".split("-")[:3])
    return date(year, month or 12, day or monthrange(year, month or 12)[1])


@pytest.fixture(scope="module")
def written():
    """Every authority as the file has it, by id."""
    path = kit.folder("exercises") / "law" / "authorities.yaml"
    return {each["id"]: each for each in yaml.safe_load(path.read_text("utf-8"))}


def spans(authority):
    """The first day of each time in which it was good law, and the first day after."""
    for period in authority["in_force"]:
        since, until = period.get("since"), period.get("until")
        yield (as_written(since) if since else date.min, as_written(until) if until else date.max)


def heard_in(authority, place):
    """Whether it binds there at all; a court of appeals does not bind the whole nation."""
    if authority["circuits"]:
        local = authority["court"].startswith("ca") or authority["court"] == "ddc"
        return place in authority["circuits"] if place else not local
    return True


def good_law(authority, day, place):
    return heard_in(authority, place) and any(a <= day < b for a, b in spans(authority))


def turns_of(rule, written):
    """Each first or last day of a rule, the day beside it on which it is silent, and where."""
    behind = [written[name] for name in rule.authorities]
    days = {day for each in behind for span in spans(each) for day in span}

    def speaks(day, place):
        return all(good_law(each, day, place) for each in behind)

    for day in sorted(days - {date.min, date.max}):
        for loud, silent in ((day, day - DAY), (day - DAY, day)):
            places = [p for p in PLACES if speaks(loud, p) and not speaks(silent, p)]
            if places:
                yield loud, silent, places


# --- What the engine says ---


def said(law, place, facts, day, relief=""):
    """The rules that decide or are argued; for a relief's own rules, those that decide it."""
    if relief:
        bench = bench_for(law, day, place)
        survey = bench.survey(bench.mask(facts), relief)
        pairs = [test for pair in survey.pairs.values() for test in pair]
        tests = [*survey.plain.values(), *survey.bars.values(), *pairs]
        return {test.rule.id for test in tests if test}
    findings = list(said_of(assess(law, facts, as_of=day, circuit=place)))
    return {f.rule for f in findings} | {o.rule for f in findings for o in f.other_side}


@pytest.fixture(scope="module")
def known_facts(kit_content):
    """The facts of every example, case and decision, with all that they imply."""
    examples = [param.values[0] for param in EXAMPLES]
    facts = [frozenset(example["facts"]) for example in examples]
    facts += [case.facts for case in kit_content.cases.values()]
    facts += [frozenset(decision.facts) for decision in kit_content.decisions.values()]
    return {each: kit_content.law.closed(each) for each in facts}


def fit(rule, held):
    return rule.when <= held and not rule.unless & held and (not rule.any or rule.any & held)


@pytest.mark.parametrize("element", ELEMENTS)
def test_every_rule_is_heard_from_its_first_day_to_its_last(law, written, known_facts, element):
    """On its first day and its last some facts show it; on the day before or after they do not."""
    wrong, unseen = [], set()
    for rule in law.elements[element].rules:
        stories = [facts for facts, held in known_facts.items() if fit(rule, held)]
        for loud, silent, places in turns_of(rule, written):
            tries = product(places, stories)
            shown = next((t for t in tries if rule.id in said(law, *t, loud, rule.relief)), None)
            if shown and rule.id in said(law, *shown, silent, rule.relief):
                wrong.append(f"'{rule.id}' is still heard on {silent}, and should not be")
            elif not shown and (rule.id, loud) in UNSEEN:
                unseen.add((rule.id, loud))
                instead = UNSEEN[rule.id, loud]
                if not any(instead in said(law, *t, loud) for t in product(places, stories)):
                    wrong.append(f"'{rule.id}' is not heard on {loud}, nor is '{instead}'")
            elif not shown:
                wrong.append(f"'{rule.id}' is not heard on {loud}; add an example that shows it")

    assert wrong == []
    ids = {rule.id for rule in law.elements[element].rules}
    assert unseen == {(rule, day) for rule, day in UNSEEN if rule in ids}


def test_rule_that_is_seen_in_anothers_stead_says_the_same(law):
    """So on that day the answer does not turn on the one that is not seen."""
    status = {rule.id: rule.status for e in law.elements.values() for rule in e.rules}

    for (rule, _), instead in UNSEEN.items():
        assert status[rule] == status[instead]


def test_every_rule_decides_an_example_that_names_it(law):
    """None is taught that no dated example holds to its answer."""
    decided = defaultdict(set)  # by element
    for example in (param.values[0] for param in EXAMPLES):
        assessment, findings = assessed(law, example)
        for element in example.get("expect", {}):
            if findings[element].rule and findings[element].rule == example.get("rule"):
                decided[element].add(example["rule"])
        for relief in example.get("relief", {}):
            deciding = said(law, assessment.circuit, example["facts"], assessment.as_of, relief)
            for element in ELEMENTS:
                own = {rule.id for rule in law.elements[element].rules if rule.relief == relief}
                decided[element] |= own & deciding

    rules = {e: {rule.id for rule in law.elements[e].rules} for e in ELEMENTS}
    assert {e: rules[e] - decided[e] for e in ELEMENTS if rules[e] - decided[e]} == {}


def test_between_two_turns_no_answer_moves(law, written, known_facts):
    """The eve of a turn says what the day of the turn before it said."""
    days = {day for each in written.values() for span in spans(each) for day in span}
    turns = sorted(days - {date.min, date.max})
    chance = Random("between two turns")
    moved = []
    for first, next_ in pairwise(turns):
        place, eve = chance.choice(PLACES), next_ - DAY
        for facts in chance.sample(list(known_facts), 10):
            if statuses(law, facts, first, place) != statuses(law, facts, eve, place):
                moved.append((first, eve, place, sorted(facts)))

    assert moved == []
