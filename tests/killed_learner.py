"""A learner as the harness of the kills needs one: who answers without end and forgets nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat
from time import monotonic
from typing import Any

from tornado.httpclient import HTTPError
from tornado.websocket import websocket_connect

from asylum_teach.models import Content
from asylum_teach.scoring import key_of
from tests.killed_site import PATIENCE, Site, ask

HASTE = 0.03  # seconds: as when a network breaks off, what was sent is perhaps kept, perhaps not
AGAIN = (0.2, 0.5, 1.0)  # seconds until it is sent again, sooner than by the page; the last recurs


@dataclass(frozen=True)
class Task:
    """An item of a lesson, and responses to it that can be scored."""

    case: str
    item: str
    responses: tuple[Any, ...]


class Learner:
    """Has a lesson's page open and answers its items, as the page does."""

    def __init__(
        self, site: Site, content: Content, lesson: str, chance: random.Random, doors: Any
    ) -> None:
        self.lesson, self.tasks = lesson, tasks_of(content, lesson)
        self.key = base64.urlsafe_b64encode(chance.randbytes(32)).rstrip(b"=").decode()
        self.kept: list[dict[str, Any]] = []  # what was acknowledged, in its order
        self.kernel = ""  # of the page that is open
        self.pages, self.retries, self.longest_wait = 0, 0, 0.0
        self._site, self._chance, self._doors = site, chance, doors
        self._page = f"/lesson/{content.lessons[lesson].notebook}"
        self._under_way: dict[str, Any] | None = None

    async def answer(self) -> None:
        """Answer items without end, and look at the progress now and then."""
        while True:
            await self.deliver(self._under_way or self._response())
            if self._chance.random() < 0.05:
                await self.ask("progress")
            await asyncio.sleep(self._chance.uniform(0, 0.3))

    async def finish(self) -> None:
        """Send what was under way when the page was closed, as the next page does."""
        if self._under_way:
            await self.deliver(self._under_way)

    async def deliver(self, sent: dict[str, Any]) -> None:
        """Send an answer under its one id until it is acknowledged."""
        self._under_way, began = sent, monotonic()
        for pause in chain(AGAIN, repeat(AGAIN[-1])):
            if await self._acknowledged(sent):
                break
            self.retries += 1
            await asyncio.sleep(pause)
        self.kept.append(sent)
        self._under_way = None
        self.longest_wait = max(self.longest_wait, monotonic() - began)

    async def ask(self, path: str, body: object = None, **how: float) -> tuple[int, bytes]:
        """What the server answers to this learner."""
        return await ask(self._site, f"/record/{path}", body, key=self.key, **how)

    async def keep_page(self) -> None:
        """Have the lesson open, and open it anew when its kernel or the server is gone."""
        while True:
            with suppress(OSError, HTTPError):
                await self._open()
            self.kernel = ""
            await asyncio.sleep(0.5)

    def _response(self) -> dict[str, Any]:
        task = self._chance.choice(self.tasks)
        return {
            "id": self._chance.randbytes(16).hex(),
            "case": task.case,
            "item": task.item,
            "response": self._chance.choice(task.responses),
            "lesson": self.lesson,
            "seconds": 5,
        }

    async def _acknowledged(self, sent: dict[str, Any]) -> bool:
        """Whether it is; one in eight is not waited for, so that it is sent twice."""
        patience = HASTE if self._chance.random() < 1 / 8 else PATIENCE
        status, body = await self.ask("answers", sent | {"first": not self.kept}, patience=patience)
        if status == 200:
            told = json.loads(body)
            assert told["html"], told["problem"]
        elif 400 <= status < 500:
            raise AssertionError(f"An answer was refused: {status} {body!r}")
        return status == 200

    async def _open(self) -> None:
        """Open the page, and return when its kernel is lost; a line that breaks is mended."""
        async with self._doors:
            status, page = await ask(self._site, self._page, patience=60.0)
        if status != 200:
            return
        found = re.search(rb'id="jupyter-config-data"[^>]*>(.*?)</script>', page)
        assert found, "The lesson's page names no kernel."
        kernel = json.loads(found[1])["kernelId"]
        self.pages += 1
        broken = asyncio.Event()
        broken.set()
        while (await ask(self._site, f"/healthz/{kernel}"))[0] == 200:
            if broken.is_set():
                broken = await self._line(kernel)
            self.kernel = kernel
            with suppress(TimeoutError):
                await asyncio.wait_for(broken.wait(), 2)

    async def _line(self, kernel: str) -> asyncio.Event:
        """Connect to the kernel as the page does; the event comes when the line breaks."""
        broken = asyncio.Event()
        await websocket_connect(
            f"ws://127.0.0.1:{self._site.port}/api/kernels/{kernel}/channels?session_id={self.key}",
            connect_timeout=PATIENCE,
            on_message_callback=lambda message: message is None and broken.set(),
        )
        return broken


def tasks_of(content: Content, lesson: str) -> tuple[Task, ...]:
    """Every item of a lesson's cases."""
    items = [(c.id, item) for c in content.cases.values() if c.lesson == lesson for item in c.items]
    return tuple(Task(case, item.id, _responses(item)) for case, item in items)


def _responses(item: Any) -> tuple[Any, ...]:
    picks_one = item.kind in ("single_choice", "next_question")
    return tuple(option.id for option in item.options) if picks_one else (key_of(item),)
