"""Thread ids from elsewhere: which calls begin a thread under one, and which ids never do."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shim.engine import Engine
from shim.runtime import drive
from shim.store import threads
from tests.engine.scripted import Harness, Refused, answer
from tests.translate.upstream_events import message, says

OLD = "thread_" + "abcDEF123456abcDEF123456"
BEGINS: dict[str, Callable[[Harness], Any]] = {
    "a message": lambda harness: harness.message(OLD, "Hello?"),
    "a list of messages": lambda harness: harness.get(f"threads/{OLD}/messages"),
    "a run": lambda harness: harness.run(OLD, answer(message(says("Hi."))), instructions="Greet."),
    "an update": lambda harness: harness.post(f"threads/{OLD}", metadata={"a": "b"}),
}
STAYS: dict[str, Callable[[Harness], Any]] = {
    "a look": lambda harness: harness.get(f"threads/{OLD}"),
    "a deletion": lambda harness: harness.delete(f"threads/{OLD}"),
    "a list of runs": lambda harness: harness.get(f"threads/{OLD}/runs"),
}


@pytest.fixture
def old(harness: Harness) -> Harness:
    object.__setattr__(harness.context, "unknown_threads", True)
    return harness


@pytest.mark.parametrize("call", BEGINS)
def test_calls_that_create_an_unknown_thread(old: Harness, call: str, caplog: pytest.LogCaptureFixture) -> None:
    BEGINS[call](old)
    thread = old.get(f"threads/{OLD}")
    assert (thread["id"], thread["object"], thread["created_at"]) == (OLD, "thread", 1000)
    BEGINS[call](old)
    assert [record.args for record in caplog.records] == [(OLD,)]


@pytest.mark.parametrize("call", STAYS)
def test_calls_that_do_not_create_an_unknown_thread(old: Harness, call: str) -> None:
    with pytest.raises(Refused, match="No thread found") as refused:
        STAYS[call](old)
    assert refused.value.status == 404


@pytest.mark.parametrize("call", BEGINS)
def test_without_the_setting_no_call_creates_an_unknown_thread(harness: Harness, call: str) -> None:
    with pytest.raises(Refused, match="No thread found"):
        BEGINS[call](harness)


@pytest.mark.parametrize("id", ["thread_short", "thread_with space in it", "thread_" + "a" * 65, "thread_ümlaut12"])
def test_invalid_thread_ids_create_no_thread(old: Harness, id: str) -> None:
    with pytest.raises(Refused, match="No thread found"):
        old.message(id, "Hello?")


def test_a_deleted_thread_stays_deleted(old: Harness) -> None:
    old.message(OLD, "Hello?")
    old.delete(f"threads/{OLD}")
    for call in BEGINS.values():
        with pytest.raises(Refused, match="No thread found"):
            call(old)


def test_a_thread_erased_by_retention_stays_deleted(old: Harness) -> None:
    old.message(OLD, "Hello?")
    object.__setattr__(old.context, "retention", 10.0)
    old.clock.time += 100_000
    drive.finish(old.engine.sweep())
    with pytest.raises(Refused, match="No thread found"):
        old.message(OLD, "Hello again?")


@pytest.mark.parametrize("deleted", [False, True])
def test_a_thread_of_another_tenant_is_not_created(old: Harness, deleted: bool) -> None:
    other = old.elsewhere("other")
    other.context = replace(other.context, store=other.context.store.of("other"))
    other.engine = Engine(other.context)
    other.message(OLD, "Mine.")
    if deleted:
        other.delete(f"threads/{OLD}")
    with pytest.raises(Refused, match="No thread found"):
        old.message(OLD, "Hello?")


def test_concurrent_calls_create_one_thread(old: Harness) -> None:
    """All calls find no thread; then all try to create it."""
    barrier, made = threading.Barrier(6), []
    body = {"id": OLD, "object": "thread", "created_at": 1, "metadata": {}, "tool_resources": {}}

    def begin() -> None:
        barrier.wait()
        made.append(old.base.write(threads.insert_free, body))

    several = [threading.Thread(target=begin) for _ in range(6)]
    for each in several:
        each.start()
    for each in several:
        each.join()
    assert sorted(made) == [False] * 5 + [True]
    assert old.messages(OLD) == []
