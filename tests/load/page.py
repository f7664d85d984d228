"""A lesson's page as a browser opens it: streamed, with its files, and its line to the kernel."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp

from tests.load.browser import LOADING, Browser, unpacked
from tests.load.figures import TroubleError
from tests.load.line import Line

# Of connection.js, in seconds.
EVERY, PATIENCE, AGAIN = 3.5, 2.5, 1.0
_FOLDER = Path(__file__).parent
_CONFIG = re.compile(r'id="jupyter-config-data"[^>]*>(.*?)</script>', re.DOTALL)
_TICKET = re.compile(r'data-ticket="([^"]+)"')


@dataclass(frozen=True)
class Look:
    """What is particular to the pages of one server."""

    cold: tuple[str, ...] = ()  # the files that scripts load in a browser that was never here
    early: str = ""  # how those begin that load while the page still comes
    end: str = ""  # what stands at the end of a whole page


def look(name: str) -> Look:
    """The kit's pages, or those of stock Voilà; tests/load/cold.py writes the lists of files."""
    cold = tuple((_FOLDER / f"cold_{name}.txt").read_text("utf-8").split())
    if name == "kit":
        return Look(cold, early="voila/", end='id="lesson-complete"')
    return Look(cold, early="voila/static/", end="</html>")


class Page:
    """One lesson, open."""

    def __init__(self, browser: Browser, path: str, look: Look, left: str = "") -> None:
        self._browser, self._path, self._look = browser, path, look
        self._left = left  # the kernel of the page that was there before
        self.kernel = ""
        self.widgets: dict[str, dict[str, Any]] = {}
        self._ticket = ""
        self.waited = 0.0
        self.seconds = 0.0  # until every question had its state, waiting apart
        self._line: Line | None = None
        self._pulse: asyncio.Task[None] | None = None

    @property
    def line(self) -> Line:
        """The line to its kernel."""
        assert self._line, "The page is not open."
        return self._line

    async def open(self) -> None:
        """Open it to its last question.  Raises TroubleError where a learner would see an error."""
        began = monotonic()
        text = await self._streamed(self._path)
        while text is None:
            ticket = await self._come()
            text = await self._streamed(f"{self._path}?ticket={ticket}")
        self._read(text)
        await self._browser.load(*self._files(""))
        await self._browser.ask("GET", f"api/kernels/{self.kernel}")
        self._line = Line(self._browser, self.kernel)
        await self._line.open()
        self.widgets = await self._line.widgets()
        self.seconds = monotonic() - began - self.waited

    def watch(self) -> None:
        """Ask from now on every few seconds whether the lesson is still there, as the page does."""
        self._pulse = asyncio.create_task(self._watched())

    async def mend(self) -> None:
        """Open a line that was lost anew, as Jupyter does by itself."""
        await self.line.close()
        await self.line.open()

    async def leave(self) -> None:
        """Go as a browser does: with a last word to the server."""
        self.unwatch()
        gone = (HTTPStatus.OK, HTTPStatus.NO_CONTENT)
        await self._browser.ask(
            "POST", f"voila/api/shutdown/{self.kernel}", {}, expected=gone, patience=LOADING
        )
        await self.line.close()

    async def give_up(self) -> None:
        """Leave a page that did not open; what fails now is of no interest any more."""
        with suppress(TroubleError, TimeoutError, aiohttp.ClientError, OSError):
            if self.kernel:
                await self._browser.ask("POST", f"voila/api/shutdown/{self.kernel}", {})
        if self._line:
            await self._line.close()

    async def vanish(self) -> None:
        """Go without a word: the battery is empty, or the browser was closed by the phone."""
        self.unwatch()
        await self._browser.drop()
        await self.line.close()

    def unwatch(self) -> None:
        """Ask no longer."""
        if self._pulse:
            self._pulse.cancel()

    # --- The document ---

    async def _streamed(self, path: str) -> str | None:
        """The page once its last piece is here; None where there is a waiting page instead."""
        pieces: list[bytes] = []
        files: asyncio.Task[None] | None = None
        async with self._browser.opened("GET", path, patience=3 * LOADING) as answer:
            if answer.status != HTTPStatus.OK:
                raise TroubleError(f"a lesson answered {answer.status}", path)
            waiting = answer.headers.get("X-Asylum-Teach") == "wait"
            async for piece in answer.content.iter_any():
                self._browser.figures.bytes += len(piece)
                pieces.append(piece)
                if files is None and not waiting:
                    early = self._files(self._look.early)
                    files = asyncio.create_task(self._browser.load(*early))
        if files:
            await files
        text = unpacked(answer.headers, b"".join(pieces)).decode()
        if waiting:
            self._ticket = _found(_TICKET, text, "the waiting page names no ticket")
        return None if waiting else text

    def _read(self, text: str) -> None:
        """Read which kernel it has; a cell that failed, or an end that is missing, is an error."""
        if 'class="broken"' in re.sub(r"<noscript>.*?</noscript>", "", text, flags=re.DOTALL):
            raise TroubleError("a part of a lesson could not be shown", self._path)
        if self._look.end not in text:
            raise TroubleError("a lesson broke off", text[-200:])
        self.kernel = json.loads(_found(_CONFIG, text, "a lesson names no kernel"))["kernelId"]

    def _files(self, start: str) -> list[str]:
        """The static files of a cold browser whose names begin with *start*."""
        cold = [name for name in self._look.cold if name.startswith(start)]
        return [self._browser.assets + name for name in cold]

    # --- Waiting for a place ---

    async def _come(self) -> str:
        """Wait on the page that keeps a place, and return its ticket once that page would go on."""
        since = monotonic()
        while True:
            told = (await self._browser.ask("GET", f"wait/{self._ticket}?left={self._left}")).json
            if told["state"] == "gone":  # the page goes on, and is given a place at the end
                self._browser.figures.errors.note(TroubleError("a place in the queue was lost"))
            if told["state"] != "wait":
                self.waited += monotonic() - since
                return self._ticket
            await asyncio.sleep(told["again"])

    # --- Whether it is still there ---

    async def _watched(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            found = await self._state()
            if found != "well":
                await asyncio.sleep(AGAIN)
                found = await self._state()
            if found == "server":
                told = "a page said that the connection to the site was lost"
                self._browser.figures.errors.note(TroubleError(told, self._path))
            elif found == "gone" and any("choice" in state for state in self.widgets.values()):
                told = "a page said that its lab was lost"
                self._browser.figures.errors.note(TroubleError(told, self._path))
                return

    async def _state(self) -> str:
        expected = (HTTPStatus.OK, HTTPStatus.GONE)
        with suppress(TroubleError, TimeoutError, aiohttp.ClientError, OSError):
            asked = self._browser.ask(
                "GET", f"healthz/{self.kernel}", patience=PATIENCE, expected=expected
            )
            return "well" if (await asked).status == HTTPStatus.OK else "gone"
        return "server"


def _found(pattern: re.Pattern[str], text: str, missing: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise TroubleError(missing, text[:200])
    return match[1]
