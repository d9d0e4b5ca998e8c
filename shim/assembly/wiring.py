"""Puts the shim's transport between an SDK client and its network.

A client is the official one, whose HTTP client is replaced after it was built.  The HTTP client that the SDK made, or
the user gave, stays in use behind ours for all other calls and for the shim's calls upstream.
"""

import asyncio
import copy
import os
import re
import secrets
import time
from typing import Any, Final, Literal, TypeVar

import openai

from shim import ports
from shim.assembly import declarations, lined, operator_ids, tokens
from shim.assembly.models import model_map
from shim.assembly.platforms import Copies
from shim.assembly.upstream_profile import SANDBOX, profile_of
from shim.engine import Capabilities, Context, Engine, Registry
from shim.engine.capabilities import Persistence
from shim.engine.notices import Notices
from shim.http import readdressing, transport
from shim.http.guard import guarded
from shim.http.readdressing import Readdress
from shim.runtime import pump
from shim.runtime.errands import Errands
from shim.runtime.heartbeat import Heartbeat
from shim.runtime.unread import Patience
from shim.settings import Settings, current_settings
from shim.store.database import AsyncStore, Database, SyncStore, database
from shim.store.errors import StoreFailed
from shim.store.tx import Store
from shim.upstream.colours import AWAITED
from shim.upstream.profiles import CHAT
from shim.upstream.responses import Upstream
from shim.wire.sse import Limits

C = TypeVar("C", openai.OpenAI, openai.AsyncOpenAI)
#: The part that an Azure client adds to its resource's address; the old API's paths come after it.
AZURE_PATH: Final = re.compile(r"/openai(/deployments/[^/]+|/v1)?/?$")


def wire(client: openai.OpenAI, override: Settings | None = None) -> Context:
    """Let a blocking client's calls of the old API be answered in process.  ``override``: settings to use instead of
    the environment's.
    """
    settings = override or current_settings()
    inner = transport.innermost(client._client)
    network = reaching(inner, settings, "client")
    upstream = Upstream(
        lambda: plain(client, network, settings),
        transport.BROKEN,
        profile_of(client, settings),
        transport.refill,
        _limits(settings),
    )
    base = database_of(settings)
    pumps = pump.pumps_of(inner, pump.Threads, patience(settings), settings.exit_grace)
    engine = _engine(SyncStore(base, settings.tenant), upstream, base, settings, _sleep, pumps.work)
    path_of = transport.ours(lambda: _base_path(client))
    readdress = _readdress(client, settings)
    client._client = transport.outer(engine, path_of, inner, network, _heartbeat(engine, base), pumps, readdress)
    _decoded_by_name(client)
    return engine.context


def wire_apart(client: openai.OpenAI, database_url: str) -> Context:
    """The same with a temporary store: responses are deleted upstream, and models are called by their given names."""
    apart = {
        "database_url": database_url,
        "tenant": "",
        "model_map": "off",
        "delete_responses": True,
        "retention_days": None,
        "keep_file_bytes": 0,
    }
    return wire(client, current_settings().model_copy(update=apart))


def wait_for_runs(client: openai.OpenAI) -> None:
    """Wait for active runs of a blocking client, as closing it would."""
    settings = current_settings()
    pump.pumps_of(transport.innermost(client._client), pump.Threads, patience(settings), settings.exit_grace).join()


def errands_of(client: openai.OpenAI | openai.AsyncOpenAI) -> Errands[Any]:
    """Where work begins that calls a client by itself, so that closing the client waits for it.  Only a process that
    ends waits for that of a client which the shim does not answer.
    """
    settings = current_settings()
    kind: Any = pump.Tasks if isinstance(client, openai.AsyncOpenAI) else pump.Threads
    pumps = pump.pumps_of(transport.innermost(client._client), kind, patience(settings), settings.exit_grace)
    errands: Errands[Any] = pumps.errands
    return errands


