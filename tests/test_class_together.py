"""A whole class on a real server: thirty phones, two teachers, and what is told too early."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from asylum_teach.models import ELEMENTS
from tests.classes import Phone, Teacher, phones, refusal
from tests.served import OLD_PAGE, serving

MANY = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with the instructor's pages."""
    with serving(tmp_path_factory.mktemp("class"), instructor=True) as running:
        yield running
    assert not re.search(r"(?m)Traceback|^5\d\d ", running.complaints())


# --- Thirty phones ---


def voting(phone, number, response, *, clumsy):
    """Vote; a clumsy phone sends its vote three times and drops its questions for news."""
    if clumsy:
        phone.drop()
    told = [phone.vote(number, response).json for _ in range(3 if clumsy else 1)]
    if clumsy:
        phone.drop()
    return told


def test_thirty_phones_lose_and_double_no_vote(server, teacher, choice):
    session = teacher.session()
    joined = phones(server, session, MANY)
    session.ask(choice.case, choice.item)
    rounds = [
        (lambda n: choice.right if n < 12 else choice.wrong[0], "again"),
        (lambda n: choice.right if n < 25 else choice.wrong[0], "flip"),
        (lambda n: ["nexus"] if n < 7 else [], None),
    ]
    for number, (response, then) in enumerate(rounds, 1):
        with ThreadPoolExecutor(MANY) as pool:
            sent = [
                pool.submit(voting, phone, number, response(n), clumsy=n % 3 == 0)
                for n, phone in enumerate(joined)
            ]
            assert all(told == {"voted": True} for each in sent for told in each.result())
        session.do("close")
        assert session.board()["votes"] == MANY
        split = {12, 18} if number == 1 else {25, 5} if number == 2 else {7, 23}
        assert {n for n in session.counts() if n} == split
        if then == "again":
            session.do("again")
        elif then == "flip":
            assert session.board()["before"]["votes"] == MANY
            session.do("flip", circuit="none")

    with server.store() as store:
        votes = store.votes(session.id)
        assert len(votes) == 3 * MANY == len({(v.round, v.learner) for v in votes})
        attempts = [len(store.attempts(store.learner_of(phone.door))) for phone in joined]
    assert attempts == [2] * MANY


# --- Two teachers, and a server that goes down ---


def test_of_two_teachers_the_slower_is_told(server, session, choice):
    session.ask(choice.case, choice.item)
    version = session.board()["version"]
    first, second = session, type(session)(Teacher(server), session.id)

    assert first.post("do", do="close", version=version).status == 200
    assert "quicker" in refusal(second.post("do", do="close", version=version))
    assert second.board() == first.board()
    second.do("again")


def test_of_two_teachers_at_the_same_moment_one_is_told(session, choice):
    session.ask(choice.case, choice.item).do("close")
    version = session.board()["version"]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: session.post("do", do="again", version=version), range(8)))

    assert sorted(each.status for each in done) == [200] + [400] * 7
    assert session.board()["round"] == 2


def test_killed_server_goes_on_where_it_was(tmp_path, choice):
    """Same scene, same code, same counts; phones and teacher need not join again."""
    with serving(tmp_path, instructor=True, ASYLUM_TEACH_TOKEN="a-token-of-our-own") as server:
        teacher = Teacher(server)
        session = teacher.session()
        joined = phones(server, session, 4)
        session.ask(choice.case, choice.item)
        for phone in joined[:3]:
            phone.vote(1, choice.right)
        session.do("close").do("again")
        joined[0].vote(2, choice.wrong[0])
        board, screens = session.board(), [phone.screen() for phone in joined]

        with server.down():
            pass

        assert [{**p.screen(), "seen": 0} for p in joined] == [{**s, "seen": 0} for s in screens]
        assert {**session.board(), "seen": 0} == {**board, "seen": 0}  # now that they asked again
        assert joined[0].vote(2, choice.right).json == {"voted": True}
        joined[1].vote(2, choice.right)
        shown = session.do("close").do("reveal").board()
        assert (shown["votes"], shown["before"]["votes"]) == (2, 3)
        assert (shown["spread"]["share"], shown["before"]["share"]) == (0.5, 1)


