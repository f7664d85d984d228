"""What is kept comes out as it went in, once, on SQLite and on PostgreSQL alike."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asylum_teach.store import DEFAULT, Snapshot, UnknownLearnerError, default_url, open_store
from tests.conftest import ROOT
from tests.store_fixtures import NOW, attempt, ids, minutes

NUMBERS = count()
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
odd_texts = st.text(st.characters(exclude_categories=[]), max_size=20)  # NUL, halves of pairs
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | odd_texts,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(odd_texts, each, max_size=3),
)
attempts = st.builds(
    attempt,
    id=st.uuids().map(str),
    case=texts.filter(bool),
    item=texts.filter(bool),
    lesson=texts,
    case_version=st.integers(0, 2**31 - 1),
    response=json_values,
    credit=st.floats(0, 1),
    hints=st.integers(0, 9),
    confidence=st.none() | st.integers(1, 3),
    critical_error=texts,
    seconds=st.integers(0, 2**31 - 1),
    cohort=st.none() | texts,
    sealed=st.booleans(),
    at=st.datetimes(
        datetime(1990, 1, 1),
        timezones=st.timezones() | st.just(UTC),
    ),
)


@pytest.fixture
def learner(store):
    """A learner of whom nothing is kept yet."""
    return store.add_learner("key", NOW)


def test_key_opens_the_same_record_again(store):
    assert store.learner_of("key") is None

    learner = store.add_learner("key", NOW)

    assert store.add_learner("key", minutes(5)) == learner == store.learner_of("key")
    assert store.add_learner("another key", NOW) != learner


def test_another_device_opens_the_same_record(store, learner):
    store.add_key(learner, "phone", NOW)
    store.add_key(learner, "phone", NOW)

    assert store.learner_of("phone") == learner
    assert store.about(learner)["devices"] == 2


def test_key_opens_one_record_only(store, learner):
    """A browser that had begun a record of its own, and then goes on with an earlier one."""
    own = store.add_learner("phone", NOW)

    store.add_key(learner, "phone", NOW)

    assert store.learner_of("phone") == learner
    assert store.about(own)["devices"] == 0


def test_resume_code_opens_the_record_until_it_is_replaced(store, learner):
    store.set_code(learner, "ABC")
    assert store.learner_by_code("ABC") == learner
    assert store.learner_by_code("ABD") is None

    store.set_code(learner, "XYZ")
    assert store.learner_by_code("ABC") is None
    assert store.learner_by_code("XYZ") == learner


def test_code_of_one_learner_cannot_become_anothers(store, learner):
    store.set_code(learner, "ABC")

    with pytest.raises(ValueError, match="another learner"):
        store.set_code(store.add_learner("another key", NOW), "ABC")
    assert store.learner_by_code("ABC") == learner


@pytest.mark.parametrize("odd", ["", "\0", "\ud800", "a'; DROP TABLE learners; --", "ü" * 5000])
def test_odd_keys_and_codes_open_nothing(store, learner, odd):
    assert store.learner_of(odd) is None
    assert store.learner_by_code(odd) is None
    assert store.issued(odd) is None


@given(given=attempts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_attempt_comes_out_as_it_went_in(store, given):
    learner = store.add_learner(f"key {next(NUMBERS)}", NOW)  # a new one for each example

    added = store.add(learner, given)

    same_moment = given.at.astimezone(UTC)  # hours that clocks skip or repeat equal nothing else
    assert added.attempt == replace(given, at=same_moment, serial=added.attempt.serial)
    assert store.attempts(learner)[-1] == added.attempt == store.newest(learner)
    assert store.newest(learner).at.tzinfo is UTC


def test_answer_sent_twice_is_kept_once_as_it_was_first(store, learner):
    first = store.add(learner, attempt(credit=0.25))

    again = store.add(learner, attempt(credit=1.0, at=minutes(1)))

    assert (first.new, again.new) == (True, False)
    assert again.attempt == first.attempt
    assert store.attempts(learner) == [first.attempt]


def test_same_id_of_two_learners_is_two_answers(store, learner):
    other = store.add_learner("another key", NOW)

    assert store.add(learner, attempt()).new
    assert store.add(other, attempt()).new


@pytest.mark.parametrize(("set_back", "told"), [(1, 0), (2, 0), (3, 3), (1440, 1440)])
def test_clock_that_was_set_back_is_told(store, learner, set_back, told):
    store.add(learner, attempt("before"))

    added = store.add(learner, attempt("after", at=minutes(-set_back)))

    assert added.clock_back == timedelta(minutes=told)
    assert ids(store, learner) == ["before", "after"]


@pytest.mark.parametrize(
    "unfit",
    [
        {"id": ""},
        {"case": ""},
        {"id": "x" * 201},
        {"lesson": "\0"},
        {"item": "\ud800"},
        {"credit": float("nan")},
        {"credit": 1.5},
        {"hints": -1},
        {"seconds": 2**31},
        {"at": datetime(2026, 11, 24)},
        {"basis": "a digest that nobody keeps"},
    ],
)
def test_attempt_that_cannot_be_kept_as_it_is_is_refused(store, learner, unfit):
    with pytest.raises(ValueError, match=r"\."):
        store.add(learner, attempt(**({"id": "a"} | unfit)))
    assert store.attempts(learner) == []


def test_last_answer_at_each_item_is_found(store, learner):
    other = store.add_learner("another key", NOW)
    for n, (case, item) in enumerate([("c", "i"), ("c", "j"), ("d", "i"), ("c", "i")]):
        store.add(learner, attempt(str(n), case=case, item=item))
    store.add(other, attempt("theirs", case="c", item="i"))
    asked = [("c", "i"), ("d", "i"), ("d", "j"), *((str(n), "none") for n in range(2000))]

    found = store.latest(learner, asked)

    assert {where: each.id for where, each in found.items()} == {("c", "i"): "3", ("d", "i"): "2"}
    assert store.latest(learner, []) == {}


def test_what_came_after_a_serial_is_found(store, learner):
    serials = [store.add(learner, attempt(str(n))).attempt.serial for n in range(4)]

    assert [each.serial for each in store.attempts(learner, after=serials[1])] == serials[2:]
    assert store.newest(learner).serial == serials[3]


def test_basis_is_kept_once_and_known_by_its_digest(store, learner):
    store.add(learner, attempt("a", basis="digest"), '{"facts": []}')
    store.add(learner, attempt("b", basis="digest"), "another text under the same digest")
    store.add(learner, attempt("c", basis="digest"))

    assert store.basis("digest") == '{"facts": []}'
    assert store.basis("another") is None
    assert {each.basis for each in store.attempts(learner)} == {"digest"}


def test_many_attempts_are_kept_in_their_order_each_once(store, learner):
    store.add(learner, attempt("1"))
    many = [attempt(str(n), basis="d") for n in (2, 1, 3, 2)]

    assert store.add_many(learner, many, {"d": "{}"}) == 2
    assert store.add_many(learner, many, {"d": "{}"}) == 0
    assert store.add_many(learner, [], {}) == 0
    assert ids(store, learner) == ["1", "2", "3"]


def test_of_many_attempts_all_are_kept_or_none(store, learner):
    with pytest.raises(ValueError, match="neither given nor kept"):
        store.add_many(learner, [attempt("1"), attempt("2", basis="unknown")], {})
    with pytest.raises(ValueError, match="out of range"):
        store.add_many(learner, [attempt("1"), attempt("2", hints=-1)], {})

    assert store.attempts(learner) == []


def test_older_standing_never_replaces_a_newer_one(store, learner):
    assert store.snapshot(learner) is None

    for of, upto in [("v1", 5), ("v1", 4), ("v1", 5)]:
        store.keep_snapshot(learner, Snapshot(of=of, upto=upto, body=json.dumps(upto)))
    assert store.snapshot(learner) == Snapshot(of="v1", upto=5, body="5")

    store.keep_snapshot(learner, Snapshot(of="v2", upto=3, body="3"))
    assert store.snapshot(learner) == Snapshot(of="v2", upto=3, body="3")


def test_name_is_kept_until_it_is_taken_away(store, learner):
    assert store.name(learner) == ""
    store.set_name(learner, "Marisol Ñ. 🌵")
    assert store.name(learner) == "Marisol Ñ. 🌵"
    with pytest.raises(ValueError, match="cannot be kept"):
        store.set_name(learner, "Mari\0sol")
    store.set_name(learner, "")
    assert store.name(learner) == ""


def test_training_record_is_found_by_its_code(store, learner):
    store.issue(learner, "CODE", '{"minutes": 90}', NOW)
    store.issue(learner, "CODE", '{"minutes": 90}', minutes(1))

    assert store.issued("CODE") == '{"minutes": 90}'
    assert store.issued("ANOTHER") is None
    with pytest.raises(ValueError, match="another training record"):
        store.issue(learner, "CODE", '{"minutes": 900}', NOW)
    assert store.issued("CODE") == '{"minutes": 90}'


def test_learner_is_told_everything_and_no_secret(store):
    learner = store.add_learner("key", NOW)
    store.set_name(learner, "Marisol")
    store.set_code(learner, "ABC")
    store.add(learner, attempt(response=["á"]))
    store.issue(learner, "CODE", "{}", NOW)
    store.keep_snapshot(learner, Snapshot(of="v1", upto=1, body="{}"))

    told = json.loads(json.dumps(store.about(learner)))

    assert told.pop("attempts")[0]["response"] == ["á"]
    assert told == {
        "name": "Marisol",
        "created": NOW.isoformat(),
        "cohort": None,
        "resume_code": True,
        "devices": 1,
        "training_records": [{"code": "CODE", "issued": NOW.isoformat(), "body": "{}"}],
        "standing": {"of": "v1", "upto": 1, "body": "{}"},
        "cohorts": [],
        "votes": [],
    }


def test_seal_is_this_stores_own_and_lasts(store, place, opened, new_place):
    mark = store.seal(b"text")

    assert opened(place).seal(b"text") == mark
    assert opened(new_place("sqlite", "another")).seal(b"text") != mark
    assert store.seal(b"texT") != mark


def test_nothing_is_added_to_an_erased_record(store, learner):
    store.erase(learner)

    for act in (
        lambda: store.add(learner, attempt()),
        lambda: store.add_many(learner, [attempt()], {}),
        lambda: store.add_key(learner, "phone", NOW),
        lambda: store.set_code(learner, "ABC"),
        lambda: store.set_name(learner, "Marisol"),
        lambda: store.issue(learner, "CODE", "{}", NOW),
        lambda: store.keep_snapshot(learner, Snapshot(of="v1", upto=1, body="{}")),
        lambda: store.name(learner),
        lambda: store.about(learner),
    ):
        with pytest.raises(UnknownLearnerError):
            act()
    store.erase(learner)  # to do so twice is no fault
    assert store.counts() == {"learners": 0, "attempts": 0}


def test_erased_numbers_are_never_given_again(store, learner):
    """Whoever still holds one must not meet another's record."""
    serial = store.add(learner, attempt()).attempt.serial
    store.erase(learner)

    newcomer = store.add_learner("key", NOW)

    assert newcomer > learner
    assert store.add(newcomer, attempt()).attempt.serial > serial


