"""Coroutines that never suspend are finished without an event loop; one that suspends raises an error."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from shim.runtime import drive


async def _answer() -> int:
    return 42


async def _counted(closed: list[str]) -> AsyncGenerator[int, None]:
    try:
        yield 1
        yield 2
    finally:
        closed.append("closed")


def test_a_coroutine_is_finished() -> None:
    assert drive.finish(_answer()) == 42


async def test_a_coroutine_is_finished_inside_a_running_loop() -> None:
    assert drive.finish(_answer()) == 42


def test_the_exception_of_a_coroutine_is_raised() -> None:
    async def failing() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        drive.finish(failing())


def test_a_coroutine_that_suspends_is_named() -> None:
    with pytest.raises(drive.Suspended, match="sleep suspended"):
        drive.finish(asyncio.sleep(0))


@pytest.mark.parametrize("taken", [1, 2, 3])
def test_a_generator_is_closed_with_its_iterator(taken: int) -> None:
    closed: list[str] = []
    items = drive.drain(_counted(closed))
    assert [item for _, item in zip(range(taken), items, strict=False)] == [1, 2][:taken]
    items.close()  # type: ignore[attr-defined]
    assert closed == ["closed"]
