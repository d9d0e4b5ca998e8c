"""A clock that can be set ahead; clients that are created while it is installed use it."""

import time
from types import SimpleNamespace

import pytest

from shim.assembly import wiring


class Clock:
    """The real time plus some seconds."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Install a clock for every client that is created from now on."""
    clock = Clock()
    monkeypatch.setattr(wiring, "time", SimpleNamespace(time=clock))
    return clock
