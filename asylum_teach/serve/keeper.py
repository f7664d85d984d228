"""The store as the server uses it: off its own thread, and opened when it can be opened."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from asylum_teach import guidance, kit
from asylum_teach.desk import Desk
from asylum_teach.models import Content
from asylum_teach.records import Clock
from asylum_teach.serve.kernels import log
from asylum_teach.serve.records import Records
from asylum_teach.store import Store, StoreFault, open_store

WORKERS = 4  # a slow disk may hold up some of them, never the server itself

T = TypeVar("T")


def keeper_for(
    content: Content,
    bundle: Path,
    *,
    url: str | None = None,
    provider: str = kit.UNNAMED,
    now: Clock = lambda: datetime.now(UTC),
) -> Keeper:
    """The way to the records at *url*, of answers to *content* as it is compiled in *bundle*."""
    desk = Desk(content)
    # What a standing is folded under: this content, and this way of folding.
    under = hashlib.sha256(bundle.read_bytes() + str(guidance.FORMAT).encode()).hexdigest()[:32]

    def records(store: Store) -> Records:
        return Records(
            store=store,
            desk=desk,
            version=under,
            provider=provider,
            kit=version("asylum-teach"),
            now=now,
        )

    return Keeper(lambda: open_store(url), records)


class Keeper:
    """Calls on the records, each on a worker thread.

    A store that cannot be opened when the server starts (a full disk, a database
    that is down) is tried again at every call: learners can read meanwhile.
    """

    def __init__(self, opened: Callable[[], Store], records: Callable[[Store], Records]) -> None:
        self._opened = opened
        self._records = records
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="records")
        self._told = ""

    async def ask(self, work: Callable[[Records], T]) -> T:
        """What *work* makes of the records.  Raises what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, self._do, work)

    def open(self) -> None:
        """Open the store now, so that whoever starts the server hears of a fault at once."""
        self._records_now()

    def close(self) -> None:
        """Finish what is under way, then close the store."""
        self._workers.shutdown()
        if self._store:
            self._store.close()

    def _do(self, work: Callable[[Records], T]) -> T:
        try:
            done = work(self._records_now())
        except StoreFault as fault:
            self._tell(fault)
            raise
        self._told = ""
        return done

    def _records_now(self) -> Records:
        with self._opening:
            if self._store is None:
                self._store = self._opened()
            return self._records(self._store)

    def _tell(self, fault: StoreFault) -> None:
        """Tell the person at the terminal, once for each kind of fault in a row."""
        if fault.kind != self._told:
            self._told = fault.kind
            log.error("The learners' records: %s", fault.detail)
