"""The command line: what each command prints, how it ends, and what it says of a misuse."""

import json
import os
import subprocess
import sys

import pytest

from asylum_teach import cli, content, kit
from asylum_teach.models import CIRCUITS, ELEMENTS
from tests.conftest import ROOT, SMALL

STATUSES = {"met", "arguable", "not_met"}


def run(*arguments, stdin="", cwd=ROOT):
    """A command as a person runs it: (exit code, standard output, standard error)."""
    done = subprocess.run(
        [sys.executable, "-m", "asylum_teach", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def call(capsys):
    """A command inside this process, which is quicker: (exit code, output, errors)."""

    def called(*arguments):
        try:
            code = cli.main(list(map(str, arguments)))
        except SystemExit as stopped:
            code = stopped.code
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return called


@pytest.fixture
def quick(call):
    """A command on the small content, which is quicker still."""
    return lambda *arguments: call(*arguments, "--exercises", SMALL)


@pytest.fixture
def facts_file(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text("facts: [is_woman, persecutor_is_partner, beaten_severely]\n", "utf-8")
    return path


# --- As real processes ---


def test_facts_lists_the_whole_vocabulary(law):
    code, out, err = run("facts", "--json")

    rows = json.loads(out)

    assert (code, err) == (0, "")
    assert [row["id"] for row in rows] == list(law.facts)
    for row in rows:
        assert list(row) == ["id", "group", "text", "excludes", "elements"]
        assert set(row["excludes"]) <= set(law.facts)
        assert set(row["elements"]) <= set(ELEMENTS)


def assert_finding(found, law):
    assert list(found) == [
        "status",
        "reason",
        "rule",
        "authorities",
        "other_side",
        "would_decide",
    ]
    assert found["status"] in STATUSES
    assert found["reason"]
    assert set(found["authorities"]) <= set(law.authorities)
    assert set(found["would_decide"]) <= set(law.facts)
    for other in found["other_side"]:
        assert list(other) == ["rule", "status", "reason", "authorities"]
        assert other["status"] in STATUSES - {found["status"]}


def assert_assessment(assessed, law):
    assert list(assessed) == ["as_of", "circuit", "findings", "theories", "relief"]
    assert list(assessed["findings"]) == list(ELEMENTS)
    for found in assessed["findings"].values():
        assert_finding(found, law)
    for theory, pair in assessed["theories"].items():
        assert theory in law.theories
        assert list(pair) == ["ground", "nexus"]
        assert_finding(pair["ground"], law)
        assert_finding(pair["nexus"], law)
    assert list(assessed["relief"]) == ["asylum", "withholding", "torture"]
    assert set(assessed["relief"].values()) <= {"strong", "contested", "weak", "barred"}


def test_assess_reads_a_file_and_prints_json(law, facts_file):
    code, out, err = run("assess", facts_file, "--as-of", "2026-06-01", "--circuit", "9", "--json")

    assessed = json.loads(out)

    assert (code, err) == (0, "")
    assert (assessed["as_of"], assessed["circuit"]) == ("2026-06-01", "9")
    assert_assessment(assessed, law)


def test_assess_reads_standard_input(law, facts_file):
    """A pipe gives what the file gives."""
    options = ["--as-of", "2026-06-01", "--circuit", "none", "--json"]
    piped = run("assess", "-", *options, stdin=facts_file.read_text("utf-8"))

    assert piped == run("assess", facts_file, *options)
    assert json.loads(piped[1])["circuit"] == "none"


def test_check_of_a_sound_folder_prints_counts_and_no_fault():
    """The kit's own, from any folder."""
    code, out, err = run("check", "--json", "--on", "2026-11-24", cwd="/")

    report = json.loads(out)

    assert (code, err, report["ok"], report["faults"]) == (0, "", True, [])
    assert list(report) == ["ok", "counts", "faults", "due"]


def test_schema_writes_what_the_kit_ships(tmp_path):
    code, out, err = run("schema", tmp_path / "schema")

    assert (code, err) == (0, "")
    assert [name.rsplit("/", 1)[1] for name in out.split()] == [
        f"{name}.json" for name in content.SCHEMAS
    ]
    for name in content.SCHEMAS:
        written = (tmp_path / "schema" / f"{name}.json").read_text("utf-8")
        assert written == (kit.folder("exercises") / "schema" / f"{name}.json").read_text("utf-8")


def test_installed_command_is_the_module():
    """pyproject.toml names the function that python -m runs."""
    assert 'asylum-teach = "asylum_teach.cli:main"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_reader_that_stops_early_sees_no_traceback():
    """As in: asylum-teach facts | head -1."""
    command = f"{sys.executable} -m asylum_teach facts --json | head -1"

    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT)

    assert (done.stdout, done.stderr) == ("[\n", "")


# --- In this process ---


def test_check_tells_every_fault_in_both_forms(call, exercises):
    exercises.edit("cases/base.yaml", "bars: met", "bars: not_met")
    line = exercises.line("cases/base.yaml", "bars: not_met")

    code, out, _ = call("check", "--exercises", exercises.folder, "--json")
    report = json.loads(out)
    told = [fault for fault in report["faults"] if fault["file"].startswith("cases")]

    assert (code, report["ok"]) == (1, False)
    assert [list(fault) for fault in told] == [["file", "line", "what", "do"]]
    assert (told[0]["file"], told[0]["line"]) == ("cases/base.yaml", line)

    code, out, _ = call("check", "--exercises", exercises.folder)

    assert code == 1
    assert f"cases/base.yaml:{line}: the key says" in out
    assert out.rstrip().endswith("faults.") or out.rstrip().endswith("fault.")


def test_assess_without_json_says_it_in_words(call, facts_file):
    code, out, err = call("assess", facts_file, "--as-of", "2026-06-01", "--circuit", "9")

    assert (code, err) == (0, "")
    assert out.startswith("As of 2026-06-01, circuit 9.  Teaching material, not legal advice.")
    assert "Asylum: " in out


def test_facts_without_json_says_them_in_groups(call, law):
    code, out, _ = call("facts")

    assert code == 0
    assert all(title in out for title in law.groups.values())
    assert all(f"  {fact.id}: {fact.text}" in out for fact in law.facts.values())


@pytest.mark.parametrize("circuit", [*CIRCUITS, "none"])
def test_every_circuit_can_be_named(quick, facts_file, circuit):
    code, out, _ = quick("assess", facts_file, "--circuit", circuit, "--json")

    assert (code, json.loads(out)["circuit"]) == (0, circuit)


@pytest.mark.parametrize("day", ["1985-01-01", "2014-08-26", "2026-11-24"])
def test_every_day_can_be_named(quick, facts_file, day):
    code, out, _ = quick("assess", facts_file, "--as-of", day, "--json")

    assert (code, json.loads(out)["as_of"]) == (0, day)


def test_facts_that_exclude_each_other_are_noted(quick, tmp_path):
    """Said on standard error; the assessment still comes, and is still JSON."""
    path = tmp_path / "facts.yaml"
    path.write_text("facts: [reported_to_authorities, did_not_report]\n", "utf-8")

    code, out, err = quick("assess", path, "--json")

    assert code == 0
    assert json.loads(out)["findings"]
    assert err.strip() == (
        "note: 'did_not_report' and 'reported_to_authorities' exclude each other"
    )


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["facts", "--json"], "beaten_severely"),
        (["assess", "FILE", "--json"], '"findings"'),
        (["check", "--json"], '"cases": 1'),
    ],
)
def test_own_copy_of_the_exercises_is_used(call, tmp_path, command, told):
    path = tmp_path / "facts.yaml"
    path.write_text("facts: [beaten_severely]\n", "utf-8")
    arguments = [path if part == "FILE" else part for part in command]

    _, out, err = call(*arguments, "--exercises", SMALL)

    assert told in out
    assert err == ""


