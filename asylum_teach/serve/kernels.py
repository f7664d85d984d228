"""Kernels: one kept ready for the next learner, and no learner's name asked."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from jupyter_client.session import utcnow
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Integer

# What a page with ipywidgets and anywidget needs; without widgets-manager8 no widget appears.
KIT_EXTENSIONS = [
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]

_KERNEL_NAME = "python3"
_QUIET = "--log-level=ERROR"  # a kernel's remarks are of no use to who runs `serve`
_IMPORTED_BEFOREHAND = "--IPKernelApp.exec_lines=import anywidget"

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

    spares = Integer(1, config=True, help="How many kernels to keep ready.")
    refill_seconds = 3.0  # leaves the processor to the page that just took one

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._ready: list[str] = []
        self._filling: asyncio.Task[None] | None = None

    async def start_kernel(self, *, kernel_id: str | None = None, **kwargs: Any) -> str:
        """Hand out a spare kernel, or start one when there is none."""
        if kernel_id is None and kwargs.get("kernel_name", _KERNEL_NAME) == _KERNEL_NAME:
            spare = await self._take()
            if spare is not None:
                return spare
        started = await self._async_start_kernel(
            kernel_id=kernel_id, extra_arguments=[_QUIET], **kwargs
        )
        return str(started)

    async def keep_spares(self, after: float = 0) -> None:
        """Start kernels until there are enough."""
        await asyncio.sleep(after)
        try:
            while len(self._ready) < self.spares:
                self._ready.append(await self._start_spare())
        except Exception:
            log.exception("No spare kernel could be started; lessons start their own.")

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Leave the spares alone: to be idle is their work."""
        if kernel_id not in self._ready:
            await super().cull_kernel_if_idle(kernel_id)

    async def alive(self, kernel_id: str) -> bool:
        """Whether the kernel of that id exists and runs."""
        return kernel_id in self and bool(await self.get_kernel(kernel_id).is_alive())

    async def _take(self) -> str | None:
        while self._ready:
            kernel_id = self._ready.pop()
            self._filling = asyncio.create_task(self.keep_spares(self.refill_seconds))
            if await self.alive(kernel_id):
                self.get_kernel(kernel_id).last_activity = utcnow()  # its idle time starts now
                return kernel_id
        return None

    async def _start_spare(self) -> str:
        started = await self._async_start_kernel(
            kernel_name=_KERNEL_NAME, path="", extra_arguments=[_QUIET, _IMPORTED_BEFOREHAND]
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
