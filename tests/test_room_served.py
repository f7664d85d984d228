"""Practice interviews and scripts as a page asks for them, from the real command."""

from __future__ import annotations

import json
from time import sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asylum_teach.desk import CHANGED
from asylum_teach.interview import replay
from asylum_teach.scoring import key_of
from asylum_teach.serve.room_handlers import MOST_TURNS
from tests.served import OLD_PAGE, Asked, Learner, Server

pytestmark = pytest.mark.server

GONE = "This is no longer part of the kit; reload the page."
NO_RECORD = "This browser has no record yet."
TALK, SCRIPT = "eulalia", "kind-volunteer"
# What each route is sent by a page, and the field that holds the id.
ROUTES = {
    "turn": ({"interview": TALK, "asked": []}, "interview"),
    "script": ({"script": SCRIPT}, "script"),
    "marked": ({"script": SCRIPT, "stops": []}, "script"),
}
HOSTILE_IDS = [
    "",
    "no-such",
    "../../exercises/interviews/eulalia",
    "eulalia.yaml",
    "eulalia\x00",
    "EULALIA",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "__class__",
    "\ud800",
    "é" * 5000,
]


@pytest.fixture(scope="module")
def talk(kit_content):
    return kit_content.interviews[TALK]


@pytest.fixture(scope="module")
def script(kit_content):
    return kit_content.scripts[SCRIPT]


@pytest.fixture(scope="module")
def held(talk):
    """An interview as a page hands it in: to the end, with every critical error left out."""
    right = {**key_of(talk.item), "found": {"harm": "met"}}
    return Asked(case=TALK, item=TALK, lesson=talk.lesson, right=right, wrong=())


@pytest.fixture(scope="module")
def stopped(script):
    """A script as a page hands it in."""
    right = key_of(script.item)
    return Asked(case=SCRIPT, item=SCRIPT, lesson=script.lesson, right=right, wrong=())


def turn(learner, asked, name=TALK):
    return learner.post("turn", {"interview": name, "asked": asked})


# --- A turn ---


def test_interview_is_held_turn_by_turn(learner, talk, held):
    """Every turn that a page sends brings the whole talk so far, whatever was restarted."""
    asked = held.right["asked"]
    for n in range(len(asked) + 1):
        told = turn(learner, asked[:n])

        assert told.status == 200
        expected = replay(talk, asked[:n])
        assert [t["reply"] for t in told.json["turns"]] == [t.says for t in expected.turns]
        assert told.json["left"] == talk.turns - n
        assert bool(told.json["ended"]) == ("judge" in told.json) == (n == len(asked))


def test_talking_begins_no_record(learner, held):
    """Only an answer is kept, and who only looks leaves nothing behind."""
    turn(learner, held.right["asked"])
    learner.post("script", {"script": SCRIPT})
    learner.post("marked", {"script": SCRIPT, "stops": []})

    assert learner.get("about").status == 401


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(["no_such"], id="no such ask"),
        pytest.param([""], id="nothing"),
        pytest.param(["close", "wait"], id="after the end"),
        pytest.param([7], id="a number"),
        pytest.param([None], id="null"),
        pytest.param([["close"]], id="a list"),
        pytest.param([{"id": "close"}], id="a mapping"),
        pytest.param(["\ud800"], id="half a letter"),
        pytest.param(["wait"] * MOST_TURNS, id="longer than any interview"),
    ],
)
def test_turn_that_was_not_on_offer_is_told(learner, asked):
    """An interview that was rewritten since its page was loaded looks like this."""
    told = turn(learner, asked)

    assert (told.status, told.problem, told.json["kind"]) == (400, CHANGED, "changed")


def test_every_ask_that_needs_something_is_refused_at_the_start(learner, talk):
    for ask in talk.asks:
        assert turn(learner, [ask.id]).status == (400 if ask.needs else 200)


