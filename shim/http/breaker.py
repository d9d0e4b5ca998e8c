"""Stops requests to an upstream that is down: they fail at once, until a test request is answered.

It wraps the transports of the server's HTTP client, and has a circuit for each origin.
"""

import logging
import math
import random
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, Final

from shim.http import circuit
from shim.http.circuit import Happening, Now, Rules, State
from shim.http.guard import http
from shim.wire import encoding
from shim.wire.errors import ApiError, error

log = logging.getLogger("shim")
#: The extension of an answer that has the error of the breaker.
DOWN: Final = "shim.down"
#: Statuses of a gateway that does not reach the server behind it; those above 504 are Cloudflare's.
GATEWAY: Final = frozenset({502, 503, 504, 520, 521, 522, 523, 524})
#: Errors without a connection.
UNREACHED: Final = (http.ConnectError, http.ConnectTimeout)
#: The same, and errors of a connection that broke before the answer, or of an answer that did not come in time.
BROKEN: Final = (*UNREACHED, http.NetworkError, http.ReadTimeout, http.WriteTimeout, http.RemoteProtocolError)


class Circuits:
    """The circuits of one server.  ``changed`` is called with the number of circuits that are not closed; ``clock`` is
    monotonic.
    """

    def __init__(
        self,
        rules: Rules,
        changed: Callable[[int], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._rules, self._changed, self._clock, self._chance = rules, changed, clock, chance
        self._states: dict[str, State] = {}
        self._down: dict[str, str] = {}

    def of(self, origin: str) -> State:
        """The state of an upstream's circuit."""
        return self._states.get(origin, circuit.CLOSED)

    def after(self, origin: str, happening: Happening) -> State:
        """Change the state after an event; returns it."""
        before = self.of(origin)
        now = Now(self._clock(), self._chance(), self._rules)
        then = circuit.after(before, happening, now)
        if then is not before:
            self._states[origin] = then
            if (before.kind == "closed") != (then.kind == "closed"):
                self._report(origin, then)
        return then

    def down(self) -> dict[str, str]:
        """The upstreams whose circuits are open, each with the time since when it does not answer."""
        return dict(self._down)

    def error(self, origin: str) -> ApiError:
        """The error for a request that is not sent."""
        seconds = max(1, math.ceil(self.of(origin).until - self._clock()))
        problem = error("upstream_down", since=self._down[origin], seconds=seconds)
        problem.headers |= {"retry-after": str(seconds), "x-should-retry": "false"}
        return problem

    def _report(self, origin: str, then: State) -> None:
        if then.kind == "open":
            self._down[origin] = since = _date(time.time() - (self._clock() - then.since))
            log.warning("upstream %s has not answered since %s: requests fail at once until it does", origin, since)
        else:
            log.warning("upstream %s answers again; it did not since %s", origin, self._down.pop(origin))
        self._changed(len(self._down))


class Breaker(http.AsyncBaseTransport):  # type: ignore[misc]
    """``inner``: the wrapped transport."""

    def __init__(self, inner: Any, circuits: Circuits) -> None:
        self._inner, self._circuits = inner, circuits

    async def handle_async_request(self, request: Any) -> Any:
        """As the HTTP library's."""
        origin, circuits = _origin(request.url), self._circuits
        before = circuits.of(origin)
        then = circuits.after(origin, "requested")
        if not circuit.goes_through(before, then):
            return _refused(circuits.error(origin))
        # A caller that sends a body may be slow or disconnect: then a broken connection is not counted.
        counts = BROKEN if isinstance(request.stream, http.SyncByteStream) else UNREACHED
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as raised:
            if isinstance(raised, counts):
                circuits.after(origin, "failed")
            elif circuit.is_probe(before, then):
                circuits.after(origin, "left")
            raise
        circuits.after(origin, "failed" if response.status_code in GATEWAY else "answered")
        return response

    async def aclose(self) -> None:
        """As the HTTP library's."""
        await self._inner.aclose()


def _refused(problem: ApiError) -> Any:
    headers = problem.headers | {"content-type": "application/json"}
    # As a stream, as the library needs an answer that was not read yet.
    body = http.ByteStream(encoding.compact(problem.body))
    return http.Response(problem.status, headers=headers, stream=body, extensions={DOWN: problem})


def put_around(network: Any, circuits: Circuits) -> None:
    """Wrap the transports of an async client of the HTTP library, including those for proxies."""
    network._transport = Breaker(network._transport, circuits)
    for pattern, transport in list(network._mounts.items()):
        # None stands for the client's own transport.
        network._mounts[pattern] = transport and Breaker(transport, circuits)


def _origin(url: Any) -> str:
    """Host and port of a URL."""
    host: str = url.netloc.decode("ascii")
    return host + (":80" if url.scheme == "http" and url.port is None else "")


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
