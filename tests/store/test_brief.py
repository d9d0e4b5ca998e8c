"""Brief work: on SQLite an async door runs it on its event loop, and never waits there for long."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from shim.store import assistants, dialects, journal, rows, schema, turns
from shim.store.database import AsyncStore, Database, database
from shim.store.errors import Gone, StoreFailed
from shim.store.tx import FEW, Tx, brief
from tests.store.things import assistant

#: Calls of work, in the order of the attempts: the ids of their threads.
Calls = list[int]
HERE = threading.get_ident


@pytest.fixture
def store(base: Database) -> AsyncStore:
    """An async store whose tables exist."""
    base.prepare()
    return AsyncStore(base)


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[AsyncStore]:
    """An async store on SQLite whose tables exist."""
    base = database(f"sqlite:///{tmp_path / 'shim.db'}")
    base.prepare()
    yield AsyncStore(base)
    base.close()


def noting(calls: Calls, work: Callable[[Tx], object] = lambda tx: None) -> Callable[[Tx], object]:
    """Brief work that notes its thread."""

    @brief
    def noted(tx: Tx) -> object:
        calls.append(HERE())
        return work(tx)

    return noted


def insert(tx: Tx) -> None:
    assistants.insert(tx, assistant(1))


@pytest.mark.parametrize("way", ["read", "write"])
async def test_it_runs_on_the_loop_on_sqlite_alone(store: AsyncStore, way: str) -> None:
    calls: Calls = []
    await getattr(store, way)(noting(calls))
    await getattr(store, way)(lambda tx: calls.append(HERE()))
    assert [call == HERE() for call in calls] == [store.database.at_once, False]


async def test_the_first_transaction_of_a_process_runs_in_a_thread(base: Database) -> None:
    """It may have to create or upgrade the tables."""
    calls: Calls = []
    await AsyncStore(base).write(noting(calls, insert))
    assert calls != [HERE()]
    assert base.read(assistants.get, "asst_1") == assistant(1)


async def test_it_is_committed_or_rolled_back_as_other_work(store: AsyncStore) -> None:
    calls: Calls = []

    def fail(tx: Tx) -> None:
        insert(tx)
        raise Gone

    with pytest.raises(Gone):
        await store.write(noting(calls, fail))
    assert len(calls) == 1, "an exception of the work's own repeats nothing"
    assert store.database.read(assistants.get, "asst_1") is None
    await store.write(noting(calls, insert))
    assert store.database.read(assistants.get, "asst_1") == assistant(1)


@pytest.mark.parametrize("seconds", [60.0, 0.02])
@pytest.mark.parametrize("process", ["this", "another"])
async def test_the_loop_goes_on_while_others_write(
    on_file: AsyncStore, monkeypatch: pytest.MonkeyPatch, process: str, seconds: float
) -> None:
    """Another database object on the same file has its own connections and its own queue, as in another process.  A
    thread does the work only if the other writes for long.
    """
    monkeypatch.setattr(turns, "ALL_ATTEMPTS", seconds)
    writer = on_file.database if process == "this" else Database(on_file.database.url)
    await _waits_for(on_file, writer, on_loop=seconds > 1)
    writer.close()


async def _waits_for(store: AsyncStore, writer: Database, on_loop: bool) -> None:
    """The writer writes until this loop tells it to end, which a blocked loop could not."""
    begun, go_on, calls = threading.Event(), threading.Event(), Calls()

    def long_work(tx: Tx) -> None:
        insert(tx)
        begun.set()
        assert go_on.wait(20)

    held = asyncio.create_task(asyncio.to_thread(writer.write, long_work))
    await asyncio.to_thread(begun.wait, 20)
    ours = [
        asyncio.create_task(store.write(noting(calls, lambda tx, n=n: assistants.insert(tx, assistant(n)))))
        for n in range(2, 6)
    ]
    reading = await store.read(noting([], lambda tx: assistants.get(tx, "asst_1")))
    assert reading is None, "a reader does not wait for a writer"
    await asyncio.sleep(0.1)
    assert not any(one.done() for one in ours)
    asyncio.get_running_loop().call_soon(go_on.set)
    await asyncio.gather(*ours)
    await held
    assert [call == HERE() for call in calls] == 4 * [on_loop]
    assert all(store.database.read(assistants.get, f"asst_{n}") for n in range(1, 6))
    await store.write(noting(calls))
    assert calls[-1] == HERE(), "afterwards it runs on the loop again"


async def test_work_that_meets_many_rows_is_repeated_in_a_thread(on_file: AsyncStore) -> None:
    calls: Calls = []

    def grow(tx: Tx) -> None:
        insert(tx)
        tx.expect(FEW + 1)

    await on_file.write(noting(calls, grow))
    assert [call == HERE() for call in calls] == [True, False]
    assert on_file.database.read(assistants.get, "asst_1") == assistant(1)


@pytest.mark.parametrize("count, on_loop", [(FEW, True), (FEW + 1, False)])
async def test_a_long_journal_is_read_in_a_thread(on_file: AsyncStore, count: int, on_loop: bool) -> None:
    calls: Calls = []

    def fill(tx: Tx) -> None:
        rows.add(
            tx.db, schema.threads, {"tenant": "", "id": "thread_1", "created_at": 1, "body": "{}", "touched_at": 1}
        )
        for number in range(count):
            journal.append(tx, "thread_1", "in", {"type": "message", "number": number})

    on_file.database.write(fill)
    found = await on_file.read(noting(calls, lambda tx: [row.item["number"] for row in journal.walk(tx, "thread_1")]))
    assert found == list(range(count))
    assert (calls == [HERE()]) is on_loop


async def test_a_failure_of_the_store_is_reported_as_from_a_thread(store: AsyncStore) -> None:
    calls: Calls = []

    def fail(tx: Tx) -> None:
        tx.db.execute(sa.text("SELECT * FROM no_such_table"))

    with pytest.raises(StoreFailed, match=r"tables|does not exist"):
        await store.write(noting(calls, fail))
    assert calls[-1] != HERE()
    await store.write(noting(calls, insert))
    assert store.database.read(assistants.get, "asst_1") == assistant(1)


async def test_a_thread_moves_the_log_now_and_then(
    on_file: AsyncStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the log would grow, and the loop wait for the disk when a commit moves it."""
    moved: list[int] = []
    move_log = dialects.move_log
    monkeypatch.setattr(dialects, "move_log", lambda db: (move_log(db), moved.append(HERE())))
    monkeypatch.setattr(dialects, "BRIEF_WRITES", 3)
    for n in range(1, 5):
        await on_file.write(noting([], lambda tx, n=n: assistants.insert(tx, assistant(n))))
    on_file.database.threads.shutdown()
    assert len(moved) == 1
    assert HERE() not in moved
    # A copy of the file alone, without its log, has what was written before the log was moved.
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(str(on_file.database.url.database)).read_bytes())
    with sqlite3.connect(copy) as db:
        (count,) = db.execute("SELECT count(*) FROM assistants").fetchone()
        assert count >= 3
    db.close()


