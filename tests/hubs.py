"""The real JupyterHub by the configuration in deploy/, its real proxy, and users who sign in."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.served import ROOT

DEPLOYED = ROOT / "deploy" / "jupyterhub"
PASSWORD = "known-to-the-tests-alone"
PROXY = "configurable-http-proxy"
MISSING = f"No {PROXY} was found: run make hub-parts, which needs npm."
PATIENCE = 60  # seconds for a server to start on a busy machine
PAGE = "text/html,application/xhtml+xml"


def proxy() -> str | None:
    """Where the proxy is: as make hub-parts puts it, or else on the PATH."""
    own = DEPLOYED / "node_modules" / ".bin" / PROXY
    return str(own) if own.exists() else shutil.which(PROXY)


class Hub:
    """A hub of the tests' own; to be used in a ``with``."""

    def __init__(self, scratch: Path, database: str, **env: str) -> None:
        found = proxy()
        assert found, MISSING
        self.port = _free_block(5)
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = scratch / "hub.log"
        self._env = {k: v for k, v in os.environ.items() if "JUPYTERHUB" not in k} | {
            "ASYLUM_TEACH_DB": database,
            "ASYLUM_TEACH_HUB_BIND": f"{self.address}/",
            "ASYLUM_TEACH_HUB_INSIDE": str(self.port + 1),
            "ASYLUM_TEACH_HUB_DATA": str(scratch / "data"),
            "ASYLUM_TEACH_HUB_PROXY": found,
            "ASYLUM_TEACH_INSTRUCTORS": "ines",
            "ASYLUM_TEACH_TRIAL_PASSWORD": PASSWORD,
            "PYTHONPATH": str(ROOT),
            **env,
        }

    def __enter__(self) -> Hub:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "-f", DEPLOYED / "jupyterhub_config.py"],
                env=self._env,
                cwd=self._log.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait(lambda: "Press Ctrl+C" in self.log() and "JupyterHub is now running" in self.log())
        return self

    def __exit__(self, *_: object) -> None:
        started = self.processes()
        self._process.kill()
        self._process.wait()
        for each in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()

    def log(self) -> str:
        """What it, its services and its users' servers told."""
        assert self._process.poll() is None, self._log.read_text()
        return self._log.read_text(errors="replace")

    def processes(self) -> list[psutil.Process]:
        """It, and all that it started."""
        return [*psutil.Process(self._process.pid).children(recursive=True)]

    def inner_port(self, user: str) -> int:
        """Where a user's server listens behind the proxy."""
        return int(re.findall(rf"http://localhost:(\d+)/user/{user}/", self.log())[-1])

    def kernels(self, user: str) -> list[psutil.Process]:
        """The kernels of a user's server."""
        port = self.inner_port(user)
        server = next(each for each in self.processes() if _listens(each, port))
        return [each for each in server.children(recursive=True) if _is_kernel(each)]

    def user(self, name: str) -> User:
        """Somebody who signed in, and whose server is up."""
        user = User(self, name)
        user.sign_in()
        user.page("/hub/spawn")
        user.arrive()
        return user


def _listens(process: psutil.Process, port: int) -> bool:
    lines = process.net_connections("tcp")
    return any(line.laddr.port == port and not line.raddr for line in lines)


def _is_kernel(process: psutil.Process) -> bool:
    command = " ".join(process.cmdline())
    return "ipykernel" in command or "asylum_teach.nursery" in command


class User:
    """A browser as far as requests go: cookies, and the headers that pages send."""

    def __init__(self, hub: Hub, name: str = "") -> None:
        self.hub, self.name = hub, name
        self.base = f"/user/{name}/"
        self.session = requests.Session()

    def sign_in(self) -> requests.Response:
        """Fill in the hub's form."""
        self.page("/hub/login")
        token = self.session.cookies.get("_xsrf", path="/hub/")
        form = {"username": self.name, "password": PASSWORD, "_xsrf": token}
        return self._ask("POST", "/hub/login", data=form, allow_redirects=False)

    def arrive(self) -> None:
        """Wait until the server is up, and open its start page."""
        wait(lambda: "Asylum Teach" in self.page(self.base).text)

    def page(self, path: str) -> requests.Response:
        """What is shown at *path* in the end, sign-in and all."""
        return self._ask("GET", path, headers={"Accept": PAGE, "Sec-Fetch-Mode": "navigate"})

    def call(
        self, method: str, path: str, body: Any = None, *, base: str = "", **headers: str
    ) -> requests.Response:
        """What a page's own request is answered, below the user's server unless *base* says."""
        base = base or self.base
        named = {
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Site": "same-origin",
            "X-XSRFToken": self.session.cookies.get("_xsrf", path=base) or "",
            "Content-Type": "application/json",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        text = None if body is None else json.dumps(body)
        return self._ask(method, base + path, data=text, headers=named, allow_redirects=False)

    def _ask(self, method: str, path: str, **how: Any) -> requests.Response:
        answer = self.session.request(method, self.hub.address + path, timeout=PATIENCE, **how)
        assert "Traceback" not in answer.text, answer.text
        return answer


def wait(until: Any) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.2)


def _free_block(count: int) -> int:
    """The first of so many ports on which nobody listens; two who look find different ones."""
    firsts = list(range(20_000, 30_000, count))
    random.shuffle(firsts)
    return next(first for first in firsts if all(map(_is_free, range(first, first + count))))


def _is_free(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) != 0


if __name__ == "__main__":
    print(proxy() or MISSING)
    sys.exit(proxy() is None)
