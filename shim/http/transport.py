"""The doors' HTTP side: transports that answer the old API in process, for httpx and for httpx2.

Calls of other APIs are sent by the HTTP client that the SDK would have used, unchanged.  The installed SDK determines
which of the two libraries is used.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final

import openai._base_client as sdk

from shim.engine import Engine, Request
from shim.engine.api.routes import imported_file, is_ours, is_polled
from shim.http import logs
from shim.http.pools import keep_apart
from shim.http.readdressing import Readdress, leave
from shim.runtime import drive
from shim.runtime.dispatch import Dispatcher
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.pump import Tasks, Threads

if TYPE_CHECKING:
    import httpx2 as http
else:
    http = getattr(sdk, "httpx2", None) or sdk.httpx

logs.attend(http.__name__)

Owned = Callable[[http.Request], "str | None"]
#: Errors of a body while it is read.  With httpx2 the SDK handles the SSL module's errors, too.
BROKEN: Final[tuple[type[Exception], ...]] = (http.TransportError, http.StreamError, OSError)


def ours(base_path: Callable[[], str]) -> Owned:
    """Returns the path below the base URL's for a call that the shim answers, else None."""

    def path_of(request: http.Request) -> str | None:
        base, path = base_path(), request.url.path
        rest = path[len(base) :].lstrip("/") if path.startswith(base) else ""
        if is_polled(request.method, rest):
            request.extensions[POLLED] = True
        return rest if is_ours(request.method, rest) else None

    return path_of


#: Marks a request whose answer gets a shorter interval for the SDK's polling helpers.
POLLED: Final = "shim.polled"


class _Passing:
    """Answers of the real network: the same object is passed on, so timeouts, hooks and streaming work and no body is
    copied.
    """

    dispatcher: Dispatcher[Any]

    def _observed(self, request: http.Request, response: http.Response) -> http.Response:
        self.dispatcher.engine.passed_on(request.url.path, response.status_code)
        if POLLED in request.extensions and "openai-poll-after-ms" not in response.headers:
            response.headers["openai-poll-after-ms"] = "250"
        return response


class Body(http.SyncByteStream):
    """The body of an answer of the shim, in pieces."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        if (_close := getattr(self._chunks, "close", None)) is not None:
            _close()


class AsyncBody(http.AsyncByteStream):
    """The same for an async client."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks

    async def aclose(self) -> None:
        _close = getattr(self._chunks, "aclose", None)
        if _close:
            await _close()


class Transport(_Passing, http.BaseTransport):
    """Behind a blocking client; when it is closed, it waits for its pumps."""

    def __init__(
        self,
        engine: Engine,
        path_of: Owned,
        inner: http.Client,
        rest: http.Client,
        heartbeat: Heartbeat,
        pumps: Threads,
        readdress: Readdress,
    ) -> None:
        self.path_of, self.inner, self.rest, self.readdress = path_of, inner, rest, readdress
        self.dispatcher = Dispatcher(engine, heartbeat, pumps)
        keep_apart(inner)
        keep_apart(rest)

    def handle_request(self, request: http.Request) -> http.Response:
        with logs.logged():
            return self._answered(request)

    def _answered(self, request: http.Request) -> http.Response:
        path = self.path_of(request)
        if path is None:
            return self._passed_on(request)
        answered = drive.finish(self.dispatcher.answer(_request(request, path, request.read())))
        return http.Response(answered.status, headers=answered.headers, stream=Body(answered.body))

    def _passed_on(self, request: http.Request) -> http.Response:
        self.readdress(request)
        response = self.rest.send(request, stream=True)
        if (path := imported_file(request.method, request.url.path, response.status_code)) is not None:
            answered = drive.finish(self.dispatcher.answer(_request(request, path, b"")))
            if answered.status == 200:
                response.close()
                return http.Response(200, headers=answered.headers, stream=Body(answered.body))
        return self._observed(request, response)

    def close(self) -> None:
        drive.finish(self.dispatcher.close())
        self.inner.close()


class AsyncTransport(_Passing, http.AsyncBaseTransport):
    """The same behind an async client."""

    def __init__(
        self,
        engine: Engine,
        path_of: Owned,
        inner: http.AsyncClient,
        rest: http.AsyncClient,
        heartbeat: Heartbeat,
        pumps: Tasks,
        readdress: Readdress,
    ) -> None:
        self.path_of, self.inner, self.rest, self.readdress = path_of, inner, rest, readdress
        self.dispatcher = Dispatcher(engine, heartbeat, pumps)
        keep_apart(inner)
        keep_apart(rest)

    async def handle_async_request(self, request: http.Request) -> http.Response:
        with logs.logged():
            return await self._answered(request)

    async def _answered(self, request: http.Request) -> http.Response:
        path = self.path_of(request)
        if path is None:
            return await self._passed_on(request)
        answered = await self.dispatcher.answer(_request(request, path, await request.aread()))
        return http.Response(answered.status, headers=answered.headers, stream=AsyncBody(answered.body))

    async def _passed_on(self, request: http.Request) -> http.Response:
        self.readdress(request)
        response = await self.rest.send(request, stream=True)
        if (path := imported_file(request.method, request.url.path, response.status_code)) is not None:
            answered = await self.dispatcher.answer(_request(request, path, b""))
            if answered.status == 200:
                await response.aclose()
                return http.Response(200, headers=answered.headers, stream=AsyncBody(answered.body))
        return self._observed(request, response)

    async def aclose(self) -> None:
        await self.dispatcher.close()
        await self.inner.aclose()


