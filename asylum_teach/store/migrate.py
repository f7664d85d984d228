"""Schema versions: they only go forwards, and a newer one is left alone."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from asylum_teach.models.keeping import fault
from asylum_teach.store.engine import Database

SCRIPTS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps its context for the whole process
_LOCK = 0x6173796C  # the number under which PostgreSQL keeps others from migrating meanwhile

logging.getLogger("alembic").setLevel(logging.WARNING)  # its remarks are of no use at a terminal


def migrate(database: Database) -> None:
    """Bring the schema to this kit's version.

    Raises StoreFault, and changes nothing, where the schema is of a newer one.
    """
    if not database.read(_is_current):
        with _ONE_AT_A_TIME:
            database.write("open", _upgrade)


def revision() -> str:
    """The schema version of this kit."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head() or ""


def _is_current(connection: Connection) -> bool:
    """Whether there is nothing to do."""
    heads = set(MigrationContext.configure(connection).get_current_heads())
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if not heads <= known:
        raise fault("newer", "open", f"schema {', '.join(heads - known)} is not known to this kit")
    return heads == {revision()}


def _upgrade(connection: Connection) -> None:
    """Migrate, unless another process has done so while this one waited."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    if not _is_current(connection):
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
