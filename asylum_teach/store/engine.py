"""The connections: how each is set up, how a transaction begins, what follows on a fault."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Condition
from time import monotonic, sleep
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, exc

from asylum_teach.models.keeping import Doing, StoreFault
from asylum_teach.store.faults import fault_of

P = ParamSpec("P")
T = TypeVar("T")
Act = Callable[Concatenate[Connection, P], T]

_WAIT = 5  # seconds for a lock of SQLite's, or for PostgreSQL to answer a first time
_LIMIT = 8  # seconds for a statement or a lock of PostgreSQL's
_GIVES_UP = 20  # seconds in which SQLite has given up on a file that broke; mostly ten
_POOL: dict[str, Any] = {
    "pool_size": 8,
    "max_overflow": 24,
    "pool_timeout": _LIMIT,
    "hide_parameters": True,  # what a learner wrote is in no error and in no log
}
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_PATIENCE = {  # a network that was cut is noticed within seconds, too
    "connect_timeout": _WAIT,
    "keepalives_idle": _WAIT,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": _LIMIT * 1000,
}
# Who only reads never waits for who writes, and sees one moment.
_MODES: dict[str, dict[str, dict[str, Any]]] = {
    "sqlite": {
        "read": {"begin": "BEGIN"},
        "write": {"begin": "BEGIN IMMEDIATE"},
        "bare": {"begin": ""},
    },
    "postgresql": {
        "read": {"isolation_level": "REPEATABLE READ"},
        "write": {},
        "bare": {"isolation_level": "AUTOCOMMIT"},
    },
}


class Database:
    """One database; whatever goes wrong with it is a StoreFault, and the next call begins anew."""

    def __init__(self, url: URL) -> None:
        self.path = Path(str(url.database)).absolute() if url.drivername == "sqlite" else None
        self._engine = _postgresql(url) if self.path is None else _sqlite(self.path)
        self._modes = _MODES[self._engine.dialect.name]
        self._turns = _Turns(self.close)

    def read(self, act: Act[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *act* on one moment's state."""
        return self._run("read", "read", act, *args, **kwargs)

    def write(self, doing: Doing, act: Act[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *act* in one transaction that is on the disk when this returns."""
        try:
            return self._run("write", doing, act, *args, **kwargs)
        except exc.IntegrityError:
            pass  # another was quicker, and what it wrote is there to be seen now
        try:
            return self._run("write", doing, act, *args, **kwargs)
        except exc.IntegrityError as error:
            raise fault_of(error, doing, self.path) from None

    def bare(self, act: Act[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *act* outside of any transaction."""
        return self._run("bare", "change", act, *args, **kwargs)

    def close(self) -> None:
        """Let go of every connection; a later call opens new ones."""
        self._engine.dispose()

    def _run(
        self,
        mode: Literal["read", "write", "bare"],
        doing: Doing,
        act: Act[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        try:
            with self._turns.turn(), self._engine.connect() as connection:
                connection.execution_options(**self._modes[mode])
                with connection.begin():
                    return act(connection, *args, **kwargs)
        except exc.IntegrityError:
            raise
        except (exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise fault_of(error, doing, self.path) from None


class _Turns:
    """After a fault nobody begins until all have ended, and every connection is let go of.

    SQLite shares what it has open of a file among all connections of a process: what broke stays
    broken while one of them is open, and whoever began meanwhile would keep it so for ever.  A
    lock that could not be given back is such a thing, and looks like one that another holds.
    """

    def __init__(self, let_go: Callable[[], None]) -> None:
        self._let_go = let_go
        self._under_way = 0
        self._broken = False
        self._changed = Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Use a connection meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._broken, _GIVES_UP)
            self._under_way += 1
        broken = False
        try:
            yield
        except exc.IntegrityError:
            raise  # the connections are as good as before
        except (exc.SQLAlchemyError, sqlite3.Error, OSError):
            broken = True
            raise
        finally:
            with self._changed:
                self._end(broken)

    def _end(self, broken: bool) -> None:
        self._under_way -= 1
        self._broken = self._broken or broken
        if self._broken and not self._under_way:
            self._let_go()
            self._broken = False
            self._changed.notify_all()


def _sqlite(path: Path) -> Engine:
    """An engine on a file that exists: one that vanished is not silently made anew."""
    engine = create_engine(
        "sqlite://", creator=lambda: _connect(path), poolclass=QueuePool, **_POOL
    )

    @event.listens_for(engine, "connect")
    def remember(_: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def still_there(_: Any, record: Any, __: Any) -> None:
        """To write to a file that was deleted or replaced would lose what is written."""
        if record.info["file"] != _identity(path):
            raise exc.InvalidatePoolError

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        how = connection.get_execution_options().get("begin", "BEGIN")
        if how:
            connection.exec_driver_sql(how)

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is that lies there."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: Path) -> sqlite3.Connection:
    """A connection to SQLite that begins no transaction by itself."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=_WAIT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _into_wal(connection)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _into_wal(connection: sqlite3.Connection) -> None:
    """Turn WAL on; SQLite does not wait for others at this step, so this does."""
    end = monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or monotonic() > end:
                raise
        sleep(0.02)


def _postgresql(url: URL) -> Engine:
    """An engine on PostgreSQL that gives up on what takes too long."""
    try:
        engine = create_engine(url, pool_pre_ping=True, connect_args=_PATIENCE, **_POOL)
    except ModuleNotFoundError:
        raise StoreFault(
            "For PostgreSQL, install the kit as asylum-teach[postgres].",
            "failed",
            "psycopg is not installed",
        ) from None

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _: Any) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SET timezone = 'UTC'")
            cursor.execute(f"SET statement_timeout = '{_LIMIT}s'")
            cursor.execute(f"SET lock_timeout = '{_LIMIT}s'")
        connection.commit()

    return engine
