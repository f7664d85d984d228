"""The real `asylum-teach serve` in a process of its own, and a client that asks as a page does."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import event

from asylum_teach import cli
from asylum_teach.scoring import key_of
from asylum_teach.store import Store, engine, open_store

OLD_PAGE = "This page is of another version of the kit; reload it."

ROOT = Path(__file__).parent.parent
_NURSERY = "asylum_teach.nursery"
PATIENCE = 60  # seconds for an answer: far more than any page waits
# What a test's own environment may say must not reach the server.
_OURS = ("ASYLUM_TEACH_DB", "ASYLUM_TEACH_TOKEN", "JUPYTERHUB_USER")


class Server:
    """The command as a person gives it; started again, it has the same ports and database."""

    def __init__(
        self,
        url: str,
        scratch: Path,
        *,
        module: str = "asylum_teach",
        instructor: bool = False,
        base: str = "/",
        checked: bool = False,
        more: tuple[str, ...] = (),
        **env: str,
    ) -> None:
        self.url, self.port, self.base = url, 0, base
        self.instructor_port, self.instructor_link = 0, ""  # where instructor pages are served
        # The content is checked by tests of its own: each server would check the same again.
        self._more = more if checked else ("--unchecked", *more)
        self._module, self._instructor = module, instructor
        self._env = {k: v for k, v in os.environ.items() if k not in _OURS} | env
        self._log = scratch / f"served-{secrets.token_hex(4)}.log"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Server:
        try:
            self.start()
        except BaseException:  # whoever waited was interrupted, too
            if self._process:
                self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it says where it is."""
        command = [sys.executable, "-m", self._module, "serve", "--no-browser"]
        command += ["--port", str(self.port), "--base", self.base] + (
            ["--db", self.url] if self.url else []
        )
        if self._instructor:
            command += ["--instructor", "--instructor-port", str(self.instructor_port)]
        command += self._more
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._env, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout
        link = self._process.stdout.readline()
        if self._instructor:
            self.instructor_link = self._process.stdout.readline().split()[-1]
            self.instructor_port = _port(self.instructor_link)
        stop = self._process.stdout.readline()
        assert stop == "Press Ctrl+C to stop.\n", self.complaints()
        self.port = _port(link)

    def stop(self) -> None:
        """Stop it as Ctrl+C does."""
        assert self._process
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=PATIENCE)

    def kill_alone(self) -> None:
        """Kill the server's own process, and nothing that came from it."""
        assert self._process
        self._process.kill()
        self._process.communicate()

    def kill(self) -> None:
        """Kill it as a machine that goes down does: its kernels with it."""
        assert self._process
        kernels = self.kernels()
        self._process.kill()
        for kernel in kernels:
            with contextlib.suppress(psutil.NoSuchProcess):
                kernel.kill()
        self._process.communicate()

    @contextlib.contextmanager
    def down(self) -> Iterator[None]:
        """Killed meanwhile, and started again afterwards."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it answer nobody for a while, and refuse nobody either."""
        assert self._process
        process = psutil.Process(self._process.pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def kill_kernel(self, name: str) -> None:
        """End the kernel of that id, and nothing else."""
        for process in self.kernels():
            if any(f"kernel-{name}" in line.laddr for line in process.net_connections("unix")):
                return process.kill()
        raise AssertionError(f"no kernel {name} is running")

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process
        return self._process.pid

    @property
    def folder(self) -> Path:
        """Where its records lie, if SQLite keeps them."""
        return Path(self.url.removeprefix("sqlite:///")).parent

    @property
    def address(self) -> str:
        """Where its pages are, without the last slash."""
        return f"http://localhost:{self.port}{self.base.rstrip('/')}"

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """Its records, opened beside it."""
        with contextlib.closing(open_store(self.url)) as store:
            yield store

    def complaints(self) -> str:
        """What it told the person at the terminal."""
        return self._log.read_text()

    def kernels(self) -> list[psutil.Process]:
        """The processes of its kernels: its own children, and those of its nursery."""
        return [each for each in self.descendants() if _is_kernel(each)]

    def nursery(self) -> psutil.Process | None:
        """The process that kernels are forked from."""
        return next((each for each in self.descendants() if _is_nursery(each)), None)

    def descendants(self) -> list[psutil.Process]:
        """Every process that came from it, and still has it above."""
        assert self._process
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self._process.pid).children(recursive=True)
        return []