@pytest.mark.parametrize(
    "command", [["facts"], ["assess", "FILE"], ["check"], ["serve", "--no-browser"]]
)
def test_folder_that_is_not_there_is_told(call, facts_file, command):
    arguments = [facts_file if part == "FILE" else part for part in command]

    code, out, err = call(*arguments, "--exercises", "/nowhere")

    assert code == 1
    assert "/nowhere:1: there is no such folder; name a copy of exercises/" in out + err


# --- Misuse: one clear sentence, exit 1 or 2, no traceback ---


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("facts: [is_a_womn]", "there is no fact 'is_a_womn'"),
        ("facts: is_woman", "'facts' should be a list"),
        ("facts: [1]", "number 1; text belongs here"),
        ("facts: [{is_woman: true}]", "should be text"),
        ("facts:", "'facts' should be a list"),
        ("fact: [is_woman]", "did you mean 'facts'?"),
        ("{}", "'facts' is missing"),
        ("- is_woman", "should be a mapping"),
        ("is_woman", "should be a mapping"),
        ("facts: [is_woman", "this is not YAML"),
        ("", "the file is empty"),
        ("facts: &a [*a]", "alias"),
    ],
)
def test_list_of_facts_that_cannot_be_used_is_told(quick, tmp_path, text, says):
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")

    code, out, err = quick("assess", path)

    assert (code, out) == (1, "")
    assert says in err
    assert "Traceback" not in err
    assert all(line.startswith(str(path)) for line in err.splitlines())


