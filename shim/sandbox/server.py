"""The sandbox as a whole: one method that takes a request and gives a reply, for every driver."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import models, refuse
from .minting import Mint
from .query import Query
from .reply import JSON_TYPE, SandboxReply, json_reply
from .responses import Responses, Ways

Json = dict[str, Any]

#: Headers that are not kept with the received requests.
SECRET: Final = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization")
_PREFIX: Final = re.compile(r"^(/openai)?(/v1)?(?=/)")


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came, for tests to look at.  ``body`` is parsed JSON, or None."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request on its way to an operation; ``name`` is the id in its path."""

    name: str
    query: Query
    body: Any


class Sandbox:
    """A deterministic Responses server.  Safe to use from several threads.

    ``seed``: what the ids are made from.  ``clock``: seconds since the epoch.  ``burst``: events in one chunk.
    ``pace``: seconds between events after the word ``slowly``.  ``models``: names that are known besides the usual.
    ``store_by_default``: what a request without ``store`` means.  ``can_store``: false for a server that keeps nothing,
    and says so in its echo.  ``context_window``: words that an input may have.
    """

    def __init__(
        self,
        *,
        seed: str = "sandbox",
        clock: Callable[[], float] = time.time,
        burst: int = 1,
        pace: float = 0.05,
        models: Iterable[str] = (),
        store_by_default: bool = True,
        can_store: bool = True,
        context_window: int = 400_000,
    ) -> None:
        self._ways = Ways(clock, seed, burst, pace, frozenset(models), store_by_default, can_store, context_window)
        self._responses = Responses(self._ways)
        self._request_ids = Mint(f"{seed}/requests")
        #: Everything that was received, in order.
        self.requests: list[Received] = []

    def handle(
        self, method: str, path: str, query: list[tuple[str, str]], headers: Mapping[str, str], body: bytes
    ) -> SandboxReply:
        """One request.  What is wrong becomes an error reply; what is to break breaks while the body is read."""
        lower = {name.lower(): value for name, value in headers.items()}
        parsed, readable = _parsed(body)
        kept = {name: value for name, value in lower.items() if name not in SECRET}
        self.requests.append(Received(method, path, tuple(query), kept, parsed))
        try:
            _check_key(lower)
            reply = self._route(method, path, Query(query), parsed, readable)
        except refuse.Refused as refused:
            reply = SandboxReply(refused.status, {**JSON_TYPE, **refused.headers}, refused.body())
        return SandboxReply(reply.status, {**self._headers(), **reply.headers}, reply.body)

    def forget(self, *response_ids: str) -> None:
        """Lose stored responses, as if they had expired: those, or all."""
        self._responses.shelf.forget(response_ids)

    def _route(self, method: str, path: str, query: Query, body: Any, readable: bool) -> SandboxReply:
        bare = _PREFIX.sub("", path, count=1)
        for wanted, pattern, operation in ROUTES:
            found = re.fullmatch(pattern, bare)
            if found and wanted == method:
                if not readable:
                    raise refuse.bad_json()
                return operation(self, _Asked(found.groupdict().get("name", ""), query, body))
        raise refuse.no_route(method, path)

    def _headers(self) -> dict[str, str]:
        return {
            "openai-organization": "org-sandbox",
            "openai-processing-ms": "1",
            "openai-version": "2020-10-01",
            "x-request-id": f"req_{self._request_ids.hex(32)}",
        }

    def _models(self, asked: _Asked) -> SandboxReply:
        return json_reply(models.listing(self._ways.models))

    def _model(self, asked: _Asked) -> SandboxReply:
        return json_reply(models.one(asked.name, self._ways.models))

    def _create(self, asked: _Asked) -> SandboxReply:
        return self._responses.create(asked.body)

    def _input_tokens(self, asked: _Asked) -> SandboxReply:
        return self._responses.input_tokens(asked.body)

    def _retrieve(self, asked: _Asked) -> SandboxReply:
        return self._responses.retrieve(asked.name, asked.query)

    def _delete(self, asked: _Asked) -> SandboxReply:
        return self._responses.delete(asked.name, asked.query)

    def _cancel(self, asked: _Asked) -> SandboxReply:
        return self._responses.cancel(asked.name, asked.query)

    def _input_items(self, asked: _Asked) -> SandboxReply:
        return self._responses.input_items(asked.name, asked.query)


_ID: Final = r"(?P<name>[^/]+)"
#: Method, path behind the version prefix, operation.
ROUTES: Final[tuple[tuple[str, str, Callable[[Sandbox, _Asked], SandboxReply]], ...]] = (
    ("GET", "/models", Sandbox._models),
    ("GET", r"/models/(?P<name>.+)", Sandbox._model),
    ("POST", "/responses", Sandbox._create),
    ("POST", "/responses/input_tokens", Sandbox._input_tokens),
    ("GET", f"/responses/{_ID}", Sandbox._retrieve),
    ("DELETE", f"/responses/{_ID}", Sandbox._delete),
    ("POST", f"/responses/{_ID}/cancel", Sandbox._cancel),
    ("GET", f"/responses/{_ID}/input_items", Sandbox._input_items),
)


def _parsed(body: bytes) -> tuple[Any, bool]:
    """The body and whether it was JSON; no body at all is fine."""
    if not body:
        return None, True
    try:
        return json.loads(body), True
    except ValueError:
        return None, False


def _check_key(headers: Mapping[str, str]) -> None:
    given = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not given:
        raise refuse.no_key()
    if given.startswith(("bad", "sk-bad")):
        raise refuse.bad_key(given)
