"""The tables: the result of the revisions, the rows of a thread, and the index for each query.

Long lists are read from an index, so that a page costs the same at the end of 100,000 messages as at their beginning.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from shim.store import dialects, journal, rows, runs, schema, sealing
from shim.store.database import database
from tests.stores import Files


def test_the_revisions_make_the_schema(address: str) -> None:
    base = database(address)
    assert base.read(lambda tx: compare_metadata(MigrationContext.configure(tx.db), schema.metadata)) == []
    base.close()


def test_on_sqlite_the_definitions_are_identical(ready_files: Files, tmp_path: Path) -> None:
    """Checks what the comparison above does not include: partial indexes, numbers that are never reused, cascades."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'created.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    assert described(tmp_path / "created.db") == described(ready_files.template)


def described(path: Path) -> dict[str, list[str]]:
    """The parts of each table's and index's definition, in alphabetical order."""
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE '%alembic%'")
        # A column that was added by a later revision is on the line of another, so it is moved to a line of its own.
        made = {
            name: sorted(part.strip(" ,\t") for part in sql.replace(", touched_at", "\ntouched_at").split("\n"))
            for name, sql in found
        }
    db.close()
    return made


@pytest.fixture
def fresh() -> Iterator[sa.Connection]:
    """The empty tables."""
    engine = dialects.make_engine(sa.make_url("sqlite://"))
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def db() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        yield connection
    engine.dispose()


def plan(db: sa.Connection, statement: sa.Select[tuple[str]], values: dict[str, object]) -> str:
    """SQLite's query plan for the statement."""
    compiled = statement.compile(db)
    given = tuple(compiled.construct_params(values)[name] for name in compiled.positiontup or ())
    return "; ".join(row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", given))


LISTS = [
    (schema.assistants, ("tenant",)),
    (schema.messages, ("tenant", "thread_id")),
    (schema.messages, ("tenant", "thread_id", "run_id")),
    (schema.runs, ("tenant", "thread_id")),
    (schema.steps, ("tenant", "run_id")),
]


@pytest.mark.parametrize("marks", [(), ("after",), ("before",), ("after", "before")])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("table,names", LISTS)
def test_a_page(
    db: sa.Connection, table: sa.Table, names: tuple[str, ...], order: rows.Order, marks: tuple[str, ...]
) -> None:
    statement = rows._listing(table, names, marks, order, marks == ("before",))
    found = plan(db, statement, {**rows.bound(dict.fromkeys(names, "x")), **dict.fromkeys(marks, 50), "most": 21})
    assert f"INDEX {'_'.join((table.name, *names, 'seq'))} ({'=? AND '.join(names)}=?" in found
    assert ("seq" in found.split("(")[1]) == bool(marks)
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("table", [schema.assistants, schema.threads, schema.messages, schema.runs, schema.steps])
def test_one_object(db: sa.Connection, table: sa.Table) -> None:
    found = plan(db, rows._body(table, ("tenant", "id")), {"for_tenant": "", "for_id": "x"})
    assert "INDEX" in found
    assert "(tenant=? AND id=?)" in found


def test_the_active_run_and_the_journal(db: sa.Connection) -> None:
    thread: dict[str, object] = {"for_tenant": "", "for_thread_id": "x"}
    assert "INDEX one_active_run (tenant=? AND thread_id=?)" in plan(db, runs._ACTIVE, thread)
    wanted = "INDEX journal_tenant_thread_id_seq (tenant=? AND thread_id=? AND seq>?)"
    assert wanted in plan(db, journal._ROWS, {**thread, "later_than": 5})
    assert "(tenant=? AND thread_id=?)" in plan(db, journal._LAST, thread)


def test_every_table_has_the_stores_own_order_and_a_tenant() -> None:
    for table in schema.metadata.sorted_tables:
        assert [column.name for column in table.primary_key] == ["seq"], table.name
        assert not table.c.tenant.nullable, table.name
        assert table.dialect_options["sqlite"]["autoincrement"], "a number is given once and never again"


def test_an_id_is_unique_within_its_tenant() -> None:
    for table in schema.metadata.sorted_tables:
        if "id" in table.c:
            unique = [
                {column.name for column in each.columns}
                for each in table.constraints
                if isinstance(each, sa.UniqueConstraint)
            ]
            assert {"tenant", "id"} in unique, table.name


def test_rows_of_a_thread_are_deleted_with_it(fresh: sa.Connection) -> None:
    ours = [
        table
        for table in schema.metadata.sorted_tables
        if any(key.column.table is schema.threads for key in table.foreign_keys)
    ]
    assert {"messages", "runs", "steps", "journal", "files", "responses", "requests"} == {each.name for each in ours}
    fresh.execute(schema.threads.insert(), {"tenant": "", "id": "thread_1", "created_at": 1, "body": "{}"})
    for table in ours:
        fresh.execute(table.insert(), {column.name: _something(column) for column in table.c} | OF_THREAD)
    fresh.execute(schema.threads.delete())
    left = {table.name: fresh.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in ours}
    assert set(left.values()) == {0}


OF_THREAD = {"tenant": "", "thread_id": "thread_1"}


def _something(column: "sa.Column[object]") -> object:
    if isinstance(column.type, sealing.File):
        return b"x"
    return 1 if isinstance(column.type, (sa.Integer, sa.Float)) else "x"


@pytest.mark.parametrize("status, holds", [("queued", True), ("requires_action", True), ("completed", False)])
def test_a_thread_has_at_most_one_active_run(fresh: sa.Connection, status: str, holds: bool) -> None:
    for tenant in ("", "other"):
        thread = {"tenant": tenant, "id": "thread_1", "created_at": 1, "body": "{}"}
        fresh.execute(schema.threads.insert(), thread)
    values = OF_THREAD | {"created_at": 1, "body": "{}", "assistant_id": "asst_1"}
    fresh.execute(schema.runs.insert(), values | {"id": "run_1", "status": status})
    added = rows.add_unless(fresh, schema.ONE_ACTIVE_RUN, values | {"id": "run_2", "status": "cancelling"})
    assert added is not holds
    assert rows.add_unless(fresh, schema.ONE_ACTIVE_RUN, values | {"id": "run_3", "status": "expired"})
    other = values | {"tenant": "other", "id": "run_1", "status": "queued"}
    assert rows.add_unless(fresh, schema.ONE_ACTIVE_RUN, other)


@pytest.mark.parametrize("odd", ["\0", "a\ud83d", "\ude00b"])
def test_an_invented_id_can_be_looked_up(fresh: sa.Connection, odd: str) -> None:
    """A text that databases refuse is stored and looked up in another form."""
    where = {"tenant": "", "id": odd}
    assert rows.get(fresh, schema.assistants, where) is None
    fresh.execute(schema.assistants.insert(), where | {"created_at": 1, "body": "{}"})
    assert rows.get(fresh, schema.assistants, where) == {}


def test_contents_are_in_columns_that_can_be_encrypted() -> None:
    """Texts of users and everything made from them; tests/scenarios/privacy checks what the other columns reveal."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in schema.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, (sealing.Text, sealing.File))
    }
    bodies = {f"{table.name}.body" for table in schema.metadata.sorted_tables if "body" in table.c}
    others = {"runs.private", "journal.item", "files.content", "imports.sources", "requests.digest"}
    assert bodies | others == sealed
