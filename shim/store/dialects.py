"""The differences between SQLite and PostgreSQL, in one module."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL

#: Names of marks on a connection.
ERASING: Final = "shim erasing"
NUMBER: Final = "shim number"
LOG_PAGES: Final = "shim log pages"
WAITS: Final = "shim waits"
#: After so many brief writes a thread moves the write-ahead log's pages into the database.
BRIEF_WRITES: Final = 100
#: With so many pages in the log, the commit of brief work moves them itself; SQLite's own default is 1,000.
MOST_LOG_PAGES: Final = 8_000
#: How long a transaction waits for its turn, in seconds.
PATIENCE: Final = 30.0
#: The advisory lock for upgrades of a PostgreSQL database; an arbitrary number.
_ADVISORY: Final = 7_236_154_001
#: Connections to a server at one time, for each process: eight processes of these fit into PostgreSQL's usual hundred.
CONNECTIONS: Final = 10
#: How long a transaction waits for one of them, in seconds.
CONNECTION_PATIENCE: Final = 30.0
_QUEUES: Final = 7_236
#: Temporary error states of PostgreSQL: no connection, a server that stops or starts, too many connections, a deadlock.
PASSING: Final = ("08", "57P", "53300", "40001", "40P01")
#: psycopg's number for repeatable read:
#: https://www.psycopg.org/psycopg3/docs/api/connections.html#psycopg.IsolationLevel
_REPEATABLE_READ: Final = 3
#: An advisory lock for each name; two names may share one.
_TURN: Final = sa.select(sa.func.pg_advisory_xact_lock(_QUEUES, sa.func.hashtext(sa.bindparam("name"))))


@cache
def insert(name: str) -> Any:
    """The dialect's own INSERT, which has ON CONFLICT; both dialects have the same methods.  A dialect that no database
    of the process uses is not loaded.
    """
    return import_module(f"sqlalchemy.dialects.{name}").insert


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def lone_writer(db: sa.Connection) -> bool:
    """Whether a write transaction is the only one in the whole database."""
    return db.dialect.name == "sqlite"


def in_turn(db: sa.Connection, name: str) -> None:
    """Wait for the lock of this name, and hold it until the transaction ends.  On SQLite, with one writer at a time, no
    lock is needed.
    """
    if not lone_writer(db):
        db.execute(_TURN, {"name": name})


def is_lost(problem: Exception) -> bool:
    """Whether a transaction with this failure was rolled back for a temporary reason, and may be tried again."""
    if not isinstance(problem, sa.exc.DBAPIError):
        return False
    state = getattr(problem.orig, "sqlstate", None)
    unconnected = type(problem.orig).__module__.startswith("psycopg") and state is None
    known = state is not None and state.startswith(PASSING)
    return problem.connection_invalidated or known or (unconnected and isinstance(problem, sa.exc.OperationalError))


def make_engine(url: URL, connections: int = CONNECTIONS) -> sa.Engine:
    """An engine with a pool: at most ``connections`` to a server; to a file, as many as there are simultaneous callers.

    Raises ModuleNotFoundError without a driver.
    """
    if not is_sqlite(url):
        return sa.create_engine(
            url,
            poolclass=sa.QueuePool,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=CONNECTION_PATIENCE,
            hide_parameters=True,
        )
    engine = sa.create_engine(
        url,
        poolclass=sa.QueuePool,
        max_overflow=-1,
        # The connection that was used last has the statements and pages in its caches.
        pool_use_lifo=True,
        pool_reset_on_return=None,
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
        hide_parameters=True,
    )
    sa.event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not begin transactions itself: it would do so too late and never IMMEDIATE.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")
    # Deleted rows are overwritten in the file.
    connection.execute("PRAGMA secure_delete=ON")


def erasing(db: sa.Connection) -> None:
    """Mark the transaction as erasing: the write-ahead log is emptied after it."""
    if lone_writer(db):
        db.info[ERASING] = True


def erased(db: sa.Connection) -> bool:
    """Whether the transaction that has just ended was marked by `erasing`."""
    return db.info.pop(ERASING, False) is True


def scrub(db: sa.Connection) -> bool:
    """Empty the write-ahead log, which may still contain deleted rows; False while another connection reads it."""
    driver = _driver(db)
    _wait_for_others(db, 0.0)
    try:
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:
        return False
    finally:
        _wait_for_others(db, PATIENCE)


def begin(db: sa.Connection, *, write: bool) -> None:
    """Prepare a transaction that has just begun.

    On SQLite the driver has not begun a transaction yet, so this does.  A writer locks the file before it reads, as
    what it read could be outdated when it writes.  A reader sees one state throughout, which on SQLite is always so.
    This is not done by an SQLAlchemy event, as one listener would slow down every execution.
    """
    if lone_writer(db):
        _wait_for_others(db, PATIENCE)
        _driver(db).execute("BEGIN IMMEDIATE" if write else "BEGIN")
        return
    db.info.pop(NUMBER, None)
    # Sent by the driver with its BEGIN, as each separate statement would be a round trip to the server.
    driver: Any = db.connection.driver_connection
    driver.isolation_level = None if write else _REPEATABLE_READ
    driver.read_only = None if write else True


def begin_briefly(db: sa.Connection, write: bool, seconds: float) -> bool:
    """The same for brief work on SQLite; False if another process still writes after so many seconds.  The commit does
    not move the pages of the write-ahead log.
    """
    _wait_for_others(db, seconds)
    _leave_log(db)
    try:
        _driver(db).execute("BEGIN IMMEDIATE" if write else "BEGIN")
    except sqlite3.OperationalError as problem:
        if "locked" in str(problem):
            return False
        raise
    return True


def _wait_for_others(db: sa.Connection, seconds: float) -> None:
    """Set for how long a statement of SQLite waits for another process, if that is not set already: most transactions
    on a connection are like the one before.
    """
    if db.info.get(WAITS, PATIENCE) != seconds:
        db.info[WAITS] = seconds
        _driver(db).execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")


def _leave_log(db: sa.Connection) -> None:
    """The commits of this connection do not move the write-ahead log's pages from now on, as long as they are few."""
    if LOG_PAGES not in db.info:
        db.info[LOG_PAGES] = MOST_LOG_PAGES
        _driver(db).execute(f"PRAGMA wal_autocheckpoint={MOST_LOG_PAGES}")


