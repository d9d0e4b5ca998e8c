"""Adds imports, and the import that each object came from.  A revision imports nothing of the schema, as the schema
changes later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("finished_at", _BIG, nullable=True),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="imports_pk"),
        sa.UniqueConstraint("tenant", "batch", name="imports_tenant_batch_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("threads_tenant_batch_seq", "threads", ["tenant", "batch", "seq"])
