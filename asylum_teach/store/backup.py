"""A copy of every row in one file that needs no database to be read, and its way back."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Connection, Table, delete, func, insert, select

from asylum_teach.store import people
from asylum_teach.store.migrate import revision
from asylum_teach.store.schema import Utc, attempts, learners, metadata, site
from asylum_teach.store.store import Store

KIND = "asylum-teach backup"
FORMAT = 1
_AT_A_TIME = 1000  # rows
_NOT_WHOLE = "is no backup of this kit, or it was cut short or changed; nothing was restored."


class BackupError(Exception):
    """A backup cannot be written or used; its text is for who runs the site."""


def backup(store: Store, path: Path) -> dict[str, int]:
    """Copy every row to *path* as of one moment, while the store is in use.

    The file holds all that the store does, its secrets too.  Returns how many rows each table
    has.  Raises BackupError; a file that exists is never replaced.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _refuse_existing(path)
        with open(part, "wb", opener=_for_its_owner) as file:
            rows = store.database.read(_write, file)
            os.fsync(file.fileno())
        _refuse_existing(path)
        part.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return rows


def restore(store: Store, path: Path) -> dict[str, int]:
    """Put every row of a backup into an empty store; returns how many each table has.

    Raises BackupError, and changes nothing, where the store is not empty or the file not whole.
    """
    deque(_rows(path), maxlen=0)  # read to its end once: nothing is begun with a file that is cut
    return store.database.write("change", _fill, path)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise BackupError(f"{path} exists already; name another file.")


def _for_its_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Have the file's name on the disk as well, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(connection: Connection, file: IO[bytes]) -> dict[str, int]:
    """Write a line for the header and each row, and one by which the whole is known."""
    rows, digest = _none(), hashlib.sha256()
    try:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file) as zipped:
            for line in _lines(connection, rows):
                digest.update(line)
                zipped.write(line)
            zipped.write(_line({"rows": rows, "sha256": digest.hexdigest()}))
        file.flush()
    except OSError as error:
        raise BackupError(f"The backup cannot be written: {error.strerror}.") from None
    return rows


def _none() -> dict[str, int]:
    """A count of rows that stands at none."""
    return {table.name: 0 for table in metadata.sorted_tables}


def _lines(connection: Connection, rows: dict[str, int]) -> Iterator[bytes]:
    """The header and every row, counted in *rows*."""
    yield _line({"kind": KIND, "format": FORMAT, "schema": revision()})
    for table in metadata.sorted_tables:
        every = select(table).order_by(*table.primary_key)
        for row in connection.execute(every, execution_options={"yield_per": _AT_A_TIME}):
            rows[table.name] += 1
            yield _line([table.name, dict(row._mapping)])


def _line(values: Any) -> bytes:
    text = json.dumps(values, ensure_ascii=False, default=datetime.isoformat)
    return text.encode() + b"\n"


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a backup, each with its table; raises BackupError unless it is whole."""
    try:
        with gzip.open(path) as file:
            yield from _rows_in(file, path)
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, KeyError, TypeError):
        raise BackupError(f"{path} {_NOT_WHOLE}") from None
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}.") from None


def _rows_in(file: gzip.GzipFile, path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    rows, first = _none(), file.readline()
    digest = hashlib.sha256(first)
    _check_header(json.loads(first), path)
    for line in file:
        values = json.loads(line)
        if isinstance(values, dict):
            break
        digest.update(line)
        rows[values[0]] += 1
        yield values[0], values[1]
    else:
        raise ValueError("no last line")
    if values != {"rows": rows, "sha256": digest.hexdigest()} or file.read(1):
        raise ValueError("not what was written")


def _check_header(header: dict[str, Any], path: Path) -> None:
    """Raise ValueError for another kind of file, BackupError for another version of ours."""
    if header["kind"] != KIND:
        raise ValueError("another kind of file")
    if (header["format"], header["schema"]) != (FORMAT, revision()):
        raise BackupError(
            f"{path} was made by another version of the kit (schema {header['schema']}, "
            f"and this one has {revision()}). Restore it with that version, then update."
        )


def _fill(connection: Connection, path: Path) -> dict[str, int]:
    """Insert every row, serials and secrets as they were."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE learners, bases, cohorts IN EXCLUSIVE MODE")
    if not people.is_empty(connection):
        raise BackupError("The store is not empty; name an empty one with --db.")
    rows = _none()
    connection.execute(delete(site))
    for name, group in groupby(_rows(path), key=itemgetter(0)):
        table = metadata.tables[name]
        while some := [_values(table, row) for _, row in islice(group, _AT_A_TIME)]:
            connection.execute(insert(table), some)
            rows[name] += len(some)
    if connection.dialect.name == "postgresql":
        for column in (learners.c.id, attempts.c.serial):
            _count_on(connection, column)
    return rows


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row as the database takes it."""
    moments = {column.name for column in table.columns if isinstance(column.type, Utc)}
    return {
        name: datetime.fromisoformat(value) if name in moments and value else value
        for name, value in row.items()
    }


def _count_on(connection: Connection, column: Column[Any]) -> None:
    """Let PostgreSQL count on from the greatest number there is; SQLite does by itself."""
    sequence = func.pg_get_serial_sequence(column.table.name, column.name)
    connection.execute(select(func.setval(sequence, func.max(column))))
