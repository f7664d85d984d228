"""What an error of a driver or of the system means for the records."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy import exc

from asylum_teach.models.keeping import Doing, Kind, StoreFault, fault

_ROOM = 64 * 1024  # with fewer bytes left than this, a disk is full

# What SQLite calls it; the first beginning that fits decides.
_SQLITE: tuple[tuple[str, Kind], ...] = (
    ("SQLITE_FULL", "full"),
    ("SQLITE_READONLY_DBMOVED", "gone"),
    ("SQLITE_READONLY", "read_only"),
    ("SQLITE_PERM", "read_only"),
    ("SQLITE_BUSY", "locked"),
    ("SQLITE_LOCKED", "locked"),
    ("SQLITE_CORRUPT", "damaged"),
    ("SQLITE_NOTADB", "damaged"),
    ("SQLITE_IOERR", "gone"),
    ("SQLITE_PROTOCOL", "gone"),  # its locks cannot be asked for
    ("SQLITE_CANTOPEN", "gone"),
)
# What PostgreSQL calls it, by the beginning of its SQLSTATE.
_POSTGRESQL: tuple[tuple[str, Kind], ...] = (
    ("53100", "full"),
    ("25006", "read_only"),
    ("53", "locked"),  # out of connections or memory
    ("55P03", "locked"),  # a lock that was waited for too long
    ("57014", "locked"),  # a statement that took too long
    ("40", "locked"),  # a deadlock
    ("08", "gone"),
    ("57P", "gone"),  # it shuts down, or it starts
    ("58", "gone"),
    ("28", "gone"),  # it does not know who asks
    ("3D", "gone"),  # it has no database of that name
    ("42501", "read_only"),
    ("XX00", "damaged"),
)
_SYSTEM: dict[int | None, Kind] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
    errno.EROFS: "read_only",
    errno.ENOENT: "gone",
    errno.ENOTDIR: "gone",
    errno.EISDIR: "gone",
    errno.EIO: "gone",
}


def fault_of(error: BaseException, doing: Doing, path: Path | None) -> StoreFault:
    """What an error of a driver or of the system means; *path* is that of SQLite's file."""
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig else error
    if isinstance(cause, sqlite3.Error) and path is not None:
        kind, detail = _sqlite(cause, path)
    elif isinstance(cause, OSError):
        kind = _SYSTEM.get(cause.errno, "failed")
        detail = f"{cause.strerror}: {cause.filename}"
    elif isinstance(cause, exc.TimeoutError):
        kind, detail = "locked", "every connection to the database was in use"
    else:
        kind, detail = _postgresql(cause)
    return fault(kind, doing, detail)


def _sqlite(error: sqlite3.Error, path: Path) -> tuple[Kind, str]:
    """What SQLite's error means: where a file cannot be opened, its folder says why."""
    name = getattr(error, "sqlite_errorname", "")
    kind = _begins(name, _SQLITE)
    if kind == "gone" and path.exists():
        if _left(path) < _ROOM:
            kind = "full"
        elif name.startswith("SQLITE_CANTOPEN") and not os.access(path.parent, os.W_OK):
            kind = "read_only"
    return kind, f"{name or type(error).__name__}: {error} ({path})"


def _begins(name: str, kinds: tuple[tuple[str, Kind], ...]) -> Kind:
    """The kind of the first beginning that fits."""
    for start, kind in kinds:
        if name.startswith(start):
            return kind
    return "failed"


def _left(path: Path) -> int:
    """How many bytes the disk has left; a disk that does not say has enough."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return _ROOM


def _postgresql(error: BaseException) -> tuple[Kind, str]:
    """What psycopg's error means; only what holds no value of a row is repeated."""
    state = getattr(error, "sqlstate", None)
    name = type(error).__name__
    if state is None:
        lost = name in {"OperationalError", "InterfaceError", "ConnectionTimeout"}
        return ("gone", f"{name}: {error}") if lost else ("failed", name)
    kind = _begins(state, _POSTGRESQL)
    primary = getattr(getattr(error, "diag", None), "message_primary", None) or ""
    return kind, f"{name} {state}: {primary}" if kind != "failed" else f"{name} {state}"
