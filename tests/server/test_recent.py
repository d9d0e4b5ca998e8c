"""What a process remembers has a limit."""

import logging
from typing import Any

import pytest

from shim.server import recent
from shim.server.logs import Runs
from shim.server.metrics import Metrics
from shim.server.recent import Recent


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST", 3)


def test_the_oldest_entries_are_dropped() -> None:
    dropped: list[int] = []
    entries: Recent[int] = Recent(dropped.append)
    for number in range(5):
        entries[str(number)] = number
    assert dict(entries) == {"2": 2, "3": 3, "4": 4}
    assert dropped == [0, 1]


@pytest.mark.parametrize("monitor", [Runs(), Metrics().monitor], ids=["log", "metrics"])
def test_rounds_that_end_in_another_process_are_forgotten(monitor: Any) -> None:
    """A run that is cancelled by another process has no end here."""
    for number in range(9):
        monitor("asking", {"id": f"run_{number}"}, "gpt-4o")
        monitor("opened", {"id": f"run_{number}"}, f"resp_{number}")
    owner = getattr(monitor, "__self__", monitor)
    assert [len(each) for each in vars(owner).values() if isinstance(each, Recent)] == [3]


def test_a_round_that_ended_is_logged_with_its_response(caplog: pytest.LogCaptureFixture) -> None:
    monitor = Runs()
    run = {"id": "run_1", "thread_id": "thread_1", "created_at": 0}
    monitor("opened", run, "resp_1")
    with caplog.at_level(logging.INFO, logger="shim"):
        monitor("ended", run, "completed")
    assert caplog.records[0].shim["response_id"] == "resp_1"  # type: ignore[attr-defined]
