"""The server's ASGI application: a thin door, like the clients' transports, on the same engine."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from email.utils import formatdate
from typing import Any, Final

import openai
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from shim import engine
from shim.assembly import wiring
from shim.engine.api import routes
from shim.engine.protocol import error_reply, our_failure
from shim.http import offline, transport
from shim.runtime.dispatch import Answered, Dispatcher
from shim.runtime.pump import Tasks
from shim.server import headers, loopback, paths
from shim.server.passage import Passage, Streamed, timely
from shim.server.paths import Place
from shim.settings import Settings, settings
from shim.wire import ids
from shim.wire.errors import ApiError, error

log = logging.getLogger("shim")
#: What keeps a proxy between us and the reader from holding events back.
LIVE: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}


class _Client(openai.AsyncOpenAI):
    """Calls upstream with the credentials of each caller, or with none."""

    def _validate_headers(self, *given: Any) -> None:
        """A server of the user's own may ask for none."""


def application(chosen: Settings | None = None, *, allow_remote: bool = False) -> Starlette:
    """The server, set up by ``chosen`` or by the environment.

    ``allow_remote``: whether it also answers requests that did not come by way of a loopback address.
    """
    chosen = chosen or settings()
    client = _client()
    network: Any = transport.innermost(client._client)
    if chosen.upstream == wiring.SANDBOX:
        network = offline.async_client(offline.sandbox())
    transport.keep_no_cookies(network)
    pumps = Tasks(wiring.patience(chosen), chosen.exit_grace)
    dispatcher = Dispatcher(*wiring.async_engine(client, network, chosen, pumps), pumps)
    offline_key = wiring.SANDBOX if chosen.upstream == wiring.SANDBOX else None
    server = headers.own(os.environ.get("OPENAI_API_KEY") or offline_key)
    passage = Passage(
        network,
        lambda: wiring.plain(client, network, chosen).base_url,
        wiring.profile_of(client, chosen),
        server,
        chosen.request_timeout,
    )
    door = Door(dispatcher, passage, server, chosen, allow_remote)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        await dispatcher.close()
        await network.aclose()

    app = Starlette(routes=[Route("/{path:path}", door)], lifespan=life)
    app.state.leave = door.leave
    return app


def _client() -> openai.AsyncOpenAI:
    nobody: Any = {"Authorization": openai.Omit()}
    client = _Client(api_key="none", default_headers=nobody)
    # Whose key it is comes with the key.
    client.organization = client.project = None
    return client


class Door:
    """Answers every request: what is ours from the engine, the rest from upstream."""

    def __init__(
        self, dispatcher: Dispatcher, passage: Passage, server: Mapping[str, str], chosen: Settings, allow_remote: bool
    ) -> None:
        self._dispatcher, self._passage, self._server = dispatcher, passage, server
        self._max_body, self._patience = chosen.max_body_bytes, chosen.request_timeout
        self._allow_remote, self._leaving = allow_remote, False
        self._asking: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._tracked(request)
        except ApiError as problem:
            response = _refused(problem)
        except ClientDisconnect:
            # Nobody is there to be told.
            return
        except asyncio.CancelledError:
            if not self._leaving:
                raise
            response = _refused(error("shutting_down"))
        except Exception as problem:
            log.exception("a mistake of this program, not of its caller")
            response = _refused(our_failure(problem))
        await response(scope, receive, send)

    async def leave(self, grace: float) -> None:
        """The server ends: after ``grace`` seconds streams of runs get a last event, and who still waits for an answer
        gets an error.
        """
        await self._dispatcher.leave(grace)
        self._leaving = True
        for asking in list(self._asking):
            asking.cancel()

    async def _tracked(self, request: Request) -> Response:
        task: Any = asyncio.current_task()
        self._asking.add(task)
        try:
            return await self._answer(request)
        finally:
            self._asking.discard(task)

    async def _answer(self, request: Request) -> Response:
        if not self._allow_remote:
            loopback.check(request.headers)
        headers.check(request.scope["headers"])
        place = paths.place(request.scope["raw_path"].decode("latin-1"))
        if place is None:
            raise error("unknown_url", method=request.method, path=request.scope["path"])
        if routes.is_ours(_meant(request.method), place.path):
            return await self._ours(request, place)
        return await self._passage.through(request, place)

    async def _ours(self, request: Request, place: Place) -> Response:
        allowed = routes.methods(place.path)
        if request.method == "OPTIONS" and allowed:
            return Response(status_code=204, headers={"allow": ", ".join(allowed)})
        given = headers.bearer(headers.credited(headers.asked(request.scope["headers"]), self._server))
        body = await self._read(request)
        query = request.query_params.multi_items()
        answered = await self._dispatcher.answer(engine.Request(_meant(request.method), place.path, query, given, body))
        return await _response(answered)

    async def _read(self, request: Request) -> bytes:
        """The body.  Raises `ApiError` when it is too large, before it is read where its length is announced."""
        too_large = error("too_large", limit=self._max_body)
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_body:
            raise too_large
        read = bytearray()
        async with aclosing(timely(request, self._patience)) as chunks:
            async for chunk in chunks:
                read += chunk
                if len(read) > self._max_body:
                    raise too_large
        return bytes(read)


def _meant(method: str) -> str:
    """A HEAD is a GET without the body, which the server leaves out."""
    return "GET" if method == "HEAD" else method


async def _response(answered: Answered) -> Response:
    dated = answered.headers | {"date": formatdate(usegmt=True)}
    if answered.streamed:
        return Streamed(answered.body, answered.status, dated | LIVE)
    async with aclosing(answered.body) as parts:
        body = b"".join([part async for part in parts])
    return Response(body, answered.status, dated)


def _refused(problem: ApiError) -> Response:
    reply = error_reply(problem)
    usual = {"x-request-id": ids.request(), "date": formatdate(usegmt=True)}
    return Response(reply.body, reply.status, usual | dict(reply.headers))
