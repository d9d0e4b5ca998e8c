"""The run for which upstream is asked: what its time leaves for a request, and what ends its waits.

Set around what is done for a run; the SDK's blocking calls, which go on in threads of their own, see it there, too.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from shim.ports import Call

_current: "Final[ContextVar[Call | None]]" = ContextVar("shim-lifetime", default=None)


@contextmanager
def within(call: Call | None) -> Iterator[None]:
    """What is asked within is asked for the run of this call; for none, where there is no call."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Call | None:
    """The call of the run for which this is done; None where it is not done for a run."""
    return _current.get()


def of(call: Call) -> Call:
    """The call by which a request is timed: its own, unless that knows of no run and there is one."""
    return call if call.until is not None else current() or call


def left(clock: Callable[[], float] = time.time) -> float | None:
    """Seconds until the run expires; None where nothing says when."""
    call = current()
    return None if call is None or call.until is None else call.until - clock()


def is_over() -> bool:
    """Whether nobody waits any more for what is asked."""
    call = current()
    return call is not None and call.interruption.happened
