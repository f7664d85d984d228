"""Nobody reaches another's record: what was tried, and that it came to nothing.

Ana has a record with a name, a code and a training record.  Whoever tries has a key of their own
(Bruno), or none.  Whatever is answered holds nothing of Ana's, and her record is as it was.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import socket
from types import SimpleNamespace

import pytest

from tests.served import OLD_PAGE, Learner, Server, new_key
from tests.store_fixtures import NOW

pytestmark = pytest.mark.server

USER = "maria"  # whom the hub names
NO_KERNEL = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def ana(server, asked):
    """Her browser, and the secrets that nobody may learn or use."""
    browser = Learner(server)
    answer = asked[0].answer(asked[0].wrong[0])
    browser.post("answers", answer)
    browser.post("name", {"name": "Ana Quetzalli"})
    page = browser.ask("GET", "/lesson/00_start_here").body.decode()
    kernel = re.search(r'"kernelId": ?"([\w-]+)"', page)[1]
    return SimpleNamespace(
        browser=browser,
        key=browser.key,
        hash=hashlib.sha256(browser.door.encode()).hexdigest(),
        hash43=hashlib.sha256(browser.door.encode()).hexdigest()[:43],
        training=browser.post("training").json["code"],
        code=browser.post("code").json["code"],
        attempt=answer["id"],
        kernel=kernel,
        file=browser.get("file").body.decode(),
    )


@pytest.fixture(scope="module")
def bruno(server, asked):
    """Somebody else, with a record of his own."""
    browser = Learner(server)
    browser.answer(asked[1])
    return browser


@pytest.fixture
def untouched(ana, disk):
    """Ana's record is after a test as it was before."""
    before = disk.about(disk.learner_of(ana.browser.door))
    yield
    assert disk.about(disk.learner_of(ana.browser.door)) == before


GET, POST = "GET", "POST"
ERASE = "/record/erase"
EVERY_ROUTE = [
    *((GET, each, None) for each in ("progress", "review", "about", "file")),
    (GET, "training/{training}.html", None),
    (GET, "training/{training}.docx", None),
    (POST, "answers", {"id": "{attempt}", "case": "{case}", "item": "{item}", "response": "1"}),
    (POST, "earlier", {"asked": [["{case}", "{item}"]]}),
    (POST, "file", {"kind": "asylum-teach progress", "version": 1, "attempts": []}),
    *((POST, each, {}) for each in ("code", "training", "erase")),
    (POST, "enter", {"code": "{training}"}),
    (POST, "name", {"name": "Bruno"}),
    (POST, "turn", {"interview": "eulalia", "asked": []}),
    (POST, "script", {"script": "kind-volunteer"}),
    (POST, "marked", {"script": "kind-volunteer", "stops": []}),
]

