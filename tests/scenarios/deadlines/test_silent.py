"""A run ends when its lifetime is over or it is cancelled, although upstream sends nothing."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from shim.store import runs
from shim.store.database import database
from shim.store.tx import Tx
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import until_ended

#: Seconds within which a silent run ends after its deadline or cancellation; the heartbeat checks twice a second.
SOON: Final = 1.5
#: Maximum number of attempts: the machine may be busy during one of them, but hardly during all.
TRIES: Final = 3
#: Seconds after which a run counts as never ending.
PATIENCE: Final = 30
#: What upstream still sends: no headers, no events after the first, or only pings.
SILENCES: Final = ["no headers", "nothing", "pings"]


@contextmanager
def silent(how: str) -> Iterator[tuple[Loopback, threading.Event]]:
    """An upstream that begins no answer, or stops after the first events; the event is set when a request arrives."""
    asked_for, over = threading.Event(), threading.Event()

    def body(usual: Iterator[bytes]) -> Iterator[bytes]:
        yield next(usual)
        asked_for.set()
        while not over.wait(0.05):
            if how == "pings":
                yield b": ping\n\n"

    def answer(request: Request) -> Reply | None:
        if request.method != "POST":
            return None
        usual = server.usual(request)
        if how == "no headers":
            asked_for.set()
            over.wait(30)
        return Reply(usual.status, usual.headers, body(iter(usual.body)))

    with Loopback(answer) as server:
        try:
            yield server, asked_for
        finally:
            over.set()


def soon(tries: Callable[[], float]) -> None:
    """At least one attempt takes less than ``SOON``."""
    took: list[float] = []
    while not took or (min(took) >= SOON and len(took) < TRIES):
        took.append(tries())
    assert min(took) < SOON, took


def begin(client: Any) -> dict[str, str]:
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
    return {"thread_id": thread.id, "assistant_id": helper.id}


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("how", SILENCES)
def test_a_streamed_run_expires(how: str, colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_RUN_LIFETIME", "1")
    with silent(how) as (upstream, _), opened(colour, base_url=upstream.url, max_retries=0) as client:

        def expires() -> float:
            where = begin(client)
            began = time.monotonic()
            with client.beta.threads.runs.stream(**where) as stream:
                names = [event.event for event in stream]
            took = time.monotonic() - began - 1
            assert names[-1] == "thread.run.expired"
            free(client, where)
            return took

        soon(expires)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("how", SILENCES)
def test_a_run_expires_without_being_polled(how: str, colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_RUN_LIFETIME", "1")
    with silent(how) as (upstream, _), opened(colour, base_url=upstream.url, max_retries=0) as client:

        def expires() -> float:
            where = begin(client)
            run = client.beta.threads.runs.create(**where)
            began = time.monotonic()
            while stored(where["thread_id"], run.id).body["status"] != "expired":
                assert time.monotonic() - began < PATIENCE
                time.sleep(0.02)
            took = time.monotonic() - began - 1
            free(client, where)
            return took

        soon(expires)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("how", SILENCES)
def test_a_cancel_in_another_process_ends_the_run(how: str, colour: str) -> None:
    with silent(how) as (upstream, asked_for), opened(colour, base_url=upstream.url, max_retries=0) as client:

        def cancel_seconds() -> float:
            where = begin(client)
            asked_for.clear()
            run = client.beta.threads.runs.create(**where)
            assert asked_for.wait(PATIENCE)
            cancel_elsewhere(where["thread_id"], run.id)
            cancelled = time.monotonic()
            assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "cancelled"
            took = time.monotonic() - cancelled
            free(client, where)
            return took

        soon(cancel_seconds)


def free(client: Any, where: dict[str, str]) -> None:
    """The thread accepts another message."""
    client.beta.threads.messages.create(where["thread_id"], role="user", content="On")


def stored(thread_id: str, run_id: str) -> runs.RunRow:
    found = database(os.environ["SHIM_DATABASE_URL"]).read(runs.get, thread_id, run_id)
    assert found is not None
    return found


def cancel_elsewhere(thread_id: str, run_id: str) -> None:
    """Cancel the run in the database only, as another process does: nothing in this process is notified."""

    def work(tx: Tx) -> bool:
        row = runs.get(tx, thread_id, run_id)
        assert row is not None
        cancelling = row.body | {"status": "cancelling"}
        return runs.move(tx, cancelling, row.memory, frozenset({"queued", "in_progress"}))

    assert database(os.environ["SHIM_DATABASE_URL"]).write(work)
