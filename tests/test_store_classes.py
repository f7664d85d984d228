"""Classes: who is in them, what is on their screen, and every vote kept once, on both engines."""

import json
import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from itertools import count

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asylum_teach.models import Cohort, Member, Vote
from asylum_teach.store import (
    LONGEST_NAME,
    BackupError,
    StoreFault,
    UnknownClassError,
    UnknownLearnerError,
    backup,
    migrate,
    restore,
)
from asylum_teach.store.codes import ALPHABET, join_code_of, new_join_code
from asylum_teach.store.engine import Database
from asylum_teach.store.place import address, prepare
from tests.store_fixtures import ENGINES, NOW, attempt, ids, minutes
from tests.test_store import json_values
from tests.test_store_files import left

CODE = "K7PM3X"
NUMBERS = count(1)
HOSTILE = (
    '=HYPERLINK("http://x","y")',
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE members; --",
    "\u202eנועה\u202c",
    "Ñandú 🌵",
)
ODD = ("", "\0", "\ud800", "none", "ü" * 5000)  # what is no id of anything
credits = st.none() | st.floats(0, 1)


@pytest.fixture
def chance():
    """Gives numbers below its argument, the same in each run."""
    return random.Random(7).randrange


@pytest.fixture
def cohort(store, chance):
    """A cohort of nobody yet."""
    return store.add_cohort("Clinic, Tuesday", NOW, chance)


@pytest.fixture
def meeting(store, cohort):
    """An open session of the cohort."""
    return store.add_session(cohort.id, "Nexus", CODE, NOW)


@pytest.fixture
def learner(store):
    """A learner of whom nothing is kept yet."""
    return store.add_learner("key", NOW)


def class_of(store, size):
    """So many learners."""
    return [store.add_learner(f"phone {n}", NOW) for n in range(size)]


def at_once(acts):
    """What each of *acts* returns or raises, all let go at the same moment."""
    ready = threading.Barrier(len(acts))

    def run(act):
        ready.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [each.result() for each in [threads.submit(run, act) for act in acts]]


# --- Cohorts and members ---


def test_cohort_has_an_id_of_eight_letters_and_its_name(store, chance):
    first = store.add_cohort("Clinic, Tuesday", minutes(1), chance)
    second = store.add_cohort("Clinic, Tuesday", NOW, chance)

    assert first == Cohort(id=first.id, name="Clinic, Tuesday", created=minutes(1))
    assert first.created.tzinfo is UTC
    assert all(len(each.id) == 8 and each.id.isalpha() for each in (first, second))
    assert store.cohorts() == [second, first]


def test_cohort_whose_id_is_taken_gets_another(store, cohort):
    """The first eight letters that are drawn are those of the cohort that there is."""
    draws = iter([ALPHABET[10:].index(letter) for letter in cohort.id] + [0] * 8)

    other = store.add_cohort("Volunteers", NOW, lambda _: next(draws))

    assert other.id != cohort.id
    assert store.cohorts() == sorted([cohort, other], key=lambda each: each.id)


def test_cohort_whose_id_is_never_free_is_told_and_changes_nothing(store):
    first = store.add_cohort("First", NOW, lambda _: 0)

    with pytest.raises(StoreFault):
        store.add_cohort("Second", NOW, lambda _: 0)
    assert store.cohorts() == [first]


def test_cohort_is_renamed_alone(store, cohort, chance):
    other = store.add_cohort("Volunteers", minutes(1), chance)

    store.rename_cohort(cohort.id, "Clinic, Wednesday")

    assert store.cohorts() == [replace(cohort, name="Clinic, Wednesday"), other]


def test_members_stand_in_the_order_in_which_they_joined(store, cohort, chance):
    other = store.add_cohort("Volunteers", NOW, chance)
    ana, benito = class_of(store, 2)

    store.join(cohort.id, benito, "Benito", NOW)
    store.join(cohort.id, ana, "Ana", minutes(1))
    store.join(other.id, ana, "Ana from Oaxaca", minutes(2))

    assert store.members(cohort.id) == [
        Member(cohort=cohort.id, learner=benito, name="Benito", joined=NOW),
        Member(cohort=cohort.id, learner=ana, name="Ana", joined=minutes(1)),
    ]
    assert [each.name for each in store.members(other.id)] == ["Ana from Oaxaca"]
    assert store.cohorts_of(ana) == [cohort, other]
    assert store.cohorts_of(benito) == [cohort]


