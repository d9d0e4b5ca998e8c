"""The server's ASGI application: a thin door, like the clients' transports, on the same engine."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from email.utils import formatdate
from typing import Any, NamedTuple

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shim import engine as engine_room
from shim.assembly import upstream_profile, wiring
from shim.engine.api import routes
from shim.engine.protocol import error_reply, our_failure
from shim.http.breaker import Circuits
from shim.runtime.dispatch import Dispatcher
from shim.runtime.lag import Lag
from shim.runtime.pump import AsyncBody, Tasks
from shim.server import callers, exchange, headers, line, operator, paths
from shim.server import network as upstreams
from shim.server.answers import response_of
from shim.server.callers import Caller, Callers
from shim.server.exchange import Exchanges
from shim.server.forwarding import Allowed, Forwarder, check_announced, drained, timely
from shim.server.hosts import AllowedHosts, Hosts, Loopback, listed
from shim.server.keyring import Keyring
from shim.server.limits import Limits
from shim.server.metrics import Metrics
from shim.server.operations import Operations, UpstreamCheck
from shim.server.operator import Operator, Tenants
from shim.server.paths import Target
from shim.server.shared import Shared, is_multipart
from shim.server.tracing import Tracing
from shim.server.watch import Watch
from shim.server.window import enter, serves, window
from shim.settings import Settings, current_settings
from shim.store import keys
from shim.store.database import AsyncStore
from shim.wire.errors import ApiError, error

log = logging.getLogger("shim")


def application(settings: Settings | None = None, *, allow_remote: bool = False) -> Starlette:
    """The server, set up by ``settings`` or by the environment.

    ``allow_remote``: whether it also answers requests for other hosts than loopback addresses.
    """
    settings = settings or current_settings()
    pumps, watch = Tasks(wiring.patience(settings), settings.exit_grace), Watch()
    client, circuits = upstreams.client(settings.upstream_retries), upstreams.circuits(settings, watch.metrics)
    network = upstreams.network(client, settings, circuits, upstreams.pace(settings, watch.metrics))
    engine, heartbeat = wiring.async_engine(client, network, settings, pumps, settled=True)
    engine = engine_room.Engine(replace(engine.context, monitor=watch.monitor))
    dispatcher = Dispatcher(engine, heartbeat, pumps)
    forwarder = Forwarder(
        network,
        lambda: wiring.plain(client, network, settings).base_url,
        upstream_profile.profile_of(client, settings),
        Allowed(listed(settings.pass_on), settings.max_upload_bytes, settings.request_timeout),
    )
    store = AsyncStore(wiring.database_of(settings))
    store.database.waited = watch.metrics.waited
    limits = Limits(settings, engine.context.registry, store, apart=settings.auth != "open")
    hosts: Hosts = AllowedHosts(settings.allowed_hosts, settings.allowed_origins) if allow_remote else Loopback()
    backends = Backends(dispatcher, forwarder, Shared(forwarder, store, settings.max_body_bytes))
    door = Door(backends, _callers(settings, store, forwarder), limits, hosts, watch.tracing, settings)
    door.operator = _operator(backends, settings, store)
    operations = _operations(settings, store, forwarder, watch.metrics, circuits)
    lag = Lag(lambda late: watch.metrics.measured(late, limits.streams, len(engine.context.registry.runs())))

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        lag.start()
        yield
        await lag.stop()
        await dispatcher.close()
        await network.aclose()

    app = Starlette(routes=[*operations.routes(), Route("/{path:path}", door)], lifespan=life)
    _surround(app, hosts, watch)
    app.state.leave, app.state.operations = door.leave, operations
    return app


def _surround(app: Starlette, hosts: Hosts, watch: Watch) -> None:
    """The middleware of every request, the outermost last."""
    if hosts.origins:
        allowed: Any = {"allow_methods": ["*"], "allow_headers": ["*"], "expose_headers": ["*"]}
        app.add_middleware(CORSMiddleware, allow_origins=hosts.origins, **allowed)
    app.add_middleware(Exchanges, around=watch.tracing.around, over=watch.metrics.exchange)


def _operations(
    settings: Settings, store: AsyncStore, forwarder: Forwarder, metrics: Metrics, circuits: Circuits
) -> Operations:
    async def upstream_status() -> int:
        status, _ = await forwarder.get("/models", _servers(settings), settings.max_event_bytes)
        return status

    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    return Operations(store, UpstreamCheck(upstream_status, circuits.down), metrics, token)


def _servers(settings: Settings) -> dict[str, str]:
    """The server's own credentials."""
    offline_key = upstream_profile.SANDBOX if settings.upstream == upstream_profile.SANDBOX else None
    return headers.server_credentials(os.environ.get("OPENAI_API_KEY") or offline_key)


