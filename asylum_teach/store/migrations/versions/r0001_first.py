"""The first tables: learners and their keys, attempts and what they rested on."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and the secrets that this store keeps for itself."""
    _site()
    _learners()
    _attempts()
    _of_a_learner()


def _site() -> None:
    site = op.create_table(
        "site",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("salt", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("unclean", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    own = {"id": 1, "salt": secrets.token_hex(32), "secret": secrets.token_hex(32), "unclean": 0}
    op.bulk_insert(site, [own])


def _learners() -> None:
    op.create_table(
        "learners",
        sa.Column("id", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("cohort", sa.Text),
        sa.UniqueConstraint("code", name="uq_learners_code"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "keys",
        sa.Column("hash", sa.Text),
        sa.Column("learner", _SERIAL, nullable=False),
        sa.Column("added", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_keys"),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_keys_learner"),
    )
    op.create_index("ix_keys_learner", "keys", ["learner"])


def _attempts() -> None:
    op.create_table(
        "bases",
        sa.Column("digest", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_bases"),
    )
    op.create_table(
        "attempts",
        sa.Column("serial", _SERIAL, primary_key=True, autoincrement=True),
        sa.Column("learner", _SERIAL, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("cohort", sa.Text),
        sa.Column("lesson", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("case_version", sa.Integer, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("response", sa.Text, nullable=False),
        sa.Column("credit", sa.Double, nullable=False),
        sa.Column("hints", sa.Integer, nullable=False),
        sa.Column("confidence", sa.Integer),
        sa.Column("critical_error", sa.Text, nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("basis", sa.Text),
        sa.Column("sealed", sa.Boolean, nullable=False),
        sa.UniqueConstraint("learner", "id", name="uq_attempts_learner_id"),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_attempts_learner"),
        sa.ForeignKeyConstraint(["basis"], ["bases.digest"], name="fk_attempts_basis"),
        sqlite_autoincrement=True,
    )
    for columns in (["basis"], ["learner", "serial"], ["learner", "case_id", "item", "serial"]):
        op.create_index(f"ix_attempts_{'_'.join(columns)}", "attempts", columns)


def _of_a_learner() -> None:
    op.create_table(
        "snapshots",
        sa.Column("learner", _SERIAL, autoincrement=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("upto", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("learner", name="pk_snapshots"),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_snapshots_learner"),
    )
    op.create_table(
        "training_records",
        sa.Column("code", sa.Text),
        sa.Column("learner", _SERIAL, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("issued", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_training_records"),
        sa.ForeignKeyConstraint(["learner"], ["learners.id"], name="fk_training_records_learner"),
    )
    op.create_index("ix_training_records_learner", "training_records", ["learner"])