def test_who_joins_again_is_in_once_under_the_new_name(store, cohort, learner):
    store.join(cohort.id, learner, "Ana", NOW)

    store.join(cohort.id, learner, "Ana M.", minutes(5))

    again = Member(cohort=cohort.id, learner=learner, name="Ana M.", joined=NOW)
    assert store.members(cohort.id) == [again]


def test_who_leaves_one_cohort_stays_in_another(store, cohort, learner, chance):
    other = store.add_cohort("Volunteers", NOW, chance)
    classmate = store.add_learner("another key", NOW)
    for each, who in ((cohort, learner), (other, learner), (cohort, classmate)):
        store.join(each.id, who, "Ana", NOW)

    store.leave(cohort.id, learner)
    store.leave(cohort.id, learner)

    assert store.cohorts_of(learner) == [other]
    assert [each.learner for each in store.members(cohort.id)] == [classmate]


def test_who_leaves_keeps_votes_and_attempts(store, cohort, meeting, learner):
    store.join(cohort.id, learner, "Ana", NOW)
    store.vote(meeting.id, 1, learner, ["a"], 1.0, NOW, attempt())

    store.leave(cohort.id, learner)

    assert len(store.votes(meeting.id)) == len(store.attempts(learner)) == 1


@pytest.mark.parametrize("name", [*HOSTILE, "x", "Ñ" * LONGEST_NAME])
def test_any_name_of_eighty_letters_is_kept_as_it_is(store, cohort, learner, name):
    store.join(cohort.id, learner, name, NOW)

    assert [each.name for each in store.members(cohort.id)] == [name]


@pytest.mark.parametrize(
    "name", ["", "x" * (LONGEST_NAME + 1), "x" * 10_000, "Mari\0sol", "\ud800"]
)
def test_name_that_cannot_be_kept_is_refused(store, cohort, learner, name):
    with pytest.raises(ValueError, match=r"\."):
        store.join(cohort.id, learner, name, NOW)
    assert store.members(cohort.id) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_of_a_cohort_and_title_of_a_session_is_kept_as_it_is(store, chance, name):
    cohort = store.add_cohort(name, NOW, chance)

    assert store.add_session(cohort.id, name, CODE, NOW).title == name
    assert store.cohorts() == [cohort]
    assert cohort.name == name


def test_name_of_a_cohort_that_cannot_be_kept_is_refused(store, cohort, chance):
    for act in (
        lambda: store.add_cohort("Cli\0nic", NOW, chance),
        lambda: store.rename_cohort(cohort.id, "\ud800"),
        lambda: store.add_session(cohort.id, "Ne\0xus", CODE, NOW),
    ):
        with pytest.raises(ValueError, match="cannot be kept"):
            act()
    assert store.cohorts() == [cohort]
    assert store.sessions() == []


@pytest.mark.parametrize("id", ODD)
def test_class_that_there_is_not_is_told_and_holds_nobody(store, learner, id):
    for act in (
        lambda: store.rename_cohort(id, "Clinic"),
        lambda: store.join(id, learner, "Ana", NOW),
        lambda: store.add_session(id, "Nexus", CODE, NOW),
        lambda: store.set_state(id, {}, 0),
        lambda: store.close_session(id, NOW),
        lambda: store.vote(id, 1, learner, ["a"], 1.0, NOW, attempt()),
    ):
        with pytest.raises(UnknownClassError):
            act()
    store.leave(id, learner)
    assert store.session(id) is None
    assert store.open_session(id) is None
    assert store.members(id) == store.sessions(id) == store.votes(id) == store.sessions() == []
    assert store.attempts(learner) == []


# --- Sessions ---


def test_session_opens_with_nothing_on_its_screen(store, cohort):
    opened = store.add_session(cohort.id, "Nexus", CODE, NOW)

    assert (opened.cohort, opened.title, opened.code) == (cohort.id, "Nexus", CODE)
    assert (opened.opened, opened.closed, opened.state, opened.version) == (NOW, None, {}, 0)
    assert store.session(opened.id) == store.open_session(CODE) == opened
    assert store.sessions() == [opened]


