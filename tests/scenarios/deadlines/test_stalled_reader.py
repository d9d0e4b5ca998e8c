"""A run ends when its lifetime is over or it is cancelled, although its reader has stopped reading."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.scenarios.deadlines.test_silent import SOON, begin, cancel_elsewhere, free, stored
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request


@contextmanager
def talkative() -> Iterator[Loopback]:
    """An upstream that repeats one delta without end."""
    over = threading.Event()

    def body(usual: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in usual:
            yield chunk
            while b"output_text.delta" in chunk and not over.wait(0.002):
                yield chunk

    def answer(request: Request) -> Reply | None:
        if request.method != "POST":
            return None
        usual = server.usual(request)
        return Reply(usual.status, usual.headers, body(iter(usual.body)))

    with Loopback(answer) as server:
        try:
            yield server
        finally:
            over.set()


@contextmanager
def stalled(colour: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, dict[str, str], Iterator[Any]]]:
    """A client, the ids of a run, and the rest of its stream, which is not read further."""
    monkeypatch.setenv("SHIM_MAX_UNREAD_BYTES", "5000")
    with talkative() as upstream, opened(colour, base_url=upstream.url) as client:
        where = begin(client)
        stream = iter(client.beta.threads.runs.create(stream=True, **where))
        run = next(stream).data
        time.sleep(0.3)
        yield client, {"thread_id": where["thread_id"], "run_id": run.id}, stream


def status_soon(run: dict[str, str]) -> str:
    """The status with which the run ends, within ``SOON`` seconds."""
    deadline = time.monotonic() + SOON
    while (status := stored(run["thread_id"], run["run_id"]).body["status"]) in ("in_progress", "cancelling"):
        assert time.monotonic() < deadline, status
        time.sleep(0.02)
    return str(status)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_stalled_run_is_cancelled(colour: str, elsewhere: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    with stalled(colour, monkeypatch) as (client, run, stream):
        if elsewhere:
            cancel_elsewhere(**run)
        else:
            client.beta.threads.runs.cancel(run["run_id"], thread_id=run["thread_id"])
        assert status_soon(run) == "cancelled"
        # A reader that reads on receives the event of the cancellation.
        assert [event.event for event in stream][-1] == "thread.run.cancelled"
        free(client, run)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_stalled_run_expires(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_RUN_LIFETIME", "1")
    with stalled(colour, monkeypatch) as (client, run, stream):
        time.sleep(0.7)
        assert status_soon(run) == "expired"
        assert [event.event for event in stream][-1] == "thread.run.expired"
        free(client, run)
