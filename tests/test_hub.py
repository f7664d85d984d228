"""Behind a real JupyterHub: who is let in where, and what nobody gets."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import subprocess
import sys

import pytest
import requests
import tornado.web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from asylum_teach.serve.hub import Activity
from asylum_teach.store import open_store
from tests.hubs import PASSWORD, Hub, User
from tests.served import choices, run
from tests.test_record_isolation import NO_KERNEL

pytestmark = pytest.mark.server

CLASS, TEACH = "/services/class/", "/services/teach/"
NOT_IN = "You are signed out, or this page is too old."


@pytest.fixture(scope="module")
def ana(hub):
    """A learner with a server and an open lesson."""
    user = hub.user("ana")
    lesson = user.page("/user/ana/lesson/00_start_here").text
    user.kernel = re.search(r'"kernelId": ?"([\w-]+)"', lesson)[1]
    return user


@pytest.fixture(scope="module")
def bruno(hub):
    return hub.user("bruno")


@pytest.fixture(scope="module")
def ines(hub):
    """In the group of instructors."""
    return hub.user("ines")


@pytest.fixture(scope="module")
def item(kit_content):
    return choices(kit_content)[0]


@pytest.fixture(scope="module")
def answered(ana, item):
    """What the server said to Ana's answer."""
    return ana.call("POST", "record/answers", item.answer())


def test_users_answer_is_in_the_records_under_the_hubs_name(answered, ana, hub_database, item):
    assert answered.status_code == 200, answered.text
    assert answered.json()["html"]
    store = open_store(hub_database)
    kept = store.attempts(store.learner_of("hub:ana"))
    store.close()
    assert [(each.case, each.item) for each in kept] == [(item.case, item.item)]


def test_each_user_sees_the_own_record_alone(answered, ana, bruno, item):
    asked = {"asked": [[item.case, item.item]]}

    assert ana.call("POST", "record/earlier", asked).json()["earlier"]
    nothing = bruno.call("POST", "record/earlier", asked)

    assert (nothing.status_code, nothing.json()["kind"]) == (401, "unknown")
    assert nothing.json()["problem"].startswith("Nothing is kept about you here yet")


PAGES = ["", "record", "review", "words", "join", "lesson/00_start_here", "practice/eulalia"]


@pytest.mark.parametrize("page", PAGES)
def test_page_of_another_users_server_is_refused_by_a_page(ana, bruno, page):
    told = bruno.page(ana.base + page)

    assert told.status_code == 403
    assert "You do not have permission to access Server at /user/ana/" in told.text


ROUTES = [
    *(("GET", f"record/{each}", None) for each in ("progress", "review", "about", "file")),
    ("POST", "record/answers", {}),
    ("POST", "record/earlier", {"asked": []}),
    ("POST", "record/erase", {}),
    ("POST", "class/enter", {"code": "AAAAAA", "name": "B"}),
    ("GET", f"api/kernels/{NO_KERNEL}", None),
    ("POST", f"voila/api/shutdown/{NO_KERNEL}", None),
    ("GET", "wait/x", None),
    ("GET", "words", None),
]


@pytest.mark.parametrize("who", ["another user", "nobody", "another's cookies", "made-up token"])
@pytest.mark.parametrize(("method", "route", "body"), ROUTES, ids=lambda each: str(each)[:20])
def test_route_of_another_users_server_is_refused(hub, ana, bruno, who, method, route, body):
    user, headers = (bruno if who == "another user" else User(hub)), {}
    if who == "another's cookies":
        for cookie in bruno.session.cookies:
            if cookie.path == bruno.base:
                name = cookie.name.replace("bruno", "ana")
                user.session.cookies.set(name, cookie.value, path=ana.base, domain=cookie.domain)
    if who == "made-up token":
        headers["Authorization"] = "token " + "a" * 32

    told = user.call(method, route, body, base=ana.base, **headers)

    assert told.status_code == 403
    if route.startswith(("record/", "class/")):
        assert told.json()["kind"] == "signed-out"
        assert told.json()["problem"].startswith(NOT_IN)


