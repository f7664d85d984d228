"""The learner's record, asked over real HTTP from the real command, as a page asks."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach.serve.record_handlers import WITHIN, WRONG_CODES, WrongCodes
from tests.served import OLD_PAGE, Learner

pytestmark = pytest.mark.server

UNKNOWN = "This browser's record is not known here"
NO_RECORD = "This browser has no record yet."


# --- Answers ---


def test_answer_is_explained_once_it_is_kept_whole(learner, asked, kept):
    began = datetime.now(UTC)
    answer = asked[0].answer(asked[0].wrong[0], hints=2, confidence=3, seconds=41)

    told = learner.post("answers", answer)
    (attempt,) = kept(learner)

    assert told.status == 200
    assert (told.json["problem"], told.json["notice"]) == ("", "")
    assert "at-feedback" in told.json["html"]
    assert (attempt.id, attempt.response, attempt.credit) == (answer["id"], answer["response"], 0)
    assert (attempt.hints, attempt.confidence, attempt.seconds) == (2, 3, 41)
    assert (attempt.case, attempt.item) == (asked[0].case, asked[0].item)
    assert (attempt.lesson, attempt.cohort, attempt.sealed) == (asked[0].lesson, None, True)
    assert attempt.basis
    assert attempt.at.utcoffset() == timedelta()
    assert began <= attempt.at <= datetime.now(UTC)


def test_answer_sent_again_is_kept_once_and_explained_the_same(learner, asked, kept):
    answer = asked[0].answer()

    told = [learner.post("answers", answer).json for _ in range(3)]

    assert told[0] == told[1] == told[2]
    assert len(kept(learner)) == 1


def test_answer_sent_again_with_another_response_changes_nothing(learner, asked, kept):
    answer = asked[0].answer()

    first = learner.post("answers", answer).json
    again = learner.post("answers", answer | {"response": asked[0].wrong[0], "confidence": 1}).json

    assert again == first
    assert [each.response for each in kept(learner)] == [asked[0].right]


def test_first_answers_from_many_tabs_at_once_begin_one_record(learner, asked, kept):
    answers = [each.answer() for each in asked[:4]] * 2

    with ThreadPoolExecutor(len(answers)) as tabs:
        told = list(tabs.map(lambda answer: learner.post("answers", answer).status, answers))

    assert told == [200] * 8
    assert len(kept(learner)) == 4
    assert learner.get("about").json["devices"] == 1


@pytest.mark.parametrize(
    "unoffered", ["nothing of the kind", None, 1, True, [], {}, {"option": "1"}, "1" * 19_000]
)
def test_response_that_is_not_offered_is_told_and_not_kept(learner, asked, kept, unoffered):
    told = learner.post("answers", asked[0].answer() | {"response": unoffered})

    assert told.status == 200
    assert told.json == {"problem": "Pick one of the options.", "html": "", "notice": ""}
    assert kept(learner) == []
    assert learner.get("about").status == 401  # and no record was begun for it


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"case": "no-such-case"}, "This question is no longer part of the kit; reload the page."),
        ({"item": "no-such-item"}, "This question is no longer part of the kit; reload the page."),
        ({"case": 7}, "This question is no longer part of the kit; reload the page."),
        ({"item": ["x"]}, "This question is no longer part of the kit; reload the page."),
        ({"case": "\ud800"}, "This question is no longer part of the kit; reload the page."),
        ({"id": ""}, OLD_PAGE),
        ({"id": "short"}, OLD_PAGE),
        ({"id": "x" * 65}, OLD_PAGE),
        ({"id": "é" * 20}, OLD_PAGE),
        ({"id": "x" * 20 + "\n"}, OLD_PAGE),
        ({"id": None}, OLD_PAGE),
        ({"response": "x" * 20_000}, "This answer is longer than any that can be given here."),
    ],
)
def test_answer_that_cannot_be_is_refused_in_one_sentence(learner, asked, kept, change, problem):
    told = learner.post("answers", asked[0].answer() | change)

    assert (told.status, told.problem) == (400, problem)
    assert kept(learner) == []


@pytest.mark.parametrize("nonsense", [-1, 1.5, "3", True, None, [], {"a": 1}, 10**400])
def test_nonsense_beside_an_answer_does_not_spoil_it(learner, asked, kept, nonsense):
    beside = dict.fromkeys(("hints", "confidence", "seconds"), nonsense)

    assert learner.answer(asked[0], **beside).json["html"]
    (attempt,) = kept(learner)
    assert (attempt.hints, attempt.confidence, attempt.seconds) == (0, None, 0)


@pytest.mark.parametrize("lesson", [None, "\0", "\ud800", "x" * 1_000_000, {"a": 1}, "<b>"])
def test_lesson_that_cannot_be_one_is_not_kept(learner, asked, kept, lesson):
    assert learner.answer(asked[0], lesson=lesson).json["html"]

    assert [each.lesson for each in kept(learner)] == [""]


def test_first_answer_of_a_browser_begins_a_record_and_no_other_does(learner, asked, kept):
    later = learner.answer(asked[0], first=False)
    assert (later.status, later.json["kind"]) == (401, "unknown")
    assert later.problem.startswith(UNKNOWN)
    assert kept(learner) == []

    assert learner.answer(asked[0]).status == 200
    assert learner.answer(asked[1], first=False).status == 200
    assert len(kept(learner)) == 2


@pytest.mark.parametrize("route", ["progress", "review", "about", "file"])
def test_browser_without_a_record_is_told_so(learner, route):
    told = learner.get(route)

    assert (told.status, told.json["kind"]) == (401, "unknown")
    assert told.problem.startswith(UNKNOWN)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer ",
        f"Bearer {'x' * 42}",
        f"Bearer {'x' * 44}",
        f"Bearer {'x' * 42}é",
        f"Bearer {'x' * 42}%",
        f"bearer {'x' * 43}",
        f"Basic {'x' * 43}",
        f"Bearer  {'x' * 43}",
        f"Bearer {'x' * 43} {'y' * 43}",
        "x" * 43,
    ],
)
@pytest.mark.parametrize("route", ["answers", "about"])
def test_who_shows_no_key_has_no_record(learner, asked, route, authorization):
    method = "GET" if route == "about" else "POST"
    body = json.dumps(asked[0].answer()).encode() if method == "POST" else None

    told = learner.ask(method, f"/record/{route}", body, Authorization=authorization)

    assert (told.status, told.problem) == (401, NO_RECORD)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "text/plain; application/json"]
)
def test_what_another_sites_form_can_send_is_refused(learner, asked, kept, kind):
    told = learner.post("answers", asked[0].answer(), Content_Type=kind)

    assert (told.status, told.problem) == (415, OLD_PAGE)
    assert kept(learner) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": 1' + b"0" * 9999,
    ],
    ids=lambda body: repr(body[:12]),
)
@pytest.mark.parametrize("route", ["answers", "earlier", "enter", "name"])
def test_body_that_is_no_object_is_refused(learner, route, body):
    told = learner.post(route, body)

    assert (told.status, told.problem) == (400, OLD_PAGE)


@pytest.mark.parametrize("depth", [100, 900, 990, 100_000])
@pytest.mark.parametrize("field", ["id", "case", "item", "response", "lesson", "hints"])
def test_answer_that_is_nested_deeply_is_no_fault_of_the_server(learner, asked, field, depth):
    whole = json.dumps(asked[0].answer() | {field: "@"})

    told = learner.post("answers", whole.replace('"@"', "[" * depth + "]" * depth).encode())

    assert told.status == 200 or told.problem


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = ("id", "case", "item", "response", "first", "lesson", "asked", "code", "name", "seconds")


@settings(max_examples=60)
@given(body=st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | ANYTHING)
@pytest.mark.parametrize("route", ["answers", "earlier", "name", "file"])
def test_whatever_is_sent_is_answered_in_a_sentence(server, asked, route, body):
    if isinstance(body, dict):
        body = asked[0].answer() | {"lesson": "x", "asked": [["a", "b"]]} | body
    told = Learner(server).post(route, json.dumps(body).encode())  # its client holds: no 5xx

    assert told.status == 200 or told.problem


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "GET"])
def test_other_methods_are_refused(learner, method):
    assert learner.ask(method, "/record/answers").status == 405


# --- What was answered, and what it comes to ---


def test_earlier_answers_come_back_with_what_was_said_of_them(learner, asked):
    told = learner.answer(asked[0], asked[0].wrong[0], hints=1, confidence=2).json["html"]
    learner.answer(asked[1], asked[1].wrong[0])
    learner.answer(asked[1])
    names = [[each.case, each.item] for each in asked[:3]] + [["gone", "gone"]]

    earlier = learner.post("earlier", {"asked": names}).json["earlier"]

    assert set(earlier) == {asked[0].name, asked[1].name}
    first = earlier[asked[0].name]
    assert (first["response"], first["hints"]) == (asked[0].wrong[0], 1)
    assert (first["confidence"], first["html"], first["changed"]) == (2, told, [])
    assert earlier[asked[1].name]["response"] == asked[1].right  # the last one


@pytest.mark.parametrize(
    "pairs",
    [
        None,
        {},
        "x",
        [["a"]],
        [["a", "b", "c"]],
        [["a", 1]],
        ["ab"],
        [["\ud800", "b"]],
        [["\0", ""]],
    ],
)
def test_earlier_answers_are_asked_for_by_pairs_of_names(learner, asked, pairs):
    learner.answer(asked[0])

    told = learner.post("earlier", {"asked": pairs})

    assert (told.status, told.problem) == (400, OLD_PAGE)


def test_progress_is_told_on_the_start_page_and_at_the_end_of_every_lesson(
    learner, asked, kit_content
):
    learner.answer(asked[0])

    start = learner.get("progress").json
    assert "You answered 1 question" in start["html"]
    assert start["lessons"][asked[0].lesson].startswith("1 of ")

    for lesson in kit_content.lessons:
        html = learner.get(f"progress?lesson={lesson}").json["html"]
        assert html == "" or "In this lesson you answered" in html
    here = learner.get(f"progress?lesson={asked[0].lesson}").json["html"]
    assert "In this lesson you answered 1 of " in here
    for unknown in ("nope", "", "%3Cscript%3E", "x" * 5000):
        assert learner.get(f"progress?lesson={unknown}").status == 200
    assert learner.get("progress?lesson=%ff").problem == OLD_PAGE


def test_nothing_is_due_on_the_day_of_an_answer(learner, asked):
    learner.answer(asked[0])

    assert learner.get("review").json == {"due": 0, "items": []}


def test_everything_that_is_stored_is_shown_and_no_secret(learner, asked):
    answer = asked[0].answer(asked[0].wrong[0])
    learner.post("answers", answer)
    learner.post("name", {"name": "Rosa"})
    code = learner.post("code").json["code"]
    learner.post("training")

    told = learner.get("about")

    about = told.json
    assert (about["name"], about["devices"], about["resume_code"]) == ("Rosa", 1, True)
    assert [each["id"] for each in about["attempts"]] == [answer["id"]]
    assert len(about["training_records"]) == 1
    assert code.encode() not in told.body
    assert learner.key.encode() not in told.body


# --- The same record on another device, by code ---


def test_resume_code_opens_the_record_on_another_device(server, learner, asked):
    learner.answer(asked[0])
    code = learner.post("code").json["code"]
    other = Learner(server)

    assert other.post("enter", {"code": code}).json == {"entered": True}
    assert other.answer(asked[1], first=False).status == 200
    assert other.get("about").json == learner.get("about").json
    assert other.get("progress").body == learner.get("progress").body


@pytest.mark.parametrize(
    "typed",
    [
        str.lower,
        lambda code: code.replace("-", " "),
        lambda code: f"  {code.replace('-', '')}\n",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: "·".join(code.replace("-", "–")),
    ],
)
def test_resume_code_may_be_typed_as_people_do(server, learner, typed):
    code = learner.post("code").json["code"]

    told = Learner(server).post("enter", {"code": typed(code)})

    assert told.json == {"entered": True}


def test_wrong_and_malformed_codes_are_told_apart(learner):
    wrong = learner.post("enter", {"code": "AAAA-AAAA-AAAA"})
    assert wrong.status == 404
    assert wrong.problem.startswith("No record has this code.")

    for typed in (
        "",
        "AAAA-AAAA",
        "AAAA-AAAA-AAAA-A",
        "ÄÄÄÄ-ÄÄÄÄ-ÄÄÄÄ",
        "UUUU-UUUU-UUUU",
        "\ud800",
    ):
        malformed = learner.post("enter", {"code": typed})
        assert malformed.status == 400
        assert malformed.problem.startswith("A code has twelve letters and digits")
    for typed in (None, 123456789012, ["AAAA-AAAA-AAAA"]):
        assert learner.post("enter", {"code": typed}).problem == OLD_PAGE


def test_new_code_ends_the_one_before(server, learner):
    old, new = (learner.post("code").json["code"] for _ in range(2))

    assert Learner(server).post("enter", {"code": old}).status == 404
    assert Learner(server).post("enter", {"code": new}).status == 200


def test_key_of_one_record_does_not_open_another_besides(server, learner, asked):
    learner.answer(asked[0])
    code = learner.post("code").json["code"]
    other = Learner(server)
    other.answer(asked[1])

    refused = other.post("enter", {"code": code})

    assert refused.problem == "This browser's key belongs to another record; reload the page."
    assert len(other.get("about").json["attempts"]) == 1
    assert learner.post("enter", {"code": code}).status == 200  # its own: no fault


def test_too_many_wrong_codes_from_one_address_are_forgotten_after_ten_minutes():
    now = 1000.0
    wrong = WrongCodes(clock=lambda: now)
    for _ in range(WRONG_CODES):
        assert not wrong.too_many("here")
        wrong.note("here")

    assert wrong.too_many("here")
    assert not wrong.too_many("there")
    now += WITHIN - 1
    assert wrong.too_many("here")
    now += 2
    assert not wrong.too_many("here")
