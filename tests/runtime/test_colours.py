"""Signals and mailboxes of threads and of an event loop behave alike."""

import asyncio
import threading

import pytest

from shim.runtime import drive
from shim.runtime.colours import LOOP, THREADS


async def test_a_signal_of_the_loop_is_rung_from_another_thread() -> None:
    signal = LOOP.signal()
    threading.Thread(target=signal.ring).start()
    assert await signal.wait(30)
    signal.clear()
    assert not await signal.wait(0.001)


def test_a_signal_of_a_thread_blocks_and_never_suspends() -> None:
    signal = THREADS.signal()
    assert not drive.finish(signal.wait(0.001))
    threading.Thread(target=signal.ring).start()
    assert drive.finish(signal.wait(30))


def test_ringing_for_a_loop_that_is_closed_does_nothing() -> None:
    async def made() -> object:
        return LOOP.signal()

    signal = asyncio.run(made())
    signal.ring()  # type: ignore[attr-defined]


@pytest.mark.parametrize("colour", [THREADS, LOOP])
async def test_what_is_put_comes_out_in_order(colour: object) -> None:
    mailbox = colour.mailbox()  # type: ignore[attr-defined]
    for chunk in (b"a", b"b", None):
        mailbox.put(chunk)
    found = []
    while (chunk := await mailbox.get()) is not None:
        found.append(chunk)
    # A loop's reader gets what waits for him at once.
    assert found == ([b"a", b"b"] if colour is THREADS else [b"ab"])
