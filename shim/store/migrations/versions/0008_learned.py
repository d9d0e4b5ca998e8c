"""Adds what was learned about servers.  A revision imports nothing of the schema, as the schema changes later."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "learned",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("server", sa.Text, nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("learned_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="learned_pk"),
        sa.UniqueConstraint("tenant", "server", "fact", "value", name="learned_tenant_server_fact_value_unique"),
        sqlite_autoincrement=True,
    )
