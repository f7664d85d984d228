"""A record that is carried in a file, printed as a training record, and erased."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

from asylum_teach import cli
from asylum_teach.records import progress_file
from tests.served import OLD_PAGE, Learner

pytestmark = pytest.mark.server


# --- By progress file ---


@pytest.fixture
def carried(learner, asked):
    """A learner with a right and a wrong answer, and the progress file as text."""
    learner.answer(asked[0], confidence=3, hints=1, seconds=20)
    learner.answer(asked[1], asked[1].wrong[0], seconds=30)
    return learner, learner.get("file").body


def forged(file, **changes):
    """The file with changes to its last attempt, the wrong one."""
    whole = json.loads(file)
    whole["attempts"][-1].update(changes)
    return json.dumps(whole).encode()


def place(learner, asked):
    """What a learner sees on coming back, but for numbers that the store gives."""
    names = [[each.case, each.item] for each in asked[:3]]
    earlier = learner.post("earlier", {"asked": names}).json["earlier"]
    for each in earlier.values():
        del each["serial"]
    lesson = f"progress?lesson={asked[0].lesson}"
    return earlier, learner.get("progress").json, learner.get(lesson).json


def test_progress_file_is_readable_and_says_its_version(carried):
    whole = json.loads(carried[1])

    assert (whole["kind"], whole["version"]) == ("asylum-teach progress", 1)
    assert len(whole["attempts"]) == 2
    assert not {"serial", "sealed", "cohort", "learner"} & set(whole["attempts"][0])
    assert carried[0].key.encode() not in carried[1]


def test_progress_file_brings_answers_place_and_progress_to_another_device(
    server, carried, asked, kept
):
    learner, file = carried
    other = Learner(server)

    assert other.post("file", file).json == {"found": 2, "new": 2}
    assert place(other, asked) == place(learner, asked)
    assert all(each.sealed for each in kept(other))
    assert other.post("file", file).json == {"found": 2, "new": 0}
    assert learner.post("file", file).json == {"found": 2, "new": 0}
    assert len(kept(other)) == len(kept(learner)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"credit": 1},
        {"response": "1", "credit": 1},
        {"at": "2026-01-01T00:00:00+00:00"},
        {"seconds": 999_999},
        {"hints": 0, "confidence": 1},
        {"id": "another-id-than-it-had"},
    ],
    ids=str,
)
def test_edited_file_guides_its_learner_and_proves_nothing(
    server, carried, asked, kept, disk, change
):
    other = Learner(server)
    change = {k: asked[1].wrong[-1] if k == "response" else v for k, v in change.items()}

    assert other.post("file", forged(carried[1], **change)).json == {"found": 2, "new": 2}

    assert [each.sealed for each in kept(other)] == [False, False]
    end = other.get(f"progress?lesson={asked[1].lesson}").json["html"]
    assert "questions; 1 is right by now" in end  # rescored, whatever the file says
    sheet = trained(other, disk)
    assert sum(topic["answered"] for topic in sheet["topics"]) == 0
    assert (sheet["minutes"], sheet["began"]) == (0, "")


def test_file_of_another_server_guides_and_proves_nothing(server, carried, kept, disk):
    elsewhere = progress_file.write(
        kept(carried[0]), {}, datetime.now(UTC), lambda text: "0" * 64
    ).encode()
    other = Learner(server)

    assert other.post("file", elsewhere).json == {"found": 2, "new": 2}
    assert not any(each.sealed for each in kept(other))
    assert sum(topic["answered"] for topic in trained(other, disk)["topics"]) == 0


def test_file_reaches_only_the_record_of_who_brings_it(server, carried, kept):
    learner, file = carried
    before = kept(learner)

    Learner(server).post("file", forged(file, credit=1, response="x"))
    Learner(server).post("file", forged(file, id=before[0].id))

    assert kept(learner) == before


def whole_file(**changes):
    return lambda file: json.dumps(json.loads(file) | changes).encode()


def one_attempt(**changes):
    return lambda file: forged(file, **changes)


DAMAGED = "This file is damaged; download it anew."
NO_PROGRESS = "This is not a progress file of this kit."
NOT_JSON = "This is not a progress file: it is not JSON."
UNREADABLE = "Answer 2 in this file cannot be read; download it anew."
NO_ANSWERS = "This file holds no answers; choose the file that you downloaded."
NO_VERSION = "This file does not say its version; download it anew."
DEEP = '"response": ' + "[" * 900 + "]" * 900 + ', "x": '
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("forge", "problem"),
    [
        (lambda _: b"", NOT_JSON),
        (lambda _: b"\x89PNG\r\n", NOT_JSON),
        (lambda _: b"[" * 200_000, NOT_JSON),
        (lambda file: file[: len(file) // 2], NOT_JSON),
        (one_attempt(response=float("nan")), NOT_JSON),
        (one_attempt(credit=float("inf")), NOT_JSON),
        (lambda _: b"[]", NO_PROGRESS),
        (lambda _: b'{"kind": "x"}', NO_PROGRESS),
        (whole_file(kind="asylum-teach backup"), NO_PROGRESS),
        (whole_file(version=2), "This file was written by a newer version of the kit."),
        (whole_file(version="1"), NO_VERSION),
        (whole_file(version=True), NO_VERSION),
        (whole_file(version=0), NO_VERSION),
        (whole_file(attempts=None), NO_ANSWERS),
        (whole_file(attempts={}), NO_ANSWERS),
        (whole_file(bases=[]), NO_ANSWERS),
        (whole_file(attempts=[{}] * 50_001), "This file holds more than 50,000 answers."),
        (whole_file(attempts=["x"]), UNREADABLE.replace("2", "1")),
        (one_attempt(learner=1), UNREADABLE),
        (one_attempt(serial=1), UNREADABLE),
        (one_attempt(sealed=True), UNREADABLE),
        (one_attempt(cohort="x"), UNREADABLE),
        (one_attempt(id=""), UNREADABLE),
        (one_attempt(id="x" * 65), UNREADABLE),
        (one_attempt(id=7), UNREADABLE),
        (one_attempt(case=""), UNREADABLE),
        (one_attempt(item="\0"), UNREADABLE),
        (one_attempt(lesson="a\nb"), UNREADABLE),
        (one_attempt(basis="x" * 65), UNREADABLE),
        (one_attempt(credit=1.01), UNREADABLE),
        (one_attempt(credit="1"), UNREADABLE),
        (one_attempt(credit=True), UNREADABLE),
        (one_attempt(hints=-1), UNREADABLE),
        (one_attempt(seconds=10**400), UNREADABLE),
        (one_attempt(case_version=1.5), UNREADABLE),
        (one_attempt(confidence=4), UNREADABLE),
        (one_attempt(response="x" * 20_000), UNREADABLE),
        (one_attempt(at="2026-01-01T00:00:00"), UNREADABLE),
        (one_attempt(at="yesterday"), UNREADABLE),
        (one_attempt(at="0001-01-01T00:00:00+14:00"), UNREADABLE),
        (one_attempt(at=TOMORROW), "Answer 2 in this file is dated in the future."),
        (one_attempt(at="9999-12-31T23:59:59-14:00"), UNREADABLE),
        (one_attempt(response="\ud800"), DAMAGED),
        (one_attempt(id="\ud800" * 20), DAMAGED),
        (
            lambda file: file.replace(b'"response": ', DEEP.encode(), 1),
            UNREADABLE.replace("2", "1"),
        ),
    ],
)
def test_forged_file_is_refused_in_one_sentence(server, carried, forge, problem):
    other = Learner(server)

    told = other.post("file", forge(carried[1]))

    assert (told.status, told.problem) == (400, problem)
    assert other.get("about").status == 401  # nothing was begun


def test_file_that_is_too_large_is_refused_before_it_is_read(learner):
    told = learner.post("file", b" " * 21_000_000)

    assert (told.status, told.problem) == (413, "This file is too large to be a progress file.")


@pytest.mark.parametrize(
    "change",
    [
        {"case": "no-such-case", "item": "<script>alert(1)</script>"},
        {"response": {"<b>": [None, 1e308, "\0"]}},
        {"response": None},
        {"at": "0001-01-01T00:00:00+00:00"},
        {"at": "2026-01-01T00:00:00+23:59"},
        {"critical_error": "no_such_error", "lesson": "<script>alert(1)</script>"},
        {"case_version": 999_999},
        {"basis": "f" * 64},
    ],
    ids=str,
)
def test_strange_answer_of_a_file_does_no_harm(server, carried, asked, change):
    other = Learner(server)

    assert other.post("file", forged(carried[1], **change)).json["found"] == 2
    place(other, asked)
    for route in ("progress", "review", "about", "file"):
        told = other.get(route)
        assert told.json is not None
        assert b"<script>" not in told.body or route in ("about", "file")
    again = other.answer(asked[1], id=json.loads(carried[1])["attempts"][-1]["id"])
    assert again.status == 200


# --- The training record ---


def trained(learner, disk):
    """The training record that is issued to a learner."""
    if not learner.get("about").json["name"]:
        learner.post("name", {"name": "Rosa"})
    code = learner.post("training").json["code"]
    return json.loads(disk.issued(code))


class Words(HTMLParser):
    """What a page says, and the elements that it is made of."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note the element."""
        self.tags.add(tag)

    def handle_data(self, data):
        """Note what it says."""
        self.words.append(data)

    @property
    def text(self):
        """All of it, on one line."""
        return " ".join(" ".join(self.words).split())


