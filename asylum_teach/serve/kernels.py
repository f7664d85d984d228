"""Kernels: one kept ready for the next learner, ended with its page, no learner's name asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from jupyter_client.session import utcnow
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ApiPath
from traitlets import Float, Integer

from asylum_teach.serve.forking import Nursery
from asylum_teach.serve.visits import Visits

# What a page with ipywidgets and anywidget needs; without widgets-manager8 no widget appears.
KIT_EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]

_KERNEL_NAME = "python3"
_ARGUMENTS = [
    "--log-level=ERROR",  # a kernel's remarks are of no use to who runs `serve`
    "--HistoryManager.enabled=False",  # what a lesson runs is in its notebook
]

log = logging.getLogger("asylum_teach")


class NoLogin(PasswordIdentityProvider):
    """Everyone is the same nameless learner; Jupyter's own would set a cookie with a name."""

    def get_user(self, handler: Any) -> User:
        """Say that it is a learner."""
        return User(username="learner")


class SpareKernelManager(AsyncMappingKernelManager):
    """Keeps idle kernels that any lesson can take, and ends those whose page is gone.

    Voilà's own preheating keeps a kernel for *each* notebook, run before the
    request came: with ten lessons ten kernels.  These have run nothing yet.
    """

    kernel_manager_class = "asylum_teach.serve.forking.KitKernelManager"
    spares = Integer(1, config=True, help="How many kernels to keep ready.")
    left = Float(50.0, config=True, help="Seconds that a kernel outlives its page's last line.")
    unopened = Float(110.0, config=True, help="Seconds that a page has to open its first line.")
    refill_seconds = 2.0  # since the last was taken: its page needs the processor first

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.nursery = Nursery()
        self.on_left: Callable[[str], None] = lambda _kernel_id: None  # a page's kernel is gone
        self._visits = Visits()
        self._ready: list[str] = []
        self._filling: asyncio.Task[None] | None = None
        self._ending: dict[str, asyncio.Task[None]] = {}
        self._taken = float("-inf")

    @property
    def live(self) -> int:
        """How many kernels are in use by pages; spares are not."""
        return len(self._visits)

    async def start_kernel(  # type: ignore[override]
        self, *, kernel_id: str | None = None, **kwargs: Any
    ) -> str:
        """Hand out a spare kernel, or start one when there is none."""
        spare = None
        if kernel_id is None and kwargs.get("kernel_name", _KERNEL_NAME) == _KERNEL_NAME:
            spare = await self._take()
        given = spare or await self._start(kernel_id=kernel_id, **kwargs)
        self._visits.begin(given)
        return given

    async def keep_spares(self) -> None:
        """Start kernels until there are enough, once no page has just taken one."""
        while (wait := self._taken + self.refill_seconds - monotonic()) > 0:
            await asyncio.sleep(wait)
        try:
            while len(self._ready) < self.spares:
                self._ready.append(await self._start(kernel_name=_KERNEL_NAME, path=ApiPath("")))
        except Exception:
            log.exception("No spare kernel could be started; lessons start their own.")

    async def alive(self, kernel_id: str) -> bool:
        """Whether the kernel of that id exists and runs."""
        if kernel_id not in self:
            return False
        kernel: Any = self.get_kernel(kernel_id)
        return bool(await kernel.is_alive())

    def notify_connect(self, kernel_id: str) -> None:
        """A page has opened a line."""
        super().notify_connect(kernel_id)  # type: ignore[no-untyped-call]
        self._visits.opened(kernel_id)

    def notify_disconnect(self, kernel_id: str) -> None:
        """A page has closed a line, or lost it."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        self._visits.closed(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Begin to end a kernel that died, or whose page is gone; Jupyter asks for each."""
        if not await self.alive(kernel_id) or self._page_gone(kernel_id):
            self._end(kernel_id)

    async def shutdown_kernel(  # type: ignore[override]
        self, kernel_id: str, now: bool = True, restart: bool = False
    ) -> None:
        """End a kernel at once: it keeps nothing that a farewell could save."""
        await self._end(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel that has ended."""
        removed = super().remove_kernel(kernel_id)
        if kernel_id in self._ready:
            self._ready.remove(kernel_id)
        if kernel_id in self._visits:
            self._visits.end(kernel_id)
            self.on_left(kernel_id)
        return removed

    def _page_gone(self, kernel_id: str) -> bool:
        if kernel_id not in self._visits:
            return False  # a spare: to be idle is its work
        kernel: Any = self.get_kernel(kernel_id)
        quiet = (utcnow() - kernel.last_activity).total_seconds()
        return self._visits.over(kernel_id, quiet=quiet, after=self.left, unopened=self.unopened)

    def _end(self, kernel_id: str) -> asyncio.Task[None]:
        """The one task that ends it, whoever asks: its page, and we who miss that page."""
        if kernel_id not in self._ending:
            ending = asyncio.create_task(self._async_shutdown_kernel(kernel_id, now=True))  # type: ignore[no-untyped-call]
            ending.add_done_callback(lambda _: self._ending.pop(kernel_id))
            self._ending[kernel_id] = ending
        return self._ending[kernel_id]

    async def _take(self) -> str | None:
        while self._ready:
            kernel_id = self._ready.pop()
            self._refill()
            if await self.alive(kernel_id):
                kernel: Any = self.get_kernel(kernel_id)
                kernel.last_activity = utcnow()  # its idle time starts now
                return kernel_id
        return None

    def _refill(self) -> None:
        self._taken = monotonic()
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self.keep_spares())

    async def _start(self, **kwargs: Any) -> str:
        return str(await self._async_start_kernel(extra_arguments=_ARGUMENTS, **kwargs))


def log_cell_error(cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:
    """Tell the person at the terminal what a learner is only told politely."""
    content = execute_reply["content"]
    log.error(
        "Cell %s failed: %s: %s\n%s",
        cell_index + 1,
        content.get("ename"),
        content.get("evalue"),
        cell.source,
    )
