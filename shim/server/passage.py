"""What is not ours, passed on to the upstream and back, as it comes."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shim.engine.api.routes import is_polled
from shim.http import transport
from shim.ports import Profile
from shim.server import headers, paths
from shim.server.paths import Place
from shim.wire.errors import error

#: What the API has: a server behind ours may understand more, and not mean it for everybody.
METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "POST")


async def timely(request: Request, seconds: float) -> AsyncGenerator[bytes, None]:
    """A request's body as it comes.  Raises `ApiError` when the next part does not come in time."""
    async with aclosing(request.stream()) as chunks:
        while True:
            try:
                async with asyncio.timeout(seconds):
                    chunk = await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise headers.last_of("request_timeout", seconds=f"{seconds:g}") from None
            yield chunk


class Streamed(StreamingResponse):
    """A body that is closed however its reader leaves."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body: Any = self.body_iterator
        async with aclosing(body):
            await super().__call__(scope, receive, send)


class Passage:
    """``base``: the upstream's address, as it is at that moment; ``server``: the credentials of callers without."""

    def __init__(
        self,
        network: Any,
        base: Callable[[], Any],
        profile: Callable[[], Profile],
        server: dict[str, str],
        patience: float,
    ) -> None:
        self._network, self._patience = network, patience
        self._base, self._profile, self._server = base, profile, server

    async def through(self, request: Request, place: Place) -> Streamed:
        """The upstream's answer: its status, its headers, its bytes as they come.  Raises `ApiError` when there is
        none.
        """
        if request.method not in METHODS:
            raise error("method_not_allowed", method=request.method, path=request.url.path)
        asked = self._asked(request, place)
        try:
            answer = await self._network.send(asked, stream=True, follow_redirects=False)
        except transport.BROKEN as problem:
            raise error("upstream_unreachable", problem=str(problem) or type(problem).__name__) from problem
        response = Streamed(_bytes(answer), answer.status_code)
        response.raw_headers = headers.told(answer.headers.raw)
        if is_polled(request.method, place.path) and "openai-poll-after-ms" not in response.headers:
            response.headers["openai-poll-after-ms"] = "250"
        return response

    def _asked(self, request: Request, place: Place) -> Any:
        given = headers.credited(headers.asked(request.scope["headers"]), self._server)
        kept = place.azure and self._profile().name == "azure"
        if not kept:
            given = headers.bearer(given)
        # Without the caller's own list our library would name what it can read itself.
        given.setdefault("accept-encoding", "identity")
        # A body is announced, by its length or by its coding.
        announced = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
        body = timely(request, self._patience) if announced else None
        url = self._url(request, place, kept)
        return transport.forwarded(self._network, request.method, url, given, body)

    def _url(self, request: Request, place: Place, kept: bool) -> Any:
        """Azure gets its own shapes as they are; every other server its own API's path below its base."""
        base = self._base()
        written = request.scope["raw_path"] if kept else base.raw_path.rstrip(b"/") + b"/" + place.raw.encode("latin-1")
        query = paths.query(request.scope["query_string"].decode("latin-1"), place.azure and not kept)
        return base.copy_with(raw_path=written + (f"?{query}".encode("latin-1") if query else b""))


async def _bytes(answer: Any) -> AsyncGenerator[bytes, None]:
    """The body as it is on the wire, compressed or not."""
    chunks = answer.aiter_raw()
    try:
        async with aclosing(chunks) as parts:
            async for part in parts:
                yield part
    finally:
        await answer.aclose()
