"""Learners answer a real server while its parts are killed: what was acknowledged must be kept."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg

from asylum_teach.models import Content
from asylum_teach.store import open_store
from tests.killed_learner import Learner, tasks_of
from tests.killed_site import LONGEST, Site, free_port
from tests.postgres import Server

AT_ONCE = 3  # pages that open at the same time


# --- The kills ---


class Killer:
    """Kills one part of the site at a time; each waits for what it needs to be there first."""

    def __init__(
        self,
        site: Site,
        learners: Sequence[Learner],
        chance: random.Random,
        postgres: Server | None,
    ) -> None:
        self._site, self._learners, self._chance = site, learners, chance
        self._postgres = postgres

    async def kernel(self) -> None:
        """Kill a learner's kernel."""
        await asyncio.sleep(self._chance.uniform(0, 1))
        async with asyncio.timeout(LONGEST):
            while True:
                opened = [each.kernel for each in self._learners if each.kernel]
                process = opened and self._site.kernel(self._chance.choice(opened))
                if process:
                    process.kill()
                    return
                await asyncio.sleep(0.1)

    async def server(self) -> None:
        """Kill the server and start it: one time in five it was not even ready again."""
        if self._chance.random() < 0.8:
            await self._working()
        self._site.kill()
        self._site.start()
        await asyncio.sleep(self._chance.uniform(0, 1))

    async def descriptors(self) -> None:
        """Make every descriptor of the database fail."""
        await self._working()
        self._site.break_descriptors()

    async def postgres_server(self) -> None:
        """Stop PostgreSQL as if it had crashed, and start it."""
        await self._working()
        assert self._postgres
        await asyncio.to_thread(self._postgres.stop, "immediate")
        await asyncio.sleep(self._chance.uniform(0, 1))
        await asyncio.to_thread(self._postgres.start)

    async def postgres_connections(self) -> None:
        """End every connection to PostgreSQL."""
        await self._working()
        assert self._postgres
        await asyncio.to_thread(end_connections, self._postgres.url())

    async def _working(self) -> None:
        """Wait until the server is ready, mostly until answers are kept, and a moment more."""
        await self._site.ready()
        if self._chance.random() < 0.8:
            async with asyncio.timeout(LONGEST):
                before = self._kept()
                while self._kept() == before:
                    await asyncio.sleep(0.02)
        await asyncio.sleep(self._chance.uniform(0, 1.5))

    def _kept(self) -> int:
        return sum(len(learner.kept) for learner in self._learners)


def end_connections(url: str) -> None:
    """End every connection to PostgreSQL but the one that does so."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


# --- A run ---


@dataclass
class Figures:
    """What a run did and what it found."""

    kills: Mapping[str, int]
    acknowledged: int = 0
    retries: int = 0
    longest_wait: float = 0.0
    pages: int = 0
    broken: int = 0  # descriptors
    seconds: float = 0.0
    lost: list[str] = field(default_factory=list)  # ids that were acknowledged and are not there
    doubled: list[str] = field(default_factory=list)  # ids that are there more than once
    differing: list[str] = field(default_factory=list)  # ids that are there with another response
    unasked: int = 0  # attempts that are there and were never acknowledged
    untrue: list[str] = field(default_factory=list)  # what learners are told that is not so

    def __str__(self) -> str:
        kinds = ", ".join(f"{n} × {what.replace('_', ' ')}" for what, n in self.kills.items())
        return (
            f"{sum(self.kills.values())} kills ({kinds}; {self.broken} descriptors made to fail) "
            f"in {self.seconds:.0f} s\n"
            f"answers acknowledged {self.acknowledged:,}, sent again {self.retries:,}, "
            f"longest wait {self.longest_wait:.1f} s, pages opened {self.pages}\n"
            f"lost {len(self.lost)}, doubled {len(self.doubled)}, differing {len(self.differing)}, "
            f"kept but never acknowledged {self.unasked}, told untruly {len(self.untrue)}"
        )

    def sound(self) -> bool:
        """Whether every acknowledged answer is there, once, as it was given, and told so."""
        return not any((self.lost, self.doubled, self.differing, self.unasked, self.untrue))


async def run(
    content: Content,
    url: str,
    scratch: Path,
    *,
    learners: int,
    kills: Mapping[str, int],
    seed: int,
    postgres: Server | None = None,
) -> Figures:
    """Let *learners* answer at the site until all *kills* are done; then look what is there."""
    began, chance = monotonic(), random.Random(seed)
    site = Site(url, scratch, free_port(chance))
    people = _gathered(content, site, learners, chance)
    killer = Killer(site, people, chance, postgres)
    site.start()
    try:
        await site.ready()
        await _answer_while(killer, in_turn(kills, chance), people)
        untrue = [told for learner in people for told in await untruths(learner)]
    finally:
        site.kill()
    untrue += unsound(url) + ["a request failed unforeseen"] * site.surprises()
    figures = _measured(people, kills, untrue)
    figures.broken, figures.seconds = site.broken(), monotonic() - began
    compare(figures, people, url)
    return figures


def _gathered(content: Content, site: Site, count: int, chance: random.Random) -> list[Learner]:
    """Learners, each at one of the lessons that have items."""
    lessons = [lesson for lesson in content.lessons if tasks_of(content, lesson)]
    doors = asyncio.Semaphore(AT_ONCE)
    return [
        Learner(site, content, lessons[n % len(lessons)], random.Random(chance.random()), doors)
        for n in range(count)
    ]


async def _answer_while(killer: Killer, kinds: Sequence[str], people: Sequence[Learner]) -> None:
    """Let people answer until all is killed, and have what they sent last acknowledged.

    What one of them must not be told ends it all.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(learner.answer()) for learner in people]
        tasks += [group.create_task(learner.keep_page()) for learner in people]
        async with asyncio.timeout(LONGEST):
            while not all(learner.kernel for learner in people):
                await asyncio.sleep(0.1)
        for what in kinds:
            await getattr(killer, what)()
        for task in tasks:
            task.cancel()
    async with asyncio.timeout(LONGEST):
        await asyncio.gather(*(learner.finish() for learner in people))


