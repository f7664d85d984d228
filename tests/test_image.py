"""What the Dockerfile builds serves lessons: as no root, writing only where the image says."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import re
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import yaml

from asylum_teach.serve.record_handlers import WRONG_CODES
from asylum_teach.store import open_store
from tests.classes import asked_of
from tests.image import ROOT, Image, context
from tests.served import PATIENCE, Learner, choices, new_key
from tests.test_serve import kernel_of

pytestmark = pytest.mark.server

CONTAINER = ROOT / "deploy" / "container"
LESSON = "/lesson/01_who_is_a_refugee"
TOKEN = "known-to-the-tests-alone"


@pytest.fixture(scope="module")
def image():
    """The image, built once."""
    built = Image()
    try:
        built.build()
        yield built
    finally:
        built.remove()


@pytest.fixture(scope="module")
def lessons():
    """What the compose file says of the lessons."""
    return yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))["services"]["lessons"]


@contextlib.contextmanager
def running(image, arguments, log, **environment):
    """A server of the image, and what it said when it was ready."""
    process = image.serve([*arguments, "--port=0"], log, **environment)
    try:
        said = []
        while not said or said[-1].startswith("The "):
            said.append(process.stdout.readline())
        assert said[-1] == "Press Ctrl+C to stop.\n", log.read_text()
        ports = [int(re.search(r":(\d+)/", line)[1]) for line in said[:-1]]
        yield SimpleNamespace(process=process, ports=ports, port=ports[0], base="/")
    finally:
        process.send_signal(getattr(signal, image.stop_signal))
        process.communicate(timeout=PATIENCE)


def secret(image, name, text):
    """Lay a secret where Docker would."""
    (image.root / "run" / "secrets" / name).write_text(f"{text}\n", "utf-8")


def test_context_holds_what_the_wheel_needs_and_nothing_private():
    names = context()

    assert {"pyproject.toml", "constraints.txt", "asylum_teach/cli/__init__.py"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {".git", "tests", ".ci", ".venv", "build", "dist"}
    assert not [name for name in names if name.endswith((".sqlite", ".pyc")) or "secret" in name]


def test_image_holds_the_versions_of_constraints(image):
    """All that is installed, the builder too, is named in constraints.txt with its version."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    known = {line.lower().replace("_", "-") for line in lines}
    own = ("asylum-teach", "pip", "setuptools")

    for venv in ("build", "kit"):
        python = image.root / "opt" / venv / "bin" / "python"
        asked = [python, "-m", "pip", "list", "--format=json"]
        listed = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
        has = {f"{each['name']}=={each['version']}".lower().replace("_", "-") for each in listed}
        assert {each for each in has - known if each.partition("==")[0] not in own} == set()


def test_image_can_be_read_by_its_user(image):
    """Nothing is installed for root's eyes only."""
    closed = [
        path
        for path in (image.root / "opt" / "kit").rglob("*")
        if not path.is_symlink() and not path.stat().st_mode & stat.S_IROTH
    ]

    assert closed == []


def test_image_serves_and_keeps_answers(image, kit_content, tmp_path):
    """A lesson opens and an answer is on the disk, where only /tmp and /data can be written to."""
    item = choices(kit_content)[0]
    with running(image, image.command, tmp_path / "log") as server:
        learner = Learner(server)
        page = asked_of(server.port, "GET", LESSON)
        kept = learner.answer(item)
        healthy = image.healthy(server.port)
    gone = image.healthy(server.port)

    assert page.status == 200
    assert b"application/vnd.jupyter.widget-view+json" in page.body
    assert kept.status == 200, kept.body
    assert (healthy, gone) == (True, False)
    with contextlib.closing(open_store(f"sqlite:///{image.root}/data/record.sqlite")) as store:
        assert len(store.attempts(store.learner_of(learner.door))) == 1


def test_image_stops_in_order(image, tmp_path):
    """The image's signal ends server and kernels; nothing is left in /tmp but what is forgotten."""
    log = tmp_path / "log"
    with running(image, image.command, log) as server:
        asked_of(server.port, "GET", LESSON)

    assert server.process.returncode == 0
    assert "Traceback" not in log.read_text()
    assert not list((image.root / "tmp").rglob("kernel-*.json"))


