"""Upstream responses that runs have created."""

from shim.store import responses, runs, threads
from shim.store.responses import ResponseRow
from shim.store.tx import Tx
from tests.store.things import Any_Store, run, thread


def fill(tx: Tx) -> None:
    for n in (1, 2):
        threads.insert(tx, thread(n))
        runs.insert(tx, run(n, n), {}, None, None)
    responses.insert(tx, "resp_b", "thread_1", "run_1", None, 9)
    responses.insert(tx, "resp_a", "thread_1", "run_1", "resp_b", 8)
    responses.insert(tx, "resp_c", "thread_2", "run_2", "resp_a", 7)


async def test_the_responses_of_a_run_are_in_the_order_of_their_start(store: Any_Store) -> None:
    await store.write(fill)
    assert await store.read(responses.of_run, "run_1") == [
        ResponseRow("resp_b", "run_1", None, 9, None, None),
        ResponseRow("resp_a", "run_1", "resp_b", 8, None, None),
    ]
    assert await store.read(responses.of_thread, "thread_1") == {"resp_a", "resp_b"}
    for name in ("run_unknown", ""):
        assert await store.read(responses.of_run, name) == []
        assert await store.read(responses.of_thread, name) == set()


async def test_the_end_of_a_response_is_stored_with_its_usage(store: Any_Store) -> None:
    await store.write(fill)
    assert await store.write(responses.finish, "resp_b", "completed", {"input_tokens": 3})
    assert await store.write(responses.finish, "resp_a", "failed", None)
    assert not await store.write(responses.finish, "resp_unknown", "failed", None)
    found = await store.read(responses.of_run, "run_1")
    assert [(row.status, row.usage) for row in found] == [("completed", {"input_tokens": 3}), ("failed", None)]
    [untouched] = await store.read(responses.of_run, "run_2")
    assert (untouched.status, untouched.usage) == (None, None)


async def test_another_tenant_sees_and_ends_none_of_them(store: Any_Store) -> None:
    await store.write(fill)
    other = store.of("other")
    assert not await other.write(responses.finish, "resp_b", "completed", None)
    assert await other.read(responses.of_run, "run_1") == []
    assert await other.read(responses.of_thread, "thread_1") == set()


async def test_an_id_that_a_server_uses_again_names_the_newer_response(store: Any_Store) -> None:
    await store.write(fill)
    await store.write(responses.finish, "resp_c", "completed", {"input_tokens": 3})
    await store.write(responses.insert, "resp_c", "thread_1", "run_1", "resp_b", 10)
    assert await store.read(responses.of_run, "run_2") == []
    newest = {row.id: row for row in await store.read(responses.of_run, "run_1")}["resp_c"]
    assert newest == ResponseRow("resp_c", "run_1", "resp_b", 10, None, None)
