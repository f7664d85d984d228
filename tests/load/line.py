"""A page's line to its kernel, in the words of Jupyter's messages: what the widget manager does."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from tests.load.browser import Browser
from tests.load.figures import TroubleError

PROTOCOL = "v1.kernel.websocket.jupyter.org"
TOO_LONG = 45.0  # seconds: as long as connection.js lets a lesson open
_CONTROL = "jupyter.widget.control"

Message = dict[str, Any]


class Line:
    """The WebSocket of one kernel."""

    def __init__(self, browser: Browser, kernel: str) -> None:
        self._browser, self._kernel = browser, kernel
        self._session = str(uuid.uuid4())
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._heard: list[Callable[[Message], None]] = []

    async def open(self) -> None:
        """Connect, and wait until the kernel says what it is; again after it was lost."""
        address = self._browser.base.replace("http", "ws", 1)
        self._browser.figures.requests += 1
        self._ws = await self._browser.session.ws_connect(
            f"{address}api/kernels/{self._kernel}/channels?session_id={self._session}",
            protocols=(PROTOCOL,),
            compress=15,
            max_msg_size=0,
        )
        self._reading = asyncio.create_task(self._read())
        await self._asked("kernel_info_request", {}, _is("kernel_info_reply"))

    async def widgets(self) -> dict[str, dict[str, Any]]:
        """The state of every widget of the kernel, by its model's id."""
        comm = uuid.uuid4().hex
        opening = {"comm_id": comm, "target_name": _CONTROL, "data": {}}
        told = await self._asked(
            "comm_open", opening, _closed_or_idle, metadata={"version": "1.0.0"}
        )
        if told["header"]["msg_type"] == "comm_close":  # a page would ask widget by widget
            raise TroubleError("a kernel does not know Jupyter's widgets")
        came = await self._asked(
            "comm_msg",
            {"comm_id": comm, "data": {"method": "request_states"}},
            lambda message: (
                message["content"].get("comm_id") == comm
                and message["content"]["data"].get("method") == "update_states"
            ),
            of_request=False,
        )
        await self._send("comm_close", {"comm_id": comm, "data": {}})
        states = came["content"]["data"]["states"]
        return {model: each["state"] for model, each in states.items()}

    async def set(self, model: str, **state: Any) -> dict[str, dict[str, Any]]:
        """Change the state of a widget; what the kernel changes then, by model."""
        return await self._move(model, {"method": "update", "state": state, "buffer_paths": []})

    async def tell(self, model: str, content: object) -> dict[str, dict[str, Any]]:
        """Send a widget a message of its own; what the kernel changes then, by model."""
        return await self._move(model, {"method": "custom", "content": content})

    async def close(self) -> None:
        """Close it as a page does that is left."""
        if self._reading:
            self._reading.cancel()
        if self._ws:
            with suppress(aiohttp.ClientError, OSError):
                await self._ws.close()

    async def _move(self, model: str, data: Message) -> dict[str, dict[str, Any]]:
        """Send *data* to a widget; the kernel has replied to all of it once it is idle again."""
        changed: dict[str, dict[str, Any]] = {}

        def done(message: Message) -> bool:
            content = message["content"]
            if message["header"]["msg_type"] == "comm_msg":
                changed.setdefault(content["comm_id"], {}).update(content["data"].get("state", {}))
            return bool(content.get("execution_state") == "idle")

        await self._asked("comm_msg", {"comm_id": model, "data": data}, done)
        if not changed:
            raise TroubleError("the lab did not reply", model)
        return changed

    async def _asked(
        self,
        kind: str,
        content: Message,
        fits: Callable[[Message], bool],
        *,
        of_request: bool = True,
        metadata: Message | None = None,
    ) -> Message:
        """Send a request, and wait for the message that *fits* (one that names it as its cause)."""
        reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        request = str(uuid.uuid4())

        def listen(message: Message) -> None:
            ours = not of_request or message["parent"].get("msg_id") == request
            if ours and not reply.done() and fits(message):
                reply.set_result(message)

        self._heard.append(listen)
        try:
            await self._send(kind, content, request, metadata)
            return await self._before_it_ends(reply, kind)
        finally:
            self._heard.remove(listen)

    async def _before_it_ends(self, reply: asyncio.Future[Message], kind: str) -> Message:
        """The reply; an error where the line ends before, or nothing comes for too long."""
        assert self._reading
        await asyncio.wait(
            (reply, self._reading), timeout=TOO_LONG, return_when=asyncio.FIRST_COMPLETED
        )
        if reply.done():
            return reply.result()
        how = "ended" if self._reading.done() else f"gave nothing for {TOO_LONG:.0f} s"
        raise TroubleError(f"the kernel's line {how}", f"after {kind}")

    async def _send(
        self, kind: str, content: Message, request: str = "", metadata: Message | None = None
    ) -> None:
        assert self._ws
        header = {
            "msg_id": request or str(uuid.uuid4()),
            "msg_type": kind,
            "session": self._session,
            "username": "",
            "date": datetime.now(UTC).isoformat(),
            "version": "5.2",
        }
        message = {
            "header": header,
            "parent_header": {},
            "metadata": metadata or {},
            "content": content,
        }
        await self._ws.send_bytes(serialize_msg_to_ws_v1(message, "shell", pack=_packed))

    async def _read(self) -> None:
        assert self._ws
        async for came in self._ws:
            if came.type == aiohttp.WSMsgType.BINARY:
                self._browser.figures.message_bytes += len(came.data)
                _, parts = deserialize_msg_from_ws_v1(came.data)
                header, parent, _, content = map(json.loads, parts[:4])
                message = {"header": header, "parent": parent, "content": content}
                for listen in tuple(self._heard):
                    listen(message)


def _is(kind: str) -> Callable[[Message], bool]:
    return lambda message: message["header"]["msg_type"] == kind


def _closed_or_idle(message: Message) -> bool:
    closed = message["header"]["msg_type"] == "comm_close"
    return closed or message["content"].get("execution_state") == "idle"


def _packed(part: object) -> bytes:
    return json.dumps(part).encode()