def test_compose_keeps_answers_in_postgresql(image, lessons, postgres, kit_content, tmp_path):
    """The compose file's command: secrets from files, PostgreSQL, and a port for the instructor."""
    url = postgres.new()
    secret(image, "database_url", url)
    secret(image, "instructor_token", TOKEN)
    command = [word for word in lessons["command"] if "${" not in word] + ["--instructor-port=0"]
    item = choices(kit_content)[0]

    with running(image, command, tmp_path / "log", **lessons["environment"]) as server:
        learner = Learner(server)
        kept = learner.answer(item)
        instructors = server.ports[1]
        lines = psutil.Process(server.process.pid).net_connections("tcp")
        listening = {line.laddr.port: line.laddr.ip for line in lines if line.status == "LISTEN"}
        closed = asked_of(instructors, "GET", "/")
        opened = asked_of(instructors, "GET", f"/open?token={TOKEN}")
        backup = image.start(
            ["asylum-teach", "backup", image.here("/data/records.backup")], lessons["environment"]
        ).wait()

    assert kept.status == 200, kept.body
    assert (closed.status, opened.status) == (403, 302)
    assert {listening[port] for port in server.ports} == {"0.0.0.0"}
    assert backup == 0
    with contextlib.closing(open_store(url)) as store:
        assert len(store.attempts(store.learner_of(learner.door))) == 1
    with gzip.open(image.root / "data" / "records.backup", "rt", encoding="utf-8") as copy:
        assert item.case in copy.read()


class Proxied:
    """Asks the lessons by way of Caddy, whose certificate no authority of this machine signed."""

    def __init__(self, http_port, https_port):
        self.http_port, self.https_port = http_port, https_port
        self.address = f"localhost:{https_port}"

    def ask(self, method, path, body=None, **headers):
        """What comes back over TLS."""
        trusting = ssl._create_unverified_context()
        line = http.client.HTTPSConnection(
            "localhost", self.https_port, timeout=PATIENCE, context=trusting
        )
        with contextlib.closing(line):
            line.request(method, path, body, headers)
            came = line.getresponse()
            return came.status, dict(came.headers), came.read().decode("utf-8", "replace")

    def try_code(self, claimed):
        """The status of a wrong resume code, from who claims to be at another address."""
        body = json.dumps({"code": "2222-2222-2222"})
        key = {"Authorization": f"Bearer {new_key()}", "Content-Type": "application/json"}
        return self.ask("POST", "/record/enter", body, **key, **{"X-Real-IP": claimed})[0]


@pytest.fixture(scope="module")
def proxied(image, tmp_path_factory):
    """The lessons behind Caddy, as the compose file has them."""
    scratch = tmp_path_factory.mktemp("proxied")
    asked = Proxied(_free_port(), _free_port())
    with running(image, [*image.command, "--behind-proxy"], scratch / "log") as server:
        settings = {
            "SITE": "localhost",
            "LESSONS": f"127.0.0.1:{server.port}",
            "HTTP_PORT": str(asked.http_port),
            "HTTPS_PORT": str(asked.https_port),
            "HOME": str(scratch),
        }
        caddy = Path(sys.executable).with_name("caddy")
        command = [caddy, "run", "--adapter=caddyfile", f"--config={CONTAINER / 'Caddyfile'}"]
        with (scratch / "caddy.log").open("w") as log:
            proxy = subprocess.Popen(command, env=settings, stderr=log)
        try:
            _wait_for(asked)
            yield asked
        finally:
            proxy.terminate()
            proxy.wait()


def test_proxy_serves_over_tls_and_sends_plain_http_there(proxied):
    with contextlib.closing(http.client.HTTPConnection("localhost", proxied.http_port)) as line:
        line.request("GET", "/words")
        sent_on = line.getresponse()

    assert (sent_on.status, sent_on.headers["Location"]) == (308, "https://localhost/words")
    assert proxied.ask("GET", "/healthz")[::2] == (200, "ok")


def test_lessons_line_to_its_kernel_passes_the_proxy(proxied):
    """Page and WebSocket: what a lesson needs comes through, under the address that is asked."""
    page = proxied.ask("GET", LESSON)[2]
    kernel = kernel_of(page)
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Origin": f"https://{proxied.address}",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }

    path = f"/api/kernels/{kernel}/channels"
    assert proxied.ask("GET", path, **upgrade)[0] == 101
    assert proxied.ask("GET", path, **upgrade | {"Origin": "https://elsewhere.test"})[0] == 403


def test_forged_address_does_not_get_around_the_limit_on_codes(proxied):
    """What a browser claims about itself is thrown away by the proxy."""
    told = [proxied.try_code(f"198.51.100.{n}") for n in range(WRONG_CODES + 1)]

    assert told == [404] * WRONG_CODES + [429]


@pytest.mark.parametrize(("options", "last"), [([], 429), (["--behind-proxy"], 404)])
def test_address_is_believed_only_behind_a_proxy(image, tmp_path, options, last):
    """Each learner behind a proxy has an own limit; without one a header changes nothing."""
    body = json.dumps({"code": "2222-2222-2222"}).encode()
    with running(image, [*image.command, *options], tmp_path / "log") as server:
        learner = Learner(server)
        told = [
            learner.ask("POST", "/record/enter", body, X_Real_IP=f"198.51.100.{n}").status
            for n in range(WRONG_CODES + 1)
        ]

    assert told == [404] * WRONG_CODES + [last]


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def _wait_for(proxied):
    """Caddy listens before it has made its certificate."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if proxied.ask("GET", "/healthz")[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError("The proxy does not answer.")