def test_training_record_needs_a_name(learner, asked):
    learner.answer(asked[0])

    refused = learner.post("training")
    assert (refused.status, refused.problem) == (
        400,
        "Give a name first: it is what the record is for.",
    )
    assert learner.post("name", {"name": " -- "}).problem == "A name needs a letter."
    assert learner.post("name", {"name": ""}).json == {"name": ""}
    for unfit in (None, ["Rosa"], {"name": "Rosa"}, 7):
        assert learner.post("name", {"name": unfit}).problem == OLD_PAGE


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  María  José\n\tdel Río ", "María José del Río"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ('=HYPERLINK("http://a.example";"x")', '=HYPERLINK("http://a.example";"x")'),
        ("Ana\u202eaicrag\u2066", "Ana aicrag"),
        ("\x1b[31mAna\x00\ud800", "[31mAna"),
        ("مريم", "مريم"),
        ("{{ 7 * 7 }} {% raw %}", "{{ 7 * 7 }} {% raw %}"),
        ("x" * 10_000, "x" * 80),
    ],
    ids=["spaces", "markup", "formula", "right to left", "terminal", "Arabic", "template", "long"],
)
def test_training_record_bears_any_name_as_a_name(
    server, learner, asked, capsys, monkeypatch, typed, shown
):
    learner.answer(asked[0], seconds=60)
    assert learner.post("name", {"name": typed}).json == {"name": shown}
    code = learner.post("training").json["code"]

    html, word = (learner.get(f"training/{code}.{kind}") for kind in ("html", "docx"))
    page = Words(html.body.decode())
    document = docx.Document(io.BytesIO(word.body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    written = " ".join([*(p.text for p in document.paragraphs), *cells])
    assert cli.main(["verify", code.lower(), "--db", server.url]) == 0
    printed = capsys.readouterr().out

    assert all(shown in text for text in (page.text, written, printed))
    assert all(code in text for text in (page.text, written, printed))
    assert "script" not in page.tags
    assert "\x1b" not in printed
    assert "no accreditation" in page.text
    assert "qualified" not in page.text.replace("no legal qualification", "")
    for answer, kind in ((html, "html"), (word, "docx")):
        disposition = answer.headers["Content-Disposition"]
        assert disposition == f'attachment; filename="training-record.{kind}"'


def test_code_that_was_never_issued_is_told(server, capsys):
    assert cli.main(["verify", "AAAA-AAAA-AAAA", "--db", server.url]) == 1
    assert "No training record has the code AAAA-AAAA-AAAA here" in capsys.readouterr().err


@pytest.mark.parametrize("code", ["", "AAAA", "AAAA-AAAA-AAAU", "'; DROP TABLE attempts"])
def test_code_that_cannot_be_one_is_a_misuse(server, capsys, code):
    assert cli.main(["verify", code, "--db", server.url]) == 2
    assert "twelve letters and digits" in capsys.readouterr().err


def test_training_record_of_somebody_else_is_not_sent(server, learner, asked):
    learner.answer(asked[0])
    learner.post("name", {"name": "Rosa"})
    code = learner.post("training").json["code"]
    other = Learner(server)
    other.answer(asked[0])

    for each in (code, "AAAA-AAAA-AAAA", "--------------"):
        refused = other.get(f"training/{each}.html")
        assert refused.status == 400
        assert refused.problem == "There is no training record of that code in your record."


# --- Erasing ---


def test_after_erasing_no_byte_of_the_learner_is_left_and_the_neighbor_is_intact(
    server, learner, asked, tmp_path_factory
):
    neighbor = Learner(server)
    for each in (learner, neighbor):
        each.answer(asked[0])
        each.post("name", {"name": f"Zyx{each.key[:12]}"})
        each.post("training")
        each.post("code")
    file = json.loads(learner.get("file").body)
    file["attempts"][0] |= {"id": "an-id-of-theirs-alone", "response": "words of theirs alone"}
    learner.post("file", json.dumps(file).encode())
    before = neighbor.get("about").json
    marks = marks_of(learner)
    assert all(found(server, mark) for mark in marks)

    assert learner.post("erase").json == {"erased": True}

    assert [mark for mark in marks if found(server, mark)] == []
    assert neighbor.get("about").json == before
    assert all(found(server, mark) for mark in marks_of(neighbor))
    gone = learner.get("about")
    assert (gone.status, gone.json["kind"]) == (401, "unknown")
    assert learner.answer(asked[0], first=False).status == 401
    assert learner.post("erase").json == {"erased": True}


def marks_of(learner):
    """What only this learner's record holds."""
    about = learner.get("about").json
    return [
        about["name"],
        hashlib.sha256(learner.door.encode()).hexdigest(),
        *(each["id"] for each in about["attempts"]),
        *(str(each["response"]) for each in about["attempts"] if len(str(each["response"])) > 9),
        *(each["code"] for each in about["training_records"]),
    ]


def found(server, mark):
    """Whether the bytes lie in any file of the database's folder."""
    folder = Path(server.url.removeprefix("sqlite:///")).parent
    return any(mark.encode() in path.read_bytes() for path in folder.iterdir())
