"""Every mistake that an editor makes is told with its file, its line and what to write instead.

Each mistake below is made in a sound case, beside a small sound law, and goes
through the same check as a user's.
"""

import json
from dataclasses import dataclass

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach import check, content, kit
from asylum_teach.content.yamlfile import DEEPEST, MOST_BYTES
from tests.conftest import BASE_CASE, SMALL, Exercises

FILE = "cases/base.yaml"


@dataclass(frozen=True)
class Mistake:
    """One edit of the sound case, and what is told of it.

    Each thing told is the text at whose line it is told, words of what is wrong,
    and words of what to do.
    """

    old: str
    new: str
    told: tuple[tuple[str, str, str], ...]


def mistake(name, old, new, *told):
    return pytest.param(Mistake(old, new, told), id=name)


NOT_YAML = (
    "look for a missing quote, colon or indent here or just above;"
    " a sentence that holds a colon goes under >-"
)

MISTAKES = [
    # --- fields ---
    mistake(
        "unknown field",
        "level: alone\n",
        "level: alone\ncolour: red\n",
        ("colour: red", "there is no field 'colour' here", "use one of: id, version, title"),
    ),
    mistake(
        "misspelt field",
        "content_note:",
        "contentnote:",
        ("contentnote:", "there is no field 'contentnote' here", "did you mean 'content_note'?"),
        ("id: base", "'content_note' is missing", "add content_note: …"),
    ),
    mistake(
        "misspelt field in an option",
        "misconception: a_job_is_a_ground",
        "misconceptoin: a_job_is_a_ground",
        (
            "misconceptoin:",
            "there is no field 'misconceptoin' here",
            "did you mean 'misconception'?",
        ),
    ),
    mistake(
        "unknown field in a tagged sentence",
        "        reason: She says her view in public.\n",
        "        reason: She says her view in public.\n        weight: 3\n",
        (
            "weight: 3",
            "there is no field 'weight' here",
            "use one of: reason, authorities, misconception",
        ),
    ),
    mistake(
        "missing field",
        "review_by: 2027-05-24\n",
        "",
        ("id: base", "'review_by' is missing", "add review_by: …"),
    ),
    mistake(
        "option without reason",
        "        reason: A job is not one of the five.\n",
        "",
        ("- text: A job as a reporter", "'reason' is missing", "add reason: …"),
    ),
    mistake(
        "sentence without text",
        "  - text: Soldiers came to her door at night.\n    id: the_soldiers",
        "  - id: the_soldiers",
        ("- id: the_soldiers", "'text' is missing", "add text: …"),
    ),
    mistake(
        "repeated key",
        "title: The base case\n",
        "title: The base case\ntitle: Another\n",
        ("title: Another", "'title' is written twice", "keep one of the two"),
    ),
    mistake(
        "repeated key deep inside",
        "        reason: It is one of the five.\n",
        "        reason: It is one of the five.\n        reason: And once more.\n",
        ("And once more", "'reason' is written twice", "keep one of the two"),
    ),
    # --- values ---
    mistake(
        "number for a circuit",
        'circuit: "9"',
        "circuit: 9",
        (
            "circuit: 9",
            "'circuit' is the number 9; text belongs here",
            'write it in quotes: "9"',
        ),
    ),
    mistake(
        "circuit that does not exist",
        'circuit: "9"',
        'circuit: "12"',
        ('circuit: "12"', "'circuit' cannot be '12'", ""),
    ),
    mistake(
        "number for the circuit of a flip",
        "      as_of: 2026-11-24\n    key: []",
        "      circuit: 9\n    key: []",
        (
            "      circuit: 9",
            "'circuit' is the number 9; text belongs here",
            'write it in quotes: "9"',
        ),
    ),
    mistake(
        "circuit of a flip that does not exist",
        "      as_of: 2026-11-24\n    key: []",
        "      circuit: nono\n    key: []",
        ("      circuit: nono", "'circuit' cannot be 'nono'", "did you mean 'none'?"),
    ),
    mistake(
        "points without quotes",
        'points: ["2.4"]',
        "points: [2.4]",
        ("points: [2.4]", "the number 2.4; text belongs here", 'write it in quotes: "2.4"'),
    ),
    mistake(
        "bare No",
        "- text: It does not\n",
        "- text: No\n",
        (
            "- text: No",
            "'text' is a bare Yes, No, true or false, which YAML does not read as text",
            'put the word in quotes, as in "No"',
        ),
    ),
    mistake(
        "nothing after the colon",
        "title: The base case",
        "title:",
        ("title:", "'title' should be text", "write one sentence or word here"),
    ),
    mistake(
        "date that does not exist",
        "as_of: 2026-11-24",
        "as_of: 2026-13-45",
        (
            "as_of: 2026-13-45",
            "'as_of' is not a date ('2026-13-45')",
            "write year, month, day: 2026-11-24",
        ),
    ),
    mistake(
        "date in words",
        "review_by: 2027-05-24",
        "review_by: 24 May 2027",
        (
            "review_by: 24 May 2027",
            "'review_by' is not a date ('24 May 2027')",
            "write year, month, day: 2026-11-24",
        ),
    ),
    mistake(
        "number for a date",
        "as_of: 2026-11-24",
        "as_of: 2026",
        ("as_of: 2026", "'as_of' is not a date (2026)", "write year, month, day: 2026-11-24"),
    ),
    mistake(
        "list for a mapping",
        "key:\n  bars: met\n\nworked",
        "key: [bars]\n\nworked",
        ("key: [bars]", "'key' should be a mapping (name: value)", ""),
    ),
    mistake(
        "mapping for a list",
        "facts: [filed_within_one_year]",
        "facts: {filed_within_one_year: true}",
        ("facts: {filed", "'facts' should be a list", "write a list here"),
    ),
    mistake(
        "text for a list",
        "facts: [filed_within_one_year]",
        "facts: filed_within_one_year",
        ("facts: filed", "'facts' should be a list", "write a list here"),
    ),
    mistake(
        "text for an option",
        "      - text: Race\n        credit: 1\n        reason: It is one of the five.\n"
        "        authorities: [ina_101_a_42_a]\n",
        "      - Race\n",
        ("- Race", "should be a mapping (name: value)", ""),
    ),
    mistake(
        "text for a number",
        "version: 1",
        "version: one",
        ("version: one", "'version' should be a whole number", "write a whole number here"),
    ),
    mistake(
        "text for true or false",
        "kind: rationale\n",
        "kind: rationale\n    ask_confidence: sometimes\n",
        ("ask_confidence: some", "'ask_confidence' should be true or false", ""),
    ),
    mistake(
        "wrong level",
        "level: alone",
        "level: lone",
        ("level: lone", "'level' cannot be 'lone'", "did you mean 'alone'?"),
    ),
    mistake(
        "status that is none",
        "key:\n  bars: met",
        "key:\n  bars: mett",
        ("bars: mett", "'bars' cannot be 'mett'", "did you mean 'met'?"),
    ),
    # --- items ---
    mistake(
        "wrong kind",
        "kind: tagging",
        "kind: taging",
        ("kind: taging", "there is no kind of item 'taging'", "did you mean 'tagging'?"),
    ),
    mistake(
        "no kind",
        "    kind: tagging\n",
        "",
        ("- id: tag", "this item has no kind", ""),
    ),
    mistake(
        "kind that is a list",
        "kind: tagging",
        "kind: [tagging]",
        ("kind: [tagging]", "there is no kind of item", ""),
    ),
    mistake(
        "items that are a mapping",
        BASE_CASE[BASE_CASE.index("items:\n") :],
        "items:\n  pick_one: {kind: single_choice}\n",
        ("items:", "'items' should be a list", "write a list here"),
    ),
    mistake(
        "item that is text",
        "items:\n",
        "items:\n  - a question\n",
        ("- a question", "this item has no kind", ""),
    ),
    # --- files ---
    mistake(
        "id that is not the file's name",
        "id: base\n",
        "id: bass\n",
        (
            "id: bass",
            "the id 'bass' is not the file's name",
            "write id: base, or rename the file to bass.yaml",
        ),
    ),
    mistake(
        "unclosed quote",
        "title: The base case",
        'title: "The base case',
        ('points: ["2.4"]', "this is not YAML", NOT_YAML),  # just below, where the next quote is
    ),
    mistake(
        "unclosed quote with no quote after it",
        "reason: Nothing changed",
        'reason: "Nothing changed',
        ('reason: "Nothing', "this is not YAML", NOT_YAML),
    ),
    mistake(
        "tab for an indent",
        "    id: the_filing",
        "\tid: the_filing",
        ("\tid: the_filing", "this is not YAML", NOT_YAML),
    ),
    mistake(
        "colon in a sentence",
        "stem: Judge each element.",
        "stem: Judge this: each element.",
        ("stem: Judge this", "this is not YAML", NOT_YAML),
    ),
    mistake(
        "wrong indent",
        "    kind: rationale",
        "   kind: rationale",
        ("   kind: rationale", "this is not YAML", NOT_YAML),
    ),
    mistake(
        "two documents",
        "story:\n",
        "---\nstory:\n",
        ("---", "this is not YAML", NOT_YAML),
    ),
    mistake(
        "control character after letters with accents",
        "story:\n",
        "# áéíóú áéíóú áéíóú áéíóú áéíóú áéíóú áéíóú áéíóú áéíóú\nstory: \x07\n",
        ("story: \x07", "a control character stands here", "delete it; plain text only"),
    ),
    mistake(
        "alias",
        "  bars: She filed in time.\n",
        "  bars: &same She filed in time.\n  proof: *same\n",
        ("proof: *same", "alias", ""),
    ),
    mistake(
        "key that is a list",
        "level: alone\n",
        "level: alone\n? [a, b]\n: c\n",
        ("? [a, b]", "", ""),
    ),
    # --- names that no file bears ---
    mistake(
        "unknown fact",
        "facts: [filed_within_one_year]",
        "facts: [filed_within_one_yaer]",
        (
            "facts: [filed_within_one_yaer]",
            "there is no fact 'filed_within_one_yaer'",
            "did you mean 'filed_within_one_year'?",
        ),
    ),
    mistake(
        "unknown fact in a flip",
        "      as_of: 2026-11-24\n    key: []",
        "      add: [is_a_womn]\n    key: []",
        ("add: [is_a_womn]", "there is no fact 'is_a_womn'", "did you mean 'is_woman'?"),
    ),
    mistake(
        "unknown authority",
        "        authorities: [ina_101_a_42_a]",
        "        authorities: [ina_101_a_42]",
        (
            "[ina_101_a_42]",
            "there is no authority 'ina_101_a_42'",
            "did you mean 'ina_101_a_42_a'?",
        ),
    ),
    mistake(
        "unknown misconception",
        "misconception: bad_actor_means_protected_ground",
        "misconception: bad_actor_means_a_ground",
        (
            "misconception: bad_actor_means_a_ground",
            "there is no misconception 'bad_actor_means_a_ground'",
            "did you mean 'bad_actor_means_protected_ground'?",
        ),
    ),
    mistake(
        "unknown element",
        "key:\n  bars: met\n\nworked",
        "key:\n  bar: met\n\nworked",
        ("  bar: met", "there is no element 'bar'", "did you mean 'bars'?"),
    ),
    mistake(
        "unknown point",
        'points: ["2.4"]',
        'points: ["2.9"]',
        ('points: ["2.9"]', "there is no point '2.9'", ""),
    ),
    mistake(
        "unknown lesson",
        "lesson: nexus_and_grounds",
        "lesson: nexus_and_ground",
        (
            "lesson: nexus_and_ground",
            "there is no lesson 'nexus_and_ground'",
            "did you mean 'nexus_and_grounds'?",
        ),
    ),
    mistake(
        "unknown critical error",
        "        misconception: a_job_is_a_ground",
        "        critical_error: leads_the_cleint\n        misconception: a_job_is_a_ground",
        (
            "critical_error: leads_the_cleint",
            "there is no critical error 'leads_the_cleint'",
            "did you mean 'leads_the_client'?",
        ),
    ),
    # --- items that contradict themselves ---
    mistake(
        "item id twice",
        "- id: pick_several",
        "- id: pick_one",
        ("id: pick_one", "the item 'pick_one' occurs twice", "give each its own id"),
        (
            "id: pick_one\n    kind: several",
            "the item 'pick_one' occurs twice",
            "give each its own id",
        ),
    ),
    mistake(
        "two keys in a single choice",
        "        credit: 0.5\n",
        "        credit: 1\n",
        (
            "    options:",
            "2 options have credit: 1; exactly one may",
            "keep one key; a second-best option may have credit: 0.5",
        ),
    ),
    mistake(
        "credit above 1",
        "        credit: 0.5\n",
        "        credit: 2\n",
        ("credit: 2", "credit is 2.0", "write a number from 0 to 1"),
    ),
    mistake(
        "no options",
        BASE_CASE[
            BASE_CASE.index("    options:\n      - text: Race") : BASE_CASE.index("  - id: judge")
        ],
        "    options: []\n",
        (
            "options: []",
            "several_choice needs at least one option with credit: 1 and one without",
            "",
        ),
    ),
    mistake(
        "wrong option without a misconception",
        "        misconception: a_job_is_a_ground\n",
        "",
        (
            "- text: A job as a reporter",
            "a wrong option names no misconception",
            "add misconception: one of misconceptions.yaml",
        ),
    ),
    mistake(
        "empty reason",
        "reason: A job is not one of the five.",
        'reason: " "',
        ('reason: " "', "there is no reason", "say why, in one or two plain sentences"),
    ),
    mistake(
        "same option twice",
        "- text: A real danger to life",
        "- text: A job as a reporter",
        ("- text: A job as a reporter", "two options are the same", "make each its own"),
        (
            "- text: A job as a reporter\n        credit",
            "two options are the same",
            "make each its own",
        ),
    ),
    mistake(
        "tagging a sentence that does not exist",
        "      the_soldiers:\n",
        "      the_sailors:\n",
        (
            "the_sailors:",
            "no sentence of the story has the id 'the_sailors'",
            "give that sentence an id",
        ),
    ),
    mistake(
        "sentence id twice",
        "    id: the_filing",
        "    id: the_paper",
        ("id: the_paper\n    facts: [filed", "the_paper", ""),
    ),
    mistake(
        "entry matched to nothing",
        "        key: religion",
        "        key: faith",
        ("key: faith", "no target 'faith'", "name a target"),
    ),
    mistake(
        "assessment of nothing",
        "    stem: Judge each element.\n    key:\n      bars: met\n",
        "    stem: Judge each element.\n    key: {}\n",
        ("    key: {}", "key", ""),
    ),
    mistake(
        "matching of nothing",
        BASE_CASE[BASE_CASE.index("    entries:\n") : BASE_CASE.index("  - id: order")],
        "    entries: []\n",
        ("entries: []", "entries", ""),
    ),
    mistake(
        "key named twice in a tagging",
        "key: [the_paper]",
        "key: [the_paper, the_paper]",
        ("key: [the_paper, the_paper]", "the_paper", ""),
    ),
    mistake(
        "ordering with two steps",
        "      - text: Why?\n",
        "",
        ("steps:", "there are fewer than three steps", "add steps"),
    ),
    mistake(
        "key against the rules",
        "key:\n  bars: met\n\nworked",
        "key:\n  bars: not_met\n\nworked",
        ("bars: not_met", "the key says bars: not_met, the rules say met", ""),
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_told_where_it_stands(exercises, mistake):
    """Exactly these faults, on these lines, each with something to do."""
    exercises.edit(FILE, mistake.old, mistake.new)

    faults = exercises.check().faults

    assert [(f.file, f.line) for f in faults] == sorted(
        (FILE, exercises.line(FILE, text)) for text, _, _ in mistake.told
    )
    for _, what, do in mistake.told:
        assert any(what in f.what and do in f.do for f in faults), faults
    for fault in faults:
        assert fault.do
        for machinery in ("Node(", "literal[", "[key]", "validation", "Invalid JSON", "pydantic"):
            assert machinery not in str(fault)


def test_sound_case_has_no_fault(exercises):
    assert exercises.check().faults == ()


def test_part_of_a_list_is_told_by_the_name_of_the_list(exercises):
    """An editor knows 'points', and no '0'."""
    exercises.edit(FILE, 'points: ["2.4"]', "points: [2.4]")

    (fault,) = exercises.check().faults

    assert "points" in fault.what


def test_faults_of_several_files_are_all_told_in_one_run(exercises):
    """A broken file hides neither an unknown name nor a key that is wrong elsewhere."""
    base = exercises.read(FILE)
    exercises.write("cases/broken.yaml", base.replace("id: base", 'id: "broken', 1))
    exercises.write(
        "cases/unknown.yaml",
        base.replace("id: base", "id: unknown", 1).replace("[filed_within", "[fild_within", 1),
    )
    exercises.write(
        "cases/wrong.yaml",
        base.replace("id: base", "id: wrong", 1).replace("  bars: met", "  bars: not_met", 1),
    )
    exercises.write(
        "cases/twice.yaml",
        base.replace("id: base", "id: twice\ncolour: red\nshape: round", 1),
    )

    told = [(fault.file, fault.line) for fault in exercises.check().faults]

    assert {file for file, _ in told} == {
        f"cases/{name}.yaml" for name in ("broken", "unknown", "wrong", "twice")
    }
    assert told.count(("cases/twice.yaml", 2)) == told.count(("cases/twice.yaml", 3)) == 1


# --- Files that are no YAML, or none that can be read ---

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcd", "bcde", strict=True)
)
FILES = {
    "empty": ("", "the file is empty"),
    "only a comment": ("# nothing yet\n", "the file is empty"),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\xff", "this is not a text file"),
    "UTF-16": (BASE_CASE.encode("utf-16"), "this is not a text file"),
    "huge": ("# filler\n" * (MOST_BYTES // 8), "the file is larger than"),
    "deep lists": ("[" * 5000, "nest"),
    "deep lists, closed": ("[" * 700 + "]" * 700, "nest"),
    "deep mappings": ("\n".join(" " * n + "a:" for n in range(700)), "nest"),
    "alias bomb": (BOMB, "alias"),
    "alias of itself": ("&a [*a]", "alias"),
    "a list": ("- id: base\n", ""),
    "one word": ("base", ""),
    "a number": ("7", ""),
    "nothing": ("null", ""),
    "NUL": ("title: a\x00b\n", "a control character stands here"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "file", ["cases/base.yaml", "law/authorities.yaml", "law/facts.yaml", "law/relief.yaml"]
)
def test_file_that_cannot_be_used_is_told(exercises, file, name):
    """In words, at its first line or where the trouble stands."""
    text, what = FILES[name]
    exercises.write(file, text)

    faults = [fault for fault in exercises.check().faults if fault.file == file]

    # A list is right in the law, and its fields are not; what is too deep and what is an alias
    # are told where they stand.
    told_inside = {"deep mappings": DEEPEST + 2, "alias bomb": 2}
    if name in told_inside:
        assert [fault.line for fault in faults] == [told_inside[name]]
    elif not (name == "a list" and file != FILE):
        assert {fault.line for fault in faults} == {1}
    assert any(what in fault.what for fault in faults), faults
    assert all(fault.do for fault in faults)


def test_bytes_that_windows_puts_in_front_do_no_harm(exercises):
    exercises.write(FILE, b"\xef\xbb\xbf" + BASE_CASE.replace("\n", "\r\n").encode())

    assert exercises.check().faults == ()


def test_folder_with_a_files_name_is_told(exercises):
    (exercises.folder / "cases" / "folder.yaml").mkdir()

    (fault,) = exercises.check().faults

    assert (fault.file, fault.line) == ("cases/folder.yaml", 1)
    assert "cannot be read" in fault.what


@pytest.mark.parametrize(
    "file",
    [
        "law/authorities.yaml",
        "law/elements.yaml",
        "law/facts.yaml",
        "law/relief.yaml",
        "law/theories.yaml",
        "law/timeline.yaml",
        "law/splits.yaml",
        "points.yaml",
        "lessons.yaml",
        "misconceptions.yaml",
    ],
)
def test_missing_file_is_told(exercises, file):
    (exercises.folder / file).unlink()

    faults = exercises.check().faults

    assert (faults[0].file, faults[0].line) == (file, 1)
    assert faults[0].what == "the file cannot be read (No such file or directory)"


def test_missing_folder_is_told(tmp_path):
    report = check.check(tmp_path / "nowhere", tmp_path)

    assert [fault.what for fault in report.faults] == ["there is no such folder"]
    assert not report.ok


def test_case_that_is_there_with_both_endings_is_told(exercises):
    exercises.write("cases/base.yml", BASE_CASE)

    assert exercises.told() == [("cases/base.yml", 1, "cases/base.yaml is there as well")]


@pytest.mark.parametrize("file", ["points.yaml", "law/theories.yaml", "misconceptions.yaml"])
def test_names_of_a_file_that_cannot_be_used_are_not_called_unknown(exercises, file):
    """Only what is wrong is told: the broken file, and a wrong name of another kind."""
    exercises.write(file, '"')
    exercises.edit(FILE, "[filed_within_one_year]", "[filed_within]")

    assert {(name, what.split(" (")[0]) for name, _, what in exercises.told()} == {
        (file, "this is not YAML"),
        (FILE, "there is no fact 'filed_within'"),
    }


def test_case_whose_name_ends_in_yml_is_told_by_its_own_name(exercises):
    exercises.write(
        "cases/other.yml",
        BASE_CASE.replace("id: base", "id: other").replace("bars: met", "bars: not_met", 1),
    )

    told = exercises.told()

    assert {(file, line) for file, line, _ in told} == {
        ("cases/other.yml", exercises.line("cases/other.yml", "  bars: not_met"))
    }


# --- The other files of the content ---

LAW_MISTAKES = [
    ("law/authorities.yaml", "helps: neutral", "helps: nobody", "helps: nobody", "'helps'"),
    ("law/authorities.yaml", "since: '1980-04-01'", "since: soon", "since: soon", "since"),
    ("law/authorities.yaml", "since: '1980-04-01'", "since: '1980-13-01'", "1980-13", "since"),
    ("law/authorities.yaml", "since: '1980-04-01'", "since: 1980", "since: 1980", "number 1980"),
    ("law/authorities.yaml", "since: '2010-05-01'", "sicne: '2010-05-01'", "sicne:", "sicne"),
    (
        "law/authorities.yaml",
        "id: matter_of_second",
        "id: matter_of_first",
        "id: matter_of_first\n  name: Matter of Second",
        "used twice",
    ),
    (
        "law/authorities.yaml",
        "ended_by: matter_of_second",
        "ended_by: matter_of_third",
        "ended_by: matter_of_third",
        "no authority 'matter_of_third'",
    ),
    (
        "law/authorities.yaml",
        "decided: '2014-08-26'",
        "decided: last summer",
        "decided: last",
        "decided",
    ),
    ("law/authorities.yaml", "until: '2018-06-11'", "until: '2013-06-11'", "until: '2013", "2013"),
    (
        "law/facts.yaml",
        "[persecutor_is_state]",
        "[persecutor_is_sate]",
        "persecutor_is_armed_forces: [",
        "no fact 'persecutor_is_sate'",
    ),
    (
        "law/facts.yaml",
        "[reported_to_authorities, did_not_report]",
        "[reported_to_authorities, did_nothing]",
        "- [reported_to_authorities, did_nothing]",
        "no fact 'did_nothing'",
    ),
    (
        "law/facts.yaml",
        "is_woman: The",
        "beaten_severely: The",
        "beaten_severely: The applicant is a woman",
        "in two groups",
    ),
    ("law/facts.yaml", "- id: why", "- id: what", "- id: what\n  title: Why", "what"),
    (
        "law/facts.yaml",
        "is_woman: The applicant is a woman.",
        "is_woman: Yes",
        "is_woman: Yes",
        "bare Yes",
    ),
    (
        "law/elements.yaml",
        "when: [beaten_severely]",
        "when: [beatn_severely]",
        "when: [beatn",
        "no fact 'beatn_severely'",
    ),
    (
        "law/elements.yaml",
        "given: {harm: met}",
        "given: {pain: met}",
        "given: {pain",
        "no element 'pain'",
    ),
    (
        "law/elements.yaml",
        "given: {harm: met}",
        "given: {harm: yes}",
        "given: {harm: yes}",
        "'harm'",
    ),
    (
        "law/elements.yaml",
        "theories: [opinion]",
        "theories: [opinions]",
        "theories: [opinions]",
        "no theory 'opinions'",
    ),
    ("law/elements.yaml", "bar: deadline", "bar: dedline", "bar: dedline", "no bar 'dedline'"),
    ("law/elements.yaml", "    status: met\n", "", "- id: beating_is_harm", "'status' is missing"),
    ("law/elements.yaml", "    status: met", "    stauts: met", "stauts: met", "no field 'stauts'"),
    (
        "law/elements.yaml",
        "- id: torture\n",
        "- id: tortures\n",
        "- id: tortures",
        "no element 'tortures'",
    ),
    (
        "law/relief.yaml",
        "stops: [asylum, withholding]",
        "stops: [asylum, witholding]",
        "- {id: persecution",
        "no relief 'witholding'",
    ),
    (
        "law/relief.yaml",
        "best_of: [nexus]",
        "best_of: [nexuses]",
        "best_of: [nexuses]",
        "no element 'nexuses'",
    ),
    (
        "law/theories.yaml",
        "ground: political_opinion",
        "ground: politics",
        "- {id: opinion",
        "'ground' cannot be 'politics'",
    ),
    (
        "law/theories.yaml",
        "raised_by: [unable_to_leave]",
        "raised_by: [unable]",
        "- {id: relationship",
        "no fact 'unable'",
    ),
    (
        "law/timeline.yaml",
        "[matter_of_second]",
        "[matter_of_2]",
        "- {date",
        "no authority 'matter_of_2'",
    ),
    ("law/timeline.yaml", "date: '2018-06-11'", "date: 2018", "- {date", "number 2018"),
    (
        "law/splits.yaml",
        "status: open",
        "status: undecided",
        "status: undecided",
        "'status' cannot be",
    ),
    ("law/splits.yaml", "circuits: ['9']", "circuits: [9]", "{view:", "number 9"),
    ("points.yaml", 'id: "2.6"', "id: 2.6", "id: 2.6", "number 2.6"),
    ("lessons.yaml", "minutes: 9", "minutes: nine", "minutes: nine", "'minutes'"),
    (
        "misconceptions.yaml",
        ", correction: It is not.}",
        "}",
        "danger_is_enough",
        "'correction' is missing",
    ),
    (
        "decisions/held.yaml",
        "authority: ninth_v_holder",
        "authority: ninth",
        "authority: ninth",
        "no authority 'ninth'",
    ),
    (
        "decisions/held.yaml",
        "{nexus: met}",
        "{nexus: won}",
        "{nexus: won}",
        "'nexus' cannot be 'won'",
    ),
    (
        "decisions/held.yaml",
        'decided: "2010-05-01"',
        "decided: spring 2010",
        "decided: spring",
        "decided",
    ),
    ("decisions/held.yaml", "{nexus: met}", "{}", "outcomes: {}", "no outcomes to predict"),
    (
        "decisions/held.yaml",
        "source: https://example.org/",
        "source: javascript:alert(1)",
        "source: java",
        "not an address on the web",
    ),
    (
        "law/authorities.yaml",
        "helps: neutral",
        "helps: neutral\n  sources:\n  - https://example.org/\n  - example.org",
        "- example.org",
        "not an address on the web",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "what"),
    [pytest.param(*mistake, id=f"{mistake[0]}: {mistake[2].strip()}") for mistake in LAW_MISTAKES],
)
def test_mistake_in_the_law_is_told_where_it_stands(exercises, file, old, new, at, what):
    exercises.edit(file, old, new)

    faults = exercises.check().faults

    assert (file, exercises.line(file, at)) in [(f.file, f.line) for f in faults]
    assert any(what in f.what for f in faults), faults
    assert all(f.do for f in faults)


# --- Whatever is typed ---


def places(value, way=()):
    """The way to every value inside *value*."""
    yield way
    if isinstance(value, dict):
        inside = value.items()
    else:
        inside = enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from places(each, (*way, key))


CASE = yaml.safe_load(BASE_CASE)
typed = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=9),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """One copy for all that hypothesis types."""
    return Exercises(tmp_path_factory.mktemp("typed"))


@settings(max_examples=100)
@given(way=st.sampled_from(list(places(CASE))[1:]), value=typed)
def test_any_value_in_any_place_is_told_or_taken(scratch, way, value):
    """A wrong value anywhere in a case never ends in a traceback."""
    case = yaml.safe_load(BASE_CASE)
    inside = case
    for key in way[:-1]:
        inside = inside[key]
    inside[way[-1]] = value
    scratch.write(FILE, yaml.safe_dump(case, allow_unicode=True))

    for fault in scratch.check().faults:
        assert 1 <= fault.line <= len(scratch.read(FILE).splitlines())


def test_anything_left_out_is_told_or_taken(scratch):
    """Each field, sentence, item and option of a case in turn."""
    for way in list(places(CASE))[1:]:
        case = yaml.safe_load(BASE_CASE)
        inside = case
        for key in way[:-1]:
            inside = inside[key]
        del inside[way[-1]]
        scratch.write(FILE, yaml.safe_dump(case))

        assert all(fault.do for fault in scratch.check().faults), way


@settings(max_examples=100)
@given(
    start=st.integers(0, len(BASE_CASE)),
    length=st.integers(0, 40),
    put=st.text(max_size=6)
    | st.sampled_from([": ", "- ", "\t", "\n", '"', "'", "[", "{", "&a ", "*a", "? ", "!!x "]),
)
def test_any_edit_of_the_text_is_told_or_taken(scratch, start, length, put):
    """Slips of the keyboard: letters cut out, others put in."""
    text = BASE_CASE[:start] + put + BASE_CASE[start + length :]
    scratch.write(FILE, text)

    for fault in scratch.check().faults:
        assert 1 <= fault.line <= text.count("\n") + 1


# --- Schemas, for editors ---


@pytest.mark.parametrize("name", content.SCHEMAS)
def test_schema_in_the_kit_is_current(name):
    """If not: make schema."""
    written = (kit.folder("exercises") / "schema" / f"{name}.json").read_text("utf-8")

    assert json.loads(written) == content.schema(name)


def plain(path):
    """A file's values, with dates as text, as JSON has them."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=str))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("case", "cases/*.yaml"), ("decision", "decisions/*.yaml"), ("elements", "law/elements.yaml")],
)
@pytest.mark.parametrize("folder", [kit.folder("exercises"), SMALL], ids=["kit", "small"])
def test_schema_accepts_what_the_check_accepts(folder, name, pattern):
    validator = jsonschema.Draft202012Validator(content.schema(name))
    files = sorted(folder.glob(pattern))

    faults = {path.name: [e.message for e in validator.iter_errors(plain(path))] for path in files}

    assert files
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("level: alone", "level: alone\ncolour: red"),
        ("review_by: 2027-05-24\n", ""),
        ('circuit: "9"', "circuit: 9"),
        ("kind: tagging", "kind: taging"),
        ("bars: met", "bars: mett"),
    ],
)
def test_schema_refuses_what_the_check_refuses(exercises, old, new):
    validator = jsonschema.Draft202012Validator(content.schema("case"))

    path = exercises.edit(FILE, old, new)

    assert list(validator.iter_errors(plain(path)))
