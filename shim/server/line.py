"""A caller's connection, and what is to be done when the caller leaves."""

import asyncio
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

from starlette.requests import ClientDisconnect

#: The key of the connection in the scope of each of its requests; absent under another web server.
SCOPE_KEY: Final = "shim.line"


class Line:
    """One connection.  ``lost``: the caller has left, or the connection was closed."""

    def __init__(self, transport: Any) -> None:
        self._transport: Final = transport
        self._calls: list[Callable[[], Any]] = []
        self.lost = False

    @contextmanager
    def when_lost(self, call: Callable[[], Any]) -> Iterator[None]:
        """Call ``call`` when the caller leaves within this context, at once if he has left."""
        if self.lost:
            call()
        self._calls.append(call)
        try:
            yield
        finally:
            self._calls.remove(call)

    def lose(self) -> None:
        """The connection is lost; called once by the web server."""
        self.lost = True
        for call in list(self._calls):
            call()

    def close(self) -> None:
        """Close the connection after what was written, so that the caller sees that the answer is not complete."""
        self._transport.close()


def of(scope: MutableMapping[str, Any]) -> Line:
    """The connection of a request; under another web server one that is never lost."""
    found: Line | None = scope.get(SCOPE_KEY)
    return Line(None) if found is None else found


@contextmanager
def until_lost(scope: MutableMapping[str, Any]) -> Iterator[None]:
    """Cancel what is awaited in this context when the caller leaves.  Raises ``ClientDisconnect``."""
    task: Any = asyncio.current_task()
    line = of(scope)
    with line.when_lost(task.cancel):
        try:
            yield
        except asyncio.CancelledError:
            if not line.lost:
                raise
            if hasattr(task, "uncancel"):
                # So a time-out around it still works; before Python 3.11 nothing counts cancellations.
                task.uncancel()
            raise ClientDisconnect from None
