"""The warm process that learners' kernels are forked from; the server starts it, on Linux alone.

It has imported what every lesson imports and loaded the compiled content once.  A forked
kernel is there at once and shares that memory with all others.  It has one thread and no
ZeroMQ context, for neither outlives a fork.

For each kernel the server sends one byte together with one end of a socket pair, the kernel's
line.  The answer is the number of the new process together with a descriptor of it, which stays
true when the number is used again.  The kernel reads from its line what it is to be, and ends
with it: when the server dies, however it dies, no kernel is left behind.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from importlib import import_module

from asylum_teach import lesson

# What a kernel with a lesson in it has imported, some of it only once it is asked.
_SHARED = (
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "anywidget",
    "ipykernel.comm",
    "ipykernel.debugger",
    "ipykernel.eventloops",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipywidgets",
)

# What importing it does in a kernel; here it was imported before there was one.
_KNOWS_WIDGETS = (
    "--IPKernelApp.exec_lines=import ipywidgets; ipywidgets.register_comm_target(); del ipywidgets"
)


def main() -> None:
    """Fork kernels until the server closes the socket whose descriptor is the first argument."""
    control = socket.socket(fileno=int(sys.argv[1]))
    _warm()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a kernel that ended leaves no zombie
    while line := _next_line(control):
        pid = os.fork()
        if pid == 0:
            control.close()
            _be_kernel(line)
            return
        line.close()
        _tell(control, pid)


def _next_line(control: socket.socket) -> socket.socket | None:
    """The line of the next kernel; None when the server is gone."""
    with suppress(ConnectionError):
        _, lines, _, _ = socket.recv_fds(control, 1, 1)
        return socket.socket(fileno=lines[0]) if lines else None
    return None


def _tell(control: socket.socket, pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    with suppress(ConnectionError):
        socket.send_fds(control, [str(pid).encode()], [descriptor])
    os.close(descriptor)


def _warm() -> None:
    """Do what every kernel would do first, and keep the collector away from what is shared."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # nobody debugs a lesson: 10 MB less
    for name in _SHARED:
        import_module(name)
    with suppress(Exception):  # a lesson that has no content says so itself
        lesson.kit_content()
    gc.collect()
    gc.freeze()


def _be_kernel(line: socket.socket) -> None:
    """Become the kernel that the line asks for, and return when it has ended."""
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    with line.makefile(encoding="utf-8") as asked:
        told = asked.readline()
    if not told:
        return  # the server died meanwhile
    wanted = json.loads(told)
    os.environ.clear()
    os.environ.update(wanted["env"])
    os.chdir(wanted["cwd"])
    threading.Thread(target=_end_with, args=[line], daemon=True).start()
    IPKernelApp.launch_instance([*wanted["arguments"], _KNOWS_WIDGETS])


def _end_with(line: socket.socket) -> None:
    """End this process as soon as the server's end of its line is closed."""
    try:
        line.recv(1)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
