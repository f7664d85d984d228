"""Whatever goes wrong with the database: one plain sentence, nothing lost, and on it goes after.

Each fault is a real one.  A full disk is a small tmpfs, and a folder that may not be written to is
one mounted read-only, where the tests run as root on Linux; elsewhere SQLite is held to its present
number of pages, and the folder's own permissions do.
"""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress

import psycopg
import pytest
from sqlalchemy import event

from asylum_teach.store import StoreFault, engine, open_store, record
from tests.store_fixtures import NOW, attempt, ids

MOUNTS = sys.platform == "linux" and os.geteuid() == 0
LONG = "x" * 20_000


@contextmanager
def mounted(folder, options):
    """A tmpfs on *folder*."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def full_disk(folder):
    """Makes the disk full, and gives what makes room again."""
    if MOUNTS:
        filler = folder / "filler"
        with suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        yield filler.unlink
    else:
        limit = 64

        def hold(connection, _record, _proxy):
            connection.execute(f"PRAGMA max_page_count={limit}")

        event.listen(engine.Engine, "checkout", hold)
        yield lambda: event.remove(engine.Engine, "checkout", hold)


@contextmanager
def read_only(folder):
    """The folder as one that may not be written to."""
    if MOUNTS:
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    else:
        modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
        for path, mode in modes.items():
            path.chmod(mode & 0o555)
        try:
            yield
        finally:
            for path, mode in modes.items():
                path.chmod(mode)


@contextmanager
def told(kind, *words):
    """The fault of that kind, in words that say what is wrong."""
    with pytest.raises(StoreFault) as raised:
        yield raised
    fault = raised.value
    assert fault.kind == kind, fault.detail
    assert all(word in str(fault) for word in words), str(fault)
    assert fault.detail
    assert LONG not in fault.detail


def test_full_disk_is_told_and_the_answer_is_kept_once_there_is_room(tmp_path, opened):
    folder = tmp_path / "small"
    with mounted(folder, "size=1m") if MOUNTS else nullcontext():
        store = opened(f"sqlite:///{folder / 'record.sqlite'}")
        learner = store.add_learner("key", NOW)
        store.add(learner, attempt("before"))
        kept = ["before"]
        with full_disk(folder) as make_room:
            with told("full", "Your answer is not saved yet: the disk of this site is full."):
                for n in range(200):  # what is left in files that have grown already is used first
                    store.add(learner, attempt(str(n), response=LONG))
                    kept.append(str(n))
            make_room()

        assert ids(store, learner) == kept
        assert store.add(learner, attempt(str(len(kept) - 1), response=LONG)).new
        store.close()


def test_folder_that_may_not_be_written_to_is_told_and_is_used_once_it_may(sqlite, tmp_path):
    learner = sqlite.add_learner("key", NOW)
    sqlite.add(learner, attempt("before"))
    sqlite.close()

    with read_only(tmp_path / "record"):
        with told("read_only", "Your answer is not saved yet", "may not write to its records"):
            sqlite.add(learner, attempt("meanwhile"))
        with told("read_only", "cannot be opened"):
            open_store(f"sqlite:///{tmp_path / 'record' / 'record.sqlite'}")

    sqlite.add(learner, attempt("meanwhile"))
    assert ids(sqlite, learner) == ["before", "meanwhile"]


def test_new_database_in_a_folder_that_may_not_be_written_to(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()

    with read_only(folder), told("read_only", "cannot be opened", "may not write"):
        open_store(f"sqlite:///{folder / 'records' / 'record.sqlite'}")


def test_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with told("gone", "cannot be reached"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'record.sqlite'}")


def test_record_that_another_program_locks_is_told_and_is_written_to_after(
    sqlite, tmp_path, monkeypatch
):
    monkeypatch.setattr(engine, "_WAIT", 0.2)
    learner = sqlite.add_learner("key", NOW)
    sqlite.close()
    other = sqlite3.connect(tmp_path / "record" / "record.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with told("locked", "Your answer is not saved yet", "in use by something else"):
        sqlite.add(learner, attempt())
    assert sqlite.attempts(learner) == []  # who only reads does not wait
    other.execute("ROLLBACK")
    other.close()

    assert sqlite.add(learner, attempt()).new


def test_file_without_a_wal_that_another_program_writes_to_is_waited_for(tmp_path, opened):
    """As a copied file may be: SQLite itself does not wait at this step, and fails at once."""
    other = sqlite3.connect(tmp_path / "record.sqlite", isolation_level=None)
    other.execute("CREATE TABLE of_another (a)")
    other.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(1) as threads:
        opening = threads.submit(opened, f"sqlite:///{tmp_path / 'record.sqlite'}")
        with pytest.raises(TimeoutError):
            opening.result(0.5)
        other.execute("ROLLBACK")
        other.close()

        assert opening.result(10).counts() == {"learners": 0, "attempts": 0}


def test_file_that_is_no_database_is_told_and_left_alone(tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Marisol, " * 500)

    with told("damaged", "damaged"):
        open_store(f"sqlite:///{file}")
    assert file.read_text() == "Dear Marisol, " * 500


def test_file_that_vanished_is_not_silently_made_anew(sqlite, tmp_path):
    file = tmp_path / "record" / "record.sqlite"
    learner = sqlite.add_learner("key", NOW)
    sqlite.close()
    file.rename(tmp_path / "away")

    with told("gone", "Your answer is not saved yet", "cannot be reached"):
        sqlite.add(learner, attempt())
    assert not file.exists()

    (tmp_path / "away").rename(file)
    assert sqlite.add(learner, attempt()).new


def test_answer_goes_into_the_file_that_lies_there_now(sqlite, tmp_path):
    """Not into one that was deleted under an open connection."""
    folder = tmp_path / "record"
    learner = sqlite.add_learner("key", NOW)
    sqlite.close()
    copy = (folder / "record.sqlite").read_bytes()
    sqlite.add(learner, attempt("lost with its file"))
    for path in folder.iterdir():
        path.unlink()
    (folder / "record.sqlite").write_bytes(copy)

    sqlite.add(learner, attempt("after"))

    assert ids(sqlite, learner) == ["after"]


def break_descriptors(name):
    """Turn each descriptor of a file of that name to one that can neither be read nor locked."""
    dead = os.open("/", os.O_PATH)
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if name in os.readlink(f"/proc/self/fd/{number}"):
                os.dup2(dead, int(number))
    os.close(dead)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says which descriptors are open")
def test_lock_that_could_not_be_given_back_is_let_go_of(sqlite, monkeypatch):
    """What holds the locks breaks in the midst of a write: it is kept, and the next is, too."""
    monkeypatch.setattr(engine, "_WAIT", 0.2)
    sqlite.close()
    learner = sqlite.add_learner("key", NOW)

    def breaking(connection):
        record.add(connection, learner, attempt("last"), "")
        break_descriptors("record.sqlite-shm")

    sqlite.database.write("answer", breaking)
    with told("locked", "in use by something else"):
        sqlite.add(learner, attempt("refused"))

    sqlite.add(learner, attempt("after"))
    assert ids(sqlite, learner) == ["last", "after"]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says which descriptors are open")
def test_closed_descriptors_are_survived(sqlite, tmp_path):
    """Every descriptor of the database fails, as when its disk is gone for a moment.

    They are turned to a file that cannot be read: a number that was merely closed would soon
    be another file's.
    """
    learner = sqlite.add_learner("key", NOW)
    sqlite.add(learner, attempt("before"))
    break_descriptors("record.sqlite")

    with told("gone", "Your answer is not saved yet"):
        for n in range(3):
            sqlite.add(learner, attempt(f"meanwhile {n}"))

    sqlite.add(learner, attempt("after"))
    assert ids(sqlite, learner) == ["before", "after"]


@pytest.mark.parametrize(
    "url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:", "record.sqlite", "://", "x:y:z"]
)
def test_address_that_is_none_is_told(url):
    with told("failed", "no address of a database"):
        open_store(url)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgresql_that_stops_is_told_and_is_used_once_it_is_back(
    postgres, new_place, opened, mode
):
    store = opened(new_place("postgresql"))
    learner = store.add_learner("key", NOW)
    store.add(learner, attempt("before"))
    postgres.stop(mode)
    try:
        with told("gone", "Your answer is not saved yet", "cannot be reached"):
            store.add(learner, attempt("meanwhile", response=LONG))
        with told("gone", "Your record cannot be shown now"):
            store.attempts(learner)
    finally:
        postgres.start()

    assert store.add(learner, attempt("meanwhile")).new
    assert ids(store, learner) == ["before", "meanwhile"]


def test_postgresql_that_restarted_between_two_answers_is_not_noticed(postgres, new_place, opened):
    store = opened(new_place("postgresql"))
    learner = store.add_learner("key", NOW)
    postgres.stop()
    postgres.start()

    assert store.add(learner, attempt()).new


def test_postgresql_that_another_program_locks_is_told(postgres, new_place, opened, monkeypatch):
    monkeypatch.setattr(engine, "_LIMIT", 1)
    url = new_place("postgresql")
    store = opened(url)
    learner = store.add_learner("key", NOW)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE attempts IN EXCLUSIVE MODE")
        with told("locked", "in use by something else"):
            store.add(learner, attempt())
        assert store.attempts(learner) == []

    assert store.add(learner, attempt()).new


def test_postgresql_that_may_only_be_read_is_told(new_place, opened):
    """As is one that stands by for another."""
    url = new_place("postgresql")
    learner = opened(url).add_learner("key", NOW)
    store = opened(f"{url}%20-cdefault_transaction_read_only=on")

    with told("read_only", "may not write to its records"):
        store.add(learner, attempt())
    assert store.attempts(learner) == []


def test_refused_password_is_in_no_message(postgres):
    wrong = postgres.url().replace("known-to-the-tests-alone", "another-secret")

    with told("gone") as raised:
        open_store(wrong)
    assert "another-secret" not in f"{raised.value} {raised.value.detail}"
    assert raised.value.__cause__ is None


def test_what_a_learner_wrote_is_in_no_message(store):
    """A fault of our own: a table that is not there."""
    learner = store.add_learner("key", NOW)
    store.database.write("change", lambda c: c.exec_driver_sql("DROP TABLE attempts"))

    with told("failed", "Your answer is not saved yet") as raised:
        store.add(learner, attempt(response="private words", lesson="private lesson"))
    assert "private" not in f"{raised.value} {raised.value.detail}"
