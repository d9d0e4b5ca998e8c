"""The operators' endpoints: liveness, readiness, metrics."""

import hmac
import ipaddress
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shim.server import exchange
from shim.server.keyring import bearer_of
from shim.server.metrics import CONTENT_TYPE, Metrics
from shim.store.database import AsyncStore
from shim.store.errors import StoreFailed
from shim.store.tx import Tx
from shim.wire.errors import ApiError

State = Literal["ok", "failing"]
#: Seconds for which the state of upstream is not checked again.
FRESH: Final = 5.0
#: The lowest status of an answer that counts as a failing upstream.
BROKEN: Final = 500


class UpstreamCheck(NamedTuple):
    """``status`` of an answer of upstream's; ``down``: the upstreams whose circuits are open, each with since when."""

    status: Callable[[], Awaitable[int]]
    down: Callable[[], dict[str, str]]


class Operations:
    """``token``: needed to read metrics from another machine."""

    def __init__(self, store: AsyncStore, upstream_check: UpstreamCheck, metrics: Metrics, token: str | None) -> None:
        self._store, self._upstream_check, self._metrics, self._token = store, upstream_check, metrics, token
        self._upstream: tuple[float, State, bool] = (0.0, "ok", False)
        #: The server is about to stop: it should get no new requests.
        self.draining = False

    def routes(self) -> list[Route]:
        """The routes, which come before all others and need no key."""
        endpoints = {"/healthz": self.healthz, "/readyz": self.readyz, "/metrics": self.metrics}
        return [Route(path, endpoint) for path, endpoint in endpoints.items()]

    async def healthz(self, request: Request) -> Response:
        """The process answers."""
        exchange.of(request.scope).route = "/healthz"
        return JSONResponse({"status": "ok"})

    async def readyz(self, request: Request) -> Response:
        """Whether this server should get requests: the store can be used, upstream answers, and the server is not
        stopping.
        """
        exchange.of(request.scope).route = "/readyz"
        checks: dict[str, Any] = {
            "store": await self._store_state(),
            "upstream": await self._upstream_state(),
            "draining": self.draining,
        }
        ready = checks == {"store": "ok", "upstream": "ok", "draining": False}
        down = self._upstream_check.down()
        details = checks | ({"down_since": down} if down else {})
        return JSONResponse({"status": "ready" if ready else "not ready"} | details, 200 if ready else 503)

    async def metrics(self, request: Request) -> Response:
        """Numbers for Prometheus, for this machine or with the token; else there is no such page."""
        exchange.of(request.scope).route = "/metrics"
        if not self._may_read(request):
            return Response(status_code=404)
        return Response(self._metrics.page(), media_type=CONTENT_TYPE)

    def _may_read(self, request: Request) -> bool:
        if self._token is not None:
            sent_token = bearer_of(request.headers) or ""
            return hmac.compare_digest(sent_token.encode(), self._token.encode())
        try:
            return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
        except ValueError:
            return False

    async def _store_state(self) -> State:
        try:
            await self._store.read(_answers)
        except StoreFailed:
            return "failing"
        return "ok"

    async def _upstream_state(self) -> State:
        when, state, was_down = self._upstream
        down = bool(self._upstream_check.down())
        # An upstream with an open circuit does not get more requests by this; an older result would be outdated.
        if not when or down or was_down or time.monotonic() - when >= FRESH:
            try:
                state = "ok" if await self._upstream_check.status() < BROKEN else "failing"
            except ApiError:
                state = "failing"
            self._upstream = time.monotonic(), state, down
        return state


def _answers(tx: Tx) -> None:
    tx.db.execute(sa.select(1))