def _request(request: http.Request, path: str, body: bytes) -> Request:
    timeouts = request.extensions.get("timeout")
    waits = http.Timeout(**timeouts) if timeouts else None
    return Request(request.method, path, request.url.params.multi_items(), dict(request.headers), body, waits)


def _within(name: str) -> Any:
    """A property with the inner client's current setting, which the user may change."""

    def change(outer: Any, value: Any) -> None:
        # The outer client's constructor sets its own value, which is ignored.
        if hasattr(outer, "_transport"):
            setattr(outer._transport.inner, name, value)

    return property(lambda outer: getattr(outer._transport.inner, name), change)


class _Within:
    headers: Any = _within("headers")
    cookies: Any = _within("cookies")
    params: Any = _within("params")
    timeout: Any = _within("timeout")


class Unlogged(http.Client):
    """A client whose requests are not logged, as they are answered in this process."""

    def send(self, *args: Any, **kwargs: Any) -> http.Response:
        with logs.unlogged():
            return super().send(*args, **kwargs)


class AsyncUnlogged(http.AsyncClient):
    """The same for an async client."""

    async def send(self, *args: Any, **kwargs: Any) -> http.Response:
        with logs.unlogged():
            return await super().send(*args, **kwargs)


class _Outer(_Within, Unlogged):
    """A client with the inner client's settings, except the hooks, which are called for real network requests only."""

    def close(self) -> None:
        # As soon as the library has begun to close a client, it sends no more requests.
        drive.finish(_dispatcher(self).finish_errands())
        super().close()


class _AsyncOuter(_Within, AsyncUnlogged):
    """The same for an async client."""

    async def aclose(self) -> None:
        await _dispatcher(self).finish_errands()
        await super().aclose()


def _dispatcher(outer: Any) -> Dispatcher[Any]:
    dispatcher: Dispatcher[Any] = outer._transport.dispatcher
    return dispatcher


def outer(
    engine: Engine,
    path_of: Owned,
    inner: http.Client,
    rest: http.Client,
    heartbeat: Heartbeat,
    pumps: Threads,
    readdress: Readdress = leave,
) -> http.Client:
    """A client that answers the shim's calls and sends the others through ``rest``, with the settings of ``inner``, the
    user's own client; the two are the same unless there is no network.
    """
    transport = Transport(engine, path_of, inner, rest, heartbeat, pumps, readdress)
    return _Outer(transport=transport, follow_redirects=inner.follow_redirects, trust_env=False)


def async_outer(
    engine: Engine,
    path_of: Owned,
    inner: http.AsyncClient,
    rest: http.AsyncClient,
    heartbeat: Heartbeat,
    pumps: Tasks,
    readdress: Readdress = leave,
) -> http.AsyncClient:
    """The same for an async client."""
    transport = AsyncTransport(engine, path_of, inner, rest, heartbeat, pumps, readdress)
    return _AsyncOuter(transport=transport, follow_redirects=inner.follow_redirects, trust_env=False)


def innermost(client: Any) -> Any:
    """The user's own client within one of the shim's; any other client unchanged."""
    transport = getattr(client, "_transport", None)
    return transport.inner if isinstance(transport, (Transport, AsyncTransport)) else client


def keep_no_cookies(network: Any) -> None:
    """Disable cookies, so that those of one caller's answer are not sent with another caller's request."""
    network.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))


def forwarded(network: http.AsyncClient, method: str, url: str, headers: Any, body: Any) -> http.Request:
    """A request with only the given headers, none of the client's, and with the client's timeout.  ``body`` is an async
    iterator of bytes, or None.
    """
    extensions = {"timeout": network.timeout.as_dict()}
    return http.Request(method, url, headers=headers, content=body, extensions=extensions)


class _Pieces(http.SyncByteStream, http.AsyncByteStream):
    """A request's body in pieces, which may be sent more than once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def refill(request: http.Request, pieces: Iterable[bytes], size: int) -> None:
    """Replace a request's body by one of ``size`` bytes.  ``read()`` still returns the whole."""
    request.stream = _Pieces(pieces)
    request.headers["content-length"] = str(size)
    del request._content