def move_log(db: sa.Connection) -> None:
    """Move pages of SQLite's write-ahead log into the database, as far as readers allow."""
    _driver(db).execute("PRAGMA wal_checkpoint(PASSIVE)")


def _driver(db: sa.Connection) -> sqlite3.Connection:
    raw = db.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def prepare(engine: sa.Engine) -> None:
    """Prepare a database before its first use: on SQLite turn the write-ahead log on, so that readers never wait."""
    if not is_sqlite(engine.url):
        return
    with engine.connect() as db:
        _log_ahead(_driver(db))


def _log_ahead(driver: sqlite3.Connection) -> None:
    """SQLite does not wait for the lock that this needs, so it is tried again if several processes start together."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as problem:
            if "readonly" in str(problem):
                return
            if "locked" not in str(problem) or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction in which the tables may be changed, while every other process waits.

    On SQLite without foreign keys: changing a table drops and recreates it, which would delete all dependent rows.
    """
    with engine.connect() as db, _unbound(db), db.begin():
        begin(db, write=True)
        if not lone_writer(db):
            db.execute(sa.select(sa.func.pg_advisory_xact_lock(_ADVISORY)))
        yield db


@contextmanager
def _unbound(db: sa.Connection) -> Iterator[None]:
    if not lone_writer(db):
        yield
        return
    driver = _driver(db)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def keep_writers_out(db: sa.Connection, tables: Iterable[sa.Table]) -> None:
    """Lock these tables against other writers until the transaction ends; reading is allowed.  On SQLite there is only
    one writer anyway.
    """
    if not lone_writer(db):
        names = ", ".join(table.name for table in tables)
        db.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def last_number(db: sa.Connection, table: sa.Table) -> int:
    """The highest ``seq`` that was ever used, whether its row still exists or not; 0 for none."""
    if lone_writer(db):
        number = db.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).scalar()
        return int(number or 0)
    name = _sequence(db, table)
    last, called = db.exec_driver_sql(f"SELECT last_value, is_called FROM {name}").one()
    return int(last) if called else 0


def set_last_number(db: sa.Connection, table: sa.Table, last: int) -> None:
    """Let later rows get a ``seq`` higher than ``last``."""
    if not last:
        return
    if lone_writer(db):
        # A table that never had a row has no row in `sqlite_sequence`, which has no unique index.
        db.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        db.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, last))
        return
    db.execute(sa.select(sa.func.setval(_sequence(db, table), last, True)))


def _sequence(db: sa.Connection, table: sa.Table) -> str:
    return str(db.execute(sa.select(sa.func.pg_get_serial_sequence(table.name, "seq"))).scalar_one())