@pytest.mark.parametrize(
    "asked", ["close", None, {"0": "close"}, 7, ["wait"] * (MOST_TURNS + 1), ["wait"] * 10_000]
)
def test_what_is_no_list_of_turns_is_refused(learner, asked):
    """Ten thousand turns would keep everybody else waiting."""
    told = turn(learner, asked)

    assert (told.status, told.problem) == (400, OLD_PAGE)


# --- Every route ---


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", HOSTILE_IDS, ids=lambda name: ascii(name)[:20])
def test_id_that_nothing_has_is_told(learner, route, name):
    body, field = ROUTES[route]

    told = learner.post(route, body | {field: name})

    assert (told.status, told.problem) == (404, GONE)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", [None, 7, [TALK], {"id": TALK}, True])
def test_id_that_is_no_text_is_refused(learner, route, name):
    body, field = ROUTES[route]

    told = learner.post(route, body | {field: name})

    assert (told.status, told.problem) == (400, OLD_PAGE)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"interview":' * 5000]
)
def test_body_that_is_no_json_of_a_page_is_refused(learner, route, body):
    told = learner.post(route, body)

    assert (told.status, told.problem) == (400, OLD_PAGE)


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_plays_without_a_key(server, route):
    """The same door as for the rest of the record."""
    body, _ = ROUTES[route]

    for key in ("", "short", "x" * 44):
        told = Learner(server, key).post(route, body)
        assert (told.status, told.problem) == (401, NO_RECORD)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_sites_form_is_refused(learner, route, kind):
    body, _ = ROUTES[route]

    told = learner.post(route, body, Content_Type=kind)

    assert (told.status, told.problem) == (415, OLD_PAGE)


@pytest.mark.parametrize("route", ROUTES)
def test_route_cannot_be_read_by_a_link(learner, route):
    assert learner.get(route).status == 405


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_that_is_played_is_kept_by_a_browser_in_between(learner, route):
    assert learner.post(route, ROUTES[route][0]).headers["Cache-Control"] == "no-store"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=5), each),
    max_leaves=8,
)
_LIKE = (
    st.sampled_from([[], ["wait"], ["close"], [[0, "leads"]], [[10**9, "leads"]], [[0]]]) | _JSON
)


@given(
    route=st.sampled_from(sorted(ROUTES)),
    name=st.sampled_from([TALK, SCRIPT, "no-such"]) | _JSON,
    more=_LIKE,
)
@settings(max_examples=80)
def test_whatever_is_sent_is_answered_or_refused_in_a_sentence(server, route, name, more):
    told = Learner(server).post(
        route, {"interview": name, "script": name, "asked": more, "stops": more}
    )

    assert told.status in (200, 400, 404)
    if told.status != 200:
        assert told.problem  # one sentence; the fixture sees that nothing failed inside


# --- A script ---


def test_script_as_it_plays_holds_no_error(learner, script):
    """Whoever looks into what was sent finds the lines, and no word on them."""
    told = learner.post("script", {"script": SCRIPT})

    assert set(told.json) == {"lines", "errors"}
    assert [line["text"] for line in told.json["lines"]] == [line.text for line in script.lines]
    for line in told.json["lines"]:
        assert set(line) == {"who", "text", "lang", "gloss"}
    sent = json.dumps(told.json)
    for line in script.lines:
        for secret in (line.note, line.better):
            assert not secret or json.dumps(secret)[1:-1] not in sent
    assert json.dumps(script.lesson_learned)[1:-1] not in sent


def test_marked_script_of_a_class_comes_back_and_is_kept_nowhere(learner, script, kept):
    stops = key_of(script.item)["stops"]

    told = learner.post("marked", {"script": SCRIPT, "stops": stops})

    assert told.status == 200
    assert f"<dd>{len(stops)} of {len(stops)}</dd>" in told.json["html"]
    assert kept(learner) == []


