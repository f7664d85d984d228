"""The instructor's pages: who may see them, what they show, and a made-up class."""

import html
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from asylum_teach.instructor import class_pages, handout_pages, result_pages
from tests.classes import COOKIE, HOSTILE, Phone, Teacher, asked_of, sentence
from tests.served import ROOT, serving

TOKEN = "only-for-this-test-1234"
ROUTES = [
    re.sub(r"\(.*?\)", "x", path)
    for pages in (class_pages, result_pages, handout_pages)
    for path, _ in pages.ROUTES
]
SECRETS = ("Tuesday clinic", "Xochiquetzal")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with the instructor's pages, under a token of our own."""
    folder = tmp_path_factory.mktemp("instructor")
    with serving(folder, instructor=True, ASYLUM_TEACH_TOKEN=TOKEN) as running:
        yield running
    assert not re.search(r"(?m)Traceback|^5\d\d ", running.complaints())


@pytest.fixture(scope="module")
def taught(server, teacher, asked):
    """A session in which a learner of each hostile name voted, and two of one name."""
    session = teacher.session(teacher.cohort(SECRETS[0]))
    session.ask(asked[0].case, asked[0].item)
    for name in [*HOSTILE.values(), SECRETS[1], "Ana", "Ana"]:
        Phone(server).join(session, name).vote(1, asked[0].right)
    return session


@pytest.fixture(scope="module")
def cohort(server, taught):
    with server.store() as store:
        return store.session(taught.id).cohort


# --- The token ---


def strangers(server, taught):
    """What somebody without the token may send along."""
    learner = Phone(server).join(taught, "Bruno")
    return {
        "nothing": {},
        "a wrong cookie": {"Cookie": f"{COOKIE}={TOKEN[:-1]}"},
        "an empty cookie": {"Cookie": f"{COOKIE}="},
        "a longer cookie": {"Cookie": f"{COOKIE}={TOKEN}x"},
        "a cookie of another name": {"Cookie": f"token={TOKEN}"},
        "a learner's key": {"Authorization": f"Bearer {learner.key}"},
        "the token as a key": {"Authorization": f"Bearer {TOKEN}"},
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", [*ROUTES, "/nothing-here"])
def test_without_the_token_nothing_answers(server, taught, path, method):
    """The same plain sentence for each, whatever is sent along; the token in the address too."""
    path = path.replace("/class/x", f"/class/{taught.id}")
    for what, headers in strangers(server, taught).items():
        for query in ("", f"?token={TOKEN}"):
            told = asked_of(server.instructor_port, method, path + query, b"", **headers)
            text = told.body.decode()
            assert told.status == 403, what
            assert told.headers["Content-Type"].startswith("text/plain")
            assert told.headers["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in told.headers
            assert method == "HEAD" or (sentence(text) and "terminal" in text)


def test_page_that_lost_its_token_is_told_in_json(server, taught):
    told = asked_of(
        server.instructor_port,
        "POST",
        f"/class/{taught.id}/state",
        b'{"seen": 0}',
        Content_Type="application/json",
    )

    assert told.status == 403
    assert list(told.json) == ["problem"]
    assert sentence(told.json["problem"])


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "%00", "%ff"])
def test_wrong_link_opens_nothing(server, token):
    for method in ("GET", "HEAD", "POST"):
        told = asked_of(server.instructor_port, method, f"/open?token={token}")
        assert told.status in (400, 403, 405)
        assert "Set-Cookie" not in told.headers


def test_cookie_is_kept_from_scripts_and_other_sites(teacher):
    set_cookie = teacher.open().headers["Set-Cookie"]

    assert re.search(r"(?i);\s*HttpOnly\b", set_cookie)
    assert re.search(r"(?i);\s*SameSite=Strict\b", set_cookie)
    assert not re.search(r"(?i);\s*Domain=", set_cookie)