# --- What is told too early, and of others ---


def words_of_the_key(item):
    """Reasons and authorities, which only feedback shows."""
    return [word for option in item.options for word in (option.reason, *option.authorities)]


def test_no_screen_has_the_key_before_it_is_shown(server, session, phone, kit_content, choice):
    """Nor a reason, a credit or an authority; the teacher's screen and the phone alike."""
    other = Phone(server).join(session, "Somebody Else")
    item = kit_content.cases[choice.case].item(choice.item)

    def told():
        return [session.board(), phone.screen(), other.screen()]

    stages = [
        session.do("put", case=choice.case) and told(),
        session.do("ask", item=choice.item) and told(),
        phone.vote(1, choice.right) and told(),
        session.do("close") and told(),
    ]
    for board, *screens in stages:
        for view in (board, *screens):
            text = json.dumps(view, ensure_ascii=False)
            assert not [word for word in words_of_the_key(item) if word in text]
            assert not re.search(r'"(credit|reason|told|misconception|critical_error)"', text)
        bars = [bar for part in board.get("spread", {"parts": []})["parts"] for bar in part["bars"]]
        assert {bar["key"] for bar in bars} <= {None}
        assert board.get("spread", {}).get("share") is None
        assert not any("spread" in screen for screen in screens)

    board, *screens = session.do("reveal") and told()
    assert all(item.options[0].reason in view["told"] for view in (board, *screens))
    assert True in [bar["key"] for part in board["spread"]["parts"] for bar in part["bars"]]


def test_flip_does_not_tell_its_key_either(session, phone, choice):
    session.do("put", case=choice.case).do("flip", circuit="none")
    phone.vote(1, [])
    open_, closed = phone.screen(), session.do("close") and phone.screen()

    for view in (open_, closed):
        assert "told" not in view
        assert "key" not in json.dumps(view["question"])
    assert {row["id"] for row in open_["question"]["options"] if row["id"]} <= {*ELEMENTS, "none"}


def test_phone_is_told_nothing_of_another_learner(server, session, phone, choice):
    session.ask(choice.case, choice.item)
    other = Phone(server).join(session, "Somebody Else")
    before = {**phone.screen(), "seen": 0}
    other.vote(1, choice.wrong[0])

    assert {**phone.screen(), "seen": 0} == before
    told = session.do("close").do("reveal") and phone.screen()
    assert "Somebody" not in json.dumps(told)
    assert not told["voted"]
    assert str(session.board()["votes"]) == "1"


def test_board_names_nobody(session, phone):
    phone.join(session, "Xochiquetzal")

    assert "Xochiquetzal" not in json.dumps(session.board())


# --- News ---


def test_screens_are_told_as_soon_as_something_moves(session, phone, choice):
    session.do("put", case=choice.case)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(phone.looks, phone.screen()["seen"])
        board = pool.submit(lambda: session.post("state", seen=session.board()["seen"]))
        session.do("ask", item=choice.item)

        assert waiting.result().json["round"] == 1
        assert board.result().json["voting"]


def test_numbers_of_news_only_grow(session, phone, choice):
    seen = [phone.screen()["seen"]]
    for action in ({"do": "put", "case": choice.case}, {"do": "ask", "item": choice.item}):
        session.post("do", version=session.board()["version"], **action)
        seen.append(phone.screen()["seen"])

    assert all(one < two for one, two in pairwise(seen))


@pytest.mark.parametrize("body", [b"", b"[]", b'{"seen": "0"}', b'{"seen": true}'])
def test_broken_question_for_news_is_refused(server, session, phone, body):
    for answer in (
        phone.ask("POST", "/class/state", body),
        session.teacher.ask("POST", f"/class/{session.id}/state", body),
    ):
        assert answer.json["problem"] == OLD_PAGE
