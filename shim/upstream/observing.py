"""Observers of the responses that upstream has finished, for example to sum up a run's usage.

An observer that is set around a call of the old API is used for the run that the call starts, wherever that run is
driven, as a pump has a copy of the context.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from shim.upstream.answers import FINISHED
from shim.wire.types import Json

Observer = Callable[[Json], None]
_observer: "Final[ContextVar[Observer | None]]" = ContextVar("shim-observer", default=None)


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Within this context, ``observer`` is called for each response that upstream finishes for a run, in the run's own
    thread or task.  It must not block, and not change its argument.
    """
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def shown(events: list[Json]) -> list[Json]:
    """The same events; the observer is called with the response that one of them finishes."""
    if _observer.get() is not None:
        for event in events:
            if isinstance(response := event.get("response"), dict):
                shown_response(response)
    return events


def shown_response(response: Json) -> Json:
    """The same response; the observer is called with it if it is finished."""
    observer = _observer.get()
    if observer is not None and response.get("status") in FINISHED:
        observer(response)
    return response
