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
from shim.server import exchange, headers, keyring
from shim.wire import encoding
from shim.wire.errors import error

#: The tenant's name, and what is made for him.
PATH: Final = re.compile(r"/operator/([^/]+)/(assistants|threads)")
#: How ids of each kind begin.
PREFIXES: Final = {"assistants": "asst", "threads": "thread"}


class Tenants(NamedTuple):
    """``find``: the tenant that goes by a name, if there is one.  ``engine``: the engine for his objects."""

    find: Callable[[str], Awaitable[str | None]]
    engine: Callable[[str], engine_room.Engine]


class Operator:
    """``key``: what opens these paths.  ``server``: the credentials with which calls go upstream."""

    def __init__(
        self, dispatcher: Dispatcher[AsyncBody], tenants: Tenants, key: str, server: Mapping[str, str]
    ) -> None:
        self._dispatcher, self._tenants, self._key, self._server = dispatcher, tenants, key.encode(), server

    async def answer(self, request: Request, read: Callable[[Request], Awaitable[bytes]]) -> Answered[AsyncBody]:
        """Raises `ApiError` for anybody else, before the body is read, and for a tenant that is not there."""
        exchange.of(request.scope).route = "operator"
        self._check(request)
        path = request.scope["path"]
        found = PATH.fullmatch(path)
        tenant = await self._tenants.find(found[1]) if found and request.method == "POST" else None
        if found is None or tenant is None:
            raise error("unknown_url", method=request.method, path=path)
        exchange.of(request.scope).tenant = tenant
        held, body = _chosen(PREFIXES[found[2]], await read(request))
        asked = engine_room.Request("POST", found[2], [], headers.bearer(self._server), body)
        with held:
            return await self._dispatcher.answer(asked, self._tenants.engine(tenant))

    def _check(self, request: Request) -> None:
        given = keyring.bearer_of(request.headers)
        if given is None:
            raise error("no_api_key")
        if not hmac.compare_digest(given.encode(), self._key):
            raise error("invalid_api_key", key=keyring.shown(given))


def serves(path: str) -> bool:
    """Whether a path is the operator's."""
    return path.startswith("/operator/")


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
