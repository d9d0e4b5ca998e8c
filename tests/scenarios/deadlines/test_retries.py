"""The SDK's retries stay within a run's lifetime: no wait goes past its end, and no request is sent after it."""

import threading
import time
from typing import Any

import pytest

from tests.scenarios.deadlines.test_silent import begin, cancel_elsewhere, soon
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.doors.talking import until_ended

MESSAGE = "Rate limit reached for gpt-4o."


class Busy:
    """An upstream that answers the first ``times`` requests for a response with 429 and these headers."""

    def __init__(self, times: int = 1000, **headers: str) -> None:
        self.times, self.headers, self.was_asked = times, headers, threading.Event()

    def __call__(self, request: Request) -> Reply | None:
        if request.method != "POST" or not request.path.endswith("/responses") or self.times == 0:
            return None
        self.times -= 1
        self.was_asked.set()
        return Reply.error(429, MESSAGE, "rate_limit_exceeded", **self.headers)


def streamed(client: Any) -> Any:
    """The run, streamed to its end."""
    with client.beta.threads.runs.stream(**begin(client)) as stream:
        return [event.data for event in stream][-1]


def left_alone(before: list[threading.Thread]) -> None:
    """Abandoned blocking calls continue in threads of their own: wait for all such threads that started after
    ``before``.
    """
    for thread in threading.enumerate():
        if thread.name == "shim-upstream" and thread not in before:
            thread.join(60)


@pytest.mark.parametrize("colour", COLOURS)
def test_no_retry_after_the_end_of_a_runs_lifetime(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_RUN_LIFETIME", "20")
    with Loopback(Busy(retry_after="25")) as upstream, opened(colour, base_url=upstream.url, max_retries=2) as client:
        run = streamed(client)
    assert (run.status, run.last_error.code) == ("failed", "rate_limit_exceeded")
    assert run.last_error.message == MESSAGE
    assert len(upstream.bodies) == 1


@pytest.mark.parametrize("colour", COLOURS)
def test_a_retry_within_the_lifetime_is_made(colour: str) -> None:
    busy = Busy(times=2, retry_after_ms="20", retry_after="1")
    with Loopback(busy) as upstream, opened(colour, base_url=upstream.url, max_retries=2) as client:
        assert streamed(client).status == "completed"
    assert len(upstream.bodies) == 3


@pytest.mark.parametrize("colour", COLOURS)
def test_no_more_retries_than_the_client_allows(colour: str) -> None:
    busy = Busy(retry_after_ms="10", retry_after="1")
    with Loopback(busy) as upstream, opened(colour, base_url=upstream.url, max_retries=1) as client:
        assert streamed(client).last_error.message == MESSAGE
    assert len(upstream.bodies) == 2


@pytest.mark.parametrize("colour", COLOURS)
def test_no_retry_for_a_cancelled_run(colour: str) -> None:
    busy, before = Busy(retry_after_ms="700", retry_after="1"), threading.enumerate()
    with Loopback(busy) as upstream, opened(colour, base_url=upstream.url, max_retries=2) as client:
        where = begin(client)
        run = client.beta.threads.runs.create(**where)
        assert busy.was_asked.wait(60)
        client.beta.threads.runs.cancel(run.id, thread_id=where["thread_id"])
        assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "cancelled"
        left_alone(before)
        assert len(upstream.bodies) == 1


@pytest.mark.parametrize("colour", COLOURS)
def test_a_cancel_in_another_process_ends_the_wait_for_a_retry(colour: str) -> None:
    busy = Busy(retry_after="30")
    with Loopback(busy) as upstream, opened(colour, base_url=upstream.url, max_retries=2) as client:

        def cancel_seconds() -> float:
            where = begin(client)
            busy.was_asked.clear()
            run = client.beta.threads.runs.create(**where)
            assert busy.was_asked.wait(60)
            cancel_elsewhere(where["thread_id"], run.id)
            cancelled = time.monotonic()
            assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "cancelled"
            return time.monotonic() - cancelled

        soon(cancel_seconds)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_run_expires_while_it_waits_for_a_retry(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no answer has a ``retry-after``, the SDK waits longer before each retry."""
    monkeypatch.setenv("SHIM_RUN_LIFETIME", "1")
    with Loopback(Busy()) as upstream, opened(colour, base_url=upstream.url, max_retries=9) as client:

        def expires() -> float:
            began = time.monotonic()
            assert streamed(client).status == "expired"
            return time.monotonic() - began - 1

        soon(expires)
    assert len(upstream.bodies) < 9


@pytest.mark.parametrize("colour", COLOURS)
def test_a_run_that_is_cancelled_before_its_request(colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is cancelled while another request that it needs is retried: here, for the list of models."""
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", "openai")
    was_asked = threading.Event()

    def answer(request: Request) -> Reply | None:
        if not request.path.endswith("/models"):
            return None
        was_asked.set()
        return Reply.error(429, MESSAGE, retry_after="30")

    with Loopback(answer) as upstream, opened(colour, base_url=upstream.url, max_retries=2) as client:
        where = begin(client)
        run = client.beta.threads.runs.create(**where, model="gpt-4-32k")
        assert was_asked.wait(60)
        cancel_elsewhere(where["thread_id"], run.id)
        assert until_ended(client.beta.threads, where["thread_id"], run.id)["status"] == "cancelled"
        assert upstream.bodies == []