def in_turn(kills: Mapping[str, int], chance: random.Random) -> list[str]:
    """Every kill, in a random order."""
    kinds = [what for what, count in kills.items() for _ in range(count)]
    chance.shuffle(kinds)
    return kinds


# --- What is there afterwards ---


async def untruths(learner: Learner) -> list[str]:
    """Where the server tells a learner something else than what was acknowledged."""
    last = {(sent["case"], sent["item"]): sent["response"] for sent in learner.kept}
    earlier = (await told(learner, "earlier", {"asked": list(last)}))["earlier"]
    responses = {tuple(name.split("/")): found["response"] for name, found in earlier.items()}
    wrong = [] if responses == last else [f"{learner.lesson}: earlier answers"]
    lessons = (await told(learner, "progress"))["lessons"]
    count, of = len(last), len(learner.tasks)
    expected = "all answered" if count == of else f"{count} of {of} answered"
    if lessons[learner.lesson] != expected:
        wrong.append(f"{learner.lesson}: progress")
    return wrong


async def told(learner: Learner, path: str, body: object = None) -> dict[str, Any]:
    """What the server says, asked as a page asks: again, for as long as it says "not now".

    Who asks first after the last kill may be the one at whom the store finds out about it.
    """
    async with asyncio.timeout(LONGEST):
        while True:
            status, answer = await learner.ask(path, body)
            if status == 200:
                found: dict[str, Any] = json.loads(answer)
                return found
            assert status == 0 or status >= 500, f"A question was refused: {status} {answer!r}"
            await asyncio.sleep(0.5)


def unsound(url: str) -> list[str]:
    """What SQLite finds wrong with its own file."""
    if not url.startswith("sqlite:///"):
        return []
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        found += [str(row) for row in connection.execute("PRAGMA foreign_key_check")]
    finally:
        connection.close()
    return [each for each in found if each != "ok"]


def _measured(people: Sequence[Learner], kills: Mapping[str, int], untrue: list[str]) -> Figures:
    return Figures(
        kills=kills,
        acknowledged=sum(len(learner.kept) for learner in people),
        retries=sum(learner.retries for learner in people),
        longest_wait=max(learner.longest_wait for learner in people),
        pages=sum(learner.pages for learner in people),
        untrue=untrue,
    )


def compare(figures: Figures, people: Sequence[Learner], url: str) -> None:
    """Set what the database holds against what was acknowledged."""
    store = open_store(url)
    try:
        total = 0
        for learner in people:
            owner = store.learner_of(f"key:{learner.key}")
            stored = [] if owner is None else store.attempts(owner)
            total += len(stored)
            kept = {sent["id"]: sent for sent in learner.kept}
            times = Counter(attempt.id for attempt in stored)
            figures.lost += kept.keys() - times.keys()
            figures.doubled += [each for each, count in times.items() if count > 1]
            figures.unasked += len(times.keys() - kept.keys())
            figures.differing += [a.id for a in stored if a.id in kept and not _same(a, kept[a.id])]
        others = {"learners": len(people), "attempts": total}
        if store.counts() != others:
            figures.untrue.append(f"{store.counts()} are there, and {others} have an owner")
    finally:
        store.close()


def _same(attempt: Any, sent: Mapping[str, Any]) -> bool:
    given = (attempt.case, attempt.item, attempt.response, attempt.lesson)
    return given == (sent["case"], sent["item"], sent["response"], sent["lesson"])
