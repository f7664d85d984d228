"""The tables, as they are today; how they came to be is in migrations/versions."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

# SQLite counts upwards by itself in a column of exactly this type.
Serial = BigInteger().with_variant(Integer, "sqlite")
_OPEN = text("closed IS NULL")  # a code is free again once its session is closed

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond; SQLite keeps it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as it is kept."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as it was given."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _learner(*, index: bool = False, primary_key: bool = False) -> Column[int]:
    """A column that says whose row it is."""
    owner = ForeignKey("learners.id")
    return Column("learner", Serial, owner, nullable=False, index=index, primary_key=primary_key)


# The one row of secrets that a store made for itself.
site = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("salt", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("unclean", Integer, nullable=False),  # erasures whose bytes may still lie in the files
)

# An id is never given twice: whoever still holds an erased one must not meet another's record.
learners = Table(
    "learners",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("created", Utc, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, unique=True),  # a hash
    Column("cohort", Text),
    sqlite_autoincrement=True,
)

keys = Table(
    "keys",
    metadata,
    Column("hash", Text, primary_key=True),
    _learner(index=True),
    Column("added", Utc, nullable=False),
)

bases = Table(
    "bases",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("serial", Serial, primary_key=True, autoincrement=True),
    _learner(),
    Column("id", Text, nullable=False),
    Column("cohort", Text),
    Column("lesson", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("case_version", Integer, nullable=False),
    Column("item", Text, nullable=False),
    Column("response", Text, nullable=False),  # JSON
    Column("credit", Double, nullable=False),
    Column("hints", Integer, nullable=False),
    Column("confidence", Integer),
    Column("critical_error", Text, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("basis", Text, ForeignKey("bases.digest"), index=True),
    Column("sealed", Boolean, nullable=False),
    UniqueConstraint("learner", "id"),
    Index(None, "learner", "serial"),
    Index(None, "learner", "case_id", "item", "serial"),
    sqlite_autoincrement=True,
)

snapshots = Table(
    "snapshots",
    metadata,
    _learner(primary_key=True),
    Column("of", Text, nullable=False),
    Column("upto", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # JSON
)

training_records = Table(
    "training_records",
    metadata,
    Column("code", Text, primary_key=True),
    _learner(index=True),
    Column("body", Text, nullable=False),  # JSON
    Column("issued", Utc, nullable=False),
)

cohorts = Table(
    "cohorts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created", Utc, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("cohort", Text, ForeignKey("cohorts.id"), primary_key=True),
    _learner(index=True, primary_key=True),
    Column("name", Text, nullable=False),
    Column("joined", Utc, nullable=False),
)

# What a session's state holds is of its screen: to erase a learner does not look into it.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("cohort", Text, ForeignKey("cohorts.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("opened", Utc, nullable=False),
    Column("closed", Utc),
    Column("state", Text, nullable=False),  # JSON
    Column("version", Integer, nullable=False),
    Index(None, "code", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

votes = Table(
    "votes",
    metadata,
    Column("session", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("round", Integer, primary_key=True),
    _learner(index=True, primary_key=True),
    Column("response", Text, nullable=False),  # JSON
    Column("credit", Double),
    Column("at", Utc, nullable=False),
)

# Every table that holds something of one learner, what points at others first.
OF_A_LEARNER = (votes, members, training_records, snapshots, attempts, keys)