@pytest.mark.parametrize("who", ["another user", "nobody"])
def test_line_to_another_users_kernel_is_refused(hub, ana, bruno, who):
    cookies = "; ".join(f"{each.name}={each.value}" for each in bruno.session.cookies)
    line = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-Fetch-Mode": "websocket",
    }
    if who == "another user":
        upgrade["Cookie"] = cookies
    line.request("GET", f"/user/ana/api/kernels/{ana.kernel}/channels", headers=upgrade)

    assert line.getresponse().status == 403
    line.close()


def test_whoever_reaches_the_servers_own_port_is_nobody(hub, ana):
    """The port is open to all programs of the machine; the name in its environment is no proof."""
    port = hub.inner_port("ana")

    told = requests.get(f"http://127.0.0.1:{port}/user/ana/record/about", timeout=20)

    assert told.status_code == 403
    assert "ana" not in told.text


def test_another_users_page_cannot_post(ana):
    """All users share one host: a post needs what only the own pages can read."""
    told = ana.call("POST", "record/erase", {}, X_XSRFToken="")

    assert (told.status_code, told.json()["kind"]) == (403, "signed-out")


def test_page_that_another_user_of_the_browser_opened_writes_nothing(ana):
    told = ana.call("POST", "record/erase", {}, X_Asylum_Teach_Learner="0" * 16)

    assert (told.status_code, told.json()["kind"]) == (403, "signed-out")


def test_only_whether_the_server_is_there_is_told_to_anybody(hub):
    assert User(hub).call("GET", "healthz", base="/user/ana/").text == "ok"


def test_kernels_know_neither_the_hubs_token_nor_the_database(hub, ana):
    kernels = hub.kernels("ana")

    assert kernels
    for kernel in kernels:
        known = kernel.environ()
        assert "JUPYTERHUB_API_TOKEN" not in known
        assert PASSWORD not in json.dumps(known)


# --- The class ---


def test_learner_does_not_reach_the_instructors_pages(bruno):
    for page in ("", "results", "handouts", "anything"):
        told = bruno.page(TEACH + page)
        assert told.status_code == 403
        assert "You do not have permission to access JupyterHub service teach" in told.text
    told = bruno.call("POST", "cohorts", {}, base=TEACH)
    assert told.status_code == 403


def test_instructor_teaches_learners_who_come_by_the_hub(ines, bruno, hub, hub_database):
    home = ines.page(TEACH)
    assert home.status_code == 200
    assert f"{hub.address.partition('://')[2]}/services/class/join" in home.text
    proof = re.search(r'name="_xsrf" value="([^"]+)"', home.text)[1]
    ines.session.post(hub.address + TEACH + "cohorts", {"name": "Fall", "_xsrf": proof})
    cohort = re.search(r'name="cohort" value="([\w-]+)"', ines.page(TEACH).text)[1]
    form = {"title": "First", "cohort": cohort, "_xsrf": proof}
    board = ines.session.post(hub.address + TEACH + "sessions", form)
    code = re.search(r"join/(\w+)", board.text)[1]

    bruno.page(f"{CLASS}join/{code}")
    joined = bruno.call("POST", "class/enter", {"code": code, "name": "Bruno"}, base=CLASS)

    assert joined.json()["name"] == "Bruno"
    state = ines.call("POST", board.url.partition(TEACH)[2] + "/state", {"seen": 0}, base=TEACH)
    assert state.json()["joined"] == 1
    store = open_store(hub_database)
    assert [each.learner for each in store.members(cohort)] == [store.learner_of("hub:bruno")]
    store.close()
    assert "Bruno" in ines.page(f"{TEACH}results?cohort={cohort}").text