@pytest.mark.parametrize(
    "origin",
    [
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-site", "Origin": "OWN"},
        {"Sec_Fetch_Site": "", "Origin": "OWN"},
        {"Origin": "http://example.org"},
        {"Origin": "LEARNERS"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_other_origins_post_nothing(server, teacher, taught, origin):
    """The learners' pages are another origin on the same host, and are refused as well."""
    own = {"OWN": f"http://127.0.0.1:{server.instructor_port}", "LEARNERS": server.address}
    headers = {name: own.get(value, value) for name, value in origin.items()}
    before = taught.board()["version"]
    for path, body in (
        ("/cohorts", b"name=Intruders"),
        (f"/class/{taught.id}/do", b'{"do": "end"}'),
    ):
        told = asked_of(
            server.instructor_port, "POST", path, body, Cookie=teacher.cookie, **headers
        )
        assert told.status == 403
        assert sentence(told.body.decode())

    assert (taught.board()["version"], taught.board()["over"]) == (before, False)
    assert b"Intruders" not in teacher.get("/").body


def test_own_pages_post_in_browsers_that_send_origin_alone(server, teacher):
    headers = {"Origin": f"http://127.0.0.1:{server.instructor_port}"}
    sent = {"Cookie": teacher.cookie, "Content_Type": "application/x-www-form-urlencoded"}
    told = asked_of(server.instructor_port, "POST", "/cohorts", b"name=Own", **sent, **headers)

    assert told.status == 302


@pytest.mark.parametrize("path", ["/open?token=" + TOKEN, *ROUTES[1:]])
def test_learners_port_has_none_of_the_instructors_routes(server, teacher, taught, path):
    path = path.replace("/class/x", f"/class/{taught.id}")
    for method in ("GET", "POST"):
        told = asked_of(server.port, method, path, b"", Cookie=teacher.cookie)
        assert told.status in (403, 404, 405), path
        assert not [word for word in (TOKEN, *SECRETS) if word.encode() in told.body]


def test_token_is_in_no_page_no_redirect_and_no_log(server, teacher, taught, cohort):
    pages = [teacher.open(), teacher.get("/"), teacher.get(f"/class/{taught.id}")]
    pages += [teacher.get(f"/results?cohort={cohort}"), teacher.get("/handouts")]
    pages += [teacher.get("/nothing"), teacher.send("/cohorts", name="Once more")]
    pages += [asked_of(server.port, "GET", path) for path in ("/", "/join", "/record")]
    for page in pages:
        headers = [value for name, value in page.headers.items() if name != "Set-Cookie"]
        assert TOKEN.encode() not in page.body
        assert not [value for value in headers if TOKEN in value]
    assert TOKEN not in server.complaints()
    assert server.instructor_link.count(TOKEN) == 1


def test_screen_that_is_closed_while_it_waits_for_news_is_no_fault(server, teacher, asked):
    session = teacher.session()
    for _ in range(5):
        session.drop()
    session.do("put", case=asked[0].case)
    assert session.board()
    assert "StreamClosedError" not in server.complaints()


def test_pages_are_not_kept_by_the_browser_and_framed_by_nobody(teacher, taught, cohort):
    for path in ("/", f"/class/{taught.id}", f"/results?cohort={cohort}"):
        headers = teacher.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert "frame-ancestors" in headers["Content-Security-Policy"]


# --- Cohorts and sessions ---


@pytest.mark.parametrize("name", ["", "   ", "...", "\u202e"])
def test_cohort_and_session_need_a_name(teacher, cohort, name):
    for told in (
        teacher.send("/cohorts", name=name),
        teacher.send("/sessions", cohort=cohort, title=name),
    ):
        assert told.status == 400
        assert b"Type a name" in told.body


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_of_cohorts_and_sessions_are_escaped(server, teacher, name):
    session = teacher.session(title=name)
    teacher.send("/cohorts", name=name)

    for path in ("/", f"/class/{session.id}", "/results"):
        assert b"<img src=x" not in teacher.get(path).body


def test_a_cohort_that_exists_comes_before_the_making_of_another(teacher, cohort):
    page = teacher.get("/").body

    assert 0 < page.index(b"Open the session") < page.index(b"Make the cohort")


@pytest.mark.parametrize("cohort", ["", "NOWHERE", "'; drop table"])
def test_session_of_an_unknown_cohort_is_refused(teacher, cohort):
    told = teacher.send("/sessions", cohort=cohort, title="Nexus")

    assert told.status == 400
    assert b"not known here" in told.body


@pytest.mark.parametrize("path", ["/class/nothing-here", "/nothing", "/results?cohort=NOWHERE"])
def test_address_of_nothing_is_a_plain_page(teacher, path):
    told = teacher.get(path)

    assert told.status == 404
    assert b"There is nothing at this address." in told.body


def test_board_and_offer_of_a_case(taught, kit_content):
    case = next(iter(kit_content.cases.values()))
    offer = taught.post("case", case=case.id).json

    assert [each["id"] for each in offer["items"]] == [item.id for item in case.items]
    assert {f["id"] for group in offer["has"] for f in group["facts"]} == set(case.facts)
    others = {f["id"] for group in offer["facts"] for f in group["facts"]}
    assert others == set(kit_content.law.facts) - kit_content.law.closed(case.facts)
    assert taught.post("case", case="nothing").status == 404


def test_offer_tells_no_key(taught, asked):
    offer = json.dumps(taught.post("case", case=asked[0].case).json)

    assert not re.search(r'"(key|credit|reason)"', offer)


# --- Results ---


def names_on(page):
    """The names in the table of who did what."""
    rows = re.findall(r'<th scope="row"><bdi>(.*?)</bdi>', page.body.decode(), re.S)
    return [html.unescape(each) for each in rows]


def test_results_show_the_cohorts_names_only(server, teacher, cohort, asked):
    other = teacher.session()
    other.ask(asked[0].case, asked[0].item)
    Phone(server).join(other, "Fermín").vote(1, asked[0].right)

    shown = teacher.get(f"/results?cohort={cohort}")
    assert SECRETS[1] in names_on(shown)
    assert "Fermín" not in shown.body.decode()
    assert not set(names_on(teacher.get("/results"))) & {SECRETS[1], "Fermín", "Ana"}


def test_two_of_one_name_are_told_apart(teacher, cohort):
    names = names_on(teacher.get(f"/results?cohort={cohort}"))

    assert len([name for name in names if name.startswith("Ana")]) >= 3  # one is very long
    assert len(set(names)) == len(names)


def test_hostile_names_are_escaped_in_results(teacher, cohort):
    body = teacher.get(f"/results?cohort={cohort}").body.decode()

    assert "<img src=x" not in body
    assert html.escape(HOSTILE["markup"], quote=False) in body
    assert max(map(len, names_on(teacher.get(f"/results?cohort={cohort}")))) <= 90


def answers_on(page):
    """How many answers the page of results counts."""
    return int(re.search(r"learners?, (\d+) answers", page.body.decode())[1])


def test_results_of_a_lesson_leave_others_out(teacher, cohort, asked, kit_content):
    here = asked[0].lesson
    other = next(name for name in kit_content.lessons if name != here)
    whole, mine, none = (
        answers_on(teacher.get(f"/results?cohort={cohort}&lesson={name}"))
        for name in ("", here, other)
    )

    assert whole == mine > 0
    assert none == 0


def test_results_of_days_count_the_first_and_the_last(teacher, cohort):
    today = datetime.now(UTC).date()
    before, after = today - timedelta(days=2), today + timedelta(days=2)

    def count(**days):
        query = "&".join(f"{name}={day}" for name, day in days.items())
        return answers_on(teacher.get(f"/results?cohort={cohort}&{query}"))

    assert count(since=before, until=after) == count() > 0
    assert count(since=after) == count(until=before) == 0


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "24.11.2026", "9" * 500, "\u0661"])
@pytest.mark.parametrize("bound", ["since", "until"])
def test_wrong_day_is_answered_with_a_sentence(teacher, cohort, bound, day):
    told = teacher.get(f"/results?cohort={cohort}&{bound}={quote(day)}")

    assert told.status == 400
    assert b"Write the day as" in told.body


def test_unknown_lesson_is_as_none(teacher, cohort):
    shown = teacher.get(f"/results?cohort={cohort}&lesson=%3Cscript%3E")

    assert shown.status == 200
    assert b"<script>" not in shown.body


# --- On Monday ---


@dataclass(frozen=True)
class Misled:
    """An item, and an option of it that is a wrong idea which many have."""

    case: str
    item: str
    wrong: str


@pytest.fixture(scope="module")
def misled(kit_content):
    return next(
        Misled(case.id, item.id, option.id)
        for case in kit_content.cases.values()
        for item in case.items
        if item.kind == "single_choice"
        for option in item.options
        if option.misconception and option.credit == 0
    )


def monday(teacher, server, asked):
    """A session in which a learner picked a wrong idea, and the results of its cohort."""
    session = teacher.session()
    session.ask(asked.case, asked.item)
    wrong = Phone(server).join(session, "Ana")
    Phone(server).join(session, "Bruno")
    assert wrong.vote(1, asked.wrong).status == 200
    with server.store() as store:
        cohort = store.session(session.id).cohort
    return session, f"/results?cohort={cohort}"


def again(page):
    """The first button to vote on an idea again, as the fields that it sends."""
    form = page.partition('action="/results/again">')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def test_wrong_idea_is_put_on_in_the_open_session(server, teacher, misled):
    session, results = monday(teacher, server, misled)
    session.do("close")

    sent = again(teacher.get(results).body.decode())
    put = teacher.send("/results/again", **sent)

    assert (put.status, put.headers["Location"]) == (302, f"/class/{session.id}")
    board = session.board()
    assert (board["case_id"], board["question"]["id"]) == (sent["case"], sent["item"])
    assert board["voting"]


def test_wrong_idea_waits_while_another_vote_is_open(server, teacher, misled):
    session, results = monday(teacher, server, misled)

    refused = teacher.send("/results/again", **again(teacher.get(results).body.decode()))

    assert "A vote is open; close it first." in refused.body.decode()
    assert session.board()["question"]["id"] == misled.item


def test_without_an_open_session_the_page_says_how_to_put_it_on(server, teacher, misled):
    session, results = monday(teacher, server, misled)
    sent = again(teacher.get(results).body.decode())
    session.do("end")

    page = teacher.get(results).body.decode()
    refused = teacher.send("/results/again", **sent)

    assert again(page) == {}
    assert "open a session of this cohort" in page
    assert "No session of this cohort is open." in refused.body.decode()


def test_results_name_who_is_under_way_and_who_has_not_begun(server, teacher, misled):
    _, results = monday(teacher, server, misled)

    said = re.sub(
        r"<[^>]+>", " ", teacher.get(results).body.decode().partition('class="stages"')[2]
    )

    assert re.search(r"Finished: 0\s+Under way: 1\s+Ana \s*\(1\)\s+Not begun: 1\s+Bruno", said)


# --- A made-up class ---


def demo(*words):
    """The command `asylum-teach demo-class`."""
    command = [sys.executable, "-m", "asylum_teach", "demo-class", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A server on a made-up class, and what the command printed."""
    folder = tmp_path_factory.mktemp("demo")
    made = demo(folder / "record.sqlite", "--learners", 6)
    assert made.returncode == 0, made.stderr
    with serving(folder, instructor=True) as server:
        yield server, made.stdout


def test_made_up_class_says_how_to_look_at_it(made_up):
    server, printed = made_up

    assert f"serve --instructor --db {server.url}" in printed
    assert "made-up" in printed


def test_made_up_class_is_marked_where_it_is_shown(made_up):
    server, _ = made_up
    teacher = Teacher(server)
    with server.store() as store:
        (cohort,) = store.cohorts()
    shown = teacher.get(f"/results?cohort={cohort.id}")

    assert b"Made up by a program" in teacher.get("/").body
    assert b"made up by a program" in shown.body
    names = names_on(shown)
    assert len(names) == 6
    assert all(name.startswith("Synthetic ") for name in names)


def test_made_up_class_overwrites_nothing(tmp_path):
    file = tmp_path / "mine.sqlite"
    file.write_text("mine")
    made = demo(file)

    assert made.returncode == 1
    assert "is there already" in made.stderr
    assert file.read_text() == "mine"


@pytest.mark.parametrize("many", [0, -1, 501])
def test_made_up_class_has_a_sensible_size(tmp_path, many):
    made = demo(tmp_path / "new.sqlite", "--learners", many)

    assert made.returncode == 1
    assert "number from 1 to" in made.stderr
    assert list(tmp_path.iterdir()) == []
