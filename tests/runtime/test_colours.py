"""Signals and mailboxes behave the same for threads and for an event loop."""

import asyncio
import threading

import pytest

from shim.runtime import drive
from shim.runtime.colours import LOOP, THREADS


async def test_a_signal_of_the_loop_can_be_set_from_another_thread() -> None:
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


def test_setting_a_signal_of_a_closed_loop_does_nothing() -> None:
    async def made() -> object:
        return LOOP.signal()

    signal = asyncio.run(made())
    signal.ring()  # type: ignore[attr-defined]


@pytest.mark.parametrize("colour", [THREADS, LOOP])
async def test_a_mailbox_returns_its_items_in_order(colour: object) -> None:
    mailbox = colour.mailbox()  # type: ignore[attr-defined]
    for chunk in (b"a", b"b", None):
        mailbox.put(chunk)
    found = []
    while (chunk := await mailbox.get()) is not None:
        found.append(chunk)
    # On an event loop, waiting items are read without suspending.
    assert found == ([b"a", b"b"] if colour is THREADS else [b"ab"])