def _callers(settings: Settings, store: AsyncStore, forwarder: Forwarder) -> Callers:
    server = _servers(settings)
    if settings.auth == "open":
        return callers.Open(settings.tenant, server)
    secret = settings.key_secret.get_secret_value() if settings.key_secret else None
    ring = Keyring(store.database, secret)
    if settings.auth == "keys":
        return callers.OwnKeys(ring, store, server)

    async def upstream_status(credentials: Mapping[str, str]) -> int:
        status, _ = await forwarder.get("/models", credentials, settings.max_event_bytes)
        return status

    return callers.PassThrough(ring, store, upstream_status, settings.key_check_seconds)


def _operator(backends: "Backends", settings: Settings, store: AsyncStore) -> Operator | None:
    if settings.operator_key is None:
        return None

    async def find(name: str) -> str | None:
        if settings.auth == "open":
            return name if name == settings.tenant else None
        return await store.read(keys.tenant_of, name)

    def engine(tenant: str, name: str) -> engine_room.Engine:
        upstream = backends.dispatcher.engine.context.upstream
        recorded = backends.shared.recorded(upstream, tenant) if settings.auth == "keys" else None
        return backends.dispatcher.engine.of(tenant, recorded, name)

    return Operator(
        backends.dispatcher, Tenants(find, engine), settings.operator_key.get_secret_value(), _servers(settings)
    )


class Backends(NamedTuple):
    """The sources of answers: the engine, the upstream, and the upstream for callers who share a key there."""

    dispatcher: Dispatcher[AsyncBody]
    forwarder: Forwarder
    shared: Shared


