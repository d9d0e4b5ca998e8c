import threading
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
from openai.types.beta.threads import RunStatus

from shim.store import journal, leases, messages, responses, run_memory, runs, steps, threads
from shim.store.database import Database
from shim.store.errors import ActiveRun
from shim.store.runs import RunRow
from shim.store.tx import Tx
from tests.store.things import Any_Store, ids, message, run, step, thread

ACTIVE = ("queued", "in_progress", "requires_action", "cancelling")
ENDED = tuple(status for status in get_args(RunStatus) if status not in ACTIVE)
MEMORY = run_memory.blank("gpt-4o", {}, [])
CHAINED = MEMORY | {"tip": {"id": "resp_1", "covers": 1}}


def begin(tx: Tx, status: str = "queued") -> None:
    threads.insert(tx, thread())
    runs.insert(tx, run(1, status=status), MEMORY, "me", 60.5)


async def test_a_run_is_read_as_it_was_stored(store: Any_Store) -> None:
    await store.write(begin)
    expected = RunRow(run(1), MEMORY, "me", 60.5)
    assert await store.read(runs.get, "thread_1", "run_1") == expected
    assert await store.read(runs.active, "thread_1") == expected
    assert await store.read(runs.get, "thread_2", "run_1") is None
    assert await store.of("other").read(runs.active, "thread_1") is None


@pytest.mark.parametrize("status", ACTIVE)
async def test_a_second_active_run_is_refused_and_leaves_the_transaction_usable(store: Any_Store, status: str) -> None:
    def work(tx: Tx) -> str:
        with pytest.raises(ActiveRun) as caught:
            runs.insert(tx, run(2), MEMORY, None, None)
        messages.insert(tx, message(1))
        return caught.value.run_id

    await store.write(begin, status)
    assert await store.write(work) == "run_1"
    assert await store.read(runs.get, "thread_1", "run_2") is None
    assert await store.read(messages.get, "thread_1", "msg_1") is not None


@pytest.mark.parametrize("status", ENDED)
async def test_a_run_that_has_ended_does_not_lock_its_thread(store: Any_Store, status: str) -> None:
    await store.write(begin, status)
    assert await store.read(runs.active, "thread_1") is None
    await store.write(runs.insert, run(2), MEMORY, None, None)
    assert ids((await store.read(runs.page, "thread_1", 20, "desc")).data) == ["run_2", "run_1"]


async def test_an_existing_id_is_not_reported_as_an_active_run(store: Any_Store) -> None:
    await store.write(begin, "completed")
    with pytest.raises(Exception, match=r"(?i)unique") as caught:
        await store.write(runs.insert, run(1), MEMORY, None, None)
    assert not isinstance(caught.value, ActiveRun)


async def test_move_is_compare_and_set(store: Any_Store) -> None:
    await store.write(begin)
    cancelled, completed = run(1, status="cancelling"), run(1, status="completed")
    assert await store.write(runs.move, cancelled, CHAINED, frozenset(ACTIVE))
    assert not await store.write(runs.move, completed, MEMORY, frozenset({"in_progress"}))
    assert not await store.write(runs.move, completed, MEMORY, frozenset())
    assert not await store.of("other").write(runs.move, completed, MEMORY, frozenset(ACTIVE))
    assert await store.read(runs.get, "thread_1", "run_1") == RunRow(cancelled, CHAINED, "me", 60.5)


async def test_move_may_change_the_lease(store: Any_Store) -> None:
    await store.write(begin)
    await store.write(runs.move, run(1), MEMORY, frozenset(ACTIVE), lease_until=90.0)
    assert (await store.read(runs.active, "thread_1") or run)[2:] == ("me", 90.0)
    await store.write(runs.move, run(1), MEMORY, frozenset(ACTIVE), owner=None, lease_until=None)
    assert (await store.read(runs.active, "thread_1") or run)[2:] == (None, None)


async def test_save_does_not_change_private_columns(store: Any_Store) -> None:
    await store.write(begin)
    changed = {**run(1), "metadata": {"a": "b"}}
    assert await store.write(runs.save, changed)
    assert await store.read(runs.get, "thread_1", "run_1") == RunRow(changed, MEMORY, "me", 60.5)
    assert not await store.write(runs.save, run(2))


async def test_a_lease_is_renewed_by_its_owner_and_claimed_after_it_has_expired(store: Any_Store) -> None:
    await store.write(begin)
    assert await store.write(leases.renew, [("", "run_1")], "me", 70.0)
    assert not await store.write(runs.claim, "run_1", 69.0, "you", 100.0)
    assert await store.write(runs.claim, "run_1", 71.0, "you", 100.0)
    assert not await store.write(runs.claim, "run_1", 71.0, "them", 100.0)
    assert not await store.write(leases.renew, [("", "run_1")], "me", 110.0)
    assert (await store.read(runs.active, "thread_1") or run)[2:] == ("you", 100.0)


