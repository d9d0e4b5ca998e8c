"""Differences between SQLite and PostgreSQL: the beginning of a transaction, locks, remains of deleted rows."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from shim.store import assistants, dialects, schema
from shim.store.database import Database
from shim.store.tx import Tx
from tests.store.things import assistant
from tests.stores import Files

SQLITE, SERVER = sa.make_url("sqlite:///x.db"), sa.make_url("postgresql+psycopg://me@nowhere/x")


@pytest.fixture
def path(ready_files: Files, tmp_path: Path) -> Path:
    """The file of an empty store."""
    return Path(ready_files.new(tmp_path, "own.db").removeprefix("sqlite:///"))


@pytest.fixture
def engine(path: Path) -> Iterator[sa.Engine]:
    made = dialects.make_engine(sa.make_url(f"sqlite:///{path}"))
    yield made
    made.dispose()


def _set(db: sa.Connection, name: str) -> object:
    return db.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_a_file_is_opened_with_the_required_settings(engine: sa.Engine) -> None:
    dialects.prepare(engine)
    with engine.connect() as db:
        found = {name: _set(db, name) for name in ("foreign_keys", "secure_delete", "synchronous", "journal_mode")}
        assert found == {"foreign_keys": 1, "secure_delete": 1, "synchronous": 1, "journal_mode": "wal"}
        assert _set(db, "busy_timeout") == dialects.PATIENCE * 1000
        assert dialects.lone_writer(db)


@pytest.mark.parametrize("url, lone", [(SQLITE, True), (SERVER, False)])
def test_the_kind_of_database_is_recognised_by_its_address(url: sa.URL, lone: bool) -> None:
    assert dialects.is_sqlite(url) is lone
    insert = dialects.insert(url.get_backend_name())(schema.assistants)
    assert insert.on_conflict_do_nothing(index_elements=["id"]) is not None


def test_the_number_of_connections_to_a_server_is_limited() -> None:
    pool = dialects.make_engine(SERVER, 3).pool
    assert isinstance(pool, sa.QueuePool)
    assert (pool.size(), pool._max_overflow, pool._timeout) == (3, 0, dialects.CONNECTION_PATIENCE)


def test_a_writer_locks_the_file_before_it_reads(engine: sa.Engine, path: Path) -> None:
    dialects.prepare(engine)
    other = sqlite3.connect(path, timeout=0)
    with engine.connect() as db, db.begin():
        dialects.begin(db, write=False)
        other.execute("BEGIN IMMEDIATE")
        other.rollback()
    with engine.connect() as db, db.begin():
        dialects.begin(db, write=True)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_reader_sees_one_unchanging_state(base: Database) -> None:
    base.write(assistants.insert, assistant(1))

    def work(tx: Tx) -> list[int]:
        before = len(assistants.page(tx, 9, "asc").data)
        writer = threading.Thread(target=base.write, args=(assistants.insert, assistant(2)))
        writer.start()
        writer.join(10)
        return [before, len(assistants.page(tx, 9, "asc").data)]

    assert base.read(work) == [1, 1]
    assert len(base.read(assistants.page, 9, "asc").data) == 2


def test_writers_of_one_name_run_one_after_the_other(base: Database) -> None:
    """Read, then write: each writer reads the result of the previous one."""

    def work(tx: Tx) -> int:
        dialects.in_turn(tx.db, "a name")
        count = len(assistants.page(tx, 9, "asc").data)
        assistants.insert(tx, assistant(count))
        return count

    found: list[int] = []
    writers = [threading.Thread(target=lambda: found.append(base.write(work))) for _ in range(3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(10)
    assert sorted(found) == [0, 1, 2]


def test_a_transaction_marks_that_it_erases(engine: sa.Engine) -> None:
    with engine.connect() as db:
        assert not dialects.erased(db)
        dialects.erasing(db)
        assert dialects.erased(db)
        assert not dialects.erased(db), "the next one does not"


def test_the_log_is_emptied_unless_it_is_being_read(engine: sa.Engine, path: Path) -> None:
    dialects.prepare(engine)
    log = path.with_name(path.name + "-wal")
    other = sqlite3.connect(path)
    with engine.connect() as db:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM assistants").fetchone()
        db.exec_driver_sql("CREATE TABLE mine (x)")
        assert not dialects.scrub(db)
        assert log.stat().st_size > 0
        other.rollback()
        assert dialects.scrub(db)
        assert log.stat().st_size == 0
        assert _set(db, "busy_timeout") == dialects.PATIENCE * 1000, "others wait for their turn as before"
    other.close()


def test_the_highest_number_is_known_after_its_row_was_deleted(base: Database) -> None:
    def work(tx: Tx) -> list[int]:
        table = schema.assistants
        found = [dialects.last_number(tx.db, table)]
        for n in (1, 2):
            assistants.insert(tx, assistant(n))
        assistants.delete(tx, "asst_2")
        found.append(dialects.last_number(tx.db, table))
        dialects.set_last_number(tx.db, table, 0)
        found.append(dialects.last_number(tx.db, table))
        for number in (1000, 2000):
            dialects.set_last_number(tx.db, table, number)
            found.append(dialects.last_number(tx.db, table))
        assistants.insert(tx, assistant(3))
        found.append(dialects.last_number(tx.db, table))
        return found

    first, second, unchanged, *rest = base.write(work)
    assert (first, second >= 2, unchanged == second) == (0, True, True)
    assert rest == [1000, 2000, 2001]


def _failure(module: str, state: str | None, kind: type[sa.exc.DBAPIError] = sa.exc.OperationalError) -> Exception:
    original = type("Failure", (Exception,), {"__module__": module, "sqlstate": state})()
    return kind("SELECT 1", {}, original)


#: A failure, and whether a retry helps.
FAILURES = [
    (_failure("psycopg.errors", "08006"), True),
    (_failure("psycopg.errors", "57P01"), True),
    (_failure("psycopg.errors", "53300"), True),
    (_failure("psycopg.errors", "40P01"), True),
    (_failure("psycopg.errors", "40001"), True),
    (_failure("psycopg.errors", "23505", sa.exc.IntegrityError), False),
    (_failure("psycopg.errors", "53100"), False),  # the disk is full
    (_failure("psycopg", None), True),  # no answer at all
    (_failure("psycopg", None, sa.exc.ProgrammingError), False),
    (_failure("sqlite3", None), False),
    (sa.exc.TimeoutError("no connection is free"), False),
    (ValueError("of the work's own"), False),
]


@pytest.mark.parametrize("problem, lost", FAILURES, ids=lambda given: repr(getattr(given, "orig", given))[:60])
def test_which_failures_can_be_retried(problem: Exception, lost: bool) -> None:
    assert dialects.is_lost(problem) is lost


def test_a_failure_with_an_invalidated_connection_can_be_retried() -> None:
    problem = sa.exc.DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    assert dialects.is_lost(problem)


def test_a_table_can_be_rebuilt_without_losing_dependent_rows(engine: sa.Engine) -> None:
    """Future revisions may rebuild tables; SQLite deletes dependent rows by cascade when a table is dropped while
    foreign keys are on.
    """
    with dialects.alone(engine) as db:
        assert _set(db, "foreign_keys") == 0
    with engine.connect() as db:
        assert _set(db, "foreign_keys") == 1


def test_foreign_keys_are_on_again_after_a_failed_change(engine: sa.Engine) -> None:
    def change() -> None:
        with dialects.alone(engine) as db:
            db.exec_driver_sql("CREATE TABLE mine (x)")
            raise LookupError

    with pytest.raises(LookupError):
        change()
    with engine.connect() as db:
        assert _set(db, "foreign_keys") == 1
        assert not sa.inspect(db).has_table("mine")


def test_writers_are_blocked_and_readers_are_not(base: Database) -> None:
    """On SQLite there is only one writer in any case."""
    base.write(assistants.insert, assistant(1))
    written: list[str] = []
    writer = threading.Thread(target=lambda: written.append(str(base.write(assistants.insert, assistant(2)))))

    def work(tx: Tx) -> int:
        dialects.keep_writers_out(tx.db, [schema.assistants])
        writer.start()
        found = len(base.read(assistants.page, 9, "asc").data)
        assert written == []
        return found

    assert base.write(work) == 1
    writer.join(10)
    assert written == ["None"]


def test_a_read_only_file_is_read_unchanged(path: Path) -> None:
    engine = dialects.make_engine(sa.make_url(f"sqlite:///file:{path}?mode=ro&uri=true"))
    with engine.connect() as db:
        mode = _set(db, "journal_mode")
    dialects.prepare(engine)
    with engine.connect() as db:
        assert _set(db, "journal_mode") == mode
    engine.dispose()


def test_a_file_that_another_process_is_creating_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait for the lock that the write-ahead log needs."""
    results = [sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("database is locked"), None]
    moments = iter(range(100))
    monkeypatch.setattr(dialects, "time", SimpleNamespace(monotonic=lambda: next(moments), sleep=lambda _: None))

    def execute(statement: str) -> None:
        assert statement == "PRAGMA journal_mode=WAL"
        if (problem := results.pop(0)) is not None:
            raise problem

    dialects._log_ahead(SimpleNamespace(execute=execute))  # type: ignore[arg-type]
    assert results == []
    results += [sqlite3.OperationalError("disk I/O error")]
    with pytest.raises(sqlite3.OperationalError, match="disk"):
        dialects._log_ahead(SimpleNamespace(execute=execute))  # type: ignore[arg-type]
    results += [sqlite3.OperationalError("database is locked")] * 40
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        dialects._log_ahead(SimpleNamespace(execute=execute))  # type: ignore[arg-type]
    assert 0 < len(results) < 15, "not for ever"


def test_the_wait_for_other_processes_is_set_only_when_it_changes(engine: sa.Engine) -> None:
    dialects.prepare(engine)
    said: list[str] = []
    with engine.connect() as db:
        driver = db.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)

        def waits() -> int:
            driver.set_trace_callback(None)
            found: int = driver.execute("PRAGMA busy_timeout").fetchone()[0]
            driver.set_trace_callback(said.append)
            return found

        def transaction(brief: bool) -> int:
            with db.begin():
                if brief:
                    assert dialects.begin_briefly(db, True, 0.005)
                else:
                    dialects.begin(db, write=True)
                return waits()

        assert waits() == 30_000
        assert [transaction(brief) for brief in (False, True, True, True)] == [30_000, 5, 5, 5]
        assert dialects.scrub(db)
        assert waits() == 30_000
        assert [transaction(brief) for brief in (True, False, False)] == [5, 30_000, 30_000]
        driver.set_trace_callback(None)
    pragmas = [each for each in said if "busy_timeout" in each]
    assert pragmas == [f"PRAGMA busy_timeout={number}" for number in (5, 0, 30_000, 5, 30_000)]