class Door:
    """Answers every request: the old API's from the engine, the others from upstream."""

    def __init__(
        self, backends: Backends, callers: Callers, limits: Limits, hosts: Hosts, tracing: Tracing, settings: Settings
    ) -> None:
        self._backends, self._callers, self._limits, self._hosts = backends, callers, limits, hosts
        self._tracing = tracing
        self._max_body, self._max_header = settings.max_body_bytes, settings.max_header_bytes
        self._request_timeout = settings.request_timeout
        self._leaving, self._window = False, window() if settings.window else None
        self._open_requests: set[asyncio.Task[Any]] = set()
        #: Answers the operator's paths; None if there are none.
        self.operator: Operator | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response: ASGIApp
        with ExitStack() as resources:
            try:
                response = await self._tracked(request, resources)
            except ApiError as problem:
                response = _refused(problem)
            except ClientDisconnect:
                # The caller has disconnected.
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
        """Stop the server: after ``grace`` seconds streams of runs get a last event, and callers who still wait for an
        answer get an error.
        """
        await self._backends.dispatcher.leave(grace)
        self._leaving = True
        for task in list(self._open_requests):
            task.cancel()

    async def _tracked(self, request: Request, resources: ExitStack) -> ASGIApp:
        task: Any = asyncio.current_task()
        self._open_requests.add(task)
        try:
            return await self._answer(request, resources)
        finally:
            self._open_requests.discard(task)

    async def _answer(self, request: Request, resources: ExitStack) -> ASGIApp:
        """``resources`` is released when the answer has been sent."""
        self._hosts.check(request.headers)
        headers.check(request.scope["headers"], self._max_header)
        if self._window is not None and serves(request.scope["path"]):
            return await self._window_page(request, self._window)
        if self.operator is not None and operator.serves(request.scope["path"]):
            return await response_of(await self.operator.answer(request, self._read))
        target = paths.target(request.scope["raw_path"].decode("latin-1"))
        if target is None:
            raise error("unknown_url", method=request.method, path=request.scope["path"])
        caller = await self._callers.identify(headers.for_upstream(request.scope["headers"]))
        caller = self._with_request_id(caller, request, target)
        await self._limits.count(caller.tenant)
        if routes.is_ours(_routed_method(request.method), target.path):
            if routes.starts_run(request.method, target.path):
                self._count_stream(request, caller.tenant, resources)
                self._limits.check_runs(caller.tenant)
            return await self._from_engine(request, target, caller)
        resources.enter_context(self._limits.stream(caller.tenant))
        return await self._from_upstream(request, target, caller)

    def _count_stream(self, request: Request, tenant: str, resources: ExitStack) -> None:
        """Count a run's answer as a stream, until it ends or its caller leaves: the run goes on, and counts as one."""
        stream = resources.enter_context(ExitStack())
        stream.enter_context(self._limits.stream(tenant))
        resources.enter_context(line.of(request.scope).when_lost(stream.close))

    async def _window_page(self, request: Request, window: ASGIApp) -> ASGIApp:
        caller = await enter(self._callers, request)
        current_exchange = exchange.of(request.scope)
        current_exchange.tenant, current_exchange.route = caller.tenant, "window"
        # It is no stream: it is also wanted when there are too many of them.
        await self._limits.count(caller.tenant)
        request.state.context = self._backends.dispatcher.engine.of(caller.tenant, name=caller.name).context
        return window

    def _with_request_id(self, caller: Caller, request: Request, target: Target) -> Caller:
        """The caller with this request's id in the headers for upstream."""
        current_exchange = exchange.of(request.scope)
        current_exchange.tenant, current_exchange.route = (
            caller.tenant,
            routes.name_of(_routed_method(request.method), target.path),
        )
        onward = {"x-client-request-id": current_exchange.id} | dict(caller.headers)
        self._tracing.inject(onward)
        return replace(caller, headers=onward)

    async def _from_upstream(self, request: Request, target: Target, caller: Caller) -> Response:
        self._backends.forwarder.check(request, target)
        try:
            answer = await self._forward(request, target, caller)
        except ApiError as problem:
            # For example the 404 for an object that no tenant has upstream.
            if (stored := await self._imported(request, target, caller, problem.status)) is None:
                raise
            return stored
        if (stored := await self._imported(request, target, caller, answer.status_code)) is not None:
            await drained(answer)
            return stored
        self._backends.dispatcher.engine.passed_on(f"/{target.path}", answer.status_code)
        return answer

    async def _forward(self, request: Request, target: Target, caller: Caller) -> Response:
        if not caller.shared:
            with line.until_lost(request.scope):
                return await self._backends.forwarder.forward(request, target, caller.headers)
        body = b"" if is_multipart(request) else await self._read(request)
        return await self._backends.shared.forward(request, target, caller, body)

    async def _imported(self, request: Request, target: Target, caller: Caller, status: int) -> Response | None:
        """A file that upstream does not have, if the store has it from an import."""
        path = routes.imported_file(_routed_method(request.method), target.path, status)
        if path is None:
            return None
        engine_request = engine_room.Request("GET", path, [], headers.bearer(caller.headers), b"")
        answered = await self._backends.dispatcher.answer(
            engine_request, self._backends.dispatcher.engine.of(caller.tenant, name=caller.name)
        )
        if answered.status != 200:
            await answered.body.aclose()
            return None
        return await response_of(answered)

    async def _from_engine(self, request: Request, target: Target, caller: Caller) -> Response:
        if request.method == "OPTIONS" and (allowed := routes.methods(target.path)):
            return Response(status_code=204, headers={"allow": ", ".join(allowed)})
        body = await self._read(request)
        engine = self._backends.dispatcher.engine
        upstream = engine.context.upstream
        if caller.shared:
            await self._backends.shared.check_ours(caller, target.path, body)
            upstream = self._backends.shared.recorded(upstream, caller.tenant)
        engine_request = engine_room.Request(
            _routed_method(request.method),
            target.path,
            request.query_params.multi_items(),
            headers.bearer(caller.headers),
            body,
        )
        answered = await self._backends.dispatcher.answer(
            engine_request, engine.of(caller.tenant, upstream, caller.name)
        )
        if caller.shared and answered.status == 401:
            await answered.body.aclose()
            log.error("the upstream server has refused this server's key")
            raise error("server_key_refused")
        return await response_of(answered)

    async def _read(self, request: Request) -> bytes:
        """The body.  Raises `ApiError` if it is too large, before it is read if its length is announced."""
        check_announced(request, self._max_body)
        async with aclosing(timely(request, self._request_timeout, self._max_body)) as chunks:
            return b"".join([chunk async for chunk in chunks])


def _routed_method(method: str) -> str:
    """A HEAD is a GET without the body, which the server leaves out."""
    return "GET" if method == "HEAD" else method


def _refused(problem: ApiError) -> Response:
    reply = error_reply(problem)
    return Response(reply.body, reply.status, {"date": formatdate(usegmt=True)} | dict(reply.headers))
