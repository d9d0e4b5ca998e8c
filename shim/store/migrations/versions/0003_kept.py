"""Adds a thread's last use, responses to delete upstream, and facts about the store.  A revision imports nothing of the
schema, as the schema changes later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("threads", sa.Column("touched_at", _BIG, nullable=False, server_default="0"))
    op.execute("UPDATE threads SET touched_at = created_at")
    op.create_index("threads_tenant_touched_at", "threads", ["tenant", "touched_at"])
    op.create_index("files_tenant_created_at", "files", ["tenant", "created_at"])
    created = sa.Column("created_at", _BIG, nullable=False)
    tries = sa.Column("tries", sa.Integer, nullable=False, server_default="0")
    _table("doomed", sa.Column("response_id", sa.Text, nullable=False), created, tries)
    unique = sa.UniqueConstraint("tenant", "name", name="facts_tenant_name_unique")
    _table("facts", sa.Column("name", sa.Text, nullable=False), sa.Column("value", sa.Text, nullable=False), unique)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        *parts,
        sa.PrimaryKeyConstraint("seq", name=f"{name}_pk"),
        sqlite_autoincrement=True,
    )
