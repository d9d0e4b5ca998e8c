"""Adds callers' keys, and the owners of upstream objects.  A revision imports nothing of the schema, as the schema
changes later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("revoked_at", _BIG, nullable=True),
        sa.PrimaryKeyConstraint("seq", name="keys_pk"),
        sa.UniqueConstraint("tenant", "id", name="keys_tenant_id_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("keys_digest", "keys", ["digest"], unique=True)
    op.create_index("keys_label", "keys", ["label"])
    op.create_table(
        "upstream_objects",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("collection", sa.Text, nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="upstream_objects_pk"),
        sa.UniqueConstraint("tenant", "id", name="upstream_objects_tenant_id_unique"),
        sqlite_autoincrement=True,
    )
    op.create_index("upstream_objects_tenant_collection_seq", "upstream_objects", ["tenant", "collection", "seq"])