def wire_async(client: openai.AsyncOpenAI) -> None:
    """The same for an async client."""
    settings = current_settings()
    inner = transport.innermost(client._client)
    network = reaching(inner, settings, "async_client")
    pumps = pump.pumps_of(inner, pump.Tasks, patience(settings), settings.exit_grace)
    engine, heartbeat = async_engine(client, network, settings, pumps)
    path_of = transport.ours(lambda: _base_path(client))
    readdress = _readdress(client, settings)
    client._client = transport.async_outer(engine, path_of, inner, network, heartbeat, pumps, readdress)
    _decoded_by_name(client)


def _decoded_by_name(client: Any) -> None:
    """Loaded only here: the types need a fifth of a process's memory, and a server, which passes events on as bytes,
    does not need them.
    """
    from shim.assembly.decoding import by_name

    by_name(client)


def is_wired(client: openai.OpenAI | openai.AsyncOpenAI) -> bool:
    """Whether the shim answers a client's calls of the old API."""
    network: Any = client._client
    return transport.innermost(network) is not network


def reaching(inner: Any, settings: Settings, kind: Literal["client", "async_client"]) -> Any:
    """The HTTP client for the upstream; modules that only some upstreams need are loaded only for those."""
    if settings.upstream_profile == CHAT:
        from shim.http.chat import litellm

        # Loaded now, as it takes seconds and the first run may be inside an event loop.
        litellm()
    if settings.upstream != SANDBOX:
        return inner
    from shim.http import offline

    return getattr(offline, kind)(offline.sandbox())


def async_engine(
    client: openai.AsyncOpenAI, network: Any, settings: Settings, pumps: pump.Tasks, *, settled: bool = False
) -> tuple[Engine, Heartbeat]:
    """An engine whose upstream is that of ``client``, through ``network``, and its heartbeat.  ``pumps`` drive the runs
    that it takes over.  ``settled``: the client's settings do not change any more.
    """
    prepared = plain(client, network, settings) if settled else None
    copies = Copies(lambda: plain(client, network, settings) if prepared is None else copy.copy(prepared))
    upstream = Upstream(
        copies,
        transport.BROKEN,
        profile_of(client, settings),
        transport.refill,
        _limits(settings),
        AWAITED,
    )
    base = database_of(settings)
    engine = _engine(AsyncStore(base, settings.tenant), upstream, base, settings, asyncio.sleep, pumps.work)
    return engine, _heartbeat(engine, base)


def with_key(options: dict[str, Any]) -> dict[str, Any]:
    """A client's arguments, with a placeholder for the key if the sandbox is the upstream."""
    if current_settings().upstream == SANDBOX and not options.get("api_key") and not os.environ.get("OPENAI_API_KEY"):
        return options | {"api_key": SANDBOX}
    return options


def plain(client: C, network: Any, settings: Settings) -> C:
    """A copy of the client without the shim, with its current settings, but with ``network`` and the upstream's URL."""
    copied = copy.copy(client) if "_client" in vars(client) else _detached(client)
    copied._client = guarded(network, settings.max_event_bytes)
    if settings.upstream not in (None, SANDBOX):
        copied.base_url = settings.upstream
    elif isinstance(client, (openai.AzureOpenAI, openai.AsyncAzureOpenAI)):
        _to_azure_v1(copied)
    if settings.upstream_profile == CHAT:
        from shim.http.chat import bridged

        copied._client = bridged(copied)
    return copied


def _detached(client: Any) -> Any:
    """A copy of the module-level client with attributes of its own, as the original's belong to the module.

    The classes with such properties come before the SDK's plain class, down to the last one that has the HTTP client as
    a property; each of these properties becomes a plain value of the copy.
    """
    kinds = type(client).__mro__
    plain_kind = 1 + max(index for index, kind in enumerate(kinds) if "_client" in vars(kind))
    shown = {name for kind in kinds[:plain_kind] for name, value in vars(kind).items() if isinstance(value, property)}
    copied: Any = object.__new__(kinds[plain_kind])
    copied.__dict__.update(vars(client))
    for name in sorted(shown - {"_client"}):
        setattr(copied, name, getattr(client, name))
    return copied


def _readdress(client: Any, settings: Settings) -> Readdress:
    """Calls that are passed on go where the runs go; the sandbox is reached by its own network."""
    if settings.upstream in (None, SANDBOX):
        return readdressing.leave
    upstream = type(client.base_url)(settings.upstream)
    return readdressing.to(upstream, lambda: client.base_url, lambda: _base_path(client))


