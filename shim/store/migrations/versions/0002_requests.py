"""Adds requests that have had their effect.  A revision imports nothing of the schema, as the schema changes later."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "requests",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("made", sa.Text, nullable=False),
        sa.Column("thread_id", sa.Text, nullable=True),
        sa.Column("digest", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("seq", name="requests_pk"),
        sa.ForeignKeyConstraint(
            ["tenant", "thread_id"], ["threads.tenant", "threads.id"], name="requests_threads_fk", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("requests_created_at", "requests", ["created_at"])
    op.create_index("requests_tenant_mark_seq", "requests", ["tenant", "mark", "seq"])
    op.create_index("requests_tenant_thread_id_seq", "requests", ["tenant", "thread_id", "seq"])
