"""A learner in a class on a real server: who gets in, and which votes count."""

import re

import pytest

from asylum_teach.scoring import key_of
from tests.classes import HOSTILE, Phone, asked_of, refusal
from tests.served import OLD_PAGE, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with the instructor's pages."""
    with serving(tmp_path_factory.mktemp("class"), instructor=True) as running:
        yield running
    assert not re.search(r"(?m)Traceback|^5\d\d ", running.complaints())


# --- Joining ---


@pytest.mark.parametrize(
    "typed",
    [str.upper, str.lower, " ".join, lambda code: f"  {code[:3]} - {code[3:]}\n"],
    ids=["as shown", "lower case", "spaced", "with a dash"],
)
def test_code_is_read_however_it_is_typed(server, session, typed):
    entered = Phone(server).enter(typed(session.code), "Ana")

    assert entered.json == {"session": session.id, "name": "Ana", "code": session.code}


@pytest.mark.parametrize("code", ["000000", "", "ABC", "A" * 500, "'; drop table", "ÄÖÜÄÖÜ"])
def test_wrong_code_opens_nothing_and_says_what_to_do(server, code):
    phone = Phone(server)

    assert "Look at the screen" in refusal(phone.enter(code, "Ana"))
    assert phone.get("about").status in (401, 404)


def test_code_of_a_closed_session_opens_nothing(server, session):
    code = session.code
    session.do("end")

    assert "Look at the screen" in refusal(Phone(server).enter(code, "Ana"))


@pytest.mark.parametrize("name", ["", "   ", "...", "\u202e\u200b", "\x00\x01", "🙂"])
def test_name_without_a_letter_is_refused(server, session, name):
    assert "name" in refusal(Phone(server).enter(session.code, name))
    assert session.board()["joined"] == 0


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_name_is_kept_on_one_short_line(server, session, name):
    phone = Phone(server).join(session, name)
    shown = phone.screen()["name"]

    assert 0 < len(shown) <= 80
    assert not re.search(r"[\x00-\x1f\u202a-\u202e]", shown)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"code": 1, "name": "Ana"}', b"[" * 9_000])
def test_page_of_another_version_is_told_to_reload(server, body):
    assert Phone(server).ask("POST", "/class/enter", body).problem == OLD_PAGE


def test_joining_twice_is_joining_once_under_the_last_name(session, phone):
    phone.join(session, "Ana María")

    assert phone.screen()["name"] == "Ana María"
    assert session.board()["joined"] == 1


def test_late_joiner_is_where_the_class_is(server, session, phone, choice):
    session.ask(choice.case, choice.item)
    late = Phone(server).join(session, "Bruno")

    mine, theirs = ({**p.screen(), "name": "", "seen": 0} for p in (phone, late))
    assert mine == theirs
    assert late.vote(1, choice.right).json == {"voted": True}


# --- Voting ---


def test_phone_sees_sentences_as_they_are_read(session, phone, kit_content, choice):
    story = [each.text for each in kit_content.cases[choice.case].story]
    session.do("put", case=choice.case)
    seen = [phone.screen()["sentences"]]
    for _ in story[1:]:
        seen.append(session.do("read") and phone.screen()["sentences"])

    assert seen == [story[: n + 1] for n in range(len(story))]


def test_first_vote_counts_and_a_second_changes_nothing(session, phone, choice):
    session.ask(choice.case, choice.item)
    phone.vote(1, choice.right)
    again = phone.vote(1, choice.wrong[0])
    session.do("close").do("reveal")

    assert again.json == {"voted": True}
    assert (session.board()["votes"], session.board()["spread"]["share"]) == (1, 1)


def test_vote_after_close_is_refused_in_one_sentence(session, phone, choice):
    session.ask(choice.case, choice.item).do("close")

    assert "closed" in refusal(phone.vote(1, choice.right))
    assert session.board()["votes"] == 0


@pytest.mark.parametrize("number", [0, 1, 3, -1, 10**30])
def test_vote_in_a_round_that_is_not_on_is_refused(session, phone, choice, number):
    session.ask(choice.case, choice.item).do("close").do("again")

    assert "closed" in refusal(phone.vote(number, choice.right))
    assert session.board()["votes"] == 0


def test_vote_when_the_class_is_over_is_refused(session, phone, choice):
    session.ask(choice.case, choice.item).do("end")

    assert "closed" in refusal(phone.vote(1, choice.right))
    assert phone.screen()["over"]


@pytest.mark.parametrize("response", [None, "", "no_such", [], {}, 7, True, [[]], "x" * 4_000])
def test_vote_for_what_is_not_offered_is_refused(session, phone, choice, response):
    session.ask(choice.case, choice.item)

    refusal(phone.vote(1, response))
    assert session.board()["votes"] == 0
    assert phone.vote(1, choice.right).json == {"voted": True}


def test_stranger_neither_votes_nor_sees_the_class(server, teacher, session, choice):
    """A key that is not known, and a learner of another class."""
    session.ask(choice.case, choice.item)
    unknown, other = Phone(server), Phone(server).join(teacher.session())
    for stranger in (unknown, other):
        stranger.session = session.id
        refusal(stranger.vote(1, choice.right))
        refusal(stranger.looks())

    assert session.board()["votes"] == 0


def test_session_that_there_is_not_is_said_so(phone):
    phone.session = "nothing-here"

    assert "type its code" in refusal(phone.looks())
    assert "type its code" in refusal(phone.vote(1, "x"))


def test_vote_is_in_the_learners_own_record(session, phone, choice):
    session.ask(choice.case, choice.item)
    phone.vote(1, choice.wrong[0])
    told = phone.post("earlier", {"asked": [[choice.case, choice.item]]}).json["earlier"]

    assert told[choice.name]["response"] == choice.wrong[0]


def test_vote_on_a_flip_is_not_in_the_learners_record(session, phone, choice, kept):
    session.do("put", case=choice.case).do("flip", circuit="none")
    phone.vote(1, ["nexus"])

    assert session.board()["votes"] == 1
    assert kept(phone) == []


def test_each_kind_of_item_can_be_voted_on(session, phone, kit_content):
    """Rightly, on every kind that the kit has; the screen then says that all were right."""
    kinds = {
        item.kind: (case.id, item)
        for case in kit_content.cases.values()
        for item in case.items
        if item.kind != "flip"
    }
    assert len(kinds) >= 7
    for number, (case, item) in enumerate(kinds.values(), 1):
        session.ask(case, item.id)
        assert phone.vote(number, key_of(item)).json == {"voted": True}, item.kind
        assert session.do("close").do("reveal").board()["spread"]["share"] == 1, item.kind


@pytest.mark.parametrize("code", ["", "/K7PM3X", "/lower", "/%3Cscript%3E"])
def test_join_page_is_plain_whatever_code_is_in_its_address(server, code):
    answer = asked_of(server.port, "GET", f"/join{code}")

    assert answer.status == (404 if "%" in code else 200)
    assert b"<script>" not in answer.body