def _is_kernel(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return "ipykernel_launcher" in process.cmdline() or (
            _NURSERY in process.cmdline() and not _is_nursery(process)
        )
    return False


def _is_nursery(process: psutil.Process) -> bool:
    """Whether it is the one that forks: what it forked has the same command."""
    with contextlib.suppress(psutil.NoSuchProcess):
        above = process.parent()
        return _NURSERY in process.cmdline() and (above is None or _NURSERY not in above.cmdline())
    return False


def _port(link: str) -> int:
    return int(re.search(r":(\d+)/", link)[1])  # type: ignore[index]


def serving(folder: Path, **options: Any) -> Server:
    """A server with a database of its own in *folder*; to be used in a ``with``."""
    return Server(f"sqlite:///{folder}/record.sqlite", folder, **options)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, where it is JSON as a browser reads it."""
        return json.loads(self.body, parse_constant=_no_json)

    @property
    def problem(self) -> str:
        """The one sentence of a refusal."""
        assert self.status >= 400, self.body
        told = self.json
        assert set(told) == {"problem", "kind"}, told
        assert re.fullmatch(r"[A-Z“][^\n<>]+\.", told["problem"]), told
        return str(told["problem"])


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON: no browser reads it.")


def run(work: Any) -> Any:
    """What a coroutine gives, on a thread of its own: a browser's fixture holds a loop in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def new_key() -> str:
    """A key as a browser makes it."""
    return secrets.token_urlsafe(32)


class Learner:
    """Asks a server with one key, or without."""

    def __init__(self, server: Server, key: str | None = None) -> None:
        self.server = server
        self.key = new_key() if key is None else key

    @property
    def door(self) -> str:
        """The name under which the store knows the key."""
        return f"key:{self.key}"

    def get(self, path: str) -> Answer:
        """What the record's route answers."""
        return self.ask("GET", f"/record/{path}")

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """What the record's route answers to *body*, sent as JSON unless it is bytes."""
        sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        return self.ask("POST", f"/record/{path}", sent, **headers)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Any request, with headers of its own in place of the page's."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        page = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if method == "POST":
            page["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            below = self.server.base.rstrip("/") + path
            connection.request(method, below, body, page | named)
            came = connection.getresponse()
            return _sound(Answer(came.status, came.headers, came.read()))
        finally:
            connection.close()

    def answer(self, asked: Asked, response: object = None, **more: object) -> Answer:
        """Answer an item, rightly unless told otherwise."""
        return self.post("answers", asked.answer(response, **more))


def _sound(answer: Answer) -> Answer:
    """What holds for each answer, whatever was asked."""
    opened = [name for name in answer.headers if name.lower().startswith("access-control")]
    assert opened == [], "No other site's page may read an answer."
    assert "Set-Cookie" not in answer.headers, answer.headers["Set-Cookie"]
    assert b"Traceback" not in answer.body, answer.body
    assert answer.status in (*range(200, 500), HTTPStatus.SERVICE_UNAVAILABLE), answer.body
    return answer


@dataclass(frozen=True)
class Asked:
    """An item as a page asks it."""

    case: str
    item: str
    lesson: str
    right: Any
    wrong: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Its name among all."""
        return f"{self.case}/{self.item}"

    def answer(self, response: object = None, **more: object) -> dict[str, Any]:
        """An answer as a page sends it, the first of its learner."""
        return {
            "id": secrets.token_urlsafe(16),
            "case": self.case,
            "item": self.item,
            "lesson": self.lesson,
            "response": self.right if response is None else response,
            "first": True,
            **more,
        }


def choices(content: Any) -> list[Asked]:
    """Every item of the content with one right option."""
    return [
        Asked(
            case=case.id,
            item=item.id,
            lesson=case.lesson,
            right=key_of(item),
            wrong=tuple(option.id for option in item.options if option.credit == 0),
        )
        for case in content.cases.values()
        for item in case.items
        if item.kind == "single_choice" and all(o.credit in (0, 1) for o in item.options)
    ]


def _serve_on_a_disk_that_may_be_full() -> int:
    """The command, but SQLite is held to the pages that it has while the file FULL is there."""
    full = Path(os.environ["FULL"])

    @event.listens_for(engine.Engine, "checkout")
    def hold(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={1 if full.exists() else 2**30}")

    return cli.main()


if __name__ == "__main__":
    sys.exit(_serve_on_a_disk_that_may_be_full())