def _to_azure_v1(client: Any) -> None:
    """Azure has ``/responses`` under ``/openai/v1``, without an `api-version`; the application's version is too old for
    it.
    """
    url, client._azure_deployment = client.base_url, None
    client.base_url = url.copy_with(path=AZURE_PATH.sub("", url.path.rstrip("/")) + "/openai/v1/")
    client._custom_query = {name: value for name, value in client._custom_query.items() if name != "api-version"}


def _base_path(client: Any) -> str:
    """The path of a client's base URL."""
    path = str(client.base_url.path)
    if isinstance(client, (openai.AzureOpenAI, openai.AsyncAzureOpenAI)):
        # A client for one deployment has the deployment only in a few paths.
        return re.sub(r"/deployments/[^/]+/?$", "/", path)
    return path


#: The runs that this process drives in each database, of all clients.  Databases are referenced here as long as the
#: process runs, so that all clients share their connections.
_registries: Final[dict[Database, Registry]] = {}
_heartbeats: Final[dict[Database, Heartbeat]] = {}
#: The capabilities of servers, for the clients of each database.
_capabilities: Final[dict[Database, Capabilities]] = {}
#: Notices that this process has logged.
_notices: Final = Notices()


def _in_child() -> None:
    for registry in _registries.values():
        registry.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


def database_of(settings: Settings) -> Database:
    """The database of the settings.  Raises the SDK's own error, as for a missing key, if the settings cannot be
    used.
    """
    try:
        base = database(settings.database_url, settings.database_connections, settings.keys)
    except StoreFailed as problem:
        raise openai.OpenAIError(str(problem)) from problem
    _registries.setdefault(base, Registry(pump.liveness))
    return base


def _heartbeat(engine: Engine, base: Database) -> Heartbeat:
    return _heartbeats.setdefault(base, Heartbeat(engine.context, base))


def patience(settings: Settings) -> Patience:
    """The limits for slow readers of streams."""
    return Patience(settings.max_unread_bytes, settings.reader_timeout)


def _limits(settings: Settings) -> Limits:
    """The limits for the size of an answer."""
    return Limits(settings.max_event_bytes, settings.max_message_bytes)


def _persistence(settings: Settings) -> Persistence | None:
    """How what is found out about servers outlives this process."""
    if not settings.learned_days:
        return None
    secret = settings.key_secret.get_secret_value() if settings.key_secret else None
    return Persistence(int(settings.learned_days * 86400), secret, lambda: secrets.token_hex(32))


def _seconds(days: float | None) -> float | None:
    return None if days is None else days * 86400


def _declared(settings: Settings) -> dict[str, ports.Declared]:
    """The declared assistants.  Raises the SDK's own error if a file cannot be used."""
    try:
        return declarations.declared(settings.assistants)
    except lined.Unusable as problem:
        raise openai.OpenAIError(f"SHIM_ASSISTANTS: {problem}") from problem


async def _sleep(seconds: float) -> None:
    """Wait behind a blocking client: it blocks."""
    time.sleep(seconds)  # noqa: ASYNC251


def _engine(
    store: Store, upstream: ports.Upstream, base: Database, settings: Settings, wait: ports.Wait, work: ports.Pump
) -> Engine:
    return Engine(
        Context(
            store,
            upstream,
            time.time,
            operator_ids.new,
            pump.owner,
            pump.alive,
            registry=_registries[base],
            run_lifetime=settings.run_lifetime,
            lease=settings.lease,
            max_file_bytes=settings.keep_file_bytes,
            retention=_seconds(settings.retention_days),
            file_retention=_seconds(settings.keep_file_days),
            delete_responses=settings.delete_responses,
            models=model_map(settings),
            tokens=tokens.count,
            capabilities=_capabilities.setdefault(base, Capabilities(time.time, _persistence(settings))),
            wait=wait,
            pump=work,
            files=_declared(settings),
            unknown_threads=settings.unknown_threads == "create",
            notices=_notices,
        )
    )
