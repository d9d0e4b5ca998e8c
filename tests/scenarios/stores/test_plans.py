"""Long lists are read from an index, so that a page costs the same at the end of 100,000 messages as at their start."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from shim.store import journal, rows, runs, schema


@pytest.fixture(scope="module")
def db() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        yield connection
    engine.dispose()


def plan(db: sa.Connection, statement: sa.Select[tuple[str]], values: dict[str, object]) -> str:
    """How SQLite would run the statement, in its own words."""
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
