import threading
from concurrent.futures import ThreadPoolExecutor

from shim.store import journal, responses, threads
from shim.store.database import Database
from shim.store.responses import ResponseRow
from shim.store.tx import Tx
from tests.store.things import Any_Store, thread

CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": '{"a": "ñ"}', "id": "fc_1"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": ""}


def begin(tx: Tx) -> list[int]:
    threads.insert(tx, thread())
    threads.insert(tx, thread(2))
    return [
        journal.append(tx, "thread_1", "in", {"role": "user", "content": "hello"}, message_id="msg_1"),
        journal.append(tx, "thread_2", "in", {"role": "user", "content": "elsewhere"}),
        journal.append(tx, "thread_1", "out", CALL, run_id="run_1", response_id="resp_1"),
        journal.append(tx, "thread_1", "in", OUTPUT, run_id="run_1"),
    ]


async def test_items_are_read_unchanged_and_in_order(store: Any_Store) -> None:
    seqs = await store.write(begin)
    assert seqs == sorted(seqs)
    user, call, output = await store.read(journal.rows, "thread_1")
    assert user == (seqs[0], None, None, "msg_1", "in", "message", None, {"role": "user", "content": "hello"})
    assert call == (seqs[2], "run_1", "resp_1", None, "out", "function_call", "call_1", CALL)
    assert (output.seq, output.type, output.item) == (seqs[3], "function_call_output", OUTPUT)
    assert list(call.item) == list(CALL)


async def test_rows_after_a_seq(store: Any_Store) -> None:
    seqs = await store.write(begin)
    assert [row.seq for row in await store.read(journal.rows, "thread_1", seqs[0])] == [seqs[2], seqs[3]]
    assert await store.read(journal.rows, "thread_1", seqs[3]) == []
    assert await store.of("other").read(journal.rows, "thread_1") == []


async def test_last_seq(store: Any_Store) -> None:
    seqs = await store.write(begin)
    assert await store.read(journal.last_seq, "thread_1") == seqs[3]
    assert await store.read(journal.last_seq, "thread_2") == seqs[1]
    assert await store.read(journal.last_seq, "thread_3") == 0


async def test_forget_message_returns_the_first_sequence_number(store: Any_Store) -> None:
    seqs = await store.write(begin)
    await store.write(journal.append, "thread_1", "in", {}, message_id="msg_1")
    assert await store.of("other").write(journal.forget_message, "msg_1") is None
    assert await store.write(journal.forget_message, "msg_1") == seqs[0]
    assert await store.write(journal.forget_message, "msg_1") is None
    assert [row.seq for row in await store.read(journal.rows, "thread_1")] == [seqs[2], seqs[3]]


async def test_outputs_can_be_removed(store: Any_Store) -> None:
    seqs = await store.write(begin)
    assert await store.write(journal.delete_after, "run_1", seqs[2]) == 1
    assert [row.type for row in await store.read(journal.rows, "thread_1")] == ["message", "function_call"]
    again = await store.write(journal.append, "thread_1", "in", OUTPUT, run_id="run_1")
    assert again > seqs[3]


async def test_responses(store: Any_Store) -> None:
    await store.write(begin)
    await store.write(responses.insert, "resp_1", "thread_1", "run_1", None, 5)
    await store.write(responses.insert, "resp_2", "thread_1", "run_1", "resp_1", 6)
    assert await store.write(responses.finish, "resp_1", "completed", {"total_tokens": 3})
    assert not await store.write(responses.finish, "resp_3", "completed", None)
    assert await store.read(responses.of_run, "run_1") == [
        ResponseRow("resp_1", "run_1", None, 5, "completed", {"total_tokens": 3}),
        ResponseRow("resp_2", "run_1", "resp_1", 6, None, None),
    ]
    assert await store.of("other").read(responses.of_run, "run_1") == []


async def test_a_server_may_use_a_response_id_again(store: Any_Store) -> None:
    await store.write(begin)
    await store.write(responses.insert, "resp_1", "thread_1", "run_1", None, 5)
    await store.write(responses.finish, "resp_1", "completed", {})
    await store.write(responses.insert, "resp_1", "thread_2", "run_2", None, 9)
    assert await store.read(responses.of_run, "run_1") == []
    assert await store.read(responses.of_run, "run_2") == [ResponseRow("resp_1", "run_2", None, 9, None, None)]


def test_the_later_of_two_writers_sees_the_items_of_the_earlier(base: Database) -> None:
    """Otherwise a chain's head could cover items that were committed later and never sent."""
    begun, added = threading.Event(), threading.Event()

    def slow(tx: Tx) -> int:
        seq = journal.append(tx, "thread_1", "in", {})
        begun.set()
        assert not added.wait(0.2)
        return seq

    def quick(tx: Tx) -> list[int]:
        journal.append(tx, "thread_1", "in", {})
        added.set()
        return [row.seq for row in journal.rows(tx, "thread_1")]

    base.write(threads.insert, thread())
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(base.write, slow)
        assert begun.wait(20)
        seen = pool.submit(base.write, quick).result(20)
    assert first.result() == seen[0] < seen[1]
