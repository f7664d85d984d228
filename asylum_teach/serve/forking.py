"""Kernels forked from the nursery; ordinary ones where that cannot be."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_server.services.kernels.kernelmanager import ServerKernelManager
from traitlets import default

from asylum_teach.serve import sockets

_LAUNCHER = "ipykernel_launcher"
# What every lesson does first.  A kernel that could not do it starts all the same.
_DONE_BEFOREHAND = (
    "--IPKernelApp.exec_lines=from asylum_teach import lesson; lesson.kit_content(); del lesson"
)
# The line tells a kernel that its server is gone; 1 says that there is no parent to watch.
_NO_PARENT = "--IPKernelApp.parent_handle=1"
_APART = "Kernels cannot share memory here: each lesson needs more of it, and opens more slowly."
_TRIES = 3
_PATIENCE = 60.0  # seconds for an answer: the first one waits until the nursery is warm

log = logging.getLogger("asylum_teach")


class Forked:
    """A kernel that is no child of ours, with what the provisioner asks of a Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, descriptor: int, line: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = descriptor
        self._line = line

    def poll(self) -> int | None:
        """None while it runs, else 0: only its parent, the nursery, could learn more."""
        return self._ended(0)

    def wait(self) -> int:
        """Wait until it has ended."""
        self._ended(None)
        return 0

    def send_signal(self, signum: int) -> None:
        """Send a signal, to this process and never to another that got its number."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signum)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _ended(self, milliseconds: int | None) -> int | None:
        if self.returncode is None:
            watch = select.poll()  # select() itself cannot watch descriptors above 1023
            watch.register(self._descriptor, select.POLLIN)
            if watch.poll(milliseconds):
                self.returncode = 0
                os.close(self._descriptor)
                self._line.close()
        return self.returncode


class Nursery:
    """The warm process as the server sees it: started when needed, and again when it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._asking = asyncio.Lock()
        self._given_up = not can_fork()

    async def fork(self, arguments: list[str], *, cwd: str, env: dict[str, str]) -> Forked | None:
        """A new kernel; None where there are no forked ones."""
        wanted = {"arguments": [*arguments, _NO_PARENT], "cwd": cwd, "env": env}
        async with self._asking:
            for _ in range(0 if self._given_up else _TRIES):
                try:
                    return await asyncio.to_thread(self._fork, json.dumps(wanted))
                except OSError:
                    self.close()
            if not self._given_up:
                self._given_up = True
                log.error(_APART)
        return None

    def close(self) -> None:
        """End the warm process.  The kernels that came from it go on."""
        if self._control:
            self._control.close()
            self._control = None
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _fork(self, wanted: str) -> Forked:
        if self._control is None:
            self._control = self._start()
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"."], [theirs.fileno()])
            pid, descriptors, _, _ = socket.recv_fds(self._control, 32, 1)
            if not descriptors:
                raise ConnectionError("The nursery is gone.")
            ours.sendall(f"{wanted}\n".encode())
            return Forked(int(pid), descriptors[0], ours)
        except BaseException:
            ours.close()
            raise

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(_PATIENCE)
        inherited = {k: v for k, v in os.environ.items() if k != "JPY_PARENT_PID"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "asylum_teach.nursery", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=inherited,
                start_new_session=True,  # Ctrl+C is for the server, which ends the kernels
            )
        return ours


class ForkingProvisioner(LocalProvisioner):
    """Asks the nursery for the process, and starts an ordinary one where it has none."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel."""
        forked = await self._forked(cmd, **kwargs)
        if forked is None:
            return await super().launch_kernel([*cmd, _DONE_BEFOREHAND], **kwargs)
        self.process: Any = forked  # a Popen to the rest of the provisioner
        self.pid = forked.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info

    async def _forked(self, cmd: list[str], **kwargs: Any) -> Forked | None:
        if cmd[0] != sys.executable or _LAUNCHER not in cmd:
            return None  # a kernel specification of somebody's own
        kernel: Any = self.parent
        nursery: Nursery = kernel.parent.nursery
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        cwd = str(kwargs.get("cwd") or Path.cwd())
        return await nursery.fork(arguments, cwd=cwd, env=kwargs["env"])


class KitKernelManager(ServerKernelManager):
    """One kernel: forked where that can be, and reached by Unix sockets."""

    @default("transport")
    def _transport_default(self) -> str:
        stem = os.path.splitext(self.connection_file)[0]
        return "ipc" if sockets.fits(f"{stem}-ipc-5") else "tcp"

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:  # set here, so that no entry point need be installed
            self.provisioner = ForkingProvisioner(
                kernel_id=kwargs["kernel_id"], kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**kwargs)


def can_fork() -> bool:
    """Whether kernels can be forked: on Linux 5.3 or later."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True
