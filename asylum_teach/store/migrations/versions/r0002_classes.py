"""Cohorts and their members, sessions and their votes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables of classes; what is there stays as it is."""
    _cohorts()
    _sessions()


def _cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cohorts"),
    )
    op.create_table(
        "members",
        sa.Column("cohort", sa.Text),
        sa.Column("learner", _SERIAL),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("joined", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("cohort", "learner", name="pk_members"),
        sa.ForeignKeyConstraint(["cohort"], ["cohorts.id"], name="fk_members_cohort"),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_members_learner"),
    )
    op.create_index("ix_members_learner", "members", ["learner"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text),
        sa.Column("cohort", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("opened", _MOMENT, nullable=False),
        sa.Column("closed", _MOMENT),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["cohort"], ["cohorts.id"], name="fk_sessions_cohort"),
    )
    op.create_index("ix_sessions_cohort", "sessions", ["cohort"])
    still_open = sa.text("closed IS NULL")
    op.create_index(
        "ix_sessions_code",
        "sessions",
        ["code"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "votes",
        sa.Column("session", sa.Text),
        sa.Column("round", sa.Integer),
        sa.Column("learner", _SERIAL),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("credit", sa.Double),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session", "round", "learner", name="pk_votes"),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_votes_session"),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_votes_learner"),
    )
    op.create_index("ix_votes_learner", "votes", ["learner"])
