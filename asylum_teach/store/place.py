"""Where the records lie: a URL, the folder and the file that SQLite needs."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path
from sqlalchemy import URL, exc, make_url

from asylum_teach.models.keeping import StoreFault
from asylum_teach.store.faults import fault_of

DEFAULT: Path = user_data_path("asylum-teach", appauthor=False)
VARIABLE = "ASYLUM_TEACH_DB"
_NO_ADDRESS = (
    "This is no address of a database: "
    "write sqlite:///folder/record.sqlite or postgresql://user@host/name."
)


def default_url() -> str:
    """The URL of the records in the kit's own folder."""
    return URL.create("sqlite", database=str(DEFAULT / "record.sqlite")).render_as_string()


def address(url: str | None) -> URL:
    """The URL that is named, or else the environment's, or else the default.

    Raises StoreFault where it names no SQLite file and no PostgreSQL database.
    """
    try:
        named = make_url(url or os.environ.get(VARIABLE) or default_url())
    except (exc.ArgumentError, ValueError):
        raise StoreFault(_NO_ADDRESS, "failed", "the URL cannot be read") from None
    kind = named.get_backend_name()
    if kind in {"postgres", "postgresql"}:
        return named.set(drivername="postgresql+psycopg")
    if kind != "sqlite" or not named.database or named.database == ":memory:" or named.query:
        raise StoreFault(
            _NO_ADDRESS, "failed", f"{named.drivername} with no file or server of ours"
        )
    return named.set(drivername="sqlite")


def prepare(path: Path) -> None:
    """Make the folder and an empty file, for their owner alone, where there is none."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A file that exists is not even opened: to close it would let go of SQLite's locks.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise fault_of(error, "open", path) from None
