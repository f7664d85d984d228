"""Before a decision is marked overruled, `affected` lists all that will have to be mended."""

import json
import re
import shutil
from datetime import date

import pytest
import yaml

from asylum_teach import check, cli, content, kit
from asylum_teach.law import assess
from asylum_teach.models import last_day_of

# An agency precedent that many cases rest on, a decision of one circuit, a regulation.
OVERRULED = ["matter_of_l_e_a_i_family_group", "hernandez_avalos_v_lynch", "cfr_8_1208_16_to_18"]
NOTEBOOKS = kit.folder("notebooks")


def overrule(exercises, authority):
    """Do what a maintainer does to say that *authority* was never good law."""
    path = exercises / "law" / "authorities.yaml"
    entries = yaml.safe_load(path.read_text("utf-8"))
    (entry,) = (each for each in entries if each["id"] == authority)
    entry["in_force"] = []
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), "utf-8")


@pytest.fixture(scope="module", params=OVERRULED)
def change(request, tmp_path_factory, kit_content):
    """What `affected` lists beforehand, and the copy's reading and faults afterwards."""
    exercises = tmp_path_factory.mktemp("overruled") / "exercises"
    shutil.copytree(kit.folder("exercises"), exercises)
    listed = check.affected(kit_content, request.param, NOTEBOOKS)
    overrule(exercises, request.param)
    report = check.check(exercises, NOTEBOOKS)
    return listed, report, content.Reading(exercises)


def named_near(reading, fault):
    """The id of the entry in which a fault's line lies: a rule, an item, a split, a term."""
    lines = (reading.folder / fault.file).read_text("utf-8").splitlines()[: fault.line]
    return next(m[1] for m in map(ENTRY.match, reversed(lines)) if m)


ENTRY = re.compile(r"^ *(?:- )?id: (\S+)$")


def listed_for(fault, listed, reading):
    """Whether `affected` named the place of a fault."""
    folder, _, name = fault.file.partition("/")
    stem = name.removesuffix(".yaml")
    if folder == "cases":
        return stem in {*listed.cases, *(item.partition("/")[0] for item in listed.items)}
    if folder == "decisions":
        return stem in listed.decisions
    near = named_near(reading, fault)
    known = {
        "law/elements.yaml": listed.rules,
        "law/relief.yaml": listed.rules,
        "law/splits.yaml": listed.splits,
        "glossary.yaml": listed.terms,
    }
    return near in known[fault.file]


def test_all_that_the_check_faults_afterwards_was_listed_before(change):
    listed, report, reading = change

    missed = [str(f) for f in report.faults if not listed_for(f, listed, reading)]

    assert report.faults, "to overrule it breaks nothing: choose one that something rests on"
    assert missed == []


def test_all_whose_answer_moves_was_listed_before(change, kit_content):
    """Cases and decisions whose findings change, whether or not a key says so."""
    listed, report, _ = change
    law = report.content.law

    def moves(facts, day, circuit):
        before = assess(kit_content.law, facts, as_of=day, circuit=circuit).findings
        after = assess(law, facts, as_of=day, circuit=circuit).findings
        return any(before[e].status != after[e].status for e in before)

    cases = {c.id for c in kit_content.cases.values() if moves(c.facts, c.as_of, c.circuit)}
    decisions = {
        d.id
        for d in kit_content.decisions.values()
        if moves(d.facts, last_day_of(d.decided), d.circuit)
    }

    assert cases | decisions, "nothing moves: choose an authority that decides something"
    assert cases <= set(listed.cases)
    assert decisions <= set(listed.decisions)


def test_lessons_that_show_what_is_touched_are_listed(change, kit_content):
    listed, _, _ = change
    touched = {*listed.cases, *listed.decisions}

    showing = {
        plan.id
        for plan in kit_content.lessons.values()
        if kit.named_in(NOTEBOOKS / f"{plan.notebook}.ipynb") & touched
    }

    assert showing <= set(listed.lessons)


def test_authority_that_nothing_rests_on_touches_nothing(small, tmp_path):
    listed = check.affected(small, "unpublished_v_holder", tmp_path)

    assert set(vars(listed).values()) == {()}


def test_overruled_decision_that_could_come_back_is_listed_as_well(small, tmp_path):
    """The second ended in 2021; whoever would bring it back finds its rule here."""
    listed = check.affected(small, "matter_of_second", tmp_path)

    assert small.law.authorities["matter_of_second"].in_force[-1].end < date(2026, 1, 1)
    assert listed.rules == ("no_group_of_women",)


def test_case_that_an_overruled_decision_would_decide_is_listed_as_well(kit_content):
    """It does not rest on it today, and would again if that decision came back."""
    authority = "matter_of_a_r_c_g"
    listed = check.affected(kit_content, authority, NOTEBOOKS)
    today = kit_content.law_as_of

    of_today = [c for c in map(kit_content.cases.get, listed.cases) if c.as_of == today]

    assert not kit_content.law.authorities[authority].binds(today, None)
    assert of_today


def test_command_says_it_in_words_and_as_json(capsys):
    assert cli.main(["affected", "matter_of_s_s_f_m"]) == 0
    words = capsys.readouterr().out
    assert cli.main(["affected", "matter_of_s_s_f_m", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    kinds = ["rules", "cases", "items", "lessons", "decisions", "terms", "splits"]
    assert list(told) == [*kinds, "interviews", "scripts", "practices"]
    for kind, ids in told.items():
        assert f"\n{kind}: {len(ids)}\n" in words
        assert all(f"\n  {name}\n" in words for name in ids)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("matter_of_s_s_f_n", "did you mean 'matter_of_s_s_f_m'?"),
        ("zzz", "law/authorities.yaml lists them"),
    ],
)
def test_authority_that_there_is_none_of_is_one_sentence(capsys, asked, hint):
    assert cli.main(["affected", asked]) == 1

    printed = capsys.readouterr()

    assert (printed.out, printed.err) == ("", f"There is no authority '{asked}'; {hint}\n")
