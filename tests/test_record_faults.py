"""What goes wrong around the records: told in a sentence, nothing lost, and it passes."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import psutil
import pytest

from asylum_teach import cli
from asylum_teach.serve import keeper_for
from asylum_teach.store import open_store
from tests.served import ROOT, Learner, Server, run
from tests.test_store_faults import MOUNTS, full_disk, mounted, read_only

pytestmark = pytest.mark.server

UNSAVED = "Your answer is not saved yet: {}. It stays on this page and is sent again by itself."
TELL = " Please tell the person who runs this site."


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that is told of its database, with another in its environment."""
    folder = tmp_path_factory.mktemp("served")
    url = f"sqlite:///{folder}/records/record.sqlite"
    with Server(url, folder, ASYLUM_TEACH_DB="postgresql://user:secret@host/name") as running:
        yield running
    assert "Traceback" not in running.complaints()


@contextlib.contextmanager
def held(server):
    """Another program keeps the database to itself."""
    with contextlib.closing(sqlite3.connect(server.folder / "record.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


def ids(browser):
    """The ids of what is kept of it."""
    return [each["id"] for each in browser.get("about").json["attempts"]]


# --- The server and its records go and come back ---


def test_folder_that_goes_away_is_told_and_answers_are_kept_once_it_is_back(server, asked, learner):
    before, meanwhile = asked[0].answer(), asked[1].answer(first=False)
    learner.post("answers", before)
    away = server.folder.with_name("away")

    server.folder.rename(away)
    answer, read = learner.post("answers", meanwhile), learner.get("progress")
    page = learner.ask("GET", "/")
    away.rename(server.folder)

    cause = "the records of this site cannot be reached"
    assert (answer.status, answer.json["kind"]) == (503, "gone")
    assert answer.problem == UNSAVED.format(cause) + TELL
    assert read.problem == f"Your record cannot be shown now: {cause}. Try again in a minute.{TELL}"
    assert page.status == 200
    assert learner.post("answers", meanwhile).status == 200
    assert ids(learner) == [before["id"], meanwhile["id"]]


def test_database_that_another_program_holds_is_told_within_ten_seconds(server, asked, learner):
    learner.answer(asked[0])
    meanwhile = asked[1].answer(first=False)

    with held(server):
        began = monotonic()
        refused = learner.post("answers", meanwhile)
        waited = monotonic() - began
        assert learner.get("progress").status == 200

    assert waited < 10
    assert (refused.status, refused.json["kind"]) == (503, "locked")
    assert refused.problem == UNSAVED.format(
        "the records of this site are in use by something else"
    )
    assert learner.post("answers", meanwhile).status == 200
    assert ids(learner)[1:] == [meanwhile["id"]]


def test_first_answer_of_all_is_told_like_any_other(server, asked, learner):
    """It is sent again by itself, so nobody is asked to try again."""
    first = asked[0].answer()
    with held(server):
        refused = learner.post("answers", first)

    assert refused.problem == UNSAVED.format(
        "the records of this site are in use by something else"
    )
    assert learner.post("answers", first).status == 200


def test_record_is_not_called_erased_while_its_bytes_lie_there(server, asked, learner):
    answer = asked[0].answer()
    learner.post("answers", answer)
    file = server.folder / "record.sqlite"

    with contextlib.closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM attempts").fetchone()
        assert learner.post("erase").status == 503  # who reads holds the old pages
        reader.rollback()

    assert learner.post("erase").json == {"erased": True}
    left = [path for path in file.parent.iterdir() if answer["id"].encode() in path.read_bytes()]
    assert left == []


def test_answers_outlive_a_server_that_is_killed(server, asked, learner):
    answers = [each.answer() for each in asked[:3]]
    for answer in answers:
        learner.post("answers", answer)
    before = learner.get("progress").body

    server.kill()
    with pytest.raises(ConnectionRefusedError):
        learner.get("progress")
    server.start()

    assert ids(learner) == [answer["id"] for answer in answers]
    assert learner.get("progress").body == before
    assert learner.post("answers", answers[0]).status == 200
    assert len(ids(learner)) == 3


def test_full_disk_is_told_and_the_answer_is_kept_once_there_is_room(tmp_path, asked):
    small = tmp_path / "small"
    with mounted(small, "size=4m") if MOUNTS else contextlib.nullcontext():
        small.mkdir(exist_ok=True)
        url = f"sqlite:///{small}/record.sqlite"
        full = tmp_path / "full"
        with Server(url, tmp_path, module="tests.served", FULL=str(full)) as server:
            learner = Learner(server)
            sent = [asked[0].answer()]
            assert learner.post("answers", sent[0]).status == 200
            with full_disk(small) if MOUNTS else marked(full) as make_room:
                told = answer_until_refused(learner, asked, sent)
                make_room()
            assert (told.status, told.json["kind"]) == (503, "full")
            assert told.problem == UNSAVED.format("the disk of this site is full") + TELL
            assert learner.post("answers", sent[-1]).status == 200
            assert ids(learner) == [answer["id"] for answer in sent]


@contextlib.contextmanager
def marked(full):
    """Where nothing can be mounted, the server holds SQLite to the pages that it has."""
    full.touch()
    yield full.unlink


def answer_until_refused(learner, asked, sent):
    """The first refusal: room that the files have already is used before."""
    for each in asked * 20:
        sent.append(each.answer(first=False))
        told = learner.post("answers", sent[-1])
        if told.status != 200:
            return told
    raise AssertionError("The disk was never full.")


def test_server_starts_where_nothing_can_be_written_and_keeps_answers_once_it_can(tmp_path, asked):
    """Its address comes from the environment here, which no kernel may see."""
    records = tmp_path / "records"
    records.mkdir()
    server = Server("", tmp_path, ASYLUM_TEACH_DB=f"sqlite:///{records}/record.sqlite")
    with read_only(records):
        server.start()
        learner = Learner(server)
        answer = asked[0].answer()
        refused = learner.post("answers", answer)
        page = learner.ask("GET", "/")

    try:
        assert page.status == 200
        assert (refused.status, refused.json["kind"]) == (503, "read_only")
        assert refused.problem == UNSAVED.format("this site may not write to its records") + TELL
        assert "Answers cannot be kept for now: " in server.complaints()
        assert "The lessons can be read meanwhile; it is tried again." in server.complaints()
        assert "Traceback" not in server.complaints()
        assert learner.post("answers", answer).status == 200
        assert ids(learner) == [answer["id"]]
        assert "ASYLUM_TEACH_DB" not in environments(server)
    finally:
        server.kill()


def test_kernels_do_not_see_the_database_of_the_environment_when_another_is_named(server):
    assert "ASYLUM_TEACH_DB" not in environments(server)


def environments(server):
    """The names of all that the kernels' environments hold, once there is a kernel."""
    for _ in range(300):
        with contextlib.suppress(psutil.Error):
            found = [kernel.environ() for kernel in server.kernels()]
            if found and all("ASYLUM_TEACH_BUNDLE" in each for each in found):
                return {name for each in found for name in each}
        sleep(0.1)
    raise AssertionError("No kernel was started.")


def test_records_of_a_newer_kit_are_left_alone(tmp_path):
    path = tmp_path / "record.sqlite"
    open_store(f"sqlite:///{path}").close()
    with contextlib.closing(sqlite3.connect(path)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = 'r9999'")
        newer.commit()
    before = path.read_bytes()

    command = [sys.executable, "-m", "asylum_teach", "serve", "--no-browser", "--port", "0"]
    done = subprocess.run(
        [*command, "--db", f"sqlite:///{path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "These records were written by a newer version of the kit. "
        "Update it, or name another database with --db.\n"
    )
    assert path.read_bytes() == before


# --- Backup and restore ---


def test_backup_of_a_served_database_goes_to_postgresql_and_back(
    server, asked, learner, new_place, opened, tmp_path, capsys
):
    learner.answer(asked[0], confidence=2, seconds=9)
    learner.post("name", {"name": "Rosa"})
    code = learner.post("code").json["code"]
    sheet = learner.post("training").json["code"]
    places = [server.url, new_place("postgresql"), new_place("sqlite", "again")]

    for n, (here, there) in enumerate(itertools.pairwise(places)):
        file = str(tmp_path / f"{n}.backup")
        assert cli.main(["backup", file, "--db", here]) == 0
        assert cli.main(["restore", file, "--db", there]) == 0
        assert cli.main(["verify", sheet, "--db", there]) == 0
        assert "Name: Rosa" in capsys.readouterr().out

    first, *others = [opened(place) for place in places]
    own = first.learner_of(learner.door)
    for other in others:
        assert other.counts() == first.counts()
        assert other.about(other.learner_by_code(code)) == first.about(own)
        assert other.seal(b"a progress file") == first.seal(b"a progress file")


def test_backup_and_restore_never_write_over_anything(server, asked, learner, tmp_path, capsys):
    learner.answer(asked[0])
    file = tmp_path / "a.backup"
    assert cli.main(["backup", str(file), "--db", server.url]) == 0
    capsys.readouterr()
    before = file.read_bytes()

    assert cli.main(["backup", str(file), "--db", server.url]) == 1
    assert capsys.readouterr().err == f"{file} exists already; name another file.\n"
    assert cli.main(["restore", str(file), "--db", server.url]) == 1
    assert capsys.readouterr().err == "The store is not empty; name an empty one with --db.\n"
    assert file.read_bytes() == before
    assert len(ids(learner)) == 1


# --- With another clock than today's ---


@pytest.fixture
def at(kit_content, tmp_path):
    """Does something with the records at a time."""
    (tmp_path / "bundle.json").touch()
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    clock = [now]
    keeper = keeper_for(
        kit_content,
        tmp_path / "bundle.json",
        url=f"sqlite:///{tmp_path}/record.sqlite",
        now=lambda: clock[0],
    )

    def do(days, work):
        clock[0] = now + timedelta(days=days)
        return run(keeper.ask(work))

    yield do
    keeper.close()


def test_question_comes_back_when_its_review_is_due(at, asked):
    at(0, lambda records: records.answer("k", asked[0].answer()))
    assert at(0, lambda records: records.review("k")) == {"due": 0, "items": []}

    due = at(60, lambda records: records.review("k"))
    (card,) = due["items"]
    assert due["due"] == 1

    assert (card["case"], card["id"]) == (asked[0].case, asked[0].item)
    assert "story" in card
    at(60, lambda records: records.answer("k", asked[0].answer()))
    assert at(60, lambda records: records.review("k")) == {"due": 0, "items": []}


def test_answer_given_while_the_clock_is_set_back_is_saved_and_the_clock_told(at, asked):
    at(0, lambda records: records.answer("k", asked[0].answer()))

    told = at(-400, lambda records: records.answer("k", asked[1].answer()))

    assert told["html"]
    assert told["notice"].startswith(
        "Saved. But the clock of this site was set back: it says 20 October 2025,"
    )
    assert len(at(0, lambda records: records.about("k"))["attempts"]) == 2
    later = at(1, lambda records: records.answer("k", asked[2].answer()))
    assert later["notice"] == ""
    assert at(1, lambda records: records.progress("k")).progress.answered == 3
