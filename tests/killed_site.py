"""The served site as the harness of the kills needs it: killed, started again, and asked.

Started as a program, this module is ``asylum-teach`` itself, but for a signal at which every open
descriptor of its database fails.  Linux alone has what that takes: O_PATH and /proc.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest

ROOT = Path(__file__).parent.parent
PATIENCE = 8.0  # seconds that a page waits for an answer to be acknowledged
LONGEST = 90.0  # seconds until a server must be ready, and the last answer kept


class Site:
    """The real command in a process group of its own, always on the same port and database."""

    def __init__(self, url: str, scratch: Path, port: int) -> None:
        self.url, self.port = url, port
        self.log = scratch / "server.log"
        self._scratch = scratch
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return before it is ready."""
        command = [sys.executable, "-m", "tests.killed_site", str(self._scratch), "serve"]
        command += ["--port", str(self.port), "--no-browser", "--db", self.url]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=_environment(self._scratch),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def ready(self) -> None:
        """Wait until it answers."""
        end = monotonic() + LONGEST
        while (await ask(self, "/healthz", patience=LONGEST / 3))[0] != 200:
            ended = self._running.poll()
            if ended is not None or monotonic() > end:
                how = "does not answer" if ended is None else f"ended with {ended}"
                raise AssertionError(f"The server {how}:\n{self.log.read_text()[-4000:]}")
            await asyncio.sleep(0.1)

    def kill(self) -> None:
        """Kill it as a machine that goes down does: its kernels with it."""
        kernels = self._children()
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()
        for kernel in kernels:
            with suppress(psutil.NoSuchProcess):
                kernel.kill()

    def kernel(self, kernel_id: str) -> psutil.Process | None:
        """The process of that kernel, while it runs."""
        for child in self._children():
            with suppress(psutil.Error):
                # By its sockets: a forked kernel has the command line of what it came from.
                if any(kernel_id in line.laddr for line in child.net_connections("unix")):
                    return child
        return None

    def break_descriptors(self) -> None:
        """Make every descriptor of its database fail."""
        os.kill(self._running.pid, signal.SIGUSR1)

    def broken(self) -> int:
        """How many descriptors were made to fail so far."""
        return sum(map(int, re.findall(r"(?m)^(\d+) descriptors fail$", self.log.read_text())))

    def surprises(self) -> int:
        """How many requests failed in a way that nobody foresaw."""
        return self.log.read_text().count("A record could not be served.")

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process, "The server was never started."
        return self._process

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self._running.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


async def ask(
    site: Site, path: str, body: object = None, *, key: str = "", patience: float = PATIENCE
) -> tuple[int, bytes]:
    """The status and the body of an answer; 0 where none came."""
    request = HTTPRequest(
        f"http://127.0.0.1:{site.port}{path}",
        method="GET" if body is None else "POST",
        body=None if body is None else json.dumps(body),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        connect_timeout=patience,
        request_timeout=patience,
    )
    try:
        answer = await AsyncHTTPClient(max_clients=500).fetch(request, raise_error=False)
    except (HTTPError, OSError):
        return 0, b""
    return (0, b"") if answer.code == 599 else (answer.code, answer.body)


def _environment(scratch: Path) -> dict[str, str]:
    """Our own, without what would change whose records are used, and with its own scratch."""
    others = ("ASYLUM_TEACH_DB", "JUPYTERHUB_USER")
    own = {name: value for name, value in os.environ.items() if name not in others}
    return own | {"TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"}


def free_port(chance: random.Random) -> int:
    """A free port that no connection is given while the server is down."""
    for port in chance.sample(range(20_000, 30_000), 100):
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("No port is free.")


# --- The program ---


def fail_descriptors(folder: str) -> None:
    """Put one that can neither read nor write over each descriptor that points into *folder*."""
    dead, count = os.open("/", os.O_PATH), 0
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # one that was closed meanwhile
            if os.readlink(f"/proc/self/fd/{name}").startswith(f"{folder}/record"):
                os.dup2(dead, int(name), inheritable=False)
                count += 1
    os.close(dead)
    print(f"{count} descriptors fail", flush=True)


def _serve(folder: str, *arguments: str) -> int:
    from asylum_teach.cli import main  # the server's modules, which the learners have no use for

    signal.signal(signal.SIGUSR1, lambda *_: fail_descriptors(folder))
    return main(arguments)


if __name__ == "__main__":
    sys.exit(_serve(*sys.argv[1:]))
