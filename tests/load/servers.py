"""The server that is measured: started here, or there already; its memory and CPU time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import psutil
from yarl import URL

from tests.killed_site import free_port
from tests.served import Server

SAMPLE_EVERY = 4.0  # seconds
SETTLES = 60.0  # seconds in which a server may get its spare kernels ready
STAYS = 8  # half seconds without a change


class NotHereError(Exception):
    """The load test cannot run against that; the message is a sentence for whoever asked."""


@dataclass(frozen=True)
class Site:
    """Where a server is, its process where it is known, and its database where it is ours."""

    base: str
    process: psutil.Process | None
    database: str = ""
    complaints: Callable[[], str] = str  # what it told the person at its terminal


def loopback(url: str) -> str:
    """*url*, ending with a slash.  Raises NotHereError for any host but this machine itself."""
    host = URL(url).host or ""
    local = host == "localhost"
    with contextlib.suppress(ValueError):
        local = local or ip_address(host).is_loopback
    if not local or URL(url).scheme not in ("http", "https"):
        raise NotHereError(
            f"The load test asks this machine alone, and {url} is not an address of it: "
            "use one such as http://127.0.0.1:8866/."
        )
    return url.rstrip("/") + "/"


@contextlib.contextmanager
def started(database: str = "", places: int = 0) -> Iterator[Site]:
    """The real command on a free port, with a scratch database unless one is named."""
    with tempfile.TemporaryDirectory(prefix="asylum-teach-load-") as scratch:
        url = database or f"sqlite:///{scratch}/record.sqlite"
        more = ("--places", str(places)) if places else ()
        with Server(url, Path(scratch), checked=True, more=more) as server:
            address = f"http://127.0.0.1:{server.port}/"
            yield Site(address, psutil.Process(server.pid), url, server.complaints)


def given(url: str, pid: int | None = None) -> Site:
    """A server that runs already; its process is the one that listens there, if it can be seen."""
    base = loopback(url)
    found = pid or _listening(URL(base).port or 80)
    return Site(base, psutil.Process(found) if found else None)


def _listening(port: int) -> int | None:
    with contextlib.suppress(psutil.AccessDenied):
        for each in psutil.net_connections("tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr.port == port:
                return int(each.pid) if each.pid else None
    return None


@contextlib.contextmanager
def stock(notebooks: Path, bundle: Path) -> Iterator[Site]:
    """Voilà as it comes, on the same notebooks and the same compiled content."""
    with tempfile.TemporaryDirectory(prefix="asylum-teach-stock-") as scratch:
        log = Path(scratch) / "log"
        port = free_port(random.Random())  # it cannot say which one it took
        command = [sys.executable, "-m", "voila", str(notebooks), "--no-browser", f"--port={port}"]
        environment = {**os.environ, "ASYLUM_TEACH_BUNDLE": str(bundle)}
        with log.open("w") as written:
            process = subprocess.Popen(
                command, env=environment, stdout=written, stderr=written, start_new_session=True
            )
        try:
            _wait(process, log)
            yield Site(f"http://127.0.0.1:{port}/", psutil.Process(process.pid))
        finally:
            _stop(process)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once it says that it runs."""
    while process.poll() is None:
        if "is running at" in log.read_text("utf-8"):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
    raise NotHereError(f"Stock Voilà did not start: {log.read_text('utf-8')[-500:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop it and its kernels, which are all children of that one process."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    process.wait()


# --- What it costs ---


@dataclass(frozen=True)
class Cost:
    """What a server's processes hold and have used, at one moment."""

    memory: int = 0  # bytes, shared pages by their share (PSS)
    alone: int = 0  # of that, the server's own process
    kernels: int = 0  # processes without children of their own, which in our servers are kernels
    cpu: float = 0.0  # seconds, of processes that have ended as well


def cost_of(process: psutil.Process | None) -> Cost:
    """The cost of a process with all its children."""
    if process is None:
        return Cost()
    memory = alone = kernels = 0
    cpu = 0.0
    for each in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            held = each.memory_full_info().pss
            times = each.cpu_times()
            memory += held
            cpu += times.user + times.system + times.children_user + times.children_system
            alone += held if each == process else 0
            kernels += each != process and not each.children()
    return Cost(memory, alone, kernels, cpu)


def kernels_of(process: psutil.Process | None) -> int:
    """How many kernels it has now; quicker than the whole cost."""
    if process is None:
        return 0
    everyone = process.children(recursive=True)
    parents = set()
    for each in everyone:
        with contextlib.suppress(psutil.NoSuchProcess):
            parents.add(each.ppid())
    return sum(each.pid not in parents for each in everyone)


async def settled(process: psutil.Process | None) -> int:
    """How many kernels a server keeps ready, once that number stays for a while."""
    began, same, last = monotonic(), 0, -1
    while same < STAYS and monotonic() - began < SETTLES:
        now = kernels_of(process)
        same = same + 1 if now == last else 0
        last = now
        await asyncio.sleep(0.5)
    return last


class Gauge:
    """Looks at the cost every few seconds, and remembers the moment of most memory."""

    def __init__(self, process: psutil.Process | None) -> None:
        self._process = process
        self.empty = cost_of(process)
        self.peak = self.empty

    async def watch(self) -> None:
        """Look, without end; on a thread of its own, so that no learner waits for it."""
        while True:
            await asyncio.sleep(SAMPLE_EVERY)
            await self.look()

    async def look(self) -> Cost:
        """Look once."""
        now = await asyncio.to_thread(cost_of, self._process)
        if now.memory > self.peak.memory:
            self.peak = now
        return now