def test_instructors_post_from_another_page_is_refused(ines, hub):
    ines.page(TEACH)
    told = ines.session.post(hub.address + TEACH + "cohorts", {"name": "Forged"})

    assert told.status_code == 403
    assert "Forged" not in ines.page(TEACH).text


def test_nobody_joins_a_class_without_signing_in(hub):
    stranger = User(hub)

    assert "/hub/login" in stranger.page(f"{CLASS}join").url
    told = stranger.call("POST", "class/enter", {"code": "AAAAAA", "name": "X"}, base=CLASS)
    assert told.status_code == 403


# --- Leaving ---


def test_signing_out_ends_access(hub):
    user = User(hub, "carla")
    user.sign_in()
    assert user.page(f"{CLASS}record").url.endswith(f"{CLASS}record")
    assert user.call("GET", "record/about", base=CLASS).status_code == 401  # nothing is kept yet

    user.page("/hub/logout")

    assert "/hub/login" in user.page(f"{CLASS}record").url
    assert user.call("GET", "record/about", base=CLASS).status_code == 403


# --- How it is started ---


def test_hub_is_told_when_somebody_was_here(monkeypatch):
    """By this it knows which servers nobody uses."""
    told = []

    class Ear(tornado.web.RequestHandler):
        def post(self):
            told.append((self.request.headers["Authorization"], json.loads(self.request.body)))

    async def listen():
        (line,) = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(tornado.web.Application([("/activity", Ear)]))
        server.add_socket(line)
        address = f"http://127.0.0.1:{line.getsockname()[1]}/activity"
        monkeypatch.setenv("JUPYTERHUB_ACTIVITY_URL", address)
        monkeypatch.setenv("JUPYTERHUB_ACTIVITY_INTERVAL", "1")
        activity = Activity()
        activity.note()
        activity.report("secret")
        while not told:
            await asyncio.sleep(0.1)
        server.stop()
        return activity.last.isoformat()

    seen = {"last_activity": run(listen())}

    assert told[0] == ("token secret", {"servers": {"": seen}, **seen})


def serve(*options, **env):
    """The command, as far as it comes."""
    return subprocess.run(
        [sys.executable, "-m", "asylum_teach", "serve", "--unchecked", "--no-browser", *options],
        env={"PATH": "", **env},
        capture_output=True,
        text=True,
        timeout=60,
    )


FROM_A_HUB = {
    "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:1/user/maria/",
    "JUPYTERHUB_SERVICE_PREFIX": "/user/maria/",
    "JUPYTERHUB_API_URL": "http://127.0.0.1:1/hub/api",
    "JUPYTERHUB_API_TOKEN": "secret",
    "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-maria",
}  # all but who may come in


@pytest.mark.parametrize("options", [["--hub"], ["--hub", "--instructor"], []])
def test_server_without_a_hub_says_what_is_missing(options):
    """Nobody is let in because nothing said who may come in."""
    env = {} if options else FROM_A_HUB
    done = serve(*options, JUPYTERHUB_USER="maria", **env)

    assert done.returncode == 1
    said = r"JupyterHub has not started this server: .* is not set\. .*\n"
    assert re.fullmatch(said, done.stderr)


def test_learning_platform_finds_the_tool_where_lti_is_switched_on(tmp_path, new_place):
    platform = "https://platform.example"
    lti = {
        "ASYLUM_TEACH_LTI_CLIENT_ID": "tool-1",
        "ASYLUM_TEACH_LTI_ISSUER": platform,
        "ASYLUM_TEACH_LTI_AUTHORIZE_URL": f"{platform}/authorize",
        "ASYLUM_TEACH_LTI_JWKS_URL": f"{platform}/keys",
    }
    with Hub(tmp_path, new_place("sqlite"), **lti) as hub:
        told = requests.get(f"{hub.address}/hub/lti13/config", timeout=20).json()

    assert told["title"] == "Asylum Teach"
    assert told["target_link_uri"].startswith(hub.address)
