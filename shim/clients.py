"""The clients: the SDK's own, with the old API answered in process.

Each is the official class with one thing changed after it was built: its HTTP client.  The one that the SDK made, or
the user gave, stays behind ours and carries everything else: calls that are not ours, and our calls upstream.
"""

import copy
import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any, Final, TypeVar

import openai

from shim import offline, ports, pump, transport
from shim.engine import Context, Engine, Running
from shim.ports import Profile, Store
from shim.quiet import quiet
from shim.settings import Settings, settings
from shim.store.database import AsyncStore, Database, SyncStore, database
from shim.upstream import profiles
from shim.upstream.responses import AsyncUpstream, Upstream
from shim.wire import ids

C = TypeVar("C", openai.OpenAI, openai.AsyncOpenAI)
SANDBOX: Final = "sandbox"


def _wire(client: openai.OpenAI) -> None:
    """Put our transport between a blocking client and its network."""
    chosen = settings()
    inner = transport.innermost(client._client)
    network = offline.client(offline.sandbox()) if chosen.upstream == SANDBOX else inner
    upstream = Upstream(lambda: _plain(client, network, chosen), transport.BROKEN, _profile(client, chosen))
    store = SyncStore(_database(chosen))
    client._client = transport.outer(_engine(store, upstream), transport.ours(_base_url(client)), inner)


def _wire_async(client: openai.AsyncOpenAI) -> None:
    """The same for an async client."""
    chosen = settings()
    inner = transport.innermost(client._client)
    network = offline.async_client(offline.sandbox()) if chosen.upstream == SANDBOX else inner
    upstream = AsyncUpstream(lambda: _plain(client, network, chosen), transport.BROKEN, _profile(client, chosen))
    store = AsyncStore(_database(chosen))
    path_of = transport.ours(_base_url(client))
    client._client = transport.async_outer(_engine(store, upstream), path_of, inner, chosen.exit_grace)


#: The runs that this process drives, whichever client began them.
_running: Final = Running()


def _engine(store: Store, upstream: ports.Upstream) -> Engine:
    return Engine(Context(store, upstream, time.time, ids.new, pump.owner, pump.alive, running=_running))


def _plain(client: C, network: Any, chosen: Settings) -> C:
    """The client without us: what was set on it since it was made counts, its network is the given one."""
    plain = copy.copy(client)
    plain._client = network
    if chosen.upstream not in (None, SANDBOX):
        plain.base_url = chosen.upstream
    return plain


def _profile(client: Any, chosen: Settings) -> Callable[[], Profile]:
    """What the upstream of a client can do; its address may change while it lives."""
    named = chosen.upstream_profile or (SANDBOX if chosen.upstream == SANDBOX else None)

    def profile() -> Profile:
        known = profiles.choose(chosen.upstream or str(client.base_url), named)
        background = known.background if chosen.background == "auto" else chosen.background == "always"
        stores = known.stores and chosen.store_responses
        return replace(known, stores=stores, background=background and stores)

    return profile


def _base_url(client: Any) -> Callable[[], Any]:
    return lambda: client.base_url


#: Held for as long as the process lives, so that its connections serve every client.
_databases: Final[set[Database]] = set()


def _database(chosen: Settings) -> Database:
    found = database(chosen.database_url)
    _databases.add(found)
    return found


def _key(given: dict[str, Any]) -> dict[str, Any]:
    """Offline no key is needed, and none is asked for."""
    if settings().upstream == SANDBOX and not given.get("api_key") and not os.environ.get("OPENAI_API_KEY"):
        return given | {"api_key": SANDBOX}
    return given


class OpenAI(openai.OpenAI):
    """`openai.OpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**_key(given))
        _wire(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


class AsyncOpenAI(openai.AsyncOpenAI):
    """`openai.AsyncOpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**_key(given))
        _wire_async(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


class AzureOpenAI(openai.AzureOpenAI):
    """`openai.AzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**_key(given))
        _wire(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


class AsyncAzureOpenAI(openai.AsyncAzureOpenAI):
    """`openai.AsyncAzureOpenAI`, with ``beta.assistants`` and ``beta.threads`` alive.  Takes the same arguments."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**_key(given))
        _wire_async(self)

    @cached_property
    def beta(self) -> Any:
        return quiet(super().beta)


Client = OpenAI
AsyncClient = AsyncOpenAI