def test_sessions_are_those_of_a_cohort_or_all(store, cohort, chance):
    other = store.add_cohort("Volunteers", NOW, chance)
    second = store.add_session(cohort.id, "Proof", "000001", minutes(2))
    first = store.add_session(cohort.id, "Nexus", "000002", minutes(1))
    theirs = store.add_session(other.id, "Nexus", "000003", NOW)

    assert store.sessions(cohort.id) == [first, second]
    assert store.sessions(other.id) == [theirs]
    assert store.sessions() == [theirs, first, second]
    assert len({first.id, second.id, theirs.id}) == 3


@pytest.mark.parametrize("typed", ["k7pm3x", " K7P-M3X ", "K7PM3X"])
def test_join_code_is_known_however_it_is_typed(store, meeting, typed):
    assert store.open_session(typed) == meeting


@pytest.mark.parametrize("typed", [*ODD, "K7PM3Y", "K7PM3", "K7PM3XX"])
def test_wrong_join_code_opens_nothing(store, meeting, typed):
    assert store.open_session(typed) is None


@pytest.mark.parametrize("code", ["", "K7PM3", "K7PM3XX", "K7PM3U", "K7PM3\0", "K7PM-3XQ2-9TDA"])
def test_session_under_what_is_no_join_code_is_refused(store, cohort, code):
    with pytest.raises(ValueError, match="no join code"):
        store.add_session(cohort.id, "Nexus", code, NOW)
    assert store.sessions() == []


@given(seed=st.integers(0, 2**32))
def test_new_join_code_is_six_letters_without_lookalikes(seed):
    code = new_join_code(random.Random(seed).randrange)

    assert len(code) == 6
    assert not set(code) & set("OILU")
    assert join_code_of(code.lower()) == code


def test_lookalikes_that_are_typed_are_read_as_digits():
    assert join_code_of("oOiIlL") == "001111"


def test_code_that_is_open_already_is_refused(store, cohort, meeting, chance):
    other = store.add_cohort("Volunteers", NOW, chance)

    for each in (cohort, other):
        with pytest.raises(ValueError, match="another open session"):
            store.add_session(each.id, "Proof", CODE.lower(), NOW)
    assert store.sessions() == [meeting]


def test_code_is_free_again_once_its_session_is_closed(store, cohort, meeting):
    store.close_session(meeting.id, minutes(75))
    assert store.open_session(CODE) is None

    second = store.add_session(cohort.id, "Nexus", CODE, minutes(80))
    store.close_session(second.id, minutes(85))
    third = store.add_session(cohort.id, "Nexus", CODE, minutes(90))

    assert store.open_session(CODE) == third
    assert len({meeting.id, second.id, third.id}) == 3


def test_session_that_was_closed_stays_closed_since_then(store, meeting):
    store.close_session(meeting.id, minutes(75))
    store.close_session(meeting.id, minutes(90))

    assert store.session(meeting.id) == replace(meeting, closed=minutes(75))


def test_two_sessions_opened_at_once_under_one_code_are_one(store, cohort, chance):
    cohorts = [cohort, store.add_cohort("Volunteers", NOW, chance)]

    def opens(n):
        with suppress(ValueError):
            return store.add_session(cohorts[n % 2].id, f"by {n}", CODE, NOW)
        return None

    opened = [each for each in at_once([lambda n=n: opens(n) for n in range(6)]) if each]

    assert store.sessions() == opened
    assert len(opened) == 1


def test_sessions_opened_at_once_in_one_cohort_are_all_kept(store, cohort):
    acts = [lambda n=n: store.add_session(cohort.id, f"by {n}", f"00000{n}", NOW) for n in range(6)]

    opened = at_once(acts)

    assert len({each.id for each in opened}) == 6
    assert sorted(store.sessions(), key=lambda each: each.code) == opened


def test_new_state_makes_a_new_version(store, meeting):
    assert store.set_state(meeting.id, {"case": "ana", "rounds": [1]}, 0)
    assert store.set_state(meeting.id, {"case": "ñ\0\ud800"}, 1)

    assert store.session(meeting.id) == replace(meeting, state={"case": "ñ\0\ud800"}, version=2)


@pytest.mark.parametrize("version", [-1, 0, 2, 2**31, 2**80])
def test_state_that_goes_on_from_another_version_is_not_kept(store, meeting, version):
    store.set_state(meeting.id, {"by": "the quicker one"}, 0)

    assert not store.set_state(meeting.id, {"by": "the other"}, version)

    assert store.session(meeting.id).state == {"by": "the quicker one"}
    assert store.session(meeting.id).version == 1


