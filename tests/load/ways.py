"""How a learner gets in: each way of serving has one, and from then on all are the same."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from typing import Protocol

from yarl import URL

from tests.load.browser import Browser
from tests.load.figures import TroubleError

SPAWNING = 120.0  # seconds that a hub may take to start a user's server
_FIELD = re.compile(r'name="_xsrf"\s+value="([^"]+)"')


class Way(Protocol):
    """Lets a browser in, and leaves its base where the learner's pages are."""

    def door(self, number: int, key: str) -> str:
        """The name under which the store knows the learner."""

    async def enter(self, browser: Browser, number: int) -> None:
        """Let learner *number* in."""


@dataclass(frozen=True)
class OpenDoor:
    """The kit by itself, or behind a proxy: nobody is asked who they are."""

    def door(self, number: int, key: str) -> str:
        """The key that the browser made."""
        return f"key:{key}"

    async def enter(self, browser: Browser, number: int) -> None:
        """There is nothing to do."""


@dataclass(frozen=True)
class Hub:
    """JupyterHub with a form to log in: each learner is a user and has a server of their own."""

    names: str = "learner-{}"
    password: str = ""

    def door(self, number: int, key: str) -> str:
        """The hub's user name."""
        return f"hub:{self.names.format(number)}"

    async def enter(self, browser: Browser, number: int) -> None:
        """Log in, have the server started, and go on below /user/NAME/."""
        began, name = monotonic(), self.names.format(number)
        hub = str(URL(browser.base))
        form = {"username": name, "password": self.password}
        await self._log_in(browser, f"{hub}hub/login", form)
        browser.base = f"{hub}user/{name}/"
        await browser.ask("GET", f"{hub}hub/spawn/{name}")  # leads on to the page that waits
        await self._spawned(browser, began)
        browser.figures.entered.append(monotonic() - began)

    async def _log_in(self, browser: Browser, address: str, form: dict[str, str]) -> None:
        page = await browser.ask("GET", address)
        field = _FIELD.search(page.text)
        if field is None:
            raise TroubleError("the hub's login page has no form", page.text[:200])
        sent = {**form, "_xsrf": field[1]}
        async with browser.session.post(address, data=sent) as answer:
            browser.figures.requests += 1
            if answer.status != HTTPStatus.OK or "hub/login" in str(answer.url):
                raise TroubleError("the hub let nobody in", f"{answer.status} {answer.url}")

    async def _spawned(self, browser: Browser, began: float) -> None:
        """Ask for the learner's own start page until it is that of their server."""
        while monotonic() - began < SPAWNING:
            async with browser.opened("GET", "") as answer:
                if answer.ok and str(answer.url).partition("?")[0] == browser.base:
                    return
            await asyncio.sleep(1)
        raise TroubleError("a server did not start", f"within {SPAWNING:.0f} s")
