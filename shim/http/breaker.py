"""Leaves an upstream alone that is down: requests to it fail at once, until one that is let through is answered.

It stands around the transports of the server's HTTP client, and knows each upstream by its origin.
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
#: Where an answer that no upstream gave keeps its error.
DOWN: Final = "shim.down"
#: What a gateway says when it reaches nothing behind it; those above 504 are Cloudflare's.
GATEWAY: Final = frozenset({502, 503, 504, 520, 521, 522, 523, 524})
#: No connection came about.
UNREACHED: Final = (http.ConnectError, http.ConnectTimeout)
#: The same, or it broke before an answer, or none came in time.
BROKEN: Final = (*UNREACHED, http.NetworkError, http.ReadTimeout, http.WriteTimeout, http.RemoteProtocolError)


class Circuits:
    """The circuits of one server.  ``changed`` is told how many are not closed; ``clock`` never goes back."""

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
        """How an upstream is."""
        return self._states.get(origin, circuit.CLOSED)

    def after(self, origin: str, happening: Happening) -> State:
        """How it is after that."""
        before = self.of(origin)
        now = Now(self._clock(), self._chance(), self._rules)
        then = circuit.after(before, happening, now)
        if then is not before:
            self._states[origin] = then
            if (before.kind == "closed") != (then.kind == "closed"):
                self._told(origin, then)
        return then

    def down(self) -> dict[str, str]:
        """The upstreams that are left alone, each with the time since when it does not answer."""
        return dict(self._down)

    def error(self, origin: str) -> ApiError:
        """What a request gets that does not go through."""
        seconds = max(1, math.ceil(self.of(origin).until - self._clock()))
        problem = error("upstream_down", since=self._down[origin], seconds=seconds)
        problem.headers |= {"retry-after": str(seconds), "x-should-retry": "false"}
        return problem

    def _told(self, origin: str, then: State) -> None:
        if then.kind == "open":
            self._down[origin] = since = _date(time.time() - (self._clock() - then.since))
            log.warning("upstream %s has not answered since %s: requests fail at once until it does", origin, since)
        else:
            log.warning("upstream %s answers again; it did not since %s", origin, self._down.pop(origin))
        self._changed(len(self._down))


class Breaker(http.AsyncBaseTransport):  # type: ignore[misc]
    """``inner``: the transport that it stands around."""

    def __init__(self, inner: Any, circuits: Circuits) -> None:
        self._inner, self._circuits = inner, circuits

    async def handle_async_request(self, request: Any) -> Any:
        """As the HTTP library's."""
        origin, circuits = _origin(request.url), self._circuits
        before = circuits.of(origin)
        then = circuits.after(origin, "asked")
        if not circuit.goes_through(before, then):
            return _refused(circuits.error(origin))
        # A caller who sends a body may be slow or leave: then a connection that breaks shows nothing.
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
    # As a stream: the library wants to see the end of an answer that it has not read.
    body = http.ByteStream(encoding.compact(problem.body))
    return http.Response(problem.status, headers=headers, stream=body, extensions={DOWN: problem})


def put_around(network: Any, circuits: Circuits) -> None:
    """Around the transports of an async client of the HTTP library, those that lead through proxies included."""
    network._transport = Breaker(network._transport, circuits)
    for pattern, transport in list(network._mounts.items()):
        # None stands for the client's own.
        network._mounts[pattern] = transport and Breaker(transport, circuits)


def _origin(url: Any) -> str:
    """Host and port, and nothing else of a URL."""
    host: str = url.netloc.decode("ascii")
    return host + (":80" if url.scheme == "http" and url.port is None else "")


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
