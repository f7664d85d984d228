"""Content goes into a bundle and comes out equal; a bundle that cannot be used says so."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asylum_teach import bundle
from asylum_teach.models import Content, Fact, Finding, Period, Status
from tests import strategies as make


@pytest.fixture(scope="session")
def compiled(kit_content, tmp_path_factory):
    """The kit's content, compiled."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.json"
    bundle.save(kit_content, path)
    return path


def contents(content):
    """Everything that a Content holds, to be compared (it compares itself by identity)."""
    return {**vars(content), "law": vars(content.law)}


def test_kits_content_comes_out_as_it_went_in(kit_content, compiled):
    assert contents(bundle.load(compiled)) == contents(kit_content)


def test_order_of_everything_is_kept(kit_content, compiled):
    """The order of rules decides, and the order of facts is what learners see."""
    loaded = bundle.load(compiled)

    assert list(loaded.law.facts) == list(kit_content.law.facts)
    assert list(loaded.law.elements) == list(kit_content.law.elements)
    assert list(loaded.cases) == list(kit_content.cases)


@given(make.items)
def test_any_item_comes_out_as_it_went_in(item):
    """Whatever letters it holds, through real JSON."""
    text = json.dumps(bundle.encode(item))

    assert bundle.decode(type(item), json.loads(text)) == item


@given(
    st.builds(Fact, id=make.ids, group=make.ids, text=make.sentences, excludes=make.cited)
    | st.builds(Period, since=st.none() | st.just("2025-11"), until=st.none() | st.just("2026"))
    | st.builds(
        Finding,
        element=make.ids,
        status=st.sampled_from(list(Status)),
        reason=make.sentences,
        rule=st.none() | make.ids,
    )
)
def test_any_record_of_the_law_comes_out_as_it_went_in(record):
    assert bundle.decode(type(record), json.loads(json.dumps(bundle.encode(record)))) == record


def test_saving_twice_gives_the_same_bytes(kit_content, compiled, tmp_path):
    """A bundle differs only where the content does."""
    again = tmp_path / "again.json"
    bundle.save(kit_content, again)

    assert again.read_bytes() == compiled.read_bytes()


def test_facts_of_a_rule_stand_in_the_same_order_in_every_process(tmp_path):
    """Python's hashes change from run to run; the file does not."""
    code = (
        "from asylum_teach import bundle, content, kit\n"
        "import hashlib, json\n"
        "law = content.read(kit.folder('exercises')).law\n"
        "print(hashlib.sha256(json.dumps(bundle.encode(law)).encode()).hexdigest())\n"
    )
    sums = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(sums) == 1


def holding(**changes):
    """A bundle whose content has other fields."""

    def changed(whole):
        compiled = json.loads(whole)
        compiled["content"].update(changes)
        return json.dumps(compiled)

    return changed


def instead(content):
    """A bundle with something else for its content."""
    return lambda _: json.dumps({"format": bundle.FORMAT, "content": content})


DAMAGES = {
    "empty": lambda _: "",
    "cut in the middle": lambda whole: whole[: len(whole) // 2],
    "one letter short": lambda whole: whole[:-1],
    "another format": lambda whole: whole.replace('"format": 2', '"format": 1', 1),
    "no format": lambda whole: whole.replace('"format"', '"former"', 1),
    "no content": lambda _: json.dumps({"format": bundle.FORMAT}),
    "a list": lambda _: "[]",
    "a number": lambda _: "7",
    "nothing": lambda _: "null",
    "text": lambda _: '"bundle"',
    "content is nothing": instead(None),
    "content is a list": instead([]),
    "content is text": instead("law"),
    "content is empty": instead({}),
    "unknown field": holding(colour="red"),
    "law is nothing": holding(law=None),
    "cases are a list": holding(cases=[]),
    "cases are a number": holding(cases=7),
    "a case is nothing": holding(cases={"a": None}),
    "unknown kind of item": lambda whole: whole.replace('"kind": "tagging"', '"kind": "riddle"', 1),
    "unknown status": lambda whole: whole.replace('"status": "met"', '"status": "maybe"', 1),
    "date that is none": lambda whole: whole.replace('"as_of": "20', '"as_of": "99-', 1),
    "deeply nested": lambda _: "[" * 100_000,
    "binary": lambda _: b"\x89PNG\r\n\x1a\n\x00\xff",
    "not UTF-8": lambda whole: whole.encode("utf-16"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_bundle_is_refused_with_a_sentence(compiled, tmp_path, name):
    path = tmp_path / "bundle.json"
    bad = DAMAGES[name](compiled.read_text("utf-8"))
    assert bad != compiled.read_text("utf-8")
    path.write_bytes(bad) if isinstance(bad, bytes) else path.write_text(bad, "utf-8")

    with pytest.raises(bundle.BundleError, match=r"bundle\.json .*\.$") as raised:
        bundle.load(path)

    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300


def test_missing_bundle_is_told_with_a_sentence(tmp_path):
    with pytest.raises(bundle.BundleError, match=r"cannot be read: No such file or directory\.$"):
        bundle.load(tmp_path / "nowhere.json")


def test_folder_is_no_bundle(tmp_path):
    with pytest.raises(bundle.BundleError, match=r"cannot be read"):
        bundle.load(tmp_path)


def test_saving_leaves_one_file_and_no_half_one(kit_content, tmp_path):
    path = tmp_path / "new" / "folder" / "bundle.json"

    bundle.save(kit_content, path)
    bundle.save(kit_content, path)

    assert [each.name for each in path.parent.iterdir()] == ["bundle.json"]


def test_failed_save_leaves_the_old_bundle_whole(kit_content, tmp_path):
    """Something goes wrong halfway: readers still find the last good file, and nothing else."""
    path = tmp_path / "bundle.json"
    bundle.save(kit_content, path)
    before = path.read_bytes()
    spoiled = Content(**{**vars(kit_content), "points": {"1.1": object()}})

    with pytest.raises(TypeError):
        bundle.save(spoiled, path)

    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["bundle.json"]


def test_reader_never_sees_half_a_file(kit_content, tmp_path):
    """Another process loads again and again while this one saves."""
    path = tmp_path / "bundle.json"
    bundle.save(kit_content, path)
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom asylum_teach import bundle\n"
        "print('ready', flush=True)\nend = time.time() + 1.5\n"
        "while time.time() < end: bundle.load(Path(sys.argv[1]))\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    reader.stdout.readline()
    while reader.poll() is None:
        bundle.save(kit_content, path)
    _, said = reader.communicate()

    assert (reader.returncode, said) == (0, "")