@pytest.mark.parametrize("version", [0, 1])
def test_state_of_a_closed_session_stays_as_it_is(store, meeting, version):
    store.set_state(meeting.id, {"case": "ana"}, 0)
    store.close_session(meeting.id, minutes(75))

    with pytest.raises(ValueError, match="closed"):
        store.set_state(meeting.id, {}, version)
    assert store.session(meeting.id).state == {"case": "ana"}


def test_state_of_one_session_changes_no_other(store, cohort, meeting):
    other = store.add_session(cohort.id, "Proof", "000001", NOW)

    store.set_state(meeting.id, {"case": "ana"}, 0)
    store.close_session(meeting.id, NOW)

    assert store.session(other.id) == other


def test_of_two_teachers_who_go_on_from_one_screen_one_does(store, meeting):
    for version in range(10):
        acts = [
            lambda by=by, v=version: store.set_state(meeting.id, {"by": by, "of": v}, v)
            for by in ("Ms. Ruiz", "Mr. Soto")
        ]

        kept = at_once(acts)

        winner = ("Ms. Ruiz", "Mr. Soto")[kept.index(True)]
        assert sorted(kept) == [False, True]
        assert store.session(meeting.id).state == {"by": winner, "of": version}
        assert store.session(meeting.id).version == version + 1


# --- Votes ---


