"""Readers that stop or cancel, and the status of the run."""

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.relay.talking import PARIS, Talk, talking, until
from tests.scenarios.doors.colours import SYNC
from tests.scenarios.doors.loopback import PATIENCE, Gate, Loopback
from tests.scenarios.doors.talking import until_ended


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


def left_in_the_middle(talk: Talk, gate: Gate, **choices: Any) -> None:
    with talk.ask("essay-20", **choices) as stream:
        next(iter(stream))
        gate.wait()


def test_a_run_continues_without_its_reader(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        left_in_the_middle(talk, gate)
        gate.open()
        (run,) = talk.runs
        assert until_ended(talk.client.beta.threads, talk.thread, run.id)["status"] == "completed"


def test_functions_are_run_without_a_reader(colour: str, server: Loopback) -> None:
    with talking(colour, server=server) as talk:
        with talk.ask(f"Call get_weather {PARIS}, then get_time {PARIS}.") as stream:
            next(iter(stream))
        until(lambda: talk.runs[0].status == "completed")
        until(lambda: len(stream.outputs) == 2)


def test_a_run_is_cancelled_when_its_reader_stops(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        left_in_the_middle(talk, gate, on_leave="cancel")
        until(lambda: talk.runs[0].status == "cancelled")
        gate.open()


def test_a_stream_without_references_counts_as_closed(server: Loopback) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    with talking(SYNC, wait, server=server) as talk:
        stream = talk.ask("Call wait.", on_leave="cancel")
        next(stream)
        until(begun.is_set)
        talk.stream = None
        del stream
        gc.collect()
        until(lambda: talk.runs[0].status == "cancelled")
        go_on.set()


def test_a_run_is_cancelled_while_a_function_runs(colour: str, server: Loopback) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(PATIENCE)

    with talking(colour, wait, server=server) as talk:
        stream = talk.ask("Call wait.")
        events = iter(stream)
        received = [next(events)]
        until(begun.is_set)
        stream.cancel()
        received += events
        go_on.set()
    assert received[-1].event == "thread.run.cancelled"
    assert talk.stream.outputs == {}
    assert len(server.bodies) == 1


def test_a_run_is_cancelled_while_it_writes_text(colour: str, server: Loopback) -> None:
    gate = Gate()
    server.answer = server.gated(gate)
    with talking(colour, server=server) as talk:
        stream = talk.ask("essay-20")
        events = iter(stream)
        received = [next(events)]
        gate.wait()
        stream.cancel()
        received += events
        gate.open()
    assert received[-1].event == "thread.run.cancelled"


def test_an_unread_stream_starts_no_run(colour: str, server: Loopback) -> None:
    with talking(colour, server=server) as talk:
        with talk.ask("Hello.") as stream:
            pass
        assert list(stream) == []
        assert talk.runs == []


def test_a_waiting_run_is_cancelled_by_another_client(colour: str, server: Loopback) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> str:
        begun.set()
        go_on.wait(PATIENCE)
        return "too late"

    with talking(colour, wait, server=server) as talk:
        stream = talk.ask("Call wait.")
        events = iter(stream)
        received = [next(events)]
        until(lambda: talk.runs[0].status == "requires_action")
        talk.client.beta.threads.runs.cancel(talk.runs[0].id, thread_id=talk.thread)
        go_on.set()
        received += events
    assert received[-1].event == "thread.run.cancelled"
