"""One request and its answer for logs, metrics and traces: ids, times, and no contents."""

import logging
import re
import time
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shim.wire import ids

access: Final = logging.getLogger("shim.access")
#: The allowed form of a request id from a proxy in front.
GIVEN: Final = re.compile(r"[A-Za-z0-9_.:-]{8,128}")
#: Paths that are requested every few seconds and not logged.
QUIET: Final = ("/healthz", "/readyz", "/metrics")
#: The key of an exchange in its ASGI scope.
PLACE: Final = "shim.exchange"


@dataclass(slots=True)
class Exchange:
    """``route``: the path with a name for each id in it; ``tenant``: the caller's tenant, when it is known."""

    id: str
    method: str
    path: str
    client: str
    route: str = "other"
    tenant: str = ""
    status: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return time.perf_counter() - self.began


#: The current exchange; a run that it starts has it in its context.
current: "Final[ContextVar[Exchange | None]]" = ContextVar("shim-exchange", default=None)
#: A context around an exchange, such as a span; called with the exchange and its headers.
Around = Callable[[Exchange, dict[str, str]], AbstractContextManager[Any]]
#: Called with an exchange that has ended.
Over = Callable[[Exchange], None]


def of(scope: MutableMapping[str, Any]) -> Exchange:
    """The exchange of a scope."""
    found: Exchange = scope[PLACE]
    return found


class Exchanges:
    """ASGI middleware: gives every request an id, and reports it when its answer has ended."""

    def __init__(self, app: ASGIApp, around: Around, over: Over) -> None:
        self._app, self._around, self._over = app, around, over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        found = scope[PLACE] = _begun(scope, headers)

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.status = message["status"]
                MutableHeaders(scope=message).setdefault("x-request-id", found.id)
            await send(message)

        token = current.set(found)
        try:
            with self._around(found, headers):
                await self._app(scope, receive, seen)
        finally:
            self._over(found)
            _log(found)
            current.reset(token)


def _begun(scope: Scope, headers: dict[str, str]) -> Exchange:
    given = headers.get("x-request-id", "")
    client = scope.get("client") or ("", 0)
    id = given if GIVEN.fullmatch(given) else ids.request()
    return Exchange(id, scope["method"], scope["path"], client[0])


def _log(found: Exchange) -> None:
    fields = {
        "method": found.method,
        "path": found.path,
        "status": found.status,
        "ms": round(found.seconds * 1000),
        "client": found.client,
        "tenant": found.tenant,
    }
    level = logging.DEBUG if found.route in QUIET else logging.INFO
    values = (found.method, found.path, found.status, fields["ms"])
    access.log(level, "%s %s %s %s ms", *values, extra={"shim": fields})
