"""Identifies the caller, by one of three rules: open, pass-through, keys.

*open*: all callers are one user, on a loopback address only; for a caller without a key the server's is used.
*pass-through*: the caller's own key is sent upstream, which checks it; objects belong to a keyed hash of it, or to the
tenant to whom the operator has assigned it. *keys*: the server issues keys of its own, and calls upstream with one that
no caller sees.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from shim.server import headers, keyring
from shim.server.keyring import Keyring
from shim.server.recent import Recent
from shim.store import keys
from shim.store.database import AsyncStore
from shim.upstream.caller import CREDENTIALS
from shim.wire.errors import error

Auth = Literal["open", "pass-through", "keys"]


@dataclass(frozen=True, slots=True)
class Caller:
    """``tenant``: the owner of the caller's objects.  ``headers``: the credentials for upstream.  ``shared``: all
    tenants use the same key upstream, so ids of upstream objects must be checked.  ``name``: the tenant's name, if the
    operator has given one.
    """

    tenant: str
    headers: Mapping[str, str]
    shared: bool = False
    name: str = ""


class Callers(Protocol):
    async def identify(self, request_headers: Mapping[str, str]) -> Caller:
        """The caller of a request with these headers.  Raises `ApiError` for a caller who is refused."""
        ...


class Open:
    """All callers are ``tenant``; ``server``: the credentials for callers without any."""

    def __init__(self, tenant: str, server: Mapping[str, str]) -> None:
        self._tenant, self._server = tenant, server

    async def identify(self, request_headers: Mapping[str, str]) -> Caller:
        return Caller(self._tenant, headers.with_credentials(request_headers, self._server))


#: Calls upstream with a caller's headers; returns the status of its answer.  Raises `ApiError` if there is none.
UpstreamStatus = Callable[[Mapping[str, str]], Awaitable[int]]


class PassThrough:
    """``upstream_status`` is called for a key that was not checked for ``seconds``."""

    def __init__(self, ring: Keyring, store: AsyncStore, upstream_status: UpstreamStatus, seconds: float) -> None:
        self._ring, self._store, self._upstream_status, self._seconds = ring, store, upstream_status, seconds
        self._checked_at: Recent[float] = Recent()

    async def identify(self, request_headers: Mapping[str, str]) -> Caller:
        credentials = headers.bearer(request_headers)
        key = keyring.bearer_of(credentials)
        if key is None:
            raise error("no_api_key")
        digest = self._ring.of_headers(credentials)
        row = await self._store.read(keys.find, digest)
        if row is not None and row.revoked_at is not None:
            raise error("invalid_api_key", key=keyring.shown(key))
        await self._check(digest, key, credentials)
        if row is None:
            return Caller(keyring.tenant_of_key(digest), request_headers)
        return Caller(row.tenant, request_headers, name=row.label)

    async def _check(self, digest: str, key: str, credentials: Mapping[str, str]) -> None:
        now = time.monotonic()
        if now - self._checked_at.get(digest, -self._seconds) < self._seconds:
            return
        self._checked_at.pop(digest, None)
        status = await self._upstream_status(credentials)
        if status == 401:
            raise error("invalid_api_key", key=keyring.shown(key))
        if status >= 500:
            raise error("key_unchecked", status=status)
        self._checked_at[digest] = now


class OwnKeys:
    """``server``: the credentials for upstream of all callers."""

    def __init__(self, ring: Keyring, store: AsyncStore, server: Mapping[str, str]) -> None:
        self._ring, self._store, self._server = ring, store, server

    async def identify(self, request_headers: Mapping[str, str]) -> Caller:
        key = keyring.bearer_of(headers.bearer(request_headers))
        if key is None:
            raise error("no_api_key")
        row = await self._store.read(keys.find, self._ring.of_issued(key))
        if row is None or row.revoked_at is not None:
            raise error("invalid_api_key", key=keyring.shown(key))
        rest = {name: value for name, value in request_headers.items() if name not in {*CREDENTIALS, "cookie"}}
        return Caller(row.tenant, rest | dict(self._server), shared=True, name=row.label)