@pytest.mark.parametrize(
    "stops",
    [
        pytest.param([[10_000, "leads"]], id="no such line"),
        pytest.param([[10**300, "leads"]], id="no line of anything"),
        pytest.param([[-1, "leads"]], id="a line before the first"),
        pytest.param([[0, "no_such"]], id="no such error"),
        pytest.param([[0, "leads", "x"]], id="three"),
        pytest.param([[0.5, "leads"]], id="half a line"),
        pytest.param([[True, "leads"]], id="true"),
        pytest.param(["leads"], id="no pair"),
        pytest.param([[0, ["leads"]]], id="a list"),
        pytest.param([[0, "leads"]] * 10_000 + [[0]], id="ten thousand"),
    ],
)
def test_stops_that_there_cannot_be_are_told(learner, stops):
    told = learner.post("marked", {"script": SCRIPT, "stops": stops})

    assert told.status == 400
    assert told.problem != OLD_PAGE


@pytest.mark.parametrize("stops", ["leads", None, {"0": "leads"}, 7])
def test_what_is_no_list_of_stops_is_refused(learner, stops):
    told = learner.post("marked", {"script": SCRIPT, "stops": stops})

    assert (told.status, told.problem) == (400, OLD_PAGE)


# --- The screen for a class ---


def test_page_of_every_script_opens_without_a_key_and_without_its_lines(server, kit_content):
    for name, script in kit_content.scripts.items():
        page = Learner(server, "").ask("GET", f"/stop/{name}")

        assert (page.status, page.headers.get_content_type()) == (200, "text/html")
        text = page.body.decode()
        for line in script.lines:
            assert line.text not in text
            assert not line.note or line.note not in text


@pytest.mark.parametrize("name", ["no-such", TALK, "kind-volunteer.yaml", "%00", "..%2F..%2Fx", ""])
def test_page_of_no_script_is_not_found(server, name):
    assert Learner(server, "").ask("GET", f"/stop/{name}").status == 404


def test_page_of_a_script_can_be_asked_for_its_head_and_takes_nothing(server):
    browser = Learner(server, "")

    assert browser.ask("HEAD", f"/stop/{SCRIPT}").status == 200
    assert browser.ask("HEAD", "/stop/no-such").status == 404
    assert browser.ask("POST", f"/stop/{SCRIPT}", b"{}").status in (403, 405)


# --- Answers ---


def earlier(learner, name):
    return learner.post("earlier", {"asked": [[name, name]]}).json["earlier"][f"{name}/{name}"]


def test_interview_is_kept_and_comes_back_with_its_debrief(learner, talk, held, kept):
    told = learner.answer(held)

    assert (told.status, told.json["problem"]) == (200, "")
    assert "at-debrief" in told.json["html"]
    (attempt,) = kept(learner)
    assert (attempt.case, attempt.item, attempt.case_version) == (TALK, TALK, talk.version)
    assert (attempt.response, attempt.credit, attempt.critical_error) == (held.right, 1, "")
    assert attempt.sealed
    assert attempt.basis
    back = earlier(learner, TALK)
    assert (back["html"], back["response"]) == (told.json["html"], held.right)
    assert back["changed"] == []


def test_marked_script_is_kept_and_comes_back(learner, stopped, kept):
    told = learner.answer(stopped)

    assert [each.credit for each in kept(learner)] == [1]
    back = earlier(learner, SCRIPT)
    assert (back["html"], back["response"]) == (told.json["html"], stopped.right)


def test_interview_sent_twice_is_kept_once(learner, held, kept):
    answer = held.answer()

    first, again = (learner.post("answers", answer).json for _ in range(2))

    assert first == again
    assert len(kept(learner)) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"asked": ["wait"]}, id="not ended"),
        pytest.param({"asked": ["no_such"]}, id="not on offer"),
        pytest.param({"asked": "close"}, id="no list"),
        pytest.param({"found": {"courage": "met"}}, id="no element"),
        pytest.param({"found": {"harm": "certain"}}, id="no status"),
        pytest.param({"found": {"harm": {}}}, id="no text"),
        pytest.param({"found": None}, id="null"),
    ],
)
def test_interview_that_was_not_held_so_is_told_and_not_kept(learner, held, kept, change):
    told = learner.post("answers", held.answer(held.right | change)).json

    assert told["problem"].endswith(".")
    assert told["html"] == ""
    assert kept(learner) == []


