"""Blocking and async pumps after a failure of a run, or of the work after an answer."""

import logging
import threading
from collections.abc import AsyncGenerator

import pytest

from shim.engine.protocol import Emitted, json_reply
from shim.runtime import drive
from shim.runtime.pump import Tasks, Threads
from shim.store.errors import StoreFailed

STEP: Emitted = ("thread.run.created", {"id": "run_1"})


async def _failing(problem: Exception) -> AsyncGenerator[list[Emitted], None]:
    yield [STEP]
    raise problem


FAILURES = [(StoreFailed("The store is full."), b"The store is full."), (KeyError("ours"), b"The server had an error")]


@pytest.mark.parametrize("problem,message", FAILURES)
def test_a_run_that_fails_ends_its_stream_with_an_error(problem: Exception, message: bytes) -> None:
    chunks = list(Threads().view(_failing(problem)))
    assert chunks[0].startswith(b"event: thread.run.created\n")
    assert chunks[-1].startswith(b"event: error\n")
    assert message in chunks[-1]


@pytest.mark.parametrize("problem,message", FAILURES)
async def test_a_run_of_an_async_client_that_fails_ends_its_stream_with_an_error(
    problem: Exception, message: bytes
) -> None:
    received = b"".join([chunk async for chunk in Tasks().view(_failing(problem))])
    assert [message in event for event in received.split(b"\n\n")] == [False, True, False]


def test_work_after_an_answer_is_done_beside_the_caller() -> None:
    done, here = threading.Event(), threading.get_ident()
    where: list[int] = []

    async def work() -> None:
        where.append(threading.get_ident())
        done.set()

    Threads().after(work)
    assert done.wait(30)
    assert where != [here]


async def test_work_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise KeyError("ours")

    pumps = Tasks()
    with caplog.at_level(logging.ERROR, "shim"):
        pumps.after(work)
        await pumps.wait_for_runs(30)
    assert "after an answer failed" in caplog.text


async def test_a_complete_body_is_passed_on() -> None:
    assert list(Threads().whole(b"{}")) == [b"{}"]
    assert [chunk async for chunk in Tasks().whole(b"{}")] == [b"{}"]


def test_a_blocking_door_waits_for_running_work() -> None:
    done = threading.Event()

    async def work() -> None:
        done.set()

    pumps = Threads(grace=30)
    pumps.after(work)
    drive.finish(pumps.wait_for_runs())
    assert done.is_set()
    assert drive.finish(pumps.handled(_replied())).status == 200


async def _replied() -> object:
    return json_reply({})
