"""The server's transport to its upstream: plain HTTP/1.1 on asyncio, without the layers of the HTTP library.

It replaces the transport of the SDK's HTTP client, with the same settings.  So authentication, retries, redirects,
timeouts and logging do not change, and other requests (a proxy, HEAD, another protocol) use the original transport.
"""

import asyncio
import re
import ssl
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple, Protocol

import anyio

from shim.http import addresses, pools
from shim.http.connection import Connection
from shim.http.guard import http
from shim.http.network_stream import NetworkStream
from shim.http.pace import Pace
from shim.upstream.colours import BODY, OfBytes

#: The bytes that are allowed in the first line and in the headers of a request; none of them can end a line.
NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
VALUE: Final = re.compile(rb"[^\0\r\n]*")
TARGET: Final = re.compile(rb"[!-~]+")
#: Methods for whose answers the parser recognises the end.
PLAIN: Final = frozenset({"DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"})


class Limits(NamedTuple):
    """The largest number of ``connections``, of ``idle`` ones among them, and the seconds for which an idle one stays
    open.
    """

    connections: int
    idle: int
    expiry: float | None


class Origin(NamedTuple):
    """The destination of a connection."""

    secure: bool
    host: str
    port: int
    name: str


class _Upstreams(Protocol):
    """The used methods of a transport of the HTTP library."""

    async def handle_async_request(self, request: Any) -> Any: ...

    async def aclose(self) -> None: ...


def put_in_place(network: Any, pace: Pace) -> None:
    """Replace the transport of an HTTP client that the SDK has made, if it is a plain one."""
    transport = network._transport
    pool = getattr(transport, "_pool", None)
    plain = type(transport) is http.AsyncHTTPTransport and type(pool).__name__ == "AsyncConnectionPool"
    if plain and not any(getattr(pool, name, None) for name in ("_proxy", "_uds", "_local_address", "_http2")):
        network._transport = Direct(transport, pool, pace)
        pools.split(transport)


class Direct(http.AsyncBaseTransport):  # type: ignore[misc]
    """``usual``: the original transport.  The limits of its pool hold for each upstream."""

    def __init__(self, usual: _Upstreams, pool: Any, pace: Pace) -> None:
        self._usual: Final = usual
        limits = Limits(pool._max_connections, pool._max_keepalive_connections, pool._keepalive_expiry)
        self._made: Final = (limits, pool._ssl_context, tuple(getattr(pool, "_socket_options", None) or ()), pace)
        self._pools: Final[dict[Origin, OriginPool]] = {}

    async def handle_async_request(self, request: Any) -> Any:
        """As the HTTP library's."""
        if not _is_plain(request):
            return await self._usual.handle_async_request(request)
        head, timeouts = _head(request), request.extensions.get("timeout") or {}
        origin_pool = self._to(_origin(request))
        connection = await origin_pool.take(timeouts)
        try:
            await _send(connection, head, request, timeouts.get("write"))
            status, reason, headers = await connection.answered(timeouts.get("read"))
        except BaseException:
            connection.abort()
            raise
        body = Body(connection, origin_pool, timeouts.get("read"))
        known = {
            "http_version": connection.version,
            "reason_phrase": reason,
            "network_stream": NetworkStream(connection),
        }
        return http.Response(status, headers=headers, stream=body, extensions=known | {BODY: body})

    async def aclose(self) -> None:
        """Close idle connections."""
        for origin_pool in self._pools.values():
            origin_pool.close()
        await self._usual.aclose()

    def _to(self, origin: Origin) -> "OriginPool":
        if origin not in self._pools:
            self._pools[origin] = OriginPool(origin, *self._made)
        return self._pools[origin]


