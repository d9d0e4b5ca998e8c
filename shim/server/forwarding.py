"""Requests outside the Assistants API: passed to upstream, and the answer passed back as it arrives."""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import anyio
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shim.engine.api.routes import is_polled
from shim.http import transport
from shim.http.breaker import DOWN
from shim.ports import Profile
from shim.server import headers, line, paths
from shim.server.paths import Target
from shim.upstream.caller import CREDENTIALS
from shim.wire.errors import error

log = logging.getLogger("shim")
#: The API's methods: the upstream may have more, which are not meant for all callers.
METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "POST")


async def timely(request: Request, seconds: float, max_bytes: int) -> AsyncGenerator[bytes, None]:
    """A request's body as it arrives.  Raises `ApiError` if the next part does not arrive in time, or the body is
    longer than ``max_bytes`` bytes.
    """
    read = 0
    async with aclosing(request.stream()) as chunks:
        while True:
            try:
                with anyio.fail_after(seconds):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise headers.closing_error("request_timeout", seconds=f"{seconds:g}") from None
            read += len(chunk)
            if read > max_bytes:
                raise headers.closing_error("too_large", limit=max_bytes)
            yield chunk


def check_announced(request: Request, max_bytes: int) -> None:
    """Raises `ApiError` for a body whose announced length is more than ``max_bytes`` bytes."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise error("too_large", limit=max_bytes)


class Streamed(StreamingResponse):
    """A body that is always closed, also if its reader disconnects."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: Any = self.body_iterator
        async with aclosing(body):
            await super().__call__(scope, receive, send)


