"""Creates assistants and threads for a tenant over HTTP, under ids that the operator chooses.

Callers must not choose ids, so these paths do not accept a caller's key, but one that the operator sets; without it the
paths do not exist.
"""

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, NamedTuple

from starlette.requests import Request

from shim import engine as engine_room
from shim.assembly import operator_ids
from shim.runtime.dispatch import Answered, Dispatcher
from shim.runtime.pump import AsyncBody
from shim.server import attempts, exchange, headers, keyring
from shim.server.attempts import Failures
from shim.wire import encoding
from shim.wire.errors import error

#: The beginning of all paths of the operator.
ROOT: Final = "/operator/"


class Operation(NamedTuple):
    """``path``: the call of the API that creates the object.  ``prefix``: the beginning of its ids."""

    path: str
    prefix: str


ROUTES: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "/operator/{tenant}/assistants"): Operation("assistants", "asst"),
    ("POST", "/operator/{tenant}/threads"): Operation("threads", "thread"),
}
_PATTERNS: Final = {
    (method, re.compile(path.replace("{tenant}", "(?P<tenant>[^/]+)"))): operation
    for (method, path), operation in ROUTES.items()
}


class Tenants(NamedTuple):
    """``find``: returns the tenant with a name, if there is one.  ``engine``: returns the engine for the tenant's
    objects.
    """

    find: Callable[[str], Awaitable[str | None]]
    engine: Callable[[str, str], engine_room.Engine]


class Operator:
    """``key``: the operator's key.  ``server``: the credentials for upstream."""

    def __init__(
        self, dispatcher: Dispatcher[AsyncBody], tenants: Tenants, key: str, server: Mapping[str, str]
    ) -> None:
        self._dispatcher, self._tenants, self._key, self._server = dispatcher, tenants, key.encode(), server
        self._failures = Failures()

    async def answer(self, request: Request, read: Callable[[Request], Awaitable[bytes]]) -> Answered[AsyncBody]:
        """The answer to an operator's request.  Raises `ApiError` for a wrong key, before the body is read, and for an
        unknown tenant.
        """
        exchange.of(request.scope).route = "operator"
        self._check(request)
        method, path = request.method, request.scope["path"]
        name, operation = _find(method, path)
        tenant = await self._tenants.find(name) if operation else None
        if operation is None:
            raise error("unknown_url", method=method, path=path)
        if tenant is None:
            raise error("no_tenant", tenant=name)
        exchange.of(request.scope).tenant = tenant
        id_context, body = _id_of(operation.prefix, await read(request))
        engine_request = engine_room.Request(method, operation.path, [], headers.bearer(self._server), body)
        with id_context:
            return await self._dispatcher.answer(engine_request, self._tenants.engine(tenant, name))

    def _check(self, request: Request) -> None:
        address = attempts.network_of(request.client.host if request.client else "")
        # Before the key is checked: after too many guesses a right one must not be recognised.
        self._failures.check(address)
        sent_key = keyring.bearer_of(request.headers)
        if sent_key is not None and hmac.compare_digest(sent_key.encode(), self._key):
            return
        self._failures.count(address)
        raise error("no_api_key") if sent_key is None else error("invalid_api_key", key=keyring.shown(sent_key))


def serves(path: str) -> bool:
    """Whether a path is the operator's."""
    return path.startswith(ROOT)


def _find(method: str, path: str) -> tuple[str, Operation | None]:
    """The tenant's name in a path, and the kind of object."""
    for (allowed_method, pattern), operation in _PATTERNS.items():
        if allowed_method == method and (match := pattern.fullmatch(path)):
            return match["tenant"], operation
    return "", None


def _id_of(prefix: str, body: bytes) -> tuple[AbstractContextManager[None], bytes]:
    """The id that a body chooses, as a context for the engine, and the body without it.  A body that is no object is
    passed on, and the engine refuses it.
    """
    try:
        fields: Any = encoding.parsed(body or b"{}")
    except ValueError:
        return nullcontext(), body
    if not isinstance(fields, dict):
        return nullcontext(), body
    if "id" not in fields:
        raise error("missing_parameter", param="id")
    id = fields.pop("id")
    if not operator_ids.fits(prefix, id):
        raise error("wrong_prefix", param="id", value=id, prefix=prefix)
    return operator_ids.use(prefix, id), encoding.utf8(encoding.dumps(fields))
