"""Queries for all resources: fetch, add, change and remove rows, and select pages of lists.

Statements are built once and cached, with a bound parameter ``for_COLUMN`` for every column of their condition, so that
a call costs little more than the database's time.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from shim.store import dialects
from shim.store.errors import NoSuchCursor
from shim.wire.texts import dump, load
from shim.wire.types import Json

__all__ = ["dump", "load"]

Where = Mapping[str, Any]
Order = Literal["asc", "desc"]


def bound(where: Where) -> dict[str, Any]:
    """The parameters for `matching`."""
    return {f"for_{name}": value for name, value in where.items()}


def matching(table: sa.Table, *names: str) -> sa.ColumnElement[bool]:
    """The condition that every named column has the value of its parameter."""
    return sa.and_(*(table.c[name] == sa.bindparam(f"for_{name}") for name in names))


@cache
def _body(table: sa.Table, names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(table.c.body).where(matching(table, *names))


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _put(table: sa.Table, names: tuple[str, ...], dialect: str) -> Any:
    insert = dialects.insert(dialect)(table).inline()
    new = {name: insert.excluded[name] for name in names if name != "id"}
    return insert.on_conflict_do_update(index_elements=["tenant", "id"], set_=new)


@cache
def _add_unless(index: sa.Index, dialect: str) -> Any:
    among = {"index_elements": index.columns, "index_where": index.dialect_options[dialect]["where"]}
    insert = dialects.insert(dialect)(index.table).inline().on_conflict_do_nothing(**among)
    # Otherwise some drivers lose the row count of an insertion.
    return insert.execution_options(preserve_rowcount=True)


@cache
def _add_new(table: sa.Table, key: str, dialect: str) -> Any:
    insert = dialects.insert(dialect)(table).inline().on_conflict_do_nothing(index_elements=["tenant", key])
    return insert.execution_options(preserve_rowcount=True)


@cache
def _update(table: sa.Table, names: tuple[str, ...]) -> sa.Update:
    return table.update().where(matching(table, *names))


@cache
def _delete(table: sa.Table, names: tuple[str, ...]) -> sa.Delete:
    return table.delete().where(matching(table, *names))


def get(db: sa.Connection, table: sa.Table, where: Where) -> Json | None:
    """The body of the one row that matches."""
    body: str | None = db.execute(_body(table, tuple(where)), bound(where)).scalar()
    return None if body is None else load(body)


def add(db: sa.Connection, table: sa.Table, values: Where) -> int:
    """Add a row; returns its ``seq``, which is higher than any before it."""
    key = db.execute(_insert(table), dict(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def change(db: sa.Connection, table: sa.Table, where: Where, values: Where) -> int:
    """Set columns of the rows that match; returns how many there were."""
    return db.execute(_update(table, tuple(where)), {**bound(where), **values}).rowcount


def remove(db: sa.Connection, table: sa.Table, where: Where) -> int:
    """Delete the rows that match; returns how many there were."""
    return db.execute(_delete(table, tuple(where)), bound(where)).rowcount


def put(db: sa.Connection, table: sa.Table, tenant: str, values: Where) -> None:
    """Save the object of that id in its place, or add it at the end.  ``values`` holds every column but the tenant."""
    db.execute(_put(table, tuple(values), db.dialect.name), {"tenant": tenant, **values})


def add_unless(db: sa.Connection, index: sa.Index, values: Where) -> bool:
    """Add a row, unless an existing one has the same values in the unique index; returns whether it was added."""
    return db.execute(_add_unless(index, db.dialect.name), dict(values)).rowcount > 0


def add_new(db: sa.Connection, table: sa.Table, values: Where, key: str = "id") -> bool:
    """Add a row, unless the tenant has one with that ``key``; returns whether it was added."""
    return db.execute(_add_new(table, key, db.dialect.name), dict(values)).rowcount > 0


class Cut(NamedTuple):
    """Selects a part of a list: at most ``limit`` objects, strictly between two others of the list."""

    limit: int
    order: Order
    after: str | None
    before: str | None


class Listed(NamedTuple):
    """One page, in the list's order, and whether there are more objects in the direction in which it was read."""

    data: list[Json]
    has_more: bool


def page(
    db: sa.Connection,
    table: sa.Table,
    scope: Where,
    cut: Cut,
    narrower: Where | None = None,
    but: Collection[str] = (),
) -> Listed:
    """The part of the list ``scope`` that ``cut`` selects; ``narrower`` filters it without affecting its cursors, and
    objects whose id is in ``but`` are left out.

    ``after`` and ``before`` are positions in the list's order.  With only ``before`` the page ends right before that
    object, so that pages can be read backwards: the ``limit`` nearest objects, still in the list's order.  No recording
    shows ``before`` together with ``limit``; this is a choice.  Raises `NoSuchCursor`.
    """
    marks = {name: _seq(db, table, scope, id) for name, id in (("after", cut.after), ("before", cut.before)) if id}
    backwards = set(marks) == {"before"}
    equal = {**scope, **(narrower or {})}
    statement = _listing(table, tuple(equal), tuple(marks), cut.order, backwards)
    statement = statement.where(table.c.id.not_in(but)) if but else statement
    stored = list(db.execute(statement, {**bound(equal), **marks, "most": cut.limit + 1}).scalars())
    bodies = [load(body) for body in stored[: cut.limit]]
    return Listed(bodies[::-1] if backwards else bodies, len(stored) > cut.limit)


def _seq(db: sa.Connection, table: sa.Table, scope: Where, id: str) -> int:
    where = {**scope, "id": id}
    seq: int | None = db.execute(_seq_of(table, tuple(where)), bound(where)).scalar()
    if seq is None:
        raise NoSuchCursor(id)
    return seq


@cache
def _seq_of(table: sa.Table, names: tuple[str, ...]) -> sa.Select[Any]:
    return sa.select(table.c.seq).where(matching(table, *names))


@cache
def _listing(
    table: sa.Table, names: tuple[str, ...], marks: tuple[str, ...], order: Order, backwards: bool
) -> sa.Select[Any]:
    seq, rising = table.c.seq, order == "asc"
    later = {"after": rising, "before": not rising}
    limits = (seq > sa.bindparam(mark) if later[mark] else seq < sa.bindparam(mark) for mark in marks)
    direction = seq.asc() if rising != backwards else seq.desc()
    statement = sa.select(table.c.body).where(matching(table, *names), *limits)
    return statement.order_by(direction).limit(sa.bindparam("most"))
