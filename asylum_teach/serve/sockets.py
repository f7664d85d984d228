"""Where kernels listen: Unix sockets in a private folder, which goes when the server goes.

Ports are chosen before they are used, so two servers could choose the same; files cannot meet.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_PREFIX = "at-kernels-"
_LOCK = "lock"
_LONGEST = 103  # bytes of a Unix socket's path: 107 on Linux, 103 on macOS
_WITHIN = "x" * 8 + "/voila_xxxxxxxx/kernel-00000000-0000-0000-0000-000000000000-ipc-5"


def fits(path: str) -> bool:
    """Whether a Unix socket can have that path on this system."""
    return sys.platform != "win32" and len(os.fsencode(path)) <= _LONGEST


@contextmanager
def private_folder(root: str | None = None) -> Iterator[Path]:
    """A folder that nobody else can open, for as long as the context lasts.

    Those of servers that were killed are removed first: nobody holds the lock in them.
    """
    parent = root or _short_root()
    if sys.platform == "win32":
        with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as made:
            yield Path(made)
        return
    _remove_abandoned(Path(parent))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    try:
        with (folder / f"{_LOCK}.new").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            Path(lock.name).rename(folder / _LOCK)  # never there without being held
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _short_root() -> str:
    """The system's folder for passing files, or /tmp where its name is too long for a socket."""
    usual = tempfile.gettempdir()
    return usual if fits(f"{usual}/{_PREFIX}{_WITHIN}") or not os.path.isdir("/tmp") else "/tmp"


def _remove_abandoned(parent: Path) -> None:
    for lock_path in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            with lock_path.open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock_path.parent, ignore_errors=True)
        except OSError:
            continue  # in use, or somebody else's
