"""Responses that are to be deleted upstream."""

from shim.store import outbox, responses, runs, threads
from shim.store.tx import Tx
from tests.store.things import Any_Store, run, thread


def fill(tx: Tx) -> None:
    """Two threads: the first has two runs, one with two responses and one with one."""
    for n in (1, 2):
        threads.insert(tx, thread(n))
    for n, of in ((1, 1), (2, 1), (3, 2)):
        runs.insert(tx, run(n, of, "completed"), {}, None, None)
    for n, (run_, of) in enumerate(((1, 1), (1, 1), (2, 1), (3, 2))):
        responses.insert(tx, f"resp_{n}", f"thread_{of}", f"run_{run_}", None, 1)


def waiting(tx: Tx) -> list[str]:
    return [one.response_id for one in outbox.batch(tx, 0, 99)]


async def test_the_responses_of_a_thread_or_of_a_run_wait_to_be_deleted(store: Any_Store) -> None:
    for tenant in ("", "other"):
        await store.of(tenant).write(fill)
    await store.write(outbox.add_run, "run_2", 5)
    assert await store.read(waiting) == ["resp_2"]
    await store.write(outbox.add, "thread_2", 5)
    assert await store.read(waiting) == ["resp_2", "resp_3"]
    await store.write(outbox.add, "thread_unknown", 5)
    await store.write(outbox.add_run, "run_unknown", 5)
    await store.write(outbox.add_one, "resp_late", 5)
    assert await store.read(waiting) == ["resp_2", "resp_3", "resp_late"]
    assert await store.of("other").read(waiting) == []


async def test_the_responses_are_still_listed_after_their_thread_is_deleted(store: Any_Store) -> None:
    await store.write(fill)
    await store.write(outbox.add, "thread_1", 5)
    await store.write(threads.delete, "thread_1")
    assert sorted(await store.read(waiting)) == ["resp_0", "resp_1", "resp_2"]


async def test_the_responses_are_listed_tried_and_removed(store: Any_Store) -> None:
    for n in range(3):
        await store.write(outbox.add_one, f"resp_{n}", 5)
    first, second = await store.read(outbox.batch, 0, 2)
    assert [(one.response_id, one.tries) for one in (first, second)] == [("resp_0", 0), ("resp_1", 0)]
    assert [one.response_id for one in await store.read(outbox.batch, second.seq, 2)] == ["resp_2"]
    await store.write(outbox.failed, first)
    [again, *_] = await store.read(outbox.batch, 0, 2)
    assert again == first._replace(tries=1)
    await store.write(outbox.failed, again)
    assert [one.tries for one in await store.read(outbox.batch, 0, 9)] == [2, 0, 0]
    await store.write(outbox.done, first.seq)
    assert await store.read(waiting) == ["resp_1", "resp_2"]


async def test_after_the_last_response_no_row_remains(store: Any_Store) -> None:
    erasing: list[bool] = []
    for n in range(2):
        await store.write(outbox.add_one, f"resp_{n}", 5)

    def done(tx: Tx, seq: int) -> None:
        outbox.done(tx, seq)
        erasing.append("shim erasing" in tx.db.info)

    for one in await store.read(outbox.batch, 0, 9):
        await store.write(done, one.seq)
    sqlite = "sqlite" in await store.read(lambda tx: tx.db.dialect.name)
    assert erasing == [False, sqlite]
