"""Adds the counts of tenants' requests.  A revision imports nothing of the schema, as the schema changes later."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rate_windows",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("count", _BIG, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="rate_windows_pk"),
        sa.UniqueConstraint("tenant", name="rate_windows_tenant_unique"),
        sqlite_autoincrement=True,
    )