async def test_erased_contents_leave_the_log(on_file: AsyncStore) -> None:
    """Brief work of today erases nothing; if some does, a thread empties the log at once."""
    log = Path(f"{on_file.database.url.database}-wal")
    await on_file.write(noting([], insert))
    assert log.stat().st_size
    await on_file.write(noting([], lambda tx: dialects.erasing(tx.db)))
    on_file.database.threads.shutdown()
    assert not log.stat().st_size


async def test_the_log_is_emptied_while_nobody_erases(on_file: AsyncStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the log would count as clean that another writer has just made unclean."""
    base, scrubbed = on_file.database, threading.Event()
    monkeypatch.setattr(dialects, "scrub", lambda db: scrubbed.set() or True)

    def erase(tx: Tx) -> bool:
        base._unclean = True
        base.threads.submit(base._move_log)
        return scrubbed.wait(0.2)

    assert base.write(erase) is False
    base.threads.shutdown()
    assert scrubbed.is_set()
    assert not base._unclean


async def test_a_write_after_the_interpreter_began_to_end_is_committed(
    on_file: AsyncStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No thread starts any more then, so the log stays for the last connection."""
    monkeypatch.setattr(dialects, "BRIEF_WRITES", 1)
    on_file.database.threads.shutdown()
    await on_file.write(noting([], insert))
    assert on_file.database.read(assistants.get, "asst_1") == assistant(1)


async def test_the_whole_wait_of_a_caller_is_measured(on_file: AsyncStore) -> None:
    """For the metric of the store's waits: also that in the queue of the loop, once for each transaction."""
    waits: list[float] = []
    on_file.database.waited = waits.append
    other = sqlite3.connect(str(on_file.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(on_file.write(noting([], insert)))
    await asyncio.sleep(0.1)
    assert waits == []
    other.execute("COMMIT")
    await task
    assert len(waits) == 1
    assert waits[0] >= 0.1
    other.close()