def at_once(workers, act, over):
    """What *act* makes of each of *over*, by so many threads."""
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(act, over))


def test_eight_threads_lose_and_double_nothing(store):
    learners = [store.add_learner(f"key {n}", NOW) for n in range(4)]

    at_once(8, lambda n: store.add(learners[n % 4], attempt(str(n), basis="d"), "{}"), range(200))

    kept = [ids(store, learner) for learner in learners]
    assert sorted(int(id) for each in kept for id in each) == list(range(200))
    assert store.counts() == {"learners": 4, "attempts": 200}


def test_answer_sent_fifty_times_at_once_is_kept_once(store, learner):
    added = at_once(16, lambda _: store.add(learner, attempt(basis="d"), "{}"), range(50))

    assert [each.new for each in added].count(True) == 1
    assert len({each.attempt.serial for each in added}) == 1
    assert ids(store, learner) == ["a"]


def test_key_sent_many_times_at_once_makes_one_learner(store):
    assert len(set(at_once(16, lambda _: store.add_learner("key", NOW), range(32)))) == 1
    assert store.counts()["learners"] == 1


def test_reader_who_goes_on_after_a_serial_misses_nothing(store, learner):
    """A serial becomes visible only after all smaller ones of the same learner."""
    seen = []
    with ThreadPoolExecutor(8) as threads:
        adding = [threads.submit(store.add, learner, attempt(str(n))) for n in range(100)]
        while not all(each.done() for each in adding):
            seen += store.attempts(learner, after=seen[-1].serial if seen else 0)
    seen += store.attempts(learner, after=seen[-1].serial if seen else 0)

    assert seen == store.attempts(learner)
    assert len(seen) == 100


