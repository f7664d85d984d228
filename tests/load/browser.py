"""A learner's browser: connections, cookies, a cache and a key of its own."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp
from yarl import URL

from tests.load.figures import Figures, TroubleError

AT_ONCE = 6  # connections that a browser opens to one host
PATIENCE = 8.0  # seconds that a page waits for the record to answer
_OF_PAGES = ("record/", "api/", "voila/api/", "healthz/", "wait/")  # what scripts ask for
LOADING = 60.0  # seconds that anything else may take: a browser would wait longer


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        """The body, unpacked."""
        return unpacked(self.headers, self.body).decode()

    @property
    def json(self) -> Any:
        """The body, as JSON."""
        return json.loads(self.text)


class Browser:
    """Asks one site below *base*, which ends with a slash, and counts what it costs."""

    def __init__(self, base: str, figures: Figures, chance: random.Random) -> None:
        self.base, self.figures = base, figures
        self.key = base64.urlsafe_b64encode(chance.randbytes(32)).rstrip(b"=").decode()
        self.assets = ""  # where static files lie, once a page said so
        self.cached: set[str] = set()
        self._cookies = aiohttp.CookieJar(unsafe=True)  # also of a host that is an address
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections, opened anew after they were dropped."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit_per_host=AT_ONCE),
                cookie_jar=self._cookies,
                auto_decompress=False,  # so that bytes are counted as they travel
                headers={"Accept-Encoding": "gzip"},
            )
        return self._session

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        patience: float = LOADING,
        expected: tuple[int, ...] = (HTTPStatus.OK,),
    ) -> Reply:
        """What the site answers.  Raises TroubleError for any other status, and TimeoutError."""
        async with self.opened(method, path, body, patience=patience) as response:
            read = await response.read()
            self.figures.bytes += len(read)
            reply = Reply(response.status, response.headers, read)
        if reply.status not in expected:
            raise TroubleError(f"{_what(path)} answered {reply.status}", reply.text[:200])
        return reply

    @asynccontextmanager
    async def opened(
        self, method: str, path: str, body: object = None, *, patience: float = LOADING
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer while it comes; *path* is below the base, from the host's root, or whole."""
        self.figures.requests += 1
        address = URL(self.base).join(URL(path, encoded=True))
        headers = self._headers(path, address)
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        timeout = aiohttp.ClientTimeout(total=patience)
        async with self.session.request(
            method, address, data=data, headers=headers, timeout=timeout
        ) as response:
            yield response

    def _headers(self, path: str, address: URL) -> dict[str, str]:
        """What a browser says with a page's own requests, and with an address that is opened."""
        if not path.startswith(_OF_PAGES):
            return {"Accept": "text/html,*/*", "Sec-Fetch-Mode": "navigate"}
        headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
        if path.startswith("record/"):
            headers["Authorization"] = f"Bearer {self.key}"
        if guard := self._cookies.filter_cookies(address).get("_xsrf"):
            headers["X-XSRFToken"] = guard.value
        return headers

    async def load(self, *addresses: str) -> None:
        """Load static files side by side, each once: they may be kept for ever."""
        new = [each for each in dict.fromkeys(addresses) if each not in self.cached]
        self.cached.update(new)
        await asyncio.gather(*(self.ask("GET", each) for each in new))

    async def drop(self) -> None:
        """Lose every connection at once, as a phone in a tunnel does."""
        if self._session and self._session.connector:
            await self._session.connector.close()
            await self._session.close()

    async def close(self) -> None:
        """Close what is open."""
        if self._session:
            await self._session.close()


def unpacked(headers: Any, body: bytes) -> bytes:
    """A body as it was before it was compressed to travel."""
    return gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" and body else body


def _what(path: str) -> str:
    """A path without what differs from learner to learner."""
    if "/static/" in path or path.startswith("static/"):
        return "a static file"
    first, _, rest = path.partition("?")[0].partition("/")
    return f"{first}/…" if first in ("healthz", "wait", "api", "voila") else f"{first}/{rest}"