def test_file_that_is_not_there_is_told(quick, tmp_path):
    code, _, err = quick("assess", tmp_path / "nowhere.yaml")

    assert code == 1
    assert "nowhere.yaml:1: the file cannot be read (No such file or directory)" in err


def test_binary_file_is_told(quick, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00")

    code, _, err = quick("assess", path)

    assert code == 1
    assert "this is not a text file" in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--as-of", "2026-13-45"], "'2026-13-45' is not a date; write 2026-11-24"),
        (["--as-of", "yesterday"], "'yesterday' is not a date; write 2026-11-24"),
        (["--as-of", ""], "'' is not a date"),
        (["--circuit", "12"], "invalid choice: '12'"),
        (["--colour"], "--colour"),
    ],
)
def test_option_that_cannot_be_used_is_told(quick, facts_file, options, says):
    code, out, err = quick("assess", facts_file, *options)

    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize("arguments", [[], ["asses"], ["assess"], ["schema"]])
def test_command_that_is_not_there_or_not_whole_is_told(call, arguments):
    code, _, err = call(*arguments)

    assert code == 2
    assert err.startswith("usage: asylum-teach")


def test_folder_for_schemas_that_is_a_file_is_told(call, tmp_path):
    path = tmp_path / "schema"
    path.write_text("", "utf-8")

    code, _, err = call("schema", path)

    assert code == 1
    assert str(path) in err


def test_unknown_fact_is_told_by_a_real_process(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("facts: [is_a_womn]", "utf-8")

    code, out, err = run("assess", path)

    assert (code, out) == (1, "")
    assert err == f"{path}: there is no fact 'is_a_womn'; asylum-teach facts lists them\n"


# --- Help ---

COMMANDS = (
    "serve",
    "site",
    "check",
    "affected",
    "assess",
    "facts",
    "schema",
    "verify",
    "backup",
    "restore",
    "demo-class",
    "report",
    "export",
)


def test_no_command_is_left_out_here(call):
    _, out, _ = call("--help")

    listed = [line.split()[0] for line in out.splitlines() if line.startswith("    ")]

    assert [name for name in listed if name.replace("-", "").isalpha() and name.islower()] == list(
        COMMANDS
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(call, command):
    """So does each of its options."""
    code, out, _ = call(command, "--help")

    assert code == 0
    assert out.startswith(f"usage: asylum-teach {command}")
    assert out.count("\n\n") >= 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert f"asylum-teach {command}" in (ROOT / "README.md").read_text("utf-8")


def test_every_option_of_assess_is_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")

    assert all(option in readme for option in ("--as-of", "--circuit", "--json", "--exercises"))
