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
SCOPE_KEY: Final = "shim.exchange"


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
    exchange: Exchange = scope[SCOPE_KEY]
    return exchange


class Exchanges:
    """ASGI middleware: gives every request an id, and reports it when its answer has ended."""

    def __init__(self, app: ASGIApp, around: Around, over: Over) -> None:
        self._app, self._around, self._over = app, around, over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        exchange = scope[SCOPE_KEY] = _begun(scope, headers)

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                MutableHeaders(scope=message).setdefault("x-request-id", exchange.id)
            await send(message)

        token = current.set(exchange)
        try:
            with self._around(exchange, headers):
                await self._app(scope, receive, seen)
        finally:
            self._over(exchange)
            _log(exchange)
            current.reset(token)


def _begun(scope: Scope, headers: dict[str, str]) -> Exchange:
    value = headers.get("x-request-id", "")
    client = scope.get("client") or ("", 0)
    id = value if GIVEN.fullmatch(value) else ids.request()
    return Exchange(id, scope["method"], scope["path"], client[0])


def _log(exchange: Exchange) -> None:
    fields = {
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "ms": round(exchange.seconds * 1000),
        "client": exchange.client,
        "tenant": exchange.tenant,
    }
    level = logging.DEBUG if exchange.route in QUIET else logging.INFO
    values = (exchange.method, exchange.path, exchange.status, fields["ms"])
    access.log(level, "%s %s %s %s ms", *values, extra={"shim": fields})