class PassedOn(Streamed):
    """Upstream's body.  If upstream breaks it off, so does this server."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: Any = self.body_iterator
        async with aclosing(body):
            self.body_iterator = _until_broken(body, scope)
            await super().__call__(scope, receive, send)


async def _until_broken(body: AsyncGenerator[bytes, None], scope: Scope) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(body) as parts:
            async for part in parts:
                yield part
    except transport.BROKEN as problem:
        log.warning("upstream broke off its answer: %s", str(problem) or type(problem).__name__)
        if line.SCOPE_KEY not in scope:
            raise
        line.of(scope).close()
        # The end of the connection cancels this answer.  If it just ended here, it would look complete.
        await anyio.sleep_forever()


@dataclass(frozen=True, slots=True)
class Allowed:
    """The calls that are passed on.  ``patterns``: methods and paths in the form of `SHIM_PASS_ON`; ``max_body``: the
    largest body in bytes; ``timeout``: seconds for each part of it.
    """

    patterns: Sequence[str]
    max_body: int
    timeout: float

    def calls(self, method: str, path: str) -> bool:
        """Whether a call is passed on."""
        forms = (f"{method} {path}", path)
        return any(fnmatchcase(each, pattern) for pattern in self.patterns for each in forms)


class Forwarder:
    """``base``: returns the upstream's current address.  ``allowed``: the calls that are passed on, with the
    longest body that they may have, and how many seconds each part of it may take.
    """

    def __init__(
        self,
        network: Any,
        base: Callable[[], Any],
        profile: Callable[[], Profile],
        allowed: Allowed,
    ) -> None:
        self._network, self._allowed = network, allowed
        self._base, self._profile = base, profile

    def check(self, request: Request, target: Target) -> None:
        """Raises `ApiError` for a call that is not passed on."""
        if request.method not in METHODS:
            raise error("method_not_allowed", method=request.method, path=request.url.path)
        if not self._allowed.calls(request.method, target.path):
            raise error("not_passed_on", method=request.method, path=target.path)
        check_announced(request, self._allowed.max_body)

    def body(self, request: Request) -> AsyncGenerator[bytes, None]:
        """The request's body as it arrives."""
        return timely(request, self._allowed.timeout, self._allowed.max_body)

    async def forward(self, request: Request, target: Target, request_headers: Mapping[str, str]) -> Streamed:
        """The upstream's answer to a request with ``request_headers``: its status, its headers, its bytes as they
        arrive.  Raises `ApiError` if there is none.
        """
        # A request has a body if it has a length or a transfer coding.
        announced = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
        body = self.body(request) if announced else None
        answer = await self.answer(request, target, request_headers, body)
        return response_for_caller(answer, request, target, streamed(answer))

    async def answer(self, request: Request, target: Target, request_headers: Mapping[str, str], body: Any) -> Any:
        """The upstream's answer, whose body must be read and closed; ``body``: bytes, or an iterator."""
        whole_path = target.azure and self._profile().name == "azure"
        sent = dict(request_headers) if whole_path else headers.bearer(request_headers)
        # Without the caller's own value the HTTP library would send the encodings that it supports itself.
        sent.setdefault("accept-encoding", "identity")
        return await self._send(request.method, self._url(request, target, whole_path), sent, body)

    async def get(self, path: str, request_headers: Mapping[str, str], max_bytes: int) -> tuple[int, bytes]:
        """The status and the body of a GET by the server itself: a path below the API's base, at most ``max_bytes``
        bytes.
        """
        base = self._base()
        url = base.copy_with(raw_path=base.raw_path.rstrip(b"/") + path.encode("latin-1"))
        credentials = {name: value for name, value in headers.bearer(request_headers).items() if name in CREDENTIALS}
        answer = await self._send("GET", url, credentials | {"accept-encoding": "identity"}, None)
        return int(answer.status_code), await whole(answer, max_bytes)

    async def _send(self, method: str, url: Any, request_headers: Mapping[str, str], body: Any) -> Any:
        request = transport.forwarded(self._network, method, url, request_headers, body)
        try:
            answer = await self._network.send(request, stream=True, follow_redirects=False)
        except transport.BROKEN as problem:
            raise error("upstream_unreachable", problem=str(problem) or type(problem).__name__) from problem
        if DOWN in answer.extensions:
            raise answer.extensions[DOWN]
        return answer

    def _url(self, request: Request, target: Target, whole_path: bool) -> Any:
        """The URL at upstream: Azure's URLs are passed on unchanged; any other server gets the API's path below its
        base.
        """
        base = self._base()
        written = (
            request.scope["raw_path"]
            if whole_path
            else base.raw_path.rstrip(b"/") + b"/" + target.raw.encode("latin-1")
        )
        query = paths.query(request.scope["query_string"].decode("latin-1"), target.azure and not whole_path)
        return base.copy_with(raw_path=written + (f"?{query}".encode("latin-1") if query else b""))


def response_for_caller(answer: Any, request: Request, target: Target, body: AsyncGenerator[bytes, None]) -> Streamed:
    """The upstream's answer for the caller, with that body."""
    response = PassedOn(body, answer.status_code)
    response.raw_headers = headers.end_to_end(answer.headers.raw)
    if is_polled(request.method, target.path) and "openai-poll-after-ms" not in response.headers:
        response.headers["openai-poll-after-ms"] = "250"
    return response


async def drained(answer: Any) -> None:
    """Read an unused answer to its end, so that its connection can be used again."""
    if isinstance(answer, Streamed):
        parts: Any = answer.body_iterator
        async with aclosing(parts) as body:
            async for _ in body:
                pass


async def whole(answer: Any, max_bytes: int) -> bytes:
    """A body, read to its end.  Raises `ApiError` if it breaks off, or is longer than ``max_bytes``."""
    read = bytearray()
    try:
        async with aclosing(streamed(answer)) as parts:
            async for part in parts:
                read += part
                if len(read) > max_bytes:
                    raise error("upstream_unreachable", problem=f"its answer has more than {max_bytes} bytes")
    except transport.BROKEN as problem:
        raise error("upstream_unreachable", problem=str(problem) or type(problem).__name__) from problem
    return bytes(read)


async def streamed(answer: Any) -> AsyncGenerator[bytes, None]:
    """The body as it is received, compressed or not."""
    chunks = answer.aiter_raw()
    try:
        async with aclosing(chunks) as parts:
            async for part in parts:
                yield part
    finally:
        await answer.aclose()