class Body(http.AsyncByteStream):  # type: ignore[misc]
    """An answer's body, as it arrives; when it is read or closed, its connection is given back."""

    def __init__(self, connection: Connection, pool: "OriginPool", patience: float | None) -> None:
        self._connection: Connection | None = connection
        self._pool, self._patience = pool, patience

    def __aiter__(self) -> "AsyncIterator[bytes]":
        return self

    async def __anext__(self) -> bytes:
        if self._connection is None:
            raise StopAsyncIteration
        piece = await self._connection.read(self._patience)
        if piece is None:
            await self.aclose()
            raise StopAsyncIteration
        return piece

    def listen(self, listener: OfBytes) -> None:
        """Offer bytes to ``listener`` before a reader that waits for them: see `Connection.listener`."""
        if self._connection is not None:
            self._connection.listener = listener

    async def aclose(self) -> None:
        """As the HTTP library's."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.give_back(connection)


class OriginPool:
    """The connections of one client to one upstream.  Connections of another event loop are not used."""

    def __init__(
        self, origin: Origin, limits: Limits, context: ssl.SSLContext | None, options: tuple[Any, ...], pace: Pace
    ) -> None:
        self._origin, self._limits, self._context, self._options, self._pace = origin, limits, context, options, pace
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._opening = 0
        self._queue: deque[anyio.Event] = deque()

    async def take(self, timeouts: dict[str, float | None]) -> Connection:
        """A connection for one exchange.  Raises the HTTP library's errors."""
        try:
            with anyio.fail_after(timeouts.get("pool")):
                await self._turn()
        except TimeoutError:
            raise http.PoolTimeout("no connection to the upstream was free in time") from None
        connection = self._rested()
        if connection is None:
            connection = await self._connected(timeouts.get("connect"))
            self._open.add(connection)
        connection.begin()
        return connection

    def give_back(self, connection: Connection) -> None:
        """Give a connection back after its exchange."""
        if connection not in self._open or not connection.reusable or len(self._idle) >= self._limits.idle:
            connection.abort()
            return
        connection.rest()
        self._idle.append(connection)
        self._next()

    def close(self) -> None:
        """Close idle connections."""
        for connection in list(self._idle):
            connection.abort()

    async def _turn(self) -> None:
        """Wait until there is an idle connection, or a new one may be opened."""
        while not self._idle and len(self._open) + self._opening >= self._limits.connections:
            turn = anyio.Event()
            self._queue.append(turn)
            try:
                await turn.wait()
            except BaseException:
                if turn.is_set():
                    self._next()
                else:
                    self._queue.remove(turn)
                raise

    def _rested(self) -> Connection | None:
        """The most recently used idle connection that still works."""
        loop = pools.running_loop()
        while self._idle:
            connection = self._idle.pop()
            expiry = self._limits.expiry
            old = expiry is not None and loop is not None and loop.time() - connection.idle_since > expiry
            if connection.loop is loop and not old and not connection.stale:
                return connection
            self._drop(connection)
        return None

    def _drop(self, connection: Connection) -> None:
        if connection.loop is pools.running_loop():
            connection.abort()
        else:
            # Its loop may be closed; then it cannot be closed in that loop any more.
            self._gone(connection)

    async def _connected(self, seconds: float | None) -> Connection:
        self._opening += 1
        try:
            with anyio.fail_after(seconds):
                return await self._opened()
        except TimeoutError as problem:
            raise http.ConnectTimeout(
                str(problem) or "no connection to the upstream could be opened in time"
            ) from problem
        except OSError as problem:
            raise http.ConnectError(str(problem)) from problem
        finally:
            self._opening -= 1
            self._next()

    async def _opened(self) -> Connection:
        origin, loop = self._origin, asyncio.get_running_loop()
        sock = await addresses.connected(origin.host, origin.port)
        try:
            for option in self._options:
                sock.setsockopt(*option)
            secure: dict[str, Any] = {}
            if origin.secure:
                context = self._context or ssl.create_default_context()
                context.set_alpn_protocols(["http/1.1"])
                secure = {"ssl": context, "server_hostname": origin.name}
            _, protocol = await loop.create_connection(
                lambda: Connection(loop, self._gone, self._pace), sock=sock, **secure
            )
        except BaseException:
            sock.close()
            raise
        connection: Connection = protocol
        return connection

    def _gone(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._next()

    def _next(self) -> None:
        """Wake the longest waiting caller."""
        if self._queue:
            self._queue.popleft().set()


def _is_plain(request: Any) -> bool:
    special = {"trace", "target"} & set(request.extensions)
    return request.method in PLAIN and request.url.scheme in ("http", "https") and not special


def _origin(request: Any) -> Origin:
    url, name = request.url, request.extensions.get("sni_hostname")
    host = url.raw_host.decode("ascii")
    secure = url.scheme == "https"
    return Origin(secure, host, url.port or (443 if secure else 80), name or host)


def _head(request: Any) -> bytes:
    """The request up to its body.  Raises ``LocalProtocolError`` without the value, which may be a key."""
    target, headers = request.url.raw_path, request.headers.raw
    if not TARGET.fullmatch(target):
        raise http.LocalProtocolError("Illegal target characters")
    for name, value in headers:
        if not NAME.fullmatch(name) or not VALUE.fullmatch(value):
            raise http.LocalProtocolError(f"Illegal header {name!r}")
    framed = [name for name, _ in headers if name.lower() in (b"content-length", b"transfer-encoding")]
    if len(framed) > 1:
        raise http.LocalProtocolError("the request has more than one length")
    lines = [request.method.encode("ascii") + b" " + target + b" HTTP/1.1"]
    return b"\r\n".join([*lines, *(name + b": " + value for name, value in headers), b"", b""])


async def _send(connection: Connection, head: bytes, request: Any, seconds: float | None) -> None:
    """Send the request, its head together with the first part of its body."""
    chunked = "transfer-encoding" in request.headers
    remaining = int(request.headers.get("content-length", "0"))
    pending = head
    async for part in request.stream:
        if not part:
            continue
        remaining -= len(part)
        if not chunked and remaining < 0:
            raise http.LocalProtocolError("Too much data for declared Content-Length")
        pending += b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
        if not await connection.write(pending, seconds):
            return
        pending = b""
    if not chunked and remaining > 0:
        raise http.LocalProtocolError("Too little data for declared Content-Length")
    if pending or chunked:
        await connection.write(pending + (b"0\r\n\r\n" if chunked else b""), seconds)
    connection.written()
