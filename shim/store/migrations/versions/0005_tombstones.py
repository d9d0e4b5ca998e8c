"""Adds the digests of deleted threads' ids.  A revision imports nothing of the schema, as the schema changes later."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tombstones",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="tombstones_pk"),
        sa.UniqueConstraint("tenant", "digest", name="tombstones_tenant_digest_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("tombstones_digest", "tombstones", ["digest"])
    op.create_index("threads_id", "threads", ["id"])
