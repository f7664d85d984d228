"""What happens to whole files: erased, brought forward, copied and brought back."""

import gzip
import json
import random
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from asylum_teach.store import (
    BackupError,
    Snapshot,
    StoreFault,
    UnknownLearnerError,
    backup,
    erase,
    migrate,
    open_store,
    restore,
)
from asylum_teach.store.engine import Database
from asylum_teach.store.place import address, prepare
from asylum_teach.store.schema import metadata
from tests.conftest import ROOT
from tests.store_fixtures import ENGINES, NOW, attempt, ids

# --- Erasing ---


def left(folder, *traces):
    """Which of the traces are in the bytes of the database's files."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "record.sqlite" in files
    return [(name, trace) for name, data in files.items() for trace in traces if trace in data]


PEOPLE = ("amparo", "benito", "camila", "dario", "elena", "fermin")
SEEDS = (3, 6, 12)  # without a VACUUM, each of them leaves bytes
LENGTHS = (1, 5, 50, 300, 2000)


def fill(store, people, chance):
    """Thousands of rows of several learners between each other, short and long, new and replaced.

    So the database's pages are split and joined many times, and rows are moved about.
    """
    for n in range(400):
        who = chance.choice(list(people))
        some = [
            attempt(f"{who}-id-{n}-{k}", response=f"{who} wrote " + "so " * chance.choice(LENGTHS))
            for k in range(chance.randint(1, 6))
        ]
        store.add_many(people[who], some, {})
        body = f"{who} standing " + "so " * chance.choice(LENGTHS)
        store.keep_snapshot(people[who], Snapshot(of="v1", upto=n, body=body))
        store.set_name(people[who], f"{who} name " + "so " * chance.randint(0, 100))
        if chance.random() < 0.3:
            body = f"{who} training " + "so " * chance.randint(0, 1000)
            store.issue(people[who], f"{who}-record-{n}", body, NOW)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_byte_of_an_erased_learner_is_left(sqlite, tmp_path, seed):
    """Also not where the database once moved a row from, as it had without a VACUUM."""
    folder = tmp_path / "record"
    people = {who: sqlite.add_learner(f"{who}-key", NOW) for who in PEOPLE}
    fill(sqlite, people, random.Random(seed))
    sqlite.add(people["benito"], attempt("benito-alone", basis="benito-basis"), "{}")
    sqlite.set_code(people["benito"], "BENITO-CODE")
    with closing(sqlite3.connect(folder / "record.sqlite")) as raw:
        asked = "SELECT code, hash FROM learners JOIN keys ON learner = id WHERE id = ?"
        secrets = raw.execute(asked, (people["benito"],)).fetchone()
    kept = {who: sqlite.about(people[who]) for who in ("camila", "dario")}
    traces = [b"benito", *(secret.encode() for secret in secrets)]
    bytes_of_secrets = [bytes.fromhex(secret) for secret in secrets]
    assert {trace for _, trace in left(folder, *traces)} == {*traces}

    for who in ("benito", "amparo"):
        sqlite.erase(people[who])
        assert left(folder, who.encode()) == []

    assert left(folder, *traces, *bytes_of_secrets) == []
    assert {who: sqlite.about(people[who]) for who in kept} == kept
    assert ids(sqlite, people["benito"]) == []
    assert sqlite.learner_of("benito-key") is None
    assert sqlite.learner_by_code("BENITO-CODE") is None


def test_erasure_that_was_cut_short_is_finished_at_the_next_opening(
    sqlite, opened, tmp_path, monkeypatch
):
    people = {who: sqlite.add_learner(f"{who}-key", NOW) for who in ("erased", "kept")}
    fill(sqlite, people, random.Random(1))
    kept = sqlite.about(people["kept"])
    with monkeypatch.context() as killed:
        killed.setattr(erase, "clean", lambda _: None)
        sqlite.erase(people["erased"])
    assert left(tmp_path / "record", b"erased wrote")

    again = opened(f"sqlite:///{tmp_path / 'record' / 'record.sqlite'}")

    assert left(tmp_path / "record", b"erased wrote", b"erased-id") == []
    assert again.about(people["kept"]) == kept


def test_erasing_takes_that_learner_alone(store):
    gone, kept = store.add_learner("gone", NOW), store.add_learner("kept", NOW)
    for learner in (gone, kept):
        store.add(learner, attempt("a", basis="both"), '"both"')
        store.add(learner, attempt("b", basis=f"of {learner}"), f'"{learner}"')
    before = store.about(kept)

    store.erase(gone)

    assert store.about(kept) == before
    assert store.basis("both") == '"both"'
    assert store.basis(f"of {kept}") == f'"{kept}"'
    assert store.basis(f"of {gone}") is None


def test_answers_that_come_while_a_record_is_erased_are_kept_or_refused(store):
    """Never is one acknowledged that is gone with a learner who is still there."""
    gone, kept = store.add_learner("gone", NOW), store.add_learner("kept", NOW)

    def send(n):
        try:
            return store.add((gone, kept)[n % 2], attempt(str(n), basis="d"), "{}").attempt.id
        except UnknownLearnerError:
            return None

    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(send, n) for n in range(120)]
        store.erase(gone)
        acknowledged = [each.result() for each in sent]

    assert sorted(ids(store, kept), key=int) == acknowledged[1::2]
    assert ids(store, gone) == []


# --- Versions ---

LATER = '''"""A later version of the schema."""

import sqlalchemy as sa
from alembic import op

revision = "later"
down_revision = "TODAY"


def upgrade():
    op.add_column("attempts", sa.Column("mood", sa.Text, nullable=False, server_default="none"))
'''


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """Turns the kit into one with a further version of the schema."""

    def turn():
        scripts = tmp_path / "100% migrations"
        shutil.copytree(migrate.SCRIPTS, scripts)
        later = LATER.replace("TODAY", migrate.revision())
        (scripts / "versions" / "later.py").write_text(later, "utf-8")
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)

    return turn


def test_older_database_is_brought_forward_with_its_rows(place, opened, next_version):
    """The further version is made up; test_store_classes.py begins from a real earlier one."""
    old = open_store(place)
    learner = old.add_learner("key", NOW)
    kept = old.add(learner, attempt()).attempt
    seal = old.seal(b"text")
    old.close()
    next_version()

    store = opened(place)

    assert store.attempts(learner) == [kept]
    assert store.seal(b"text") == seal
    rows = store.database.read(lambda c: c.exec_driver_sql("SELECT id, mood FROM attempts").all())
    assert rows == [("a", "none")]


def test_database_of_a_newer_kit_is_refused_and_left_alone(
    place, opened, next_version, monkeypatch
):
    with monkeypatch.context():
        today = migrate.SCRIPTS
        next_version()
        store = opened(place)
        learner = store.add_learner("key", NOW)
    monkeypatch.setattr(migrate, "SCRIPTS", today)

    with pytest.raises(StoreFault) as raised:
        open_store(place)

    assert str(raised.value) == (
        "These records were written by a newer version of the kit. "
        "Update it, or name another database with --db."
    )
    assert (raised.value.kind, "later" in raised.value.detail) == ("newer", True)
    assert store.learner_of("key") == learner
    version = "SELECT version_num FROM alembic_version"
    assert store.database.read(lambda c: c.exec_driver_sql(version).all()) == [("later",)]


def test_who_opens_a_new_database_waits_for_who_makes_its_tables(place, opened):
    with ThreadPoolExecutor(1) as threads:
        database = Database(address(place))
        if database.path:
            prepare(database.path)

        def make_tables(connection):
            migrate._upgrade(connection)
            waiting = threads.submit(opened, place)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
            return waiting

        store = database.write("open", make_tables).result(30)
        database.close()

    assert store.counts() == {"learners": 0, "attempts": 0}


def test_migrated_tables_are_those_of_the_schema(store):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store.database.read(differences) == []


def test_opening_says_nothing_at_a_terminal(place):
    code = (
        "import logging, sys\n"
        "from asylum_teach.store import open_store\n"
        "logging.basicConfig(level=logging.INFO)\n"
        "open_store(sys.argv[1]).close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, place], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert (done.stdout, done.stderr) == ("", "")


# --- Copies ---


def populate(store):
    """One of everything, so that each table has a row; and what the store says of it all."""
    learner = store.add_learner("key", NOW)
    store.set_name(learner, "Marisol Ñ. 🌵")
    store.set_code(learner, "ABC")
    store.add(learner, attempt("erased before"))
    erased = store.add_learner("another key", NOW)
    store.add(erased, attempt("theirs"))
    store.erase(erased)
    store.add(learner, attempt("a", response={"odd": "\0\ud800\n"}, basis="d"), '{"é": 1}')
    store.add_many(learner, [attempt(f"n{n}", confidence=n % 3 + 1) for n in range(2500)], {})
    store.keep_snapshot(learner, Snapshot(of="v1", upto=3, body="{}"))
    store.issue(learner, "CODE", "{}", NOW)
    cohort = store.add_cohort("Clinic", NOW, random.Random(1).randrange)
    store.join(cohort.id, learner, "Marisol", NOW)
    session = store.add_session(cohort.id, "Nexus", "K7PM3X", NOW)
    store.vote(session.id, 1, learner, ["a"], 1.0, NOW)
    return learner


@pytest.mark.parametrize("there", ENGINES)
@pytest.mark.parametrize("here", ENGINES)
def test_backup_comes_back_on_either_engine(here, there, new_place, opened, tmp_path):
    store = opened(new_place(here))
    learner = populate(store)
    file = tmp_path / "copy.gz"

    counts = backup(store, file)
    other = opened(new_place(there, "restored"))
    assert restore(other, file) == counts

    assert counts["attempts"] == 2502
    assert other.about(learner) == store.about(learner)
    assert other.attempts(learner) == store.attempts(learner)
    assert other.basis("d") == store.basis("d")
    assert other.learner_of("key") == other.learner_by_code("ABC") == learner
    assert other.seal(b"text") == store.seal(b"text")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    # and on it goes, with new numbers
    assert other.add_learner("newcomer", NOW) > learner
    assert other.add(learner, attempt("new")).attempt.serial > store.newest(learner).serial


def test_backup_of_a_store_in_use_is_of_one_moment(store, new_place, opened, tmp_path):
    """Answers that rest on a basis are never copied without it."""
    learner, stop = store.add_learner("key", NOW), Event()

    def answer():
        n = 0
        while not stop.is_set():
            store.add(learner, attempt(str(n), basis=f"d{n}"), "{}")
            n += 1

    with ThreadPoolExecutor(1) as threads:
        answering = threads.submit(answer)
        try:
            copies = [backup(store, tmp_path / f"{n}.gz") for n in range(5)]
        finally:
            stop.set()
        answering.result()

    for n, counts in enumerate(copies):
        assert counts["bases"] == counts["attempts"]
        other = opened(new_place("sqlite", f"restored {n}"))
        assert restore(other, tmp_path / f"{n}.gz") == counts
    assert copies[0] != copies[-1]


def test_backup_replaces_no_file(sqlite, tmp_path):
    file = tmp_path / "copy.gz"
    file.write_text("a letter")

    with pytest.raises(BackupError, match="exists already"):
        backup(sqlite, file)
    assert file.read_text() == "a letter"


def test_backup_that_cannot_be_written_is_told_and_leaves_nothing(sqlite, tmp_path):
    with pytest.raises(BackupError, match=r"cannot be written: No such file or directory\."):
        backup(sqlite, tmp_path / "nowhere" / "copy.gz")
    with pytest.raises(BackupError, match="cannot be read"):
        restore(sqlite, tmp_path / "nowhere" / "copy.gz")


def _text(change):
    return lambda data: gzip.compress(change(gzip.decompress(data)))


def _one_row_less(text):
    return b"".join(line for line in text.splitlines(True) if b'"n7"' not in line)


SPOILED = {
    "cut": lambda data: data[: len(data) // 2],
    "its last byte cut": lambda data: data[:-1],
    "a bit turned": lambda data: data[:900] + bytes([data[900] ^ 1]) + data[901:],
    "empty": lambda _: b"",
    "no gzip": lambda _: b"Dear Marisol, " * 50,
    "edited": _text(lambda text: text.replace(b'"credit": 1.0', b'"credit": 0.5', 1)),
    "a row less": _text(_one_row_less),
    "a line less": _text(lambda text: text[: text.rindex(b"\n", 0, -1) + 1]),
    "a row more": _text(lambda text: text + b'["learners", {}]\n'),
    "another kind": _text(lambda text: text.replace(b"asylum-teach backup", b"a letter", 1)),
    "a table that there is not": _text(lambda text: text.replace(b'["keys"', b'["locks"')),
    "no JSON": _text(lambda text: text.replace(b"{", b"", 1)),
    "a list before all": _text(lambda text: b"[]\n" + text),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_backup_that_was_cut_or_changed_is_refused(sqlite, new_place, opened, tmp_path, spoil):
    populate(sqlite)
    file = tmp_path / "copy.gz"
    backup(sqlite, file)
    file.write_bytes(spoil(file.read_bytes()))
    other = opened(new_place("sqlite", "restored"))
    mark = other.seal(b"text")

    with pytest.raises(BackupError, match="cut short or changed; nothing was restored"):
        restore(other, file)

    assert other.counts() == {"learners": 0, "attempts": 0}
    assert other.seal(b"text") == mark


def test_backup_of_another_version_is_refused(sqlite, tmp_path):
    file = tmp_path / "copy.gz"
    header = {"kind": "asylum-teach backup", "format": 1, "schema": "later"}
    file.write_bytes(gzip.compress(json.dumps(header).encode()))

    with pytest.raises(BackupError, match="another version of the kit"):
        restore(sqlite, file)


def test_backup_goes_into_an_empty_store_only(store, tmp_path):
    learner = populate(store)
    backup(store, tmp_path / "copy.gz")
    before = store.about(learner)

    with pytest.raises(BackupError, match="not empty"):
        restore(store, tmp_path / "copy.gz")
    assert store.about(learner) == before
