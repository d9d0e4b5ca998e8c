"""A clock that can be moved: clients made while it is set take it for theirs."""

import time
from types import SimpleNamespace

import pytest

from shim.assembly import wiring


class Clock:
    """The real time, and some seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every client that is made from now on."""
    clock = Clock()
    monkeypatch.setattr(wiring, "time", SimpleNamespace(time=clock))
    return clock
