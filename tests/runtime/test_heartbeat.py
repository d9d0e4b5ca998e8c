"""The thread that renews leases exists only while runs are driven."""

import threading
import time
from collections.abc import Callable

import pytest

from shim.runtime import heartbeat
from shim.runtime.heartbeat import Heartbeat
from tests.engine.scripted import Harness

PATIENCE = 10.0


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    return true()


@pytest.fixture
def beating(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """The number of heartbeat threads; they check for runs every few milliseconds."""
    monkeypatch.setattr(heartbeat, "CHECK_INTERVAL", 0.005)
    Heartbeat(harness.context, harness.base)
    before = set(threading.enumerate())
    return lambda: len([each for each in {*threading.enumerate()} - before if each.name == "shim-heartbeat"])


def test_the_thread_starts_with_a_run_and_ends_with_the_last_run(harness: Harness, beating: Callable[[], int]) -> None:
    assert beating() == 0, "an idle process does nothing"
    for _ in range(2):
        harness.context.registry.enter("run_1", None)
        harness.context.registry.enter("run_2", None)
        assert beating() == 1
        harness.context.registry.leave("run_1")
        harness.context.registry.leave("run_2")
        assert until(lambda: beating() == 0)


def test_a_run_that_starts_while_the_thread_ends_gets_a_new_thread(
    harness: Harness, beating: Callable[[], int]
) -> None:
    for number in range(50):
        harness.context.registry.enter(f"run_{number}", None)
        assert until(lambda: beating() == 1)
        harness.context.registry.leave(f"run_{number}")
        time.sleep(number % 5 * 0.005)
    harness.context.registry.enter("run_last", None)
    assert until(lambda: beating() == 1)
    time.sleep(0.1)
    assert beating() == 1
    harness.context.registry.leave("run_last")
    assert until(lambda: beating() == 0)
