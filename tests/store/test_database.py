"""Transactions of blocking and async stores."""

import asyncio
import contextvars
import gc
import threading
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa

from shim.store import assistants
from shim.store.database import AsyncStore, Database, SyncStore, database
from shim.store.errors import Gone
from shim.store.tx import Tx
from tests.store.things import Any_Store, assistant


def increment(tx: Tx) -> None:
    """Read, then write: an update would be lost if the transaction took the lock only when it writes."""
    body = assistants.get(tx, "asst_1") or {}
    assistants.save(tx, {**body, "count": body["count"] + 1})


def lock_and_increment(tx: Tx) -> None:
    tx.db.execute(
        sa.text("SELECT 1 FROM assistants FOR UPDATE") if tx.db.dialect.name != "sqlite" else sa.text("SELECT 1")
    )
    increment(tx)


def count(base: Database) -> int:
    return int((base.read(assistants.get, "asst_1") or {})["count"])


def test_read_and_write_are_one_atomic_step(base: Database) -> None:
    base.write(assistants.insert, {**assistant(1), "count": 0})
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(base.write, lock_and_increment) for _ in range(200)]:
            done.result(60)
    assert count(base) == 200


def test_two_pools_on_one_file_wait_for_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shim.db'}"
    bases = [Database(database(url).url) for _ in range(4)]
    bases[0].write(assistants.insert, {**assistant(1), "count": 0})
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(bases[n % 4].write, increment) for n in range(200)]:
            done.result(60)
    assert count(bases[0]) == 200
    for base in bases:
        base.close()


async def test_a_transaction_that_raises_leaves_nothing(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        assistants.insert(tx, assistant(1))
        raise LookupError("of the work's own")

    with pytest.raises(LookupError, match="of the work's own"):
        await store.write(work)
    assert await store.read(assistants.get, "asst_1") is None


def test_a_reader_sees_one_state_while_others_write(base: Database) -> None:
    def values(tx: Tx) -> list[object]:
        before = assistants.get(tx, "asst_1")
        with ThreadPoolExecutor(1) as pool:
            pool.submit(base.write, assistants.insert, assistant(1)).result(20)
        return [before, assistants.get(tx, "asst_1")]

    assert base.read(values) == [None, None]
    assert base.read(assistants.get, "asst_1") == assistant(1)


def test_a_reader_does_not_wait_for_a_writer(base: Database) -> None:
    def work(tx: Tx) -> object:
        assistants.insert(tx, assistant(1))
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(base.read, assistants.get, "asst_1").result(20)

    assert base.write(work) is None


def test_the_sync_store_never_suspends(base: Database) -> None:
    coroutine = SyncStore(base).write(lambda tx: threading.get_ident())
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    assert ended.value.value == threading.get_ident()


async def test_the_async_store_works_in_another_thread_with_the_callers_context(base: Database) -> None:
    here = contextvars.ContextVar("here", default="nowhere")
    here.set("in the task")
    assert await AsyncStore(base).read(lambda tx: here.get()) == "in the task"
    assert await AsyncStore(base).read(lambda tx: threading.get_ident()) != threading.get_ident()


async def test_the_async_store_uses_none_of_the_loops_threads(base: Database) -> None:
    """All threads of the loop's executor may be waiting for work that the store has to do."""
    loop, busy = asyncio.get_running_loop(), threading.Event()
    crowd = [loop.run_in_executor(None, busy.wait, 20) for _ in range(64)]
    assert await AsyncStore(base).read(assistants.get, "asst_1") is None
    assert not any(one.done() for one in crowd)
    busy.set()
    await asyncio.gather(*crowd)


def test_one_address_is_one_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    base = database("sqlite:///some.db")
    assert database(f"sqlite+pysqlite:///{tmp_path}/some.db") is base
    assert database("sqlite:///other.db") is not base
    assert not (tmp_path / "some.db").exists()


def test_an_unused_database_is_closed(tmp_path: Path) -> None:
    base = database(f"sqlite:///{tmp_path / 'shim.db'}")
    base.prepare()
    gone = weakref.ref(base)
    assert (tmp_path / "shim.db-wal").exists()
    del base
    gc.collect()
    assert gone() is None
    assert not (tmp_path / "shim.db-wal").exists()


@pytest.mark.parametrize("fails", [False, True])
def test_a_connection_in_use_when_its_database_is_closed_is_closed_later(base: Database, fails: bool) -> None:
    """It belongs to a pool that no longer exists, so nobody would close it."""
    base.prepare()
    base.close()
    events: Counter[str] = Counter()
    for name in ("connect", "close", "close_detached"):
        sa.event.listen(base._engine, name, lambda *_, name=name: events.update([name]))

    def work(tx: Tx) -> None:
        base.close()
        if fails:
            raise Gone

    with pytest.raises(Gone) if fails else nullcontext():
        base.write(work)
    assert events["connect"] == 1 == events["close"] + events["close_detached"]
    base.write(assistants.insert, assistant(1))


def test_a_closed_database_opens_again(base: Database) -> None:
    base.write(assistants.insert, assistant(1))
    base.close()
    assert base.read(assistants.get, "asst_1") == assistant(1)
