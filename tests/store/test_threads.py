import pytest
import sqlalchemy as sa

from shim.store import files, journal, messages, requests, responses, runs, schema, steps, threads
from shim.store.errors import Gone
from shim.store.threads import Head
from shim.store.tx import Tx
from tests.store.things import Any_Store, message, run, step, thread


def fill(tx: Tx, n: int) -> None:
    """A thread with a row in every table."""
    threads.insert(tx, thread(n))
    runs.insert(tx, run(n, n), {}, None, None)
    messages.insert(tx, message(n, n, n))
    steps.save(tx, step(n, n, n))
    responses.insert(tx, f"resp_{n}", f"thread_{n}", f"run_{n}", None, 1)
    journal.append(tx, f"thread_{n}", "in", {"role": "user"}, message_id=f"msg_{n}")
    files.save(tx, f"thread_{n}", "cntr_1", {"id": f"cfile_{n}", "created_at": 1}, b"a,b")
    known = {"mark": "m", "attempt": 0, "created_at": 1.0, "kind": "run", "made": f"run_{n}", "digest": None}
    requests.insert(tx, {**known, "thread_id": f"thread_{n}"})


def count(tx: Tx) -> dict[str, int]:
    tables = schema.metadata.sorted_tables
    return {table.name: tx.db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables}


async def test_a_thread_is_read_as_it_was_stored(store: Any_Store) -> None:
    await store.write(threads.insert, thread(), "import of May")
    assert await store.read(threads.get, "thread_1") == thread()
    assert await store.write(threads.save, {**thread(), "metadata": {"a": "b"}})
    assert (await store.read(threads.get, "thread_1") or {})["metadata"] == {"a": "b"}
    assert await store.of("other").read(threads.get, "thread_1") is None


#: Tables without rows of a thread.
OF_NO_THREAD = ("assistants", "doomed", "facts", "imports", "keys", "learned", "rate_windows")
OF_NO_THREAD += ("tombstones", "upstream_objects")


async def test_delete_removes_all_rows_of_the_thread_and_no_others(store: Any_Store) -> None:
    for tenant, n in (("", 1), ("", 2), ("other", 1)):
        await store.of(tenant).write(fill, n)
    assert await store.write(threads.delete, "thread_1")
    assert await store.read(count) == {
        **dict.fromkeys(schema.metadata.tables, 2),
        **dict.fromkeys(OF_NO_THREAD, 0),
    }
    assert await store.of("other").read(messages.get, "thread_1", "msg_1") is not None
    assert not await store.write(threads.delete, "thread_1")


async def test_nothing_can_be_added_to_a_deleted_thread(store: Any_Store) -> None:
    for work, body in ((messages.insert, message(1)), (messages.save, message(1)), (steps.save, step(1))):
        with pytest.raises(Gone):
            await store.write(work, body)
    with pytest.raises(Gone):
        await store.write(runs.insert, run(1), {}, None, None)
    with pytest.raises(Gone):
        await store.write(journal.append, "thread_1", "in", {})
    assert set((await store.read(count)).values()) == {0}


async def test_head(store: Any_Store) -> None:
    await store.write(threads.insert, thread())
    assert await store.read(threads.head, "thread_1") == Head(None, 0)
    await store.write(threads.set_head, "thread_1", "resp_1", 7)
    assert await store.read(threads.head, "thread_1") == Head("resp_1", 7)
    assert await store.read(threads.head, "thread_2") == Head(None, 0)
    await store.write(threads.save, thread())
    assert await store.read(threads.head, "thread_1") == Head("resp_1", 7)


async def test_lock_returns_whether_the_thread_exists(store: Any_Store) -> None:
    await store.write(threads.insert, thread())
    assert await store.write(threads.lock, "thread_1")
    assert not await store.of("other").write(threads.lock, "thread_1")
