"""Transactions of tasks that are cancelled meanwhile."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from shim.store import assistants
from shim.store.database import AsyncStore, Database, database
from shim.store.tx import Tx, brief
from tests.store.things import assistant


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancelled_task_does_not_interrupt_its_transaction(base: Database, fails: bool) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        assistants.insert(tx, assistant(1))
        begun.set()
        assert go_on.wait(20)
        assistants.insert(tx, assistant(1 if fails else 2))

    async def writing() -> None:
        await AsyncStore(base).write(work)
        await asyncio.sleep(20)

    task = asyncio.create_task(writing())
    await asyncio.to_thread(begun.wait, 20)
    task.cancel()
    asyncio.get_running_loop().call_soon(go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    found = [base.read(assistants.get, f"asst_{n}") is not None for n in (1, 2)]
    assert found == 2 * [not fails]


@pytest.mark.parametrize("often", [1, 3])
async def test_a_cancelled_task_gets_the_committed_result(base: Database, often: int) -> None:
    """The result can be passed on; the cancellation is raised at the next await, if there is one."""
    begun, go_on = threading.Event(), threading.Event()

    def work(tx: Tx) -> str:
        begun.set()
        assert go_on.wait(20)
        return "committed"

    task = asyncio.create_task(AsyncStore(base).write(work))
    await asyncio.to_thread(begun.wait, 20)
    for _ in range(often):
        task.cancel()
        await asyncio.sleep(0)
    go_on.set()
    assert await task == "committed"


async def test_a_cancelled_read_raises_after_its_end(base: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        begun.set()
        assert go_on.wait(20)

    task = asyncio.create_task(AsyncStore(base).read(work))
    await asyncio.to_thread(begun.wait, 20)
    task.cancel()
    asyncio.get_running_loop().call_later(0.01, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert go_on.is_set()


@pytest.mark.parametrize("often", [1, 3])
async def test_brief_work_that_waits_for_another_writer_is_not_lost(tmp_path: Path, often: int) -> None:
    """As in a thread: whoever releases a run while it is being cancelled must know that it is released."""
    base = database(f"sqlite:///{tmp_path / 'shim.db'}")
    base.prepare()
    other = sqlite3.connect(str(base.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    @brief
    def work(tx: Tx) -> str:
        assistants.insert(tx, assistant(1))
        return "committed"

    task = asyncio.create_task(AsyncStore(base).write(work))
    await asyncio.sleep(0.02)
    for _ in range(often):
        task.cancel()
        await asyncio.sleep(0)
    other.execute("COMMIT")
    assert await task == "committed"
    assert base.read(assistants.get, "asst_1") == assistant(1)
    other.close()
    base.close()
