"""A server in this process, as the network of an HTTP client."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import Any

from shim.http.guard import http
from shim.http.transport import AsyncBody, AsyncUnlogged, Body, Unlogged


class Local(http.BaseTransport):  # type: ignore[misc]
    """A server in this process: ``answer`` is called with method, path, query, headers and body."""

    def __init__(self, answer: "Callable[..., tuple[int, dict[str, str], Iterable[bytes]]]") -> None:
        self._answer = answer

    def handle_request(self, request: http.Request) -> http.Response:
        status, headers, chunks = self._answer(*_parts(request, request.read()))
        return http.Response(status, headers=headers, stream=Body(_reading(chunks)))


class AsyncLocal(http.AsyncBaseTransport):  # type: ignore[misc]
    """The same for an async client."""

    def __init__(self, answer: "Callable[..., tuple[int, dict[str, str], AsyncGenerator[bytes, None]]]") -> None:
        self._answer = answer

    async def handle_async_request(self, request: http.Request) -> http.Response:
        status, headers, chunks = self._answer(*_parts(request, await request.aread()))
        return http.Response(status, headers=headers, stream=AsyncBody(_areading(chunks)))


def _parts(request: http.Request, body: bytes) -> tuple[Any, ...]:
    return request.method, request.url.path, request.url.params.multi_items(), dict(request.headers), body


def _reading(chunks: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except ConnectionError as cut:
        raise http.ReadError(str(cut)) from cut


async def _areading(chunks: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    try:
        async with aclosing(chunks) as parts:
            async for chunk in parts:
                yield chunk
    except ConnectionError as cut:
        raise http.ReadError(str(cut)) from cut


def local_client(answer: Any) -> http.Client:
    """A client whose network is a function."""
    return Unlogged(transport=Local(answer))


def async_local_client(answer: Any) -> http.AsyncClient:
    return AsyncUnlogged(transport=AsyncLocal(answer))
