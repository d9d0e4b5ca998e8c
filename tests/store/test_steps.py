from shim.store import steps, threads
from shim.store.tx import Tx
from tests.store.things import Any_Store, ids, step, thread


def begin(tx: Tx) -> None:
    threads.insert(tx, thread())
    for n in (1, 2, 3):
        steps.save(tx, step(n))
    steps.save(tx, step(4, run=2))


async def test_save_replaces_in_place(store: Any_Store) -> None:
    await store.write(begin)
    done = {**step(1), "status": "completed"}
    await store.write(steps.save, done)
    assert await store.read(steps.of_run, "run_1") == [done, step(2), step(3)]
    assert await store.read(steps.get, "run_1", "step_1") == done
    assert await store.read(steps.get, "run_2", "step_1") is None


async def test_last_returns_a_step_of_the_given_run(store: Any_Store) -> None:
    await store.write(begin)
    assert await store.read(steps.last, "run_1") == step(3)
    assert await store.read(steps.last, "run_9") is None
    assert await store.of("other").read(steps.last, "run_1") is None


async def test_requeue_sorts_last_also_after_later_additions(store: Any_Store) -> None:
    await store.write(begin)
    await store.write(steps.requeue, "run_1", "step_2")
    await store.write(steps.save, step(5))
    await store.write(steps.requeue, "run_1", "step_9")
    assert ids(await store.read(steps.of_run, "run_1")) == ["step_1", "step_3", "step_2", "step_5"]
    listed = await store.read(steps.page, "run_1", 2, "desc")
    assert (ids(listed.data), listed.has_more) == (["step_5", "step_2"], True)
