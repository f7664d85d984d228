"""How many lessons may be open at once, and who waits for a place.

A lesson's page holds a kernel, and kernels hold memory.  Where there is none left,
whoever comes is given a ticket and let in by turns as places free, instead of
everybody's lessons slowing to a stop.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

FORGOTTEN = 60.0  # seconds after which a waiting page that no longer asks has lost its place
HELD = 30.0  # seconds for which a place is kept for a page that was told to come
KEPT = 10.0  # seconds for which one that a page left is kept for it: it is perhaps loaded again
BACK = 600.0  # seconds within which a page that left is the next, if it comes back
MEASURED = 600.0  # seconds of departures from which a wait is foretold
FEWEST = 3  # departures below which nothing is foretold
USUAL = 2.0  # seconds to open a lesson, before one was measured
SOONEST, LATEST = 1.0, 10.0  # seconds until a waiting page asks again

# A kernel with a lesson's page open, one that shares its memory and one that cannot, each with its
# part of the server and some to spare (docs/scaling.md has the measurement); and what the server
# and the machine's own work are left.  Megabytes.
SHARING_MB, ALONE_MB, RESERVE_MB = 40, 70, 600
MB = 2**20


@dataclass(frozen=True)
class Waiting:
    """A page that waits: how many are before it, and for how long, if that can be foretold."""

    before: int
    minutes: int | None
    again: float  # seconds until it should ask again


class Places:
    """The places of one server, as one thread sees them.

    *live* gives how many kernels pages hold now; *now* gives seconds of a clock that never goes
    back.  *at_once* lessons are opened at the same time: more would only slow one another.
    """

    def __init__(
        self, most: int, at_once: int, live: Callable[[], int], now: Callable[[], float]
    ) -> None:
        self.most, self.at_once = most, at_once
        self._live, self._now = live, now
        self._queue: OrderedDict[str, float] = OrderedDict()  # ticket: when it last asked
        self._told: dict[str, float] = {}  # ticket told to come: until when its place is held
        self._gone: dict[str, float] = {}  # page that had a place: when it left
        self._opening = 0
        self._entered = 0
        self._departed: deque[tuple[float, int]] = deque()  # when, and how many had left by then
        self._took: deque[float] = deque([USUAL], maxlen=20)  # seconds to open a lesson, lately
        self._turn = asyncio.Semaphore(at_once)

    @property
    def waiting(self) -> int:
        """How many pages wait."""
        return len(self._queue)

    def enter(self, ticket: str = "") -> bool:
        """Whether a page may open its lesson now; where it may, a place is taken."""
        self._forget()
        if self.knows(ticket):
            admitted = self.look(ticket) is None
        else:
            admitted = not self._queue and self._room() > 0
        if admitted:
            self._told.pop(ticket, None)
            self._opening += 1
            self._entered += 1
        return admitted

    def knows(self, ticket: str) -> bool:
        """Whether it is a ticket of a page that waits, or that was told to come."""
        return ticket in self._queue or ticket in self._told

    def take_ticket(self) -> str:
        """A new ticket, behind all others."""
        ticket = secrets.token_urlsafe(12)
        self._queue[ticket] = self._now()
        return ticket

    def left(self, page: str) -> None:
        """A page, known by its kernel's id, has left its place."""
        self._gone[page] = self._now()

    def look(self, ticket: str, page: str = "") -> Waiting | None:
        """Where a ticket stands; None when it may come.  Raises KeyError for one not known.

        A browser that left *page* lately is the next, once: it only loaded its lesson again.
        """
        self._forget()
        if ticket in self._told:
            return None
        if ticket not in self._queue:
            raise KeyError(ticket)
        self._queue[ticket] = self._now()
        if self._gone.pop(page, None) is not None:
            self._queue.move_to_end(ticket, last=False)
        before = list(self._queue).index(ticket)
        if before < self._room():
            del self._queue[ticket]
            self._told[ticket] = self._now() + HELD
            return None
        return Waiting(before, self._minutes(before + 1), self._again(before))

    @asynccontextmanager
    async def opening(self) -> AsyncIterator[None]:
        """Open a lesson for which a place was taken, in its turn."""
        try:
            async with self._turn:
                begun = self._now()
                yield
                self._took.append(self._now() - begun)
        finally:
            self._opening -= 1
            self._count_departures()

    def _room(self) -> int:
        """How many more may come now."""
        # A few are let in ahead of their turn, so that none is lost while a page asks again.
        return min(self._free(), 3 * self.at_once - self._coming())

    def _free(self) -> int:
        kept = sum(self._now() - when < KEPT for when in self._gone.values())
        return self.most - self._live() - self._coming() - kept

    def _coming(self) -> int:
        return self._opening + len(self._told)

    def _forget(self) -> None:
        now = self._now()
        for ticket in [t for t, seen in self._queue.items() if now - seen > FORGOTTEN]:
            del self._queue[ticket]
        for ticket in [t for t, until in self._told.items() if now > until]:
            del self._told[ticket]
        for page in [p for p, when in self._gone.items() if now - when > BACK]:
            del self._gone[page]
        self._count_departures()

    def _count_departures(self) -> None:
        """Keep how many had left by now; a lesson that is being opened is counted as here."""
        now, left = self._now(), max(0, self._entered - self._live() - self._opening)
        if not self._departed or left > self._departed[-1][1]:
            self._departed.append((now, left))
        while self._departed and now - self._departed[0][0] > MEASURED:
            self._departed.popleft()

    def _minutes(self, place: int) -> int | None:
        """Until that place in the queue has come, at the pace of the last minutes."""
        opening = place * sum(self._took) / len(self._took) / self.at_once
        wanted = place - max(0, self._free())
        leaving = self._until_left(wanted) if wanted > 0 else 0.0
        return None if leaving is None else max(1, math.ceil(max(opening, leaving) / 60))

    def _until_left(self, wanted: int) -> float | None:
        """Seconds until so many will have left; None where too few have left to say."""
        if not self._departed:
            return None
        (first, before), (_, after) = self._departed[0], self._departed[-1]
        if after - before < FEWEST:
            return None
        return wanted * (self._now() - first) / (after - before)

    def _again(self, before: int) -> float:
        """Those at the front ask often; the others need not."""
        return min(LATEST, max(SOONEST, before / (4 * self.at_once)))


def places_for(memory: int, *, sharing: bool) -> int:
    """How many lessons fit into so many bytes of memory; two at least."""
    return max(2, (memory // MB - RESERVE_MB) // (SHARING_MB if sharing else ALONE_MB))


def free_memory(limit: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """The bytes that this machine, or the container that we are in, has left for us."""
    free = int(psutil.virtual_memory().available)
    try:
        told = limit.read_text().strip()
    except OSError:
        return free
    return min(free, int(told)) if told.isdigit() else free
