"""The first tables.  A revision imports nothing of the schema, as the schema changes later."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ACTIVE = sa.text("status IN ('queued', 'in_progress', 'requires_action', 'cancelling')")


def upgrade() -> None:
    _roots()
    _conversation()
    _kept()
    _upstream()
    _indexes()


def _text(name: str, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=nullable)


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        *parts,
        sa.PrimaryKeyConstraint("seq", name=f"{name}_pk"),
        sqlite_autoincrement=True,
    )


def _id(table: str) -> list[sa.schema.SchemaItem]:
    created = sa.Column("created_at", _BIG, nullable=False)
    return [_text("id"), created, sa.UniqueConstraint("tenant", "id", name=f"{table}_tenant_id_unique")]


def _thread(table: str) -> list[sa.schema.SchemaItem]:
    columns, target = ["tenant", "thread_id"], ["threads.tenant", "threads.id"]
    return [
        _text("thread_id"),
        sa.ForeignKeyConstraint(columns, target, name=f"{table}_threads_fk", ondelete="CASCADE"),
    ]


def _roots() -> None:
    _table("assistants", *_id("assistants"), _text("body"), _text("batch", nullable=True))
    covers = sa.Column("head_covers", _BIG, nullable=False, server_default="0")
    _table(
        "threads", *_id("threads"), _text("body"), _text("head", nullable=True), covers, _text("batch", nullable=True)
    )


def _conversation() -> None:
    _table("messages", *_id("messages"), _text("body"), *_thread("messages"), _text("run_id", nullable=True))
    _table(
        "runs",
        *_id("runs"),
        _text("body"),
        *_thread("runs"),
        _text("assistant_id"),
        _text("status"),
        sa.Column("expires_at", _BIG, nullable=True),
        _text("owner", nullable=True),
        sa.Column("lease_until", sa.Double, nullable=True),
        sa.Column("private", sa.Text, nullable=False, server_default="{}"),
    )
    _table("steps", *_id("steps"), _text("body"), *_thread("steps"), _text("run_id"))


def _kept() -> None:
    content = sa.Column("content", sa.LargeBinary, nullable=False)
    container = _text("container_id", nullable=True)
    _table("files", *_id("files"), _text("body"), *_thread("files"), container, content)


def _upstream() -> None:
    _table(
        "journal",
        *_thread("journal"),
        _text("run_id", nullable=True),
        _text("response_id", nullable=True),
        _text("message_id", nullable=True),
        _text("direction"),
        _text("type"),
        _text("call_id", nullable=True),
        _text("item"),
    )
    _table(
        "responses",
        *_id("responses"),
        *_thread("responses"),
        _text("run_id"),
        _text("previous_id", nullable=True),
        _text("status", nullable=True),
        _text("usage", nullable=True),
    )


def _indexes() -> None:
    _index("assistants", "seq")
    for table in ("messages", "runs", "steps", "journal", "files", "responses"):
        _index(table, "thread_id", "seq")
    _index("messages", "thread_id", "run_id", "seq")
    for table in ("steps", "journal", "responses"):
        _index(table, "run_id", "seq")
    _index("journal", "message_id")
    columns = ["tenant", "thread_id"]
    op.create_index("one_active_run", "runs", columns, unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)


def _index(table: str, *columns: str) -> None:
    op.create_index("_".join((table, "tenant", *columns)), table, ["tenant", *columns])