@given(response=json_values, credit=credits, round=st.integers(0, 2**31 - 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_vote_comes_out_as_it_went_in(store, meeting, response, credit, round):
    learner = store.add_learner(f"key {next(NUMBERS)}", NOW)  # a new one for each example
    moment = NOW.astimezone(timezone(timedelta(hours=-6)))

    assert store.vote(meeting.id, round, learner, response, credit, moment)

    (kept,) = [each for each in store.votes(meeting.id, round) if each.learner == learner]
    assert kept == Vote(
        session=meeting.id, round=round, learner=learner, response=response, credit=credit, at=NOW
    )
    assert kept.at.tzinfo is UTC


def test_votes_are_those_of_a_round_or_all_as_they_came(store, cohort, meeting):
    ana, benito = class_of(store, 2)
    other = store.add_session(cohort.id, "Proof", "000001", NOW)
    store.vote(meeting.id, 2, ana, ["a"], 1.0, minutes(9))
    store.vote(meeting.id, 1, benito, ["b"], 0.0, minutes(2))
    store.vote(meeting.id, 1, ana, ["b"], 0.0, minutes(3))
    store.vote(other.id, 1, ana, ["c"], 0.5, minutes(1))

    def who(votes):
        return [(each.round, each.learner) for each in votes]

    assert who(store.votes(meeting.id)) == [(1, benito), (1, ana), (2, ana)]
    assert who(store.votes(meeting.id, 1)) == [(1, benito), (1, ana)]
    assert who(store.votes(other.id)) == [(1, ana)]
    assert store.votes(meeting.id, 3) == []


def test_first_vote_of_a_round_counts(store, meeting, learner):
    assert store.vote(meeting.id, 1, learner, ["a"], 0.0, NOW, attempt("first"))
    before = store.votes(meeting.id)

    assert not store.vote(meeting.id, 1, learner, ["b"], 1.0, minutes(1), attempt("second"))

    assert store.votes(meeting.id) == before
    assert ids(store, learner) == ["first"]


def test_attempt_is_kept_with_its_vote(store, cohort, meeting, learner):
    given = attempt(cohort=cohort.id, basis="digest")

    assert store.vote(meeting.id, 1, learner, ["a"], 1.0, NOW, given, '{"facts": []}')

    assert [replace(each, serial=0) for each in store.attempts(learner)] == [given]
    assert store.basis("digest") == '{"facts": []}'


def test_vote_without_an_attempt_adds_none(store, meeting, learner):
    assert store.vote(meeting.id, 1, learner, ["a"], None, NOW)

    assert store.attempts(learner) == []
    assert store.counts() == {"learners": 1, "attempts": 0}


@pytest.mark.parametrize(
    ("parts", "of_attempt"),
    [
        ({}, {"hints": -1}),
        ({}, {"basis": "a digest that nobody keeps"}),
        ({"credit": 1.5}, {}),
        ({"credit": -0.1}, {}),
        ({"credit": float("nan")}, {}),
        ({"round": -1}, {}),
        ({"round": 2**31}, {}),
        ({"round": 2**80}, {}),
    ],
)
def test_vote_and_attempt_are_kept_both_or_neither(store, meeting, learner, parts, of_attempt):
    given = {"round": 1, "response": ["a"], "credit": 1.0, "now": NOW} | parts

    with pytest.raises(ValueError, match=r"\."):
        store.vote(meeting.id, learner=learner, attempt=attempt(**of_attempt), **given)

    assert store.votes(meeting.id) == store.attempts(learner) == []


def test_closed_session_takes_no_new_vote(store, meeting, learner):
    store.close_session(meeting.id, NOW)

    with pytest.raises(ValueError, match="closed"):
        store.vote(meeting.id, 1, learner, ["a"], 1.0, NOW, attempt())
    assert store.votes(meeting.id) == store.attempts(learner) == []


def test_vote_that_is_sent_again_after_the_session_closed_is_no_error(store, meeting, learner):
    """The phone had lost its connection and never heard that the vote was kept."""
    store.vote(meeting.id, 1, learner, ["a"], 1.0, NOW, attempt())
    store.close_session(meeting.id, NOW)

    assert not store.vote(meeting.id, 1, learner, ["a"], 1.0, minutes(2), attempt())


def test_thirty_phones_voting_at_once_are_thirty_votes(store, cohort, meeting):
    phones = class_of(store, 30)
    acts = [
        lambda p=p: store.vote(
            meeting.id, 1, p, [p], 1.0, NOW, attempt(str(p), cohort=cohort.id, basis="d"), "{}"
        )
        for p in phones
    ]

    assert at_once(acts) == [True] * 30

    kept = store.votes(meeting.id, 1)
    assert {each.learner: each.response for each in kept} == {phone: [phone] for phone in phones}
    assert len(kept) == store.counts()["attempts"] == 30


def test_vote_sent_five_times_at_once_is_kept_once(store, meeting):
    for phone in class_of(store, 5):
        acts = [
            lambda p=phone, n=n: store.vote(
                meeting.id, 1, p, ["a"], 1.0, NOW, attempt(f"{p} {n}", basis="d"), "{}"
            )
            for n in range(5)
        ]

        assert sorted(at_once(acts)) == [False, False, False, False, True]

        assert [each.learner for each in store.votes(meeting.id)].count(phone) == 1
        assert len(store.attempts(phone)) == 1


def test_phones_that_send_while_others_join_and_the_screen_changes_lose_nothing(
    store, cohort, meeting
):
    phones = class_of(store, 12)
    acts = [
        *(lambda p=p: store.join(cohort.id, p, f"Ana {p}", NOW) for p in phones),
        *(lambda p=p: store.vote(meeting.id, 1, p, ["a"], 1.0, NOW) for p in phones),
        lambda: store.set_state(meeting.id, {"case": "ana"}, 0),
        lambda: store.rename_cohort(cohort.id, "Clinic, Wednesday"),
        lambda: store.add_session(cohort.id, "Proof", "000001", NOW),
    ]

    at_once(acts)

    assert sorted(each.learner for each in store.members(cohort.id)) == phones
    assert sorted(each.learner for each in store.votes(meeting.id)) == phones
    assert store.session(meeting.id).state == {"case": "ana"}
    assert len(store.sessions(cohort.id)) == 2


def test_no_vote_comes_after_its_session_was_closed(store, meeting):
    """Each is kept before it closes, and acknowledged, or refused."""
    phones = class_of(store, 20)

    def send(phone):
        try:
            return phone if store.vote(meeting.id, 1, phone, ["a"], 1.0, NOW) else None
        except ValueError:
            return None

    def close():
        store.close_session(meeting.id, NOW)
        return [each.learner for each in store.votes(meeting.id)]

    *sent, at_closing = at_once([*(lambda p=p: send(p) for p in phones), close])

    acknowledged = sorted(phone for phone in sent if phone is not None)
    assert sorted(each.learner for each in store.votes(meeting.id)) == acknowledged
    assert sorted(at_closing) == acknowledged


# --- About, erasing ---


def test_learner_is_told_cohorts_names_and_votes(store, cohort, meeting, learner):
    other = store.add_learner("another key", NOW)
    store.join(cohort.id, learner, "Ana", NOW)
    store.join(cohort.id, other, "Benito", NOW)
    store.vote(meeting.id, 2, learner, ["á"], None, minutes(1), attempt())
    store.vote(meeting.id, 2, other, ["b"], 1.0, minutes(1))

    told = json.loads(json.dumps(store.about(learner)))

    assert told["cohorts"] == [
        {
            "cohort": cohort.id,
            "title": "Clinic, Tuesday",
            "name": "Ana",
            "joined": NOW.isoformat(),
        }
    ]
    assert told["votes"] == [
        {
            "session": meeting.id,
            "title": "Nexus",
            "round": 2,
            "response": ["á"],
            "credit": None,
            "at": minutes(1).isoformat(),
        }
    ]
    assert len(told["attempts"]) == 1


def test_erasing_takes_that_learners_names_and_votes_alone(store, cohort, meeting):
    gone, kept = class_of(store, 2)
    for who in (gone, kept):
        store.join(cohort.id, who, f"Ana {who}", NOW)
        store.vote(meeting.id, 1, who, ["a"], 1.0, NOW, attempt())
    before = store.about(kept)

    store.erase(gone)

    assert store.about(kept) == before
    assert [each.learner for each in store.members(cohort.id)] == [kept]
    assert [each.learner for each in store.votes(meeting.id)] == [kept]
    assert store.cohorts_of(gone) == []
    assert store.cohorts() == [cohort]
    assert store.sessions() == [meeting]


def test_erased_learner_joins_and_votes_no_more(store, cohort, meeting, learner):
    store.erase(learner)

    for act in (
        lambda: store.join(cohort.id, learner, "Ana", NOW),
        lambda: store.vote(meeting.id, 1, learner, ["a"], 1.0, NOW),
    ):
        with pytest.raises(UnknownLearnerError):
            act()
    store.leave(cohort.id, learner)
    assert store.members(cohort.id) == store.votes(meeting.id) == []


@pytest.mark.parametrize("seed", [2, 8])  # without a VACUUM, each of them leaves bytes
def test_no_byte_of_an_erased_learners_names_and_votes_is_left(sqlite, tmp_path, seed):
    """Also not where the database once moved a row from."""
    chance = random.Random(seed)
    cohort = sqlite.add_cohort("Clinic", NOW, chance.randrange)
    meeting = sqlite.add_session(cohort.id, "Nexus", CODE, NOW)
    people = {who: sqlite.add_learner(f"{who}-key", NOW) for who in ("ana", "benito", "camila")}
    for _ in range(300):
        who = chance.choice(list(people))
        sqlite.join(cohort.id, people[who], f"{who} name {'so ' * chance.randint(0, 20)}", NOW)
        response = f"{who} voted " + "so " * chance.choice((1, 5, 50, 300, 2000))
        sqlite.vote(meeting.id, chance.randrange(2000), people[who], response, 0.5, NOW)
    kept = {who: sqlite.about(people[who]) for who in ("ana", "camila")}
    folder = tmp_path / "record"
    traces = [b"benito name", b"benito voted"]
    assert {trace for _, trace in left(folder, *traces)} == {*traces}

    sqlite.erase(people["benito"])

    assert left(folder, b"benito") == []
    assert {who: sqlite.about(people[who]) for who in kept} == kept


# --- Versions and copies ---


def _as_of_the_first_version(database):
    """Make the tables of schema 0001 as the kit of that time did, and a row in each."""

    def make(connection):
        config = Config()
        config.set_main_option("script_location", str(migrate.SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        tables = sa.MetaData()
        tables.reflect(connection)
        rows = {
            "learners": {"created": NOW, "name": "Marisol Ñ.", "cohort": "before"},
            "keys": {"hash": "a hash", "learner": 1, "added": NOW},
            "bases": {"digest": "d", "body": '{"é": 1}'},
            "attempts": {
                "learner": 1,
                "id": "a",
                "cohort": "before",
                "lesson": "04",
                "case_id": "case",
                "case_version": 3,
                "item": "item",
                "response": '["á"]',
                "credit": 0.25,
                "hints": 1,
                "confidence": 2,
                "critical_error": "promise",
                "seconds": 30,
                "at": NOW,
                "basis": "d",
                "sealed": True,
            },
            "snapshots": {"learner": 1, "of": "v1", "upto": 1, "body": "{}"},
            "training_records": {"code": "CODE", "learner": 1, "body": "{}", "issued": NOW},
        }
        for name, row in rows.items():
            connection.execute(sa.insert(tables.tables[name]).values(row))

    database.write("change", make)


def _every_row(database):
    """Every row of every table that there is, but for the version of the schema."""

    def read(connection):
        tables = sa.MetaData()
        tables.reflect(connection)
        return {
            name: connection.execute(sa.select(table)).all()
            for name, table in tables.tables.items()
            if name != "alembic_version"
        }

    return database.read(read)


def test_database_of_the_first_version_is_brought_forward_and_keeps_everything(
    place, opened, chance
):
    database = Database(address(place))
    if database.path:
        prepare(database.path)
    _as_of_the_first_version(database)
    before = _every_row(database)
    database.close()

    store = opened(place)

    after = _every_row(store.database)
    new = {name: after.pop(name) for name in set(after) - set(before)}
    assert all(before.values())
    assert after == before
    assert new == {"cohorts": [], "members": [], "sessions": [], "votes": []}
    # and it is used as ever
    (kept,) = store.attempts(1)
    assert (kept.serial, kept.response, kept.at, kept.basis) == (1, ["á"], NOW, "d")
    assert (store.name(1), store.issued("CODE"), store.basis("d")) == (
        "Marisol Ñ.",
        "{}",
        '{"é": 1}',
    )
    cohort = store.add_cohort("Clinic", NOW, chance)
    meeting = store.add_session(cohort.id, "Nexus", CODE, NOW)
    store.join(cohort.id, 1, "Marisol", NOW)
    assert store.vote(meeting.id, 1, 1, ["a"], 1.0, NOW, attempt("b"))
    assert ids(store, 1) == ["a", "b"]


@pytest.mark.parametrize("there", ENGINES)
@pytest.mark.parametrize("here", ENGINES)
def test_backup_brings_classes_back_on_either_engine(
    here, there, new_place, opened, tmp_path, chance
):
    store = opened(new_place(here))
    learner = store.add_learner("key", NOW)
    cohort = store.add_cohort(HOSTILE[0], NOW, chance)
    store.join(cohort.id, learner, HOSTILE[1], NOW)
    closed = store.add_session(cohort.id, "Nexus", CODE, NOW)
    store.vote(closed.id, 1, learner, {"odd": "\0\ud800"}, None, minutes(1))
    store.vote(closed.id, 2, learner, ["a"], 0.5, minutes(2), attempt(cohort=cohort.id))
    store.set_state(closed.id, {"case": "ñ"}, 0)
    store.close_session(closed.id, minutes(75))
    open_ = store.add_session(cohort.id, "Proof", CODE, minutes(80))

    counts = backup(store, tmp_path / "copy.gz")
    other = opened(new_place(there, "restored"))
    assert restore(other, tmp_path / "copy.gz") == counts

    assert [counts[name] for name in ("cohorts", "members", "sessions", "votes")] == [1, 1, 2, 2]
    assert other.cohorts() == [cohort]
    assert other.members(cohort.id) == store.members(cohort.id)
    assert other.sessions() == store.sessions()
    assert other.votes(closed.id) == store.votes(closed.id)
    assert other.about(learner) == store.about(learner)
    assert other.open_session(CODE) == open_
    # and on it goes, with new ids
    assert other.add_session(cohort.id, "Bars", "000001", minutes(90)).id not in {
        closed.id,
        open_.id,
    }


def test_backup_does_not_go_into_a_store_that_has_a_cohort_alone(store, cohort, tmp_path):
    backup(store, tmp_path / "copy.gz")

    with pytest.raises(BackupError, match="not empty"):
        restore(store, tmp_path / "copy.gz")
    assert store.cohorts() == [cohort]


def test_code_is_guarded_by_the_database_itself(sqlite, chance, tmp_path):
    """Whatever writes to the file, no two open sessions have one code."""
    cohort = sqlite.add_cohort("Clinic", NOW, chance)
    sqlite.add_session(cohort.id, "Nexus", CODE, NOW)

    with (
        closing(sqlite3.connect(tmp_path / "record" / "record.sqlite")) as raw,
        pytest.raises(sqlite3.IntegrityError),
    ):
        raw.execute(
            "INSERT INTO sessions SELECT 'x', cohort, title, code, opened, closed, state, version "
            "FROM sessions"
        )
