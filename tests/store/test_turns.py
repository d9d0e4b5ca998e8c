"""The queue of a process's writers."""

import threading
import time

import pytest

from shim.store import turns
from shim.store.turns import Turn
from shim.store.tx import Lengthy


def vain(turn: Turn) -> float:
    """The seconds that a brief writer waited in vain."""
    began = time.perf_counter()
    with pytest.raises(Lengthy), turn.briefly():
        pytest.fail("it is not its turn")
    return time.perf_counter() - began


def test_one_brief_writer_waits_and_the_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BRIEF_PATIENCE", 0.5)
    turn, begun, go_on = Turn(), threading.Event(), threading.Event()

    def write() -> None:
        with turn:
            begun.set()
            assert go_on.wait(20)

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    assert vain(turn) >= 0.5
    assert vain(turn) < 0.5
    go_on.set()
    writer.join()
    with turn.briefly():
        assert not turn.crowded, "the writer has finished"


def test_a_brief_writer_keeps_others_out() -> None:
    turn, waited = Turn(), []
    with turn.briefly():
        other = threading.Thread(target=lambda: waited.append(vain(turn)))
        other.start()
        other.join()
    assert len(waited) == 1
    with turn:
        pass
    with turn.briefly():
        pass


def test_a_brief_writer_that_fails_ends_its_turn() -> None:
    turn, free = Turn(), []
    with pytest.raises(LookupError), turn.briefly():
        raise LookupError

    def take() -> None:
        with turn.briefly():
            free.append(True)

    other = threading.Thread(target=take)
    other.start()
    other.join()
    assert free == [True]
