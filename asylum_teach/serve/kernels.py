"""Kernels: one kept ready for the next learner, and no learner's name asked."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import Any

from jupyter_client.session import utcnow
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ApiPath
from traitlets import Integer

# What a page with ipywidgets and anywidget needs; without widgets-manager8 no widget appears.
KIT_EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]

_KERNEL_NAME = "python3"
_QUIET = "--log-level=ERROR"  # a kernel's remarks are of no use to who runs `serve`
# What every lesson does first.  A kernel that could not do it starts all the same.
_DONE_BEFOREHAND = (
    "--IPKernelApp.exec_lines=from asylum_teach import lesson; lesson.kit_content(); del lesson"
)

log = logging.getLogger("asylum_teach")


class NoLogin(PasswordIdentityProvider):
    """Everyone is the same nameless learner; Jupyter's own would set a cookie with a name."""

    def get_user(self, handler: Any) -> User:
        """Say that it is a learner."""
        return User(username="learner")


class SpareKernelManager(AsyncMappingKernelManager):
    """Keeps idle kernels that any lesson can take.

    Voilà's own preheating keeps a kernel for *each* notebook, run before the
    request came: with ten lessons ten kernels.  These have run nothing yet.
    """

    spares = Integer(3, config=True, help="How many kernels to keep ready, some 70 MB each.")
    refill_seconds = 2.0  # since the last was taken: its page needs the processor first

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._ready: list[str] = []
        self._filling: asyncio.Task[None] | None = None
        self._taken = float("-inf")

    async def start_kernel(  # type: ignore[override]
        self, *, kernel_id: str | None = None, **kwargs: Any
    ) -> str:
        """Hand out a spare kernel, or start one when there is none."""
        if kernel_id is None and kwargs.get("kernel_name", _KERNEL_NAME) == _KERNEL_NAME:
            spare = await self._take()
            if spare is not None:
                return spare
        started = await self._async_start_kernel(
            kernel_id=kernel_id, extra_arguments=[_QUIET], **kwargs
        )
        return str(started)

    async def keep_spares(self) -> None:
        """Start kernels until there are enough, once no page has just taken one."""
        while (wait := self._taken + self.refill_seconds - monotonic()) > 0:
            await asyncio.sleep(wait)
        try:
            while len(self._ready) < self.spares:
                self._ready.append(await self._start_spare())
        except Exception:
            log.exception("No spare kernel could be started; lessons start their own.")

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Leave the spares alone: to be idle is their work."""
        if kernel_id not in self._ready:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]

    @property
    def live(self) -> int:
        """How many kernels are in use by pages; spares are not."""
        return len(self) - len(self._ready)

    async def alive(self, kernel_id: str) -> bool:
        """Whether the kernel of that id exists and runs."""
        if kernel_id not in self:
            return False
        kernel: Any = self.get_kernel(kernel_id)
        return bool(await kernel.is_alive())

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

    async def _start_spare(self) -> str:
        started = await self._async_start_kernel(
            kernel_name=_KERNEL_NAME,
            path=ApiPath(""),
            extra_arguments=[_QUIET, _DONE_BEFOREHAND],
        )
        return str(started)


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