WRITER = """
import sys
from asylum_teach.store import open_store
from tests.store_fixtures import NOW, attempt
store = open_store(sys.argv[1])
learner = store.add_learner("key", NOW)
for n in range(40):
    store.add(learner, attempt(str(n)))
    store.add(learner, attempt(f"{sys.argv[2]} {n}"))
"""


def test_two_processes_open_a_new_database_and_write_at_once(place, opened):
    """They make the file, its tables and the learner at the same moment."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, place, name], cwd=ROOT)
        for name in ("left", "right")
    ]

    assert [writer.wait(60) for writer in writers] == [0, 0]
    store = opened(place)
    kept = ids(store, store.learner_of("key"))
    assert len(kept) == len(set(kept)) == 120
    assert store.counts()["learners"] == 1


def test_database_is_named_by_the_environment_or_lies_in_the_kits_own_folder(
    monkeypatch, place, opened
):
    monkeypatch.setenv("ASYLUM_TEACH_DB", place)
    store = opened(None)
    store.add_learner("key", NOW)

    assert opened(place).counts()["learners"] == 1
    assert default_url() == f"sqlite:///{DEFAULT / 'record.sqlite'}"


def test_short_name_of_postgresql_is_understood(new_place, opened):
    url = new_place("postgresql").replace("postgresql://", "postgres://")

    assert opened(url).counts() == {"learners": 0, "attempts": 0}


def test_folder_and_file_are_for_their_owner_alone(new_place, tmp_path):
    open_store(new_place("sqlite")).close()

    folder = tmp_path / "record"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "record.sqlite").stat().st_mode & 0o777 == 0o600