async def test_a_run_that_has_ended_cannot_be_claimed_or_renewed(store: Any_Store) -> None:
    await store.write(begin, "completed")
    assert not await store.write(runs.claim, "run_1", 100.0, "you", 200.0)
    assert not await store.write(leases.renew, [("", "run_1")], "me", 200.0)


async def test_one_statement_renews_and_returns_all_runs_of_a_process(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        for number, owner in ((1, "me"), (2, "you"), (3, "me")):
            threads.insert(tx, thread(number))
            runs.insert(tx, run(number, thread=number), MEMORY, owner, 60.5)

    await store.write(work)
    wanted = [("", f"run_{number}") for number in (1, 2, 3, 4)]
    assert await store.write(leases.renew, wanted, "me", 70.0) == 2
    found = await store.read(leases.standings, wanted)
    assert {id: each.owner for (_, id), each in found.items()} == {"run_1": "me", "run_2": "you", "run_3": "me"}
    assert found["", "run_1"].status == "queued"
    assert (await store.read(runs.active, "thread_2") or run)[2:] == ("you", 60.5)


async def test_a_run_is_released_only_by_its_owner(store: Any_Store) -> None:
    await store.write(begin)
    assert not await store.write(runs.release, "run_1", "you")
    assert await store.write(runs.release, "run_1", "me")
    assert (await store.read(runs.active, "thread_1") or run)[2:] == (None, None)


async def test_delete_removes_the_rows_of_a_run_but_not_its_messages(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        steps.save(tx, step(1))
        messages.insert(tx, message(1, run=1))
        responses.insert(tx, "resp_1", "thread_1", "run_1", None, 1)
        journal.append(tx, "thread_1", "in", {})
        journal.append(tx, "thread_1", "out", {}, run_id="run_1")

    await store.write(begin)
    await store.write(work)
    assert await store.write(runs.delete, "run_1")
    assert await store.read(steps.of_run, "run_1") == []
    assert await store.read(responses.of_run, "run_1") == []
    assert [row.direction for row in await store.read(journal.rows, "thread_1")] == ["in"]
    assert await store.read(messages.get, "thread_1", "msg_1") == message(1, run=1)
    assert not await store.write(runs.delete, "run_1")


def race(base: Database, work: object, inputs: range) -> list[object]:
    """Run ``work(n)`` in that many threads at the same time; returns the result of each."""
    together = threading.Barrier(len(inputs))

    def one(n: int) -> object:
        together.wait(20)
        return base.write(work, n)

    with ThreadPoolExecutor(len(inputs)) as pool:
        return list(pool.map(one, inputs))


def test_one_of_several_concurrent_starts_of_a_run_succeeds(base: Database) -> None:
    def start(tx: Tx, n: int) -> str:
        try:
            runs.insert(tx, run(n), MEMORY, None, None)
        except ActiveRun as refused:
            return refused.run_id
        return "won"

    base.write(threads.insert, thread())
    answers = race(base, start, range(8))
    winner = base.read(runs.active, "thread_1")
    assert winner is not None
    assert sorted(answers) == sorted(["won"] + 7 * [winner.body["id"]])


def test_one_of_several_concurrent_ends_of_a_run_succeeds(base: Database) -> None:
    def end(tx: Tx, n: int) -> bool:
        return runs.move(tx, run(1, status=ENDED[n % 5]), MEMORY | {"citations": n}, frozenset(ACTIVE))

    base.write(begin)
    answers = race(base, end, range(8))
    assert sorted(answers) == 7 * [False] + [True]
    found = base.read(runs.get, "thread_1", "run_1")
    assert found is not None
    assert found.memory["citations"] == answers.index(True)


async def test_a_lease_of_another_tenant_with_the_same_ids_is_unchanged(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        threads.insert(tx, thread(1))
        runs.insert(tx, run(1), MEMORY, "me", 60.5)

    for tenant in ("a", "b"):
        await store.of(tenant).write(work)
    assert await store.write(leases.renew, [("a", "run_1")], "me", 70.0) == 1
    assert await store.read(leases.standings, [("a", "run_1"), ("c", "run_1")]) == {
        ("a", "run_1"): leases.Standing("run_1", "queued", "me", run(1)["expires_at"])
    }
    assert (await store.of("b").read(runs.active, "thread_1") or run)[2:] == ("me", 60.5)
