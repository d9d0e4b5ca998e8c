"""The queue of a process's writers, and the share of an event loop that brief transactions may take."""

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from shim.store import turns
from shim.store.turns import Busy, Share, Shares, Turn
from shim.store.tx import Lengthy


def vain(turn: Turn) -> float:
    """The seconds that a brief writer waited in vain."""
    began = time.perf_counter()
    with pytest.raises(Busy), turn.briefly():
        pytest.fail("it is not its turn")
    return time.perf_counter() - began


@contextmanager
def held(turn: Turn) -> Iterator[None]:
    """A thread writes."""
    begun, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with turn:
            begun.set()
            assert go_on.wait(20)

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(20)
    yield
    go_on.set()
    writer.join()


def test_the_loop_waits_once_and_then_goes_on_for_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BRIEF_PATIENCE", 0.2)
    monkeypatch.setattr(turns, "REST", 60.0)
    turn = Turn()
    with held(turn):
        assert vain(turn) >= 0.2
        assert vain(turn) < 0.2
    with turn.briefly():
        assert turn.patience == 0.0
    monkeypatch.setattr(turns, "REST", 0.0)
    turn.crowd()
    assert turn.patience == 0.2


def test_a_brief_writer_that_meets_another_process_does_not_let_the_next_one_wait() -> None:
    turn = Turn()
    assert turn.patience
    with pytest.raises(Busy), turn.briefly():
        raise Busy
    assert not turn.patience


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


class Loop:
    """Counts the turns of the running loop, and notes in which of them what was done."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.number, self.done = seconds, 0, list[tuple[int, object]]()
        self._count()

    def _count(self) -> None:
        self.number += 1
        self._handle = asyncio.get_running_loop().call_soon(self._count)

    def stop(self) -> None:
        self._handle.cancel()

    def work(self, name: object) -> Callable[[], None]:
        """Work that takes some time."""

        def work() -> None:
            time.sleep(self.seconds)
            self.done.append((self.number, name))

        return work

    @property
    def most(self) -> int:
        """How much was done in one turn at most."""
        numbers = [number for number, _ in self.done]
        return max(map(numbers.count, numbers))


async def test_transactions_of_many_callers_are_spread_over_turns_in_their_order() -> None:
    share, loop = Share(Turn()), Loop(turns.MOST / 5)
    await asyncio.gather(*(share.run(loop.work(number), False) for number in range(40)))
    loop.stop()
    assert [name for _, name in loop.done] == list(range(40))
    # As many as there is time for, and one that is begun right before the end.
    assert 1 <= loop.most <= 6


async def test_short_transactions_wait_for_no_turn() -> None:
    share, loop = Share(Turn()), Loop(0)
    await asyncio.gather(*(share.run(loop.work(number), False) for number in range(40)))
    loop.stop()
    assert len({number for number, _ in loop.done}) == 1


async def test_what_a_stream_waits_for_comes_first() -> None:
    share, loop = Share(Turn()), Loop(turns.MOST)
    calls = [
        share.run(loop.work(name), urgent) for name, urgent in (("first", False), ("begins", False), ("goes", True))
    ]
    await asyncio.gather(*calls)
    loop.stop()
    assert [name for _, name in loop.done] == ["first", "goes", "begins"]


async def test_a_waiting_caller_that_is_cancelled_has_its_transaction_all_the_same() -> None:
    share, loop = Share(Turn()), Loop(turns.MOST)
    await share.run(loop.work("first"), False)
    task = asyncio.create_task(share.run(loop.work("cancelled"), False))
    await asyncio.sleep(0)
    task.cancel()
    await task
    loop.stop()
    assert [name for _, name in loop.done] == ["first", "cancelled"]


async def test_attempts_are_repeated_while_the_loop_goes_on() -> None:
    share, attempts = Share(Turn()), []

    def attempt() -> str:
        attempts.append(True)
        if len(attempts) < 4:
            raise Busy
        return "done"

    assert await share.run(attempt, False) == "done"
    assert len(attempts) == 4


async def test_attempts_end_at_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "ALL_ATTEMPTS", 0.02)

    def attempt() -> None:
        raise Busy

    turn = Turn()
    share, began = Share(turn), time.monotonic()
    with pytest.raises(Lengthy):
        await share.run(attempt, True)
    assert (time.monotonic() - began >= 0.02, turn.hopeless) == (True, True)
    with pytest.raises(LookupError), turn:
        raise LookupError
    assert turn.hopeless, "nobody has written"
    with turn:
        pass
    assert not turn.hopeless
    assert await share.run(lambda: "next", False) == "next"


@pytest.mark.parametrize("problem", [LookupError, Lengthy])
@pytest.mark.parametrize("later", [False, True])
async def test_an_exception_is_the_callers(problem: type[Exception], later: bool) -> None:
    share, loop = Share(Turn()), Loop(turns.MOST if later else 0)

    def fails() -> None:
        raise problem

    await share.run(loop.work("first"), False)
    with pytest.raises(problem):
        await share.run(fails, False)
    loop.stop()


def test_each_loop_has_its_own_share_and_is_not_kept_by_it() -> None:
    shares, loops = Shares(Turn()), list[weakref.ref[asyncio.AbstractEventLoop]]()

    async def use() -> int:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        assert shares.here() is shares.here()
        await shares.here().run(lambda: None, False)
        return id(shares.here())

    assert [asyncio.run(use()) and True for _ in range(2)] == [True, True]
    gc.collect()
    assert [loop() for loop in loops] == [None, None]
