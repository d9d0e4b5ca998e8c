"""The sandbox as a whole: one method that takes a request and gives a reply, for every driver."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from typing_extensions import Unpack

from shim.sandbox.api.responses import Responses
from shim.sandbox.config import Config, Options
from shim.sandbox.memory.resources import Resources
from shim.sandbox.shapes import models, multipart, refuse
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.query import Query
from shim.sandbox.shapes.reply import JSON_TYPE, SandboxReply, json_reply
from shim.sandbox.shapes.request import Request, Route

#: Headers that are not stored with the received requests.
SECRET: Final = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization")
_PREFIX: Final = re.compile(r"^(/openai)?(/v1)?(?=/)")


@dataclass(frozen=True, slots=True)
class Received:
    """A received request, for tests.

    ``body`` is parsed JSON, or the fields of a form with a file's name and size in place of its content, or None.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: Any


class Sandbox:
    """A deterministic Responses server.  Safe to use from several threads.  Its options are the fields of `Config`."""

    def __init__(self, **options: Unpack[Options]) -> None:
        self._config = Config(**options)
        self._resources = Resources(self._config.clock, self._config.seed)
        self._responses = Responses(self._config, self._resources)
        self._routes = (*self._own_routes(), *self._responses.routes(), *self._resources.routes())
        self._request_ids = Mint(f"{self._config.seed}/requests")
        #: All received requests, in order.
        self.requests: list[Received] = []

    def handle(
        self, method: str, path: str, query: list[tuple[str, str]], headers: Mapping[str, str], body: bytes
    ) -> SandboxReply:
        """Handle one request.  Mistakes become error replies; a requested break of the connection happens while the
        body is read.
        """
        lower = {name.lower(): value for name, value in headers.items()}
        form = multipart.read(lower["content-type"], body) if multipart.is_form(lower.get("content-type", "")) else None
        parsed, readable = (None, True) if form else _parsed(body)
        stored = {name: value for name, value in lower.items() if name not in SECRET}
        self.requests.append(Received(method, path, tuple(query), stored, form.shown() if form else parsed))
        try:
            _check_key(lower)
            request = Request({}, Query(query), parsed, form)
            reply = self._route(method, path, request, readable)
        except refuse.Refused as refused:
            reply = SandboxReply(refused.status, {**JSON_TYPE, **refused.headers}, refused.body())
        return SandboxReply(reply.status, {**self._headers(), **reply.headers}, reply.body)

    def forget(self, *response_ids: str) -> None:
        """Delete stored responses, the given ones or all, as if they had expired."""
        self._responses.stored.forget(response_ids)

    def stored_responses(self) -> frozenset[str]:
        """The ids of the responses that are stored now."""
        return self._responses.stored.ids()

    def live_containers(self) -> frozenset[str]:
        """The ids of the containers that can still be used."""
        return self._resources.containers.living()

    def expire_containers(self, *container_ids: str) -> None:
        """Expire containers, the given ones or all, as if they had been idle for too long."""
        self._resources.containers.expire(container_ids)

    def _route(self, method: str, path: str, request: Request, readable: bool) -> SandboxReply:
        bare = _PREFIX.sub("", path, count=1)
        for wanted, pattern, operation in self._routes:
            match = re.fullmatch(pattern, bare)
            if match and wanted == method:
                if not readable:
                    raise refuse.bad_json()
                return operation(replace(request, ids=match.groupdict()))
        raise refuse.no_route(method, path)

    def _headers(self) -> dict[str, str]:
        return {
            "openai-organization": "org-sandbox",
            "openai-processing-ms": "1",
            "openai-version": "2020-10-01",
            "x-request-id": f"req_{self._request_ids.hex(32)}",
        }

    def _own_routes(self) -> tuple[Route, ...]:
        known, gone = self._config.models, self._config.retired
        return (
            ("GET", "/models", lambda request: json_reply(models.listing(known, gone))),
            (
                "GET",
                r"/models/(?P<resource_id>.+)",
                lambda request: json_reply(models.one(request.resource_id, known, gone)),
            ),
        )


def _parsed(body: bytes) -> tuple[Any, bool]:
    """The parsed body, and whether it was valid; an empty body is valid."""
    if not body:
        return None, True
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False


def _check_key(headers: Mapping[str, str]) -> None:
    key = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not key:
        raise refuse.no_key()
    if key.startswith(("bad", "sk-bad")):
        raise refuse.bad_key(key)
