"""Pages that are opened and closed again: whether their kernels go, and what a page costs."""

from __future__ import annotations

import asyncio
import random
from time import monotonic
from typing import Any

from tests.load.browser import Browser
from tests.load.figures import Figures, spread
from tests.load.learner import PASSING, start_page
from tests.load.page import Look, Page, look
from tests.load.servers import Gauge, Site, kernels_of, settled
from tests.load.visits import gone

AT_ONCE = 4  # pages that open at the same time
VANISHING = 1 / 3  # of the pages; the others say that they go
LOOKS = (0.2, 2.0)  # seconds for which a page is looked at


async def pages(count: int, site: Site, stem: str, linger: float, seed: int) -> dict[str, Any]:
    """Open and close *count* pages, then wait until only the pool's kernels are left."""
    figures = Figures()
    pool = await settled(site.process)
    doors, began, most = asyncio.Semaphore(AT_ONCE), monotonic(), 0

    async def one(number: int) -> None:
        nonlocal most
        async with doors:
            try:
                await _looked_at(site, stem, figures, random.Random(f"{seed}/{number}"))
            except PASSING as error:
                figures.errors.note(error)
            most = max(most, await asyncio.to_thread(kernels_of, site.process))

    await asyncio.gather(*(one(n) for n in range(count)))
    seconds = monotonic() - began
    left, went = await gone(site, pool, linger)
    return {
        "pages": count,
        "vanished": figures.vanished,
        "seconds": round(seconds, 1),
        "opening": spread(figures.startup),
        "kernels": {
            "pool": pool,
            "most": most,
            "left": left,
            "seconds until the pool's number": round(went, 1) if left <= pool else None,
            "waited at most": linger,
        },
        "errors": figures.errors.told(),
        "sound": not figures.errors.counts and left <= pool,
    }


async def _looked_at(site: Site, stem: str, figures: Figures, chance: random.Random) -> None:
    """Open one page, look at it, and go."""
    browser = Browser(site.base, figures, chance)
    try:
        page = Page(browser, f"lesson/{stem}", Look(end=look("kit").end))
        await page.open()
        figures.startup.append(page.seconds)
        await asyncio.sleep(chance.uniform(*LOOKS))
        if chance.random() < VANISHING:
            figures.vanished += 1
            await page.vanish()
        else:
            await page.leave()
    finally:
        await browser.close()


# --- Beside stock Voilà ---


async def beside(count: int, ours: Site, stock: Site, stem: str, seed: int) -> dict[str, Any]:
    """Open *count* pages of each in turn, one at a time, and leave all open; ratios to stock."""
    sides = {"kit": _Side(ours, f"lesson/{stem}", look("kit"))}
    sides["stock"] = _Side(stock, f"voila/render/{stem}.ipynb", look("stock"))
    for side in sides.values():
        await settled(side.site.process)
        side.gauge = Gauge(side.site.process)
    for number in range(count):
        for side in sides.values():
            await side.open(random.Random(f"{seed}/{number}"))
    for side in sides.values():
        await settled(side.site.process)
        await side.gauge.look()
    told = {name: side.told(count) for name, side in sides.items()}
    for side in sides.values():
        await side.close()
    kit, other = told["kit"], told["stock"]
    return {
        "pages of each": count,
        **told,
        "kit to stock": {
            "time to the first question": _ratio(kit["opening"], other["opening"], "median"),
            "memory for each learner": _ratio(kit, other, "megabytes for each learner"),
            "whole server": _ratio(kit, other, "megabytes of the whole server"),
        },
        "sound": not (kit["errors"] or other["errors"]),
    }


class _Side:
    """One of the two servers, and the pages that are open on it."""

    def __init__(self, site: Site, path: str, look: Look) -> None:
        self.site, self.gauge = site, Gauge(None)
        self._path, self._look, self._figures = path, look, Figures()
        self._browsers: list[Browser] = []

    async def open(self, chance: random.Random) -> None:
        """Open one more page in a browser that was never here."""
        browser = Browser(self.site.base, self._figures, chance)
        self._browsers.append(browser)
        try:
            if self._path.startswith("lesson/"):
                await start_page(browser)
                browser.cached.clear()  # it came straight to the lesson, as it does to stock's
            page = Page(browser, self._path, self._look)
            await page.open()
            self._figures.startup.append(page.seconds)
        except PASSING as error:
            self._figures.errors.note(error)

    def told(self, count: int) -> dict[str, Any]:
        """What its pages cost."""
        more = self.gauge.peak.memory - self.gauge.empty.memory
        return {
            "opening": spread(self._figures.startup),
            "megabytes for each learner": round(more / count / 1e6, 1),
            "megabytes of the whole server": round(self.gauge.peak.memory / 1e6, 1),
            "kilobytes for each page": round(self._figures.bytes / count / 1e3, 1),
            "CPU seconds for each page": round(
                (self.gauge.peak.cpu - self.gauge.empty.cpu) / count, 2
            ),
            "errors": self._figures.errors.told(),
        }

    async def close(self) -> None:
        """Close its browsers."""
        for browser in self._browsers:
            await browser.close()


def _ratio(one: dict[str, Any], other: dict[str, Any], name: str) -> float | None:
    if not one.get(name) or not other.get(name):
        return None
    return round(float(one[name]) / float(other[name]), 2)
