"""Two threads that fork at the same moment."""

import threading

import pytest

from shim.store import gate
from shim.store.gate import Gate


def test_each_thread_reopens_only_what_it_has_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Gate(lambda: None, lambda: None)
    monkeypatch.setattr(gate, "_all", {mine})
    shut, forked = threading.Event(), threading.Event()

    def fork() -> None:
        gate._before()
        shut.set()
        forked.wait(10)
        gate._in_parent()

    other = threading.Thread(target=fork)
    opened = mine.open

    def open_and_look_away() -> None:
        opened()
        shut.wait(10)

    gate._before()
    other.start()
    monkeypatch.setattr(mine, "open", open_and_look_away)
    gate._in_parent()
    monkeypatch.setattr(mine, "open", opened)
    forked.set()
    other.join(10)
    assert mine._free.acquire(blocking=False)
    mine._free.release()