def test_interview_of_ten_thousand_turns_is_refused(learner, held, kept):
    told = learner.post("answers", held.answer({"asked": ["wait"] * 10_000, "found": {}}))

    assert told.status == 400
    assert told.problem == "This answer is longer than any that can be given here."
    assert kept(learner) == []


@pytest.mark.parametrize(
    ("case", "item"), [(TALK, SCRIPT), (SCRIPT, TALK), (TALK, "close"), (TALK, "judged")]
)
def test_interview_has_no_other_item(learner, held, case, item):
    told = learner.post("answers", held.answer() | {"case": case, "item": item})

    assert (told.status, told.problem) == (
        400,
        "This question is no longer part of the kit; reload the page.",
    )


def test_interview_counts_on_the_start_page_and_in_no_review(learner, held, stopped):
    learner.answer(held)
    learner.answer(stopped)

    assert learner.get("progress").status == 200
    assert learner.get("review").json == {"due": 0, "items": []}


def test_interview_travels_in_the_progress_file(server, learner, held):
    """On another browser its debrief is there as well."""
    learner.answer(held)
    other = Learner(server)

    brought = other.post("file", learner.get("file").body)

    assert brought.json == {"found": 1, "new": 1}
    assert earlier(other, TALK)["html"] == earlier(learner, TALK)["html"]


# --- What fails around it ---


def test_everything_is_played_while_every_kernel_is_killed(server, learner, held, stopped):
    """A turn needs no kernel, so a lesson whose kernel died goes on."""
    learner.ask("GET", "/lesson/00_start_here")
    for _ in range(300):
        if server.kernels():
            break
        sleep(0.1)
    assert server.kernels(), "there was none to kill"
    asked = held.right["asked"]
    for n in range(len(asked)):
        for kernel in server.kernels():
            kernel.kill()
        assert turn(learner, asked[:n]).status == 200
    assert learner.post("script", {"script": SCRIPT}).status == 200
    assert learner.post("marked", {"script": SCRIPT, "stops": []}).status == 200
    assert learner.answer(held).json["problem"] == ""
    assert learner.answer(stopped, first=False).json["problem"] == ""


def test_interview_goes_on_while_the_records_cannot_be_reached(tmp_path, held):
    """Only its end is kept back, told, and kept once the records are there again."""
    with Server(f"sqlite:///{tmp_path}/records/record.sqlite", tmp_path) as server:
        play_without_records(server, Learner(server), held)
        assert "Traceback" not in server.complaints()


def play_without_records(server, learner, held):
    """Hold an interview while the folder of the records is away, and hand it in."""
    answer = held.answer()
    away = server.folder.with_name("away")
    server.folder.rename(away)
    try:
        asked = held.right["asked"]
        talked = [turn(learner, asked[:n]).status for n in range(len(asked) + 1)]
        played = [learner.post(route, ROUTES[route][0]).status for route in ("script", "marked")]
        page = learner.ask("GET", f"/stop/{SCRIPT}").status
        refused = learner.post("answers", answer)
    finally:
        away.rename(server.folder)

    assert {*talked, *played, page} == {200}
    assert (refused.status, refused.json["kind"]) == (503, "gone")
    assert refused.problem.startswith("Your answer is not saved yet: ")
    assert learner.post("answers", answer).status == 200
    assert [each["id"] for each in learner.get("about").json["attempts"]] == [answer["id"]]


def test_interview_goes_on_at_the_same_turn_after_a_server_that_was_killed(server, learner, held):
    """The page brings what was asked, and the server keeps none of it."""
    asked = held.right["asked"][:3]
    before = turn(learner, asked).json

    with server.down():
        pass

    assert turn(learner, asked).json == before
