"""Who wants to see every response that upstream has finished: for accounts of what a run has used.

Set around a call of the old API, it holds for the run that the call starts, wherever that run is driven: a pump keeps
the context in which it was begun.
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
    """What upstream finishes for a run that is started within is shown to ``observer``, in the run's own thread or
    task.  It must not block, and not change what it sees.
    """
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


def shown(events: list[Json]) -> list[Json]:
    """The same events; the response that one of them finishes is shown to who wants to see it."""
    if _observer.get() is not None:
        for event in events:
            if isinstance(response := event.get("response"), dict):
                shown_response(response)
    return events


def shown_response(response: Json) -> Json:
    """The same response, shown if it is finished."""
    observer = _observer.get()
    if observer is not None and response.get("status") in FINISHED:
        observer(response)
    return response
