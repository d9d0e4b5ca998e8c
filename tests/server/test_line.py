"""A caller's connection, and what is done when the caller leaves."""

import asyncio
import sys
from contextlib import suppress

import pytest
from starlette.requests import ClientDisconnect

from shim.server import line
from shim.server.line import Line


def test_calls_are_made_once_when_the_line_is_lost_within_their_context() -> None:
    it, made = Line(None), list[str]()
    with it.when_lost(lambda: made.append("over")):
        pass
    with it.when_lost(lambda: made.append("open")):
        it.lose()
        assert made == ["open"]
    with it.when_lost(lambda: made.append("late")):
        assert made == ["open", "late"]


async def _waits(scope: dict[str, object]) -> None:
    with line.until_lost(scope):
        await asyncio.sleep(60)


async def test_what_is_awaited_is_cancelled_when_the_line_is_lost() -> None:
    it = Line(None)
    task = asyncio.ensure_future(_waits({line.SCOPE_KEY: it}))
    await asyncio.sleep(0)
    it.lose()
    with pytest.raises(ClientDisconnect):
        await task
    if sys.version_info >= (3, 11):
        assert task.cancelling() == 0, "a time-out around it still works"
    with pytest.raises(ClientDisconnect):
        await _waits({line.SCOPE_KEY: it})


@pytest.mark.parametrize("scope", [{}, {line.SCOPE_KEY: Line(None)}])
async def test_any_other_cancellation_stays_one(scope: dict[str, object]) -> None:
    task = asyncio.ensure_future(_waits(scope))
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
