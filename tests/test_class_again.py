"""What once went wrong in a class session, over HTTP."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

import pytest

from asylum_teach import cli
from asylum_teach.instructor.report import Chosen, report
from tests.classes import Phone, Teacher, asked_of
from tests.served import serving
from tests.test_instructor_served import demo

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("class"), instructor=True) as running:
        yield running


def names(store, cohort, kit_content):
    """What each member is called in results."""
    found = report(store, kit_content, Chosen(cohort=cohort), datetime.now(UTC))
    return [member["name"] for member in found.members]


@pytest.mark.parametrize(
    "typed", [["Ana (she)", "Ana (she)"], ["Ana", "Ana (2)", "Ana"], ["Ana", "Ana", "Ana (2)"]]
)
def test_two_of_one_name_are_told_apart(server, teacher, asked, kit_content, typed):
    session = teacher.session().ask(asked[0].case, asked[0].item)
    for name in typed:
        Phone(server).join(session, name).vote(1, asked[0].right)
    with server.store() as store:
        shown = names(store, store.session(session.id).cohort, kit_content)
    assert len(set(shown)) == len(typed), shown


def test_second_session_of_a_cohort_begins_with_nobody(server, teacher):
    cohort = teacher.cohort()
    Phone(server).join(teacher.session(cohort))
    assert teacher.session(cohort).board()["joined"] == 0


def test_learner_who_erased_the_record_is_out_of_the_counts(server, teacher, asked):
    session = teacher.session().ask(asked[0].case, asked[0].item)
    phone = Phone(server).join(session)
    phone.vote(1, asked[0].right)
    done = phone.post("erase")
    assert done.status == 200, done.body
    board = session.board()
    assert (board["joined"], board["votes"]) == (0, 0)


def test_phone_is_not_woken_by_anothers_vote(server, teacher, asked):
    """It is told nothing new (seen is the same), at the moment at which somebody else votes."""
    session = teacher.session().ask(asked[0].case, asked[0].item)
    phone, other = Phone(server).join(session), Phone(server).join(session)
    seen = phone.screen()["seen"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(phone.looks, seen)
        wait([waiting], 0.5)
        other.vote(1, asked[0].right)
        woken = wait([waiting], 1).done
        session.do("close")  # lets it go
    assert not woken, "answered with seen unchanged"


@pytest.mark.parametrize("token", ["ab+cd/efgh+ijklmnop==", "our own token, of a clinic", "short"])
def test_token_that_no_link_can_hold_is_refused(token, monkeypatch, capsys, tmp_path):
    """Before anything is served, in one sentence."""
    monkeypatch.setenv("ASYLUM_TEACH_TOKEN", token)
    db = f"sqlite:///{tmp_path}/record.sqlite"

    assert cli.main(["serve", "--no-browser", "--instructor", "--port", "0", "--db", db]) == 1
    assert capsys.readouterr().err.startswith("ASYLUM_TEACH_TOKEN takes")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    assert demo(folder / "record.sqlite", "--learners", 6).returncode == 0
    with serving(folder, instructor=True) as server:
        yield server


@pytest.mark.parametrize("path", ["/", "/results", "/class/SESSION"])
def test_made_up_class_is_marked_on_every_page(made_up, path):
    teacher = Teacher(made_up)
    with made_up.store() as store:
        cohort = store.cohorts()[0].id
    session = teacher.session(cohort)
    body = teacher.get(path.replace("SESSION", session.id)).body.decode()
    assert "made up by a program" in body


def test_ending_while_another_acts_is_a_sentence(server, teacher, asked):
    for _ in range(15):
        session = teacher.session().ask(asked[0].case, asked[0].item)
        version = session.board()["version"]
        phone = Phone(server).join(session)
        with ThreadPoolExecutor(6) as pool:
            jobs = [
                pool.submit(session.post, "do", do="close", version=version),
                pool.submit(session.post, "do", do="end"),
                pool.submit(phone.vote, 1, asked[0].right),
            ]
            told = [job.result() for job in jobs]
        assert [answer.status for answer in told if answer.status >= 500] == []


def test_join_page_has_an_empty_code(server):
    assert b'value="None"' not in asked_of(server.port, "GET", "/join").body
