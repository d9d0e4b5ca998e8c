"""The tables, for SQLite and PostgreSQL alike.

Every table has ``seq``, the store's own order, given once and never again; lists sort by it, never by id or time.
Every table has ``tenant``, and an id is unique within its tenant.  Objects are in ``body`` as the JSON text that the
API shows; another column exists only if a query needs it.  Rows that belong to a thread are deleted with the thread.

A change here needs a revision in ``migrations/versions`` and its name in `REVISION`.
"""

from typing import Any, Final

import sqlalchemy as sa

from shim.store import sealing
from shim.wire import encoding

#: The newest revision in ``migrations/versions``: repeated here so that Alembic is not loaded for an up-to-date store.
REVISION: Final = "0008"

#: Statuses of an active run.  As SQL text, because a partial index is used only for queries that repeat it.
ACTIVE: Final = sa.text("status IN ('queued', 'in_progress', 'requires_action', 'cancelling')")

#: SQLite gives automatic numbers only to INTEGER, which has 64 bits there.
Big: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata: Final = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "uq": "%(table_name)s_%(column_0_N_name)s_unique",
        "fk": "%(table_name)s_%(referred_table_name)s_fk",
        "ix": "%(table_name)s_%(column_0_N_name)s",
    }
)


class Name(sa.types.TypeDecorator[str]):
    """A text outside of JSON: an id, a status, a cursor that a caller may have invented."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else encoding.storable(value)


def _text(name: str, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, Name, nullable=nullable)


def _contents(name: str, **more: Any) -> "sa.Column[str]":
    """A column with contents, encrypted if the store has a key."""
    return sa.Column(name, sealing.Text, nullable=False, **more)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        sa.Column("seq", Big, primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.Text, nullable=False, server_default=""),
        *parts,
        sqlite_autoincrement=True,
    )


def _object(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    """A table of API objects: an id, a time of creation in seconds, a body."""
    created = sa.Column("created_at", Big, nullable=False)
    return _table(name, _text("id"), created, _contents("body"), *parts, sa.UniqueConstraint("tenant", "id"))


def _thread() -> list[sa.schema.SchemaItem]:
    """The column and the foreign key of tables that belong to a thread."""
    foreign_key = sa.ForeignKeyConstraint(["tenant", "thread_id"], ["threads.tenant", "threads.id"], ondelete="CASCADE")
    return [_text("thread_id"), foreign_key, sa.Index(None, "tenant", "thread_id", "seq")]


assistants: Final = _object("assistants", _text("batch", nullable=True), sa.Index(None, "tenant", "seq"))

threads: Final = _object(
    "threads",
    _text("head", nullable=True),
    sa.Column("head_covers", Big, nullable=False, server_default="0"),
    _text("batch", nullable=True),
    sa.Column("touched_at", Big, nullable=False, server_default="0"),
    sa.Index(None, "tenant", "touched_at"),
    sa.Index(None, "tenant", "batch", "seq"),
    # Used with `SHIM_UNKNOWN_THREADS=create`, which checks whether any tenant has a thread with an id.
    sa.Index(None, "id"),
)

messages: Final = _object(
    "messages",
    *_thread(),
    _text("run_id", nullable=True),
    sa.Index(None, "tenant", "thread_id", "run_id", "seq"),
)

runs: Final = _object(
    "runs",
    *_thread(),
    _text("assistant_id"),
    _text("status"),
    sa.Column("expires_at", Big, nullable=True),
    _text("owner", nullable=True),
    sa.Column("lease_until", sa.Double, nullable=True),
    _contents("private", server_default="{}"),
)

ONE_ACTIVE_RUN: Final = sa.Index(
    "one_active_run",
    runs.c.tenant,
    runs.c.thread_id,
    unique=True,
    sqlite_where=ACTIVE,
    postgresql_where=ACTIVE,
)

steps: Final = _object("steps", *_thread(), _text("run_id"), sa.Index(None, "tenant", "run_id", "seq"))

journal: Final = _table(
    "journal",
    *_thread(),
    _text("run_id", nullable=True),
    _text("response_id", nullable=True),
    _text("message_id", nullable=True),
    _text("direction"),
    _text("type"),
    _text("call_id", nullable=True),
    _contents("item"),
    sa.Index(None, "tenant", "message_id"),
    sa.Index(None, "tenant", "run_id", "seq"),
)

files: Final = _object(
    "files",
    *_thread(),
    _text("container_id", nullable=True),
    sa.Column("content", sealing.File, nullable=False),
    sa.Index(None, "tenant", "created_at"),
)

responses: Final = _table(
    "responses",
    _text("id"),
    *_thread(),
    _text("run_id"),
    _text("previous_id", nullable=True),
    sa.Column("created_at", Big, nullable=False),
    _text("status", nullable=True),
    _text("usage", nullable=True),
    sa.UniqueConstraint("tenant", "id"),
    sa.Index(None, "tenant", "run_id", "seq"),
)

requests: Final = _table(
    "requests",
    sa.Column("mark", sealing.Mark, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    _text("kind"),
    _text("made"),
    _text("thread_id", nullable=True),
    sa.Column("digest", sealing.Text, nullable=True),
    sa.ForeignKeyConstraint(["tenant", "thread_id"], ["threads.tenant", "threads.id"], ondelete="CASCADE"),
    sa.Index(None, "created_at"),
    sa.Index(None, "tenant", "mark", "seq"),
    sa.Index(None, "tenant", "thread_id", "seq"),
)

#: Responses that are still to be deleted upstream.  The table has the name of its first version.
outbox: Final = _table(
    "doomed",
    _text("response_id"),
    sa.Column("created_at", Big, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
)

#: Imports: threads and assistants refer to theirs by ``batch``.
imports: Final = _table(
    "imports",
    _text("batch"),
    sa.Column("created_at", Big, nullable=False),
    sa.Column("finished_at", Big, nullable=True),
    _contents("sources"),
    _text("counts"),
    sa.UniqueConstraint("tenant", "batch"),
)

#: Threads that were deleted here: only a digest of each id, from which the id cannot be found.
tombstones: Final = _table(
    "tombstones",
    _text("digest"),
    sa.Column("created_at", Big, nullable=False),
    sa.UniqueConstraint("tenant", "digest"),
    sa.Index(None, "digest"),
)

#: Facts about the store itself.
facts: Final = _table("facts", _text("name"), _text("value"), sa.UniqueConstraint("tenant", "name"))

#: API keys of the server's callers, as keyed hashes: those that the server issued (``issued``), and keys of the
#: upstream's that were given a tenant's name (``named``).  ``label``: the tenant's name as the operator gave it.
keys: Final = _table(
    "keys",
    _text("id"),
    _text("label"),
    _text("kind"),
    _text("digest"),
    _text("hint"),
    sa.Column("created_at", Big, nullable=False),
    sa.Column("revoked_at", Big, nullable=True),
    sa.UniqueConstraint("tenant", "id"),
    sa.Index(None, "digest", unique=True),
    sa.Index(None, "label"),
)

#: Which tenant has made which object upstream, if all tenants share the server's key there.
upstream_objects: Final = _table(
    "upstream_objects",
    _text("id"),
    _text("collection"),
    sa.Column("created_at", Big, nullable=False),
    sa.UniqueConstraint("tenant", "id"),
    sa.Index(None, "tenant", "collection", "seq"),
)

#: How many requests each tenant has sent in the current minute.
rate_windows: Final = _table(
    "rate_windows",
    sa.Column("count", Big, nullable=False),
    sa.Column("expires_at", sa.Double, nullable=False),
    sa.UniqueConstraint("tenant"),
)

#: What was learned of servers and models.  ``server``: a keyed hash; ``fact`` and ``value``: words of the engine's.
learned: Final = _table(
    "learned",
    _text("server"),
    _text("fact"),
    _text("value"),
    sa.Column("learned_at", Big, nullable=False),
    sa.UniqueConstraint("tenant", "server", "fact", "value"),
)
