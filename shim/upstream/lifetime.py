"""The run for which upstream is called: the time that is left for a request, and the end of its waits.

Set around the work for a run; the SDK's blocking calls, which run in threads of their own, have it in their context,
too.
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
    """Within this context, requests belong to the run of this call; to none, if there is no call."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Call | None:
    """The call of the current run; None outside of a run."""
    return _current.get()


def of(call: Call) -> Call:
    """The call whose times a request uses: its own, or the current run's if its own belongs to no run."""
    return call if call.until is not None else current() or call


def remaining(clock: Callable[[], float] = time.time) -> float | None:
    """Seconds until the run expires; None if unknown."""
    call = current()
    return None if call is None or call.until is None else call.until - clock()


def is_over() -> bool:
    """Whether the result of the request is no longer needed, as the run has ended."""
    call = current()
    return call is not None and call.interruption.happened
