"""What the operator makes for a tenant over HTTP: assistants and threads under ids that he chooses.

Callers must not choose ids, so these paths take no caller's key, but one that the operator sets for them; without it
there are no such paths.
"""

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, NamedTuple

from starlette.requests import Request

from shim import engine as engine_room
from shim.assembly import given_ids
from shim.runtime.dispatch import Answered, Dispatcher
from shim.runtime.pump import AsyncBody
from shim.server import attempts, exchange, headers, keyring
from shim.server.attempts import Failures
from shim.wire import encoding
from shim.wire.errors import error

#: What all paths of the operator begin with.
ROOT: Final = "/operator/"


class Made(NamedTuple):
    """``path``: the call of the API that makes the object.  ``prefix``: how its ids begin."""

    path: str
    prefix: str


ROUTES: Final[dict[tuple[str, str], Made]] = {
    ("POST", "/operator/{tenant}/assistants"): Made("assistants", "asst"),
    ("POST", "/operator/{tenant}/threads"): Made("threads", "thread"),
}
_PATTERNS: Final = {
    (method, re.compile(path.replace("{tenant}", "(?P<tenant>[^/]+)"))): made for (method, path), made in ROUTES.items()
}


class Tenants(NamedTuple):
    """``find``: the tenant that goes by a name, if there is one.  ``engine``: the engine for his objects, by both."""

    find: Callable[[str], Awaitable[str | None]]
    engine: Callable[[str, str], engine_room.Engine]


class Operator:
    """``key``: what opens these paths.  ``server``: the credentials with which calls go upstream."""

    def __init__(
        self, dispatcher: Dispatcher[AsyncBody], tenants: Tenants, key: str, server: Mapping[str, str]
    ) -> None:
        self._dispatcher, self._tenants, self._key, self._server = dispatcher, tenants, key.encode(), server
        self._failures = Failures()

    async def answer(self, request: Request, read: Callable[[Request], Awaitable[bytes]]) -> Answered[AsyncBody]:
        """Raises `ApiError` for anybody else, before the body is read, and for a tenant that is not there."""
        exchange.of(request.scope).route = "operator"
        self._check(request)
        method, path = request.method, request.scope["path"]
        name, made = _find(method, path)
        tenant = await self._tenants.find(name) if made else None
        if made is None or tenant is None:
            raise error("unknown_url", method=method, path=path)
        exchange.of(request.scope).tenant = tenant
        held, body = _chosen(made.prefix, await read(request))
        asked = engine_room.Request(method, made.path, [], headers.bearer(self._server), body)
        with held:
            return await self._dispatcher.answer(asked, self._tenants.engine(tenant, name))

    def _check(self, request: Request) -> None:
        address = attempts.network_of(request.client.host if request.client else "")
        # Before the key is looked at: whoever guesses must not learn that he was right.
        self._failures.check(address)
        given = keyring.bearer_of(request.headers)
        if given is not None and hmac.compare_digest(given.encode(), self._key):
            return
        self._failures.count(address)
        raise error("no_api_key") if given is None else error("invalid_api_key", key=keyring.shown(given))


def serves(path: str) -> bool:
    """Whether a path is the operator's."""
    return path.startswith(ROOT)


def _find(method: str, path: str) -> tuple[str, Made | None]:
    """The tenant's name in a path, and what is made for him."""
    for (way, pattern), made in _PATTERNS.items():
        if way == method and (found := pattern.fullmatch(path)):
            return found["tenant"], made
    return "", None


def _chosen(prefix: str, body: bytes) -> tuple[AbstractContextManager[None], bytes]:
    """The id that a body chooses, as the engine is given it, and the body without it.  A body that is no object is left
    for the engine to refuse.
    """
    try:
        fields: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return nullcontext(), body
    if not isinstance(fields, dict):
        return nullcontext(), body
    if "id" not in fields:
        raise error("missing_parameter", param="id")
    id = fields.pop("id")
    if not given_ids.fits(prefix, id):
        raise error("wrong_prefix", param="id", value=id, prefix=prefix)
    return given_ids.given(prefix, id), encoding.utf8(encoding.dumps(fields))
