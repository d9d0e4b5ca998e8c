"""Restarts of the database server, which only PostgreSQL has.  All other tests run on PostgreSQL as on SQLite."""

import asyncio
import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from shim.store import assistants, doubt, failures, threads
from shim.store import database as module
from shim.store.address import resolve
from shim.store.database import AsyncStore, Database, database
from shim.store.errors import StoreFailed
from shim.store.tx import Tx
from tests.store.things import assistant, thread
from tests.stores import POSTGRES

needs_server = pytest.mark.skipif(not POSTGRES, reason="SHIM_TEST_POSTGRES holds no URL")


def cut(tx: Tx) -> None:
    """Let the server end this connection, as when it restarts."""
    tx.db.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_transaction_that_loses_its_connection_is_repeated(base: Database) -> None:
    """The transaction was rolled back, so it is repeated, and its effect occurs once."""
    attempts: list[int] = []

    def work(tx: Tx) -> str:
        attempts.append(len(assistants.page(tx, 9, "asc").data))
        assistants.insert(tx, assistant(1))
        if len(attempts) == 1:
            cut(tx)
        assistants.insert(tx, assistant(2))
        return "done"

    assert base.write(work) == "done"
    assert attempts == [0, 0]
    assert base.read(assistants.page, 9, "asc").data == [assistant(1), assistant(2)]


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_read_that_loses_its_connection_is_repeated(base: Database) -> None:
    base.write(assistants.insert, assistant(1))
    attempts: list[int] = []

    def work(tx: Tx) -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            cut(tx)
        return assistants.get(tx, "asst_1")

    assert base.read(work) == assistant(1)
    assert len(attempts) == 2


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_transaction_that_always_loses_its_connection_fails(base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRIES", (0.0, 0.0))
    base.write(assistants.insert, assistant(1))
    with pytest.raises(StoreFailed, match="closed the connection"):
        base.write(cut)
    assert base.read(assistants.get, "asst_1") == assistant(1)


def shut(tx: Tx) -> None:
    """The socket is closed and the driver has not noticed it: the COMMIT does not arrive."""
    mine = tx.db.connection.driver_connection
    assert mine is not None
    with socket.socket(fileno=os.dup(mine.fileno())) as same:
        same.shutdown(socket.SHUT_RDWR)


def lose_answer(tx: Tx) -> None:
    """The COMMIT arrives, but its answer is lost."""
    mine: Any = tx.db.connection.driver_connection
    real = mine.commit

    def commit() -> None:
        real()
        mine.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    mine.commit = commit


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
@pytest.mark.parametrize("locked", [False, True], ids=["", "locked"])
@pytest.mark.parametrize("lose,times", [(shut, 2), (lose_answer, 1)])
def test_a_connection_that_is_lost_during_the_commit(
    base: Database, lose: Callable[[Tx], None], times: int, locked: bool
) -> None:
    """The server knows whether the change was committed, so its effect occurs once and the call succeeds."""
    base.write(threads.insert, thread(1))
    attempts: list[int] = []

    def work(tx: Tx) -> str:
        attempts.append(1)
        assistants.insert(tx, assistant(1))
        if locked:
            # With a lock, the transaction already has its number.
            threads.lock(tx, "thread_1")
        if len(attempts) == 1:
            lose(tx)
        return "done"

    assert base.write(work) == "done"
    assert len(attempts) == times
    assert base.read(assistants.page, 9, "asc").data == [assistant(1)]
    base.write(assistants.insert, assistant(2))


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_commit_with_an_unknown_outcome_is_an_error(base: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction is not repeated, because its effect could occur twice; the call fails."""
    monkeypatch.setattr(doubt, "PAUSES", (0.0,))
    base.write(threads.insert, thread(1))
    attempts: list[int] = []

    def work(tx: Tx) -> None:
        attempts.append(1)
        threads.lock(tx, "thread_1")
        assistants.insert(tx, assistant(1))
        shut(tx)
        monkeypatch.setattr(doubt, "_FATE", sa.text("SELECT 'in progress' WHERE :number > 0"))

    with pytest.raises(StoreFailed, match="does not say whether the change was stored") as caught:
        base.write(work)
    assert len(attempts) == 1
    assert caught.value.passes == "never", "nobody may ask again by himself"


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_lost_idle_connection_has_no_effect(base: Database) -> None:
    base.write(assistants.insert, assistant(1))
    mine = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")
    server = sa.create_engine(resolve(POSTGRES), poolclass=sa.NullPool)
    with server.connect() as db:
        db.execute(mine, {"name": base.url.query["application_name"]})
    assert base.read(assistants.get, "asst_1") == assistant(1)


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_many_blocking_and_async_calls_share_a_few_connections(address: str) -> None:
    base = database(address, connections=3)

    def query(tx: Tx) -> int:
        tx.db.exec_driver_sql("SELECT pg_sleep(0.01)")
        mine = "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')"
        return int(tx.db.exec_driver_sql(mine).scalar_one())

    with ThreadPoolExecutor(20) as pool:
        most = [*pool.map(lambda _: base.read(query), range(40))]
    most += await asyncio.gather(*(AsyncStore(base).read(query) for _ in range(40)))
    assert len(most) == 80
    assert 1 <= max(most) <= 3
    base.close()


@needs_server
def test_a_server_that_does_not_answer() -> None:
    base = database("postgresql://me:s3cret@127.0.0.1:9/shim")
    with pytest.raises(StoreFailed, match=r"127\.0\.0\.1/shim does not answer\. Is the server running, ") as caught:
        base.read(lambda tx: None)
    assert "s3cret" not in str(caught.value)


def test_values_in_errors_of_the_server_are_left_out() -> None:
    message = 'duplicate key value violates "a_b_unique"\nDETAIL:  Key (tenant, id)=(me, x) already exists.'
    problem = sa.exc.IntegrityError("INSERT", {}, Exception(message))
    explained = failures.explain(problem, resolve("postgresql://h/d"))
    assert str(explained) == 'The store postgresql://h/d failed: duplicate key value violates "a_b_unique"'