# What was tried, by whom (his own key, none, or a made-up header), and how it must end.
TRIED = [
    # The way to another's record in the address
    ("learner's number in the path", "own", GET, "/record/1/about", {}, 404),
    ("learner's number in the query", "own", GET, "/record/about?learner=1&id=1", {}, 200),
    ("her key in the path", "own", GET, "/record/{key}/about", {}, 404),
    ("her key in the query", "none", GET, "/record/about?key={key}", {}, 401),
    ("her key as an access token", "none", GET, "/record/about?access_token={key}", {}, 401),
    ("Jupyter's token", "none", GET, "/record/about?token={key}", {}, 401),
    ("path upwards", "own", GET, "/record/../record/file", {}, 404),
    ("path upwards, encoded", "own", GET, "/record/%2e%2e/%2e%2e/records/record.sqlite", {}, 404),
    ("path upwards, twice encoded", "own", GET, "/record/%252e%252e/record.sqlite", {}, 404),
    ("path of the database", "own", GET, "/records/record.sqlite", {}, 404),
    ("database as a static file", "own", GET, "/static/x/../../record.sqlite", {}, 404),
    ("encoded slash", "own", GET, "/record%2Fabout", {}, 404),
    ("double slash", "own", GET, "//record//about", {}, 404),
    ("NUL in the path", "own", GET, "/record/about%00", {}, 404),
    ("route with a tail", "own", GET, "/record/about/", {}, 404),
    ("whole address in the request", "none", GET, "http://127.0.0.1/record/about", {}, 404),
    (
        "her training record as another kind",
        "own",
        GET,
        "/record/training/{training}.json",
        {},
        404,
    ),
    (
        "path in a training record's code",
        "own",
        GET,
        "/record/training/..%2F..%2Ffile.html",
        {},
        404,
    ),
    ("pattern for a code", "own", GET, "/record/training/%25%25%25%25-%25%25.html", {}, 404),
    # Another's key in another place, and what is like a key
    ("her key as a cookie", "none", GET, "/record/about", {"Cookie": "key={key}"}, 401),
    ("her key as basic login", "none", GET, "/record/about", {"Authorization": "Basic {key}"}, 401),
    ("her key in another header", "none", GET, "/record/about", {"X-Key": "Bearer {key}"}, 401),
    ("hash of her key", "none", GET, "/record/about", {"Authorization": "Bearer {hash}"}, 401),
    ("hash, cut", "none", GET, "/record/about", {"Authorization": "Bearer {hash43}"}, 401),
    ("her key's door", "none", GET, "/record/about", {"Authorization": "Bearer key:{key}"}, 401),
    ("her key twice", "none", GET, "/record/about", {"Authorization": "Bearer {key}{key}"}, 401),
    ("wildcards", "none", GET, "/record/about", {"Authorization": "Bearer " + "_" * 43}, 401),
    ("SQL", "none", GET, "/record/about", {"Authorization": "Bearer ' OR 1=1 --"}, 401),
    ("a hub's user", "none", GET, "/record/about", {"Authorization": "Bearer hub:maria"}, 401),
    ("a hub's header", "none", GET, "/record/about", {"X-Forwarded-User": "maria"}, 401),
    ("a proxy's header", "none", GET, "/record/about", {"X-Forwarded-For": "127.0.0.1"}, 401),
    (
        "header in a header",
        "own",
        GET,
        "/record/about",
        {"X": "a\tAuthorization: Bearer {key}"},
        200,
    ),
    # Kernels
    ("list of kernels", "own", GET, "/api/kernels", {}, 404),
    ("list of sessions", "own", GET, "/api/sessions", {}, 404),
    ("guess of a kernel", "own", GET, f"/api/kernels/{NO_KERNEL}", {}, 404),
    ("guess of a kernel's line", "own", GET, f"/api/kernels/{NO_KERNEL}/channels", {}, 404),
    ("guess of a kernel, alive?", "own", GET, f"/healthz/{NO_KERNEL}", {}, 410),
    ("guess of a kernel, ended", "own", POST, f"/voila/api/shutdown/{NO_KERNEL}", {}, 204),
    ("kernel by pattern", "own", GET, "/api/kernels/.-.-.-.-.", {}, 404),
    ("restart of a kernel", "own", POST, "/api/kernels/{kernel}/restart", {}, 404),
    ("interrupt of a kernel", "own", POST, "/api/kernels/{kernel}/interrupt", {}, 404),
    ("terminal", "own", GET, "/terminals/websocket/1", {}, 404),
    ("contents", "own", GET, "/api/contents", {}, 404),
    # Another site's page in a browser that has a record
    ("form as text", "own", POST, ERASE, {"Content-Type": "text/plain"}, 415),
    ("form", "own", POST, ERASE, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ("form without a key", "none", POST, ERASE, {"Content-Type": "text/plain"}, 401),
    (
        "another site's script asks first",
        "none",
        "OPTIONS",
        ERASE,
        {"Origin": "http://a.example"},
        401,
    ),
    ("link that erases", "own", GET, ERASE, {}, 405),
    ("method in a header", "own", GET, ERASE, {"X-HTTP-Method-Override": "POST"}, 405),
    ("method in the query", "own", GET, f"{ERASE}?_method=POST", {}, 405),
]


def filled(text, ana, asked):
    """The text with what stands for Ana's secrets."""
    for name, value in (vars(ana) | {"case": asked[0].case, "item": asked[0].item}).items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def assert_nothing_of_hers(answer, ana, sent=""):
    """No secret of Ana's is in it that was not sent by who asked."""
    told = answer.body.decode(errors="replace") + str(answer.headers)
    secrets = {ana.key, ana.hash, ana.code, ana.training, ana.attempt, ana.kernel, "Ana Quetzalli"}
    assert [secret for secret in secrets if secret in told and secret not in sent] == []


@pytest.mark.parametrize("who", ["somebody else", "nobody", "unknown key"])
@pytest.mark.parametrize(("method", "route", "body"), EVERY_ROUTE, ids=lambda v: str(v)[:24])
@pytest.mark.usefixtures("untouched")
def test_no_route_reaches_her_record(server, ana, asked, method, route, body, who):
    browser = Learner(server, "" if who == "nobody" else None)
    if who == "somebody else":
        browser.answer(asked[1])
    path = f"/record/{filled(route, ana, asked)}"
    text = filled(json.dumps(body), ana, asked)

    told = browser.ask(method, path, None if body is None else text.encode())

    assert_nothing_of_hers(told, ana, path + text)
    if who == "nobody":
        assert (told.status, told.problem) == (401, "This browser has no record yet.")


@pytest.mark.parametrize(
    ("who", "method", "path", "headers", "status"),
    [each[1:] for each in TRIED],
    ids=[each[0] for each in TRIED],
)
@pytest.mark.usefixtures("untouched")
def test_nothing_that_was_tried_reaches_her_record(
    server, ana, bruno, asked, who, method, path, headers, status
):
    path = filled(path, ana, asked)
    headers = {name: filled(value, ana, asked) for name, value in headers.items()}
    sent = path + json.dumps(headers)
    browser = bruno if who == "own" else Learner(server, "")
    body = b"{}" if method == "POST" else None

    told = browser.ask(method, path, body, **{k.replace("-", "_"): v for k, v in headers.items()})

    assert told.status == status
    assert_nothing_of_hers(told, ana, sent)
    if path.startswith("/record/about?learner"):
        assert len(told.json["attempts"]) == 1  # his own


@pytest.mark.usefixtures("untouched")
def test_second_key_in_one_request_opens_nothing(server, ana, bruno):
    """Two headers of one name come together as one that is no key."""
    request = (
        f"GET /record/about HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bruno.key}\r\n"
        f"Authorization: Bearer {ana.key}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(request.encode())
        told = b"".join(iter(lambda: line.recv(65536), b"")).decode()

    assert told.startswith("HTTP/1.1 401 ")
    assert "Ana Quetzalli" not in told


@pytest.mark.usefixtures("untouched")
def test_her_file_with_her_numbers_in_it_changes_her_record_nowhere(ana, bruno, disk):
    whole = json.loads(ana.file)
    number = disk.learner_of(ana.browser.door)

    for forged in ({"learner": number}, {"key": ana.key}, {"code": ana.code}):
        bruno.post("file", json.dumps(whole | forged).encode())
        whole["attempts"][0].update(forged)
        assert bruno.post("file", json.dumps(whole).encode()).status == 400
        whole = json.loads(ana.file)


@pytest.mark.usefixtures("untouched")
def test_another_sites_page_cannot_talk_to_a_kernel_though_it_knew_its_id(server, ana):
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": "http://a.example",
    }
    line.request("GET", f"/api/kernels/{ana.kernel}/channels", headers=upgrade)

    assert line.getresponse().status == 403
    line.close()


def test_guessing_codes_is_stopped_after_thirty_even_for_a_right_one(server, ana):
    stranger = Learner(server)
    guesses = [f"AAAA-AAAA-AA{n:02}" for n in range(31)]

    told = [stranger.post("enter", {"code": code}).status for code in guesses]
    late = stranger.post("enter", {"code": guesses[0]})
    right = Learner(server).post("enter", {"code": ana.code})

    assert told == sorted(told)
    assert set(told) == {404, 429}
    for refused in (late, right):
        assert (refused.status, refused.json["kind"]) == (429, "wait")
        assert refused.problem == "Too many wrong codes came from here. Wait ten minutes."
    assert stranger.get("about").status == 401
    assert ana.browser.get("about").json["devices"] == 1


# --- Beside JupyterHub; tests/test_hub.py holds what a real one lets through ---


def test_name_in_the_environment_is_nobodys_key(server, tmp_path):
    """Whoever reached the port would be that user."""
    with Server(server.url, tmp_path, JUPYTERHUB_USER=USER) as running:
        told = Learner(running, "").get("about")

    assert (told.status, told.problem) == (401, "This browser has no record yet.")


@pytest.mark.parametrize(
    "key", [f"hub:{USER}", USER, f"hub:{USER}".ljust(43, "_"), new_key()], ids=[*"abcd"]
)
def test_hubs_user_is_not_reached_without_the_hub(server, disk, key):
    disk.add_learner(f"hub:{USER}", NOW, "change")

    assert Learner(server, key).get("about").status == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_sites_form_does_nothing(ana, kind):
    told = ana.browser.post("erase", Content_Type=kind, Origin="http://a.example")

    assert (told.status, told.problem) == (415, OLD_PAGE)
    assert ana.browser.get("about").json["name"] == "Ana Quetzalli"
