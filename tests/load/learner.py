"""One learner: comes, reads, answers everything that the lesson asks, plays with the lab, goes."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any

import aiohttp

from tests.load.browser import PATIENCE, Browser
from tests.load.figures import Figures, TroubleError
from tests.load.page import Look, Page
from tests.load.tasks import Task, Tasks
from tests.load.ways import Way

# How often, per answer unless said otherwise.
DROPS, RELOADS, LAB_MOVES = 0.08, 0.03, 0.12
PIVOTS, VANISHES = 0.15, 0.2  # of the moves in the lab; of all learners
CUT_OFF = 0.05  # seconds within which a connection breaks: the answer is perhaps kept, perhaps not
AGAIN = (1.0, 2.0, 4.0)  # seconds, of record.js; the last recurs
OPENINGS = 3  # times that a learner tries to open a lesson that fails
THINKS, SPREAD = 40.0, 0.6  # seconds that half of the answers take at most; of the logarithm
PASSING = (TroubleError, TimeoutError, aiohttp.ClientError, OSError)  # a learner goes on
_OWN_FILES = re.compile(r'(?:src|href)="([^"]*?/static/[0-9a-f]+/)([^"]+)"')


@dataclass(frozen=True)
class Pace:
    """How quickly learners go; twice the pace is half the time to think."""

    factor: float
    chance: random.Random

    async def think(self) -> None:
        """Wait as long as a learner thinks."""
        await asyncio.sleep(self.chance.lognormvariate(0, SPREAD) * THINKS / self.factor)


@dataclass
class Sent:
    """What a learner sent: each answer by its id, and the ids that were acknowledged."""

    door: str  # the name under which the store knows the learner
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)


class Learner:
    """Goes through one lesson in one browser."""

    def __init__(
        self,
        number: int,
        stem: str,
        lesson: str,
        *,
        base: str,
        way: Way,
        look: Look,
        tasks: Tasks,
        figures: Figures,
        pace: float,
        chance: random.Random,
    ) -> None:
        self._number, self._path, self._lesson = number, f"lesson/{stem}", lesson
        self._way, self._look, self._tasks, self._figures = way, look, tasks, figures
        self._pace, self._chance = Pace(pace, chance), chance
        self.browser = Browser(base, figures, chance)
        self.sent = Sent(way.door(number, self.browser.key))
        self.page: Page | None = None
        self._asked: set[tuple[str, str]] = set()

    async def go(self) -> None:
        """The whole visit; what goes wrong is counted, and ends it where nothing can follow."""
        try:
            await self._way.enter(self.browser, self._number)
            await start_page(self.browser)
            await self._pace.think()
            await self._open()
            await self._learn()
            await self._leave()
            self._figures.finished += 1
        except PASSING as error:
            self._figures.errors.note(error)

    async def close(self) -> None:
        """Close the browser, however far it came."""
        if self.page:
            self.page.unwatch()
        await self.browser.close()

    # --- The lesson ---

    async def _open(self) -> None:
        """Open the lesson, again where it fails; what was answered before is asked for."""
        for attempt in count(1):
            page = Page(self.browser, self._path, self._look, self.page.kernel if self.page else "")
            try:
                await page.open()
                break
            except PASSING as error:
                if attempt == OPENINGS:
                    raise
                self._figures.errors.note(error)
                await page.give_up()
                await asyncio.sleep(AGAIN[0])
        first = self.page is None
        (self._figures.startup if first else self._figures.reopened).append(page.seconds)
        if page.waited:
            (self._figures.waited if first else self._figures.rewaited).append(page.waited)
        self.page = page
        page.watch()
        if self.sent.kept:
            pairs = [[task.case, task.item] for task in self._tasks.of(page.widgets)]
            await self._record("POST", "record/earlier", {"asked": pairs})
            await self._record("GET", self._progress)

    async def _learn(self) -> None:
        """Answer everything, with a move in the lab, a reload or a lost network now and then."""
        assert self.page
        for task in self._tasks.of(self.page.widgets):
            await self._pace.think()
            await self._answer(task)
            for odds, act in ((LAB_MOVES, self._play), (RELOADS, self._reload)):
                if self._chance.random() < odds:
                    await act()
        await self._play()

    async def _reload(self) -> None:
        assert self.page
        self._figures.reloads += 1
        await self.page.leave()
        await self._open()

    async def _leave(self) -> None:
        assert self.page
        if self._chance.random() < VANISHES:
            self._figures.vanished += 1
            await self.page.vanish()
        else:
            await self.page.leave()

    # --- Answers ---

    async def _answer(self, task: Task) -> None:
        """Play what has turns to its end, then answer, and send it until it is kept."""
        response = task.response(self._chance)
        for path, body in task.turns(response):
            await self._record("POST", path, body)
        answer = {
            "id": self._chance.randbytes(16).hex(),
            "case": task.case,
            "item": task.item,
            "lesson": self._lesson,
            "response": response,
            "seconds": 5,
        }
        self.sent.answers[answer["id"]] = answer
        if self._chance.random() < DROPS:
            await self._cut_off(answer)
        await self._keep(answer)
        await self._record("GET", self._progress)

    async def _keep(self, answer: dict[str, Any]) -> None:
        """Send an answer under its one id until the server says that it is kept."""
        for tried in count():
            began = monotonic()
            try:
                reply = await self._sending(answer, PATIENCE)
            except PASSING as error:
                self._figures.errors.note(error)
                await asyncio.sleep(AGAIN[min(tried, len(AGAIN) - 1)])
                self._figures.resent += 1
                continue
            self._figures.answers.append(monotonic() - began)
            if reply["problem"] or not reply["html"]:
                raise TroubleError("an answer was refused", f"{answer} {reply}")
            self.sent.kept.add(answer["id"])
            return

    async def _cut_off(self, answer: dict[str, Any]) -> None:
        """Send it while the network breaks: it is perhaps kept, and nobody hears of it."""
        self._figures.drops += 1
        sending = asyncio.create_task(self._sending(answer, PATIENCE))
        await asyncio.sleep(self._chance.uniform(0, CUT_OFF))
        await self.browser.drop()
        sending.cancel()
        with suppress(asyncio.CancelledError, *PASSING):
            await sending
        await asyncio.sleep(AGAIN[0])
        self._figures.resent += 1
        assert self.page
        await self.page.mend()

    async def _sending(self, answer: dict[str, Any], patience: float) -> Any:
        body = {**answer, "first": not self.sent.kept}
        return (await self.browser.ask("POST", "record/answers", body, patience=patience)).json

    async def _record(self, method: str, path: str, body: object = None) -> None:
        """Ask for what the page shows; one try, as the page does."""
        try:
            await self.browser.ask(method, path, body, patience=PATIENCE)
        except PASSING as error:
            self._figures.errors.note(error)

    @property
    def _progress(self) -> str:
        return f"record/progress?lesson={self._lesson}"

    # --- The lab ---

    async def _play(self) -> None:
        """Switch a fact in the lab, if the page has one; now and then ask what would change it."""
        assert self.page
        widgets, line = self.page.widgets, self.page.line
        switches, pivots = _having(widgets, "choice"), _having(widgets, "found")
        if switches is None:
            return
        choice = turn(widgets[switches], self._chance)
        await self._move(lambda: line.set(switches, choice=choice))
        if pivots and self._chance.random() < PIVOTS:
            await self._move(lambda: line.tell(pivots, {"ask": "pivots"}))

    async def _move(self, work: Callable[[], Awaitable[dict[str, dict[str, Any]]]]) -> None:
        """Do something in the lab, and show what it replies."""
        assert self.page
        began = monotonic()
        try:
            changed = await work()
        except PASSING as error:
            self._figures.errors.note(error)
            return
        self._figures.lab.append(monotonic() - began)
        for model, state in changed.items():
            self.page.widgets[model].update(state)


async def start_page(browser: Browser) -> None:
    """Open the page with the lessons, with all its files."""
    page = await browser.ask("GET", "")
    files = _OWN_FILES.findall(page.text)
    if not files:
        raise TroubleError("the start page is not the kit's", page.text[:200])
    browser.assets = files[0][0]
    await browser.load(*(folder + name for folder, name in files))


def turn(state: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """What the lab's page sends when one fact is switched."""
    choice = state["choice"]
    facts = [fact["id"] for group in state["view"]["groups"] for fact in group["facts"]]
    switched = set(choice["facts"]) ^ {chance.choice(facts)}
    return {**choice, "n": choice["n"] + 1, "facts": [fact for fact in facts if fact in switched]}


def _having(widgets: dict[str, dict[str, Any]], part: str) -> str | None:
    return next((model for model, state in widgets.items() if part in state), None)
