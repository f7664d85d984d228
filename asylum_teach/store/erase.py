"""To take everything of a learner out of the tables, and then out of the files."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select, update

from asylum_teach.models.keeping import fault
from asylum_teach.store.engine import Database
from asylum_teach.store.schema import OF_A_LEARNER, attempts, bases, learners, metadata, site


def remove(connection: Connection, learner: int) -> None:
    """Delete every row of the learner, and note that the files are to be cleaned."""
    connection.execute(select(learners.c.id).where(learners.c.id == learner).with_for_update())
    for table in OF_A_LEARNER:
        connection.execute(delete(table).where(table.c.learner == learner))
    connection.execute(delete(learners).where(learners.c.id == learner))
    # What a basis holds is the kit's, but it may have come in a learner's own file.
    unused = ~exists().where(attempts.c.basis == bases.c.digest)
    connection.execute(delete(bases).where(unused))
    connection.execute(update(site).values(unclean=site.c.unclean + 1))


def unclean(connection: Connection) -> int:
    """How many erasures the files were not cleaned after."""
    return int(connection.scalars(select(site.c.unclean)).one())


def clean(database: Database) -> None:
    """Write the files anew without what was deleted from them."""
    due = database.read(unclean)
    if due:
        database.bare(_rewrite)
        database.write("change", _note_clean, due)


def _rewrite(connection: Connection) -> None:
    """Build the database anew: SQLite overwrites what is deleted, but not what it once moved."""
    if connection.dialect.name == "postgresql":
        _vacuum(connection)
        return
    connection.exec_driver_sql("VACUUM")
    busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if busy:
        raise fault("locked", "change", "somebody reads, so the -wal file cannot be emptied yet")


def _vacuum(connection: Connection) -> None:
    """Let PostgreSQL clear the rows; this connection knows no limit, so it is not used again."""
    connection.detach()
    connection.exec_driver_sql("SET statement_timeout = 0")
    names = ", ".join(table.name for table in metadata.sorted_tables)
    connection.exec_driver_sql(f"VACUUM {names}")


def _note_clean(connection: Connection, due: int) -> None:
    connection.execute(update(site).where(site.c.unclean == due).values(unclean=0))
