"""The cost of a transaction.  The limits are ten times the measured values, so that they catch a mistake, not a slow
machine.
"""

import statistics
import time
from collections.abc import Awaitable, Callable

import pytest

from shim.store import journal, messages, rows, schema, threads
from shim.store.database import AsyncStore, Database, SyncStore
from shim.store.tx import Tx
from tests.store.things import message, thread

pytestmark = pytest.mark.bench
MANY = 100_000


async def measure(what: str, work: Callable[[int], Awaitable[object]], times: int = 1000) -> float:
    """Print and return the median in microseconds."""
    spent = []
    for n in range(times):
        start = time.perf_counter()
        await work(n)
        spent.append(time.perf_counter() - start)
    median = statistics.median(spent) * 1e6
    print(f"{what}: {median:.0f} µs, a tenth below {sorted(spent)[times // 10] * 1e6:.0f} µs")
    return median


@pytest.fixture
def begun(base: Database) -> Database:
    base.write(threads.insert, thread())
    return base


async def test_small_transactions(begun: Database) -> None:
    limits = {SyncStore: 2000, AsyncStore: 5000}
    for number, (colour, limit) in enumerate(limits.items()):
        store = colour(begun)
        name, first = colour.__name__, number * 10_000
        spent = await measure(
            f"{name} write", lambda n, store=store, first=first: store.write(messages.insert, message(first + n))
        )
        assert spent < limit
        spent = await measure(f"{name} read", lambda n, store=store: store.read(messages.get, "thread_1", "msg_1"))
        assert spent < limit


def fill(tx: Tx) -> None:
    known = {"tenant": "", "thread_id": "thread_1", "created_at": 1, "run_id": None}
    bodies = ({**known, "id": f"msg_{n}", "body": rows.dump(message(n))} for n in range(MANY))
    tx.db.execute(schema.messages.insert(), list(bodies))


async def test_a_page_of_a_long_thread(begun: Database) -> None:
    begun.write(fill)
    store = SyncStore(begun)
    for cursor in (None, "msg_10", f"msg_{MANY // 2}"):
        spent = await measure(
            f"page of 20 out of {MANY} after {cursor}",
            lambda n, cursor=cursor: store.read(messages.page, "thread_1", 20, "desc", cursor),
            200,
        )
        assert spent < 10_000


def fill_journal(tx: Tx) -> None:
    for n in range(10_000):
        journal.append(tx, "thread_1", "in", {"role": "user", "content": f"message {n}"})


async def test_a_long_journal(begun: Database) -> None:
    begun.write(fill_journal)
    store = SyncStore(begun)
    assert await measure("10,000 journal rows", lambda n: store.read(journal.rows, "thread_1"), 10) < 2_000_000


async def test_deleting_a_long_thread(begun: Database) -> None:
    begun.write(fill)
    store = SyncStore(begun)
    assert await measure(f"delete {MANY} messages", lambda n: store.write(threads.delete, "thread_1"), 1) < 2e7
