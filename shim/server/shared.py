"""Passes calls on for callers who share the server's key upstream: ids must belong to the caller's tenant, and new
objects are recorded.

See `shim.server.ownership` for the rules.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing, nullcontext
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from shim.ports import Upstream
from shim.server import forwarding, line, ownership
from shim.server.callers import Caller
from shim.server.forwarding import Forwarder
from shim.server.ownership import Rule
from shim.server.paths import Target
from shim.store import upstream_objects
from shim.store.database import AsyncStore
from shim.store.errors import NoSuchCursor
from shim.store.rows import Order
from shim.wire import encoding, ids, sse
from shim.wire.errors import error
from shim.wire.types import Json

log = logging.getLogger("shim")
#: Headers that identify the server's account upstream; they are removed.
HIDDEN: Final = ("openai-organization", "openai-project", "set-cookie")
#: The largest number of objects in a page of a list, and the default.
MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 20
#: How many objects of a list are fetched at one time.
CONCURRENT: Final = 8


class Shared:
    """``most``: the largest body that is read, of a request or an answer, in bytes."""

    def __init__(self, forwarder: Forwarder, store: AsyncStore, max_bytes: int) -> None:
        self._forwarder, self._store, self._max_bytes = forwarder, store, max_bytes

    async def check(self, caller: Caller, ids: Collection[str]) -> None:
        """Raises `ApiError` if one of the objects is not the tenant's."""
        if not ids:
            return
        owned = await self._store.of(caller.tenant).read(upstream_objects.owned, ids)
        for id in sorted(set(ids) - owned):
            raise ownership.missing(id)

    async def check_ours(self, caller: Caller, path: str, body: bytes) -> None:
        """The same for a call of the Assistants API, as the ids in its body will be used upstream."""
        ids: set[str] = set()
        if path.startswith("vector_stores/"):
            ids.add(path.split("/")[1])
        try:
            # A body that is no JSON is refused by the engine, which uses the same parser.
            ids |= ownership.named_by_body(encoding.parsed(body)) if body else set()
        except ValueError:
            return
        await self.check(caller, ids)

    def recorded(self, upstream: Upstream, tenant: str) -> Upstream:
        """The upstream for the engine, which records objects that a run makes there for the tenant."""
        wrapped: Any = _Recorded(upstream, self, tenant)
        return wrapped  # type: ignore[no-any-return]

    async def forward(self, request: Request, target: Target, caller: Caller, body: bytes) -> Response:
        """The upstream's answer.  ``body``: the request's, unless it is a multipart body."""
        rule = ownership.rule(request.method, target.path)
        if "%" in target.raw:
            # Ids need no escapes, and servers decode them differently.
            raise error("not_passed_on", method=request.method, path=target.path)
        if rule.effect == "list":
            return await self._listed(request, target, caller)
        ids = set(ownership.named_by_path(rule, target.path))
        sent: Any = body
        if is_multipart(request) and not rule.multipart:
            # A part could contain the id of an object, which would not be checked.
            raise error("invalid_json")
        if is_multipart(request):
            sent = self._forwarder.body(request)
        elif body:
            parsed = _read(body)
            ids |= ownership.named_by_body(parsed)
            # Serialised again: if a key occurs twice, another parser might use the other value.
            sent = encoding.compact(parsed)
        await self.check(caller, ids)
        request_headers = {
            name: value for name, value in caller.headers.items() if name not in ("accept-encoding", "content-length")
        }
        # A new object is recorded, though its caller has left; a model's answer may take long, and nobody wants it.
        brief = rule.effect == "makes" and ownership.collection(target.path) != "responses"
        with nullcontext() if brief else line.until_lost(request.scope):
            answer = await self._forwarder.answer(request, target, request_headers | _length(sent), sent or None)
        return await self._checked_answer(answer, request, target, caller, rule)

    async def _checked_answer(
        self, answer: Any, request: Request, target: Target, caller: Caller, rule: Rule
    ) -> Response:
        if answer.status_code == 401:
            await answer.aclose()
            log.error("the upstream server has refused this server's key")
            raise error("server_key_refused")
        body = forwarding.streamed(answer)
        if answer.status_code < 300:
            try:
                body = await self._noted(answer, body, request, target, caller, rule)
            except BaseException:
                await answer.aclose()
                raise
        response = forwarding.response_for_caller(answer, request, target, body)
        for name in HIDDEN:
            del response.headers[name]
        return response

    async def _noted(
        self,
        answer: Any,
        body: AsyncGenerator[bytes, None],
        request: Request,
        target: Target,
        caller: Caller,
        rule: Rule,
    ) -> AsyncGenerator[bytes, None]:
        kind = ownership.collection(target.path)
        if request.method == "DELETE" and target.path.rstrip("/").count("/") == 1:
            await self._store.of(caller.tenant).write(
                upstream_objects.forget, *ownership.named_by_path(rule, target.path)
            )
        completes = target.path.rstrip("/").endswith("/complete")
        if rule.effect != "makes" and not completes:
            return body
        if "text/event-stream" in answer.headers.get("content-type", ""):
            return self._noting(body, caller.tenant, kind)
        content = await forwarding.whole(answer, self._max_bytes)
        created: Any = _read(content)
        await self.note(caller.tenant, kind, created)
        if completes:
            await self.note(caller.tenant, "files", created.get("file") if isinstance(created, dict) else None)
        return _once(content)

    async def _noting(self, body: AsyncGenerator[bytes, None], tenant: str, kind: str) -> AsyncGenerator[bytes, None]:
        """A stream whose first events contain the new object's id: it is recorded before the events are sent."""
        reader: sse.Reader | None = sse.Reader()
        async with aclosing(body) as parts:
            async for part in parts:
                if reader is not None and (created := _first(reader, part)) is not None:
                    reader = None
                    await self.note(tenant, kind, created)
                yield part

    async def note(self, tenant: str, kind: str, created: Any) -> None:
        """Record that the object ``created`` belongs to the tenant."""
        if isinstance(created, dict) and isinstance(created.get("id"), str):
            await self._store.of(tenant).write(upstream_objects.note, kind, created["id"], int(time.time()))

    async def forget(self, tenant: str, id: str) -> None:
        """Record that an object was deleted."""
        await self._store.of(tenant).write(upstream_objects.forget, id)

    async def _listed(self, request: Request, target: Target, caller: Caller) -> Response:
        """A page of the tenant's objects, each as upstream shows it now."""
        query, kind = request.query_params, ownership.collection(target.path)
        limit, purpose, after = _limit(query.get("limit")), query.get("purpose"), query.get("after")
        order: Order = "asc" if query.get("order") == "asc" else "desc"
        data, more = list[Any](), True
        while more and not data:
            try:
                stored = await self._store.of(caller.tenant).read(upstream_objects.page, kind, limit, order, after)
            except NoSuchCursor as cursor:
                raise ownership.missing(cursor.id) from None
            shown = await self._shown(caller, kind, stored.ids)
            data = [each for each in shown if purpose is None or each.get("purpose") == purpose]
            more, after = stored.has_more, stored.ids[-1] if stored.ids else None
        first, last = (data[0]["id"], data[-1]["id"]) if data else (None, None)
        page = {"object": "list", "data": data, "first_id": first, "last_id": last, "has_more": more}
        return Response(encoding.indented(page), media_type="application/json")

    async def _shown(self, caller: Caller, kind: str, wanted: list[str]) -> list[Json]:
        shown: list[Json] = []
        for start in range(0, len(wanted), CONCURRENT):
            some = wanted[start : start + CONCURRENT]
            objects = await asyncio.gather(*(self._one(caller, kind, id) for id in some))
            shown += [each for each in objects if each is not None]
        return shown

    async def _one(self, caller: Caller, kind: str, id: str) -> Json | None:
        status, body = await self._forwarder.get(ids.path(kind, id), caller.headers, self._max_bytes)
        if status == 404:
            await self._store.of(caller.tenant).write(upstream_objects.forget, id)
            return None
        if status != 200:
            raise error("upstream_unreachable", problem=f"it answered with status {status}")
        parsed: Json = _read(body)
        return parsed


class _Recorded:
    """An upstream that records the objects which one kind of call makes."""

    def __init__(self, upstream: Upstream, shared: Shared, tenant: str) -> None:
        self._upstream, self._shared, self._tenant = upstream, shared, tenant

    def __getattr__(self, name: str) -> Any:
        return getattr(self._upstream, name)

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = await self._upstream.call(method, path, body)
        if method == "POST" and path == "/vector_stores":
            await self._shared.note(self._tenant, "vector_stores", answer)
        if method == "DELETE":
            await self._shared.forget(self._tenant, path.rpartition("/")[2])
        return answer


def is_multipart(request: Request) -> bool:
    """Whether a request's body is multipart, as uploads are."""
    return request.headers.get("content-type", "").strip().lower().startswith("multipart/form-data")


def _read(body: bytes) -> Any:
    try:
        return encoding.parsed(body)
    except ValueError:
        raise error("invalid_json") from None


def _length(body: Any) -> dict[str, str]:
    return {"content-length": str(len(body))} if isinstance(body, bytes) and body else {}


def _limit(value: str | None) -> int:
    return min(MAX_PAGE, max(1, int(value))) if value and value.isdecimal() and len(value) < 9 else DEFAULT_PAGE


def _first(reader: sse.Reader, part: bytes) -> Json | None:
    """The response in the events of a stream, when one has come."""
    try:
        events = reader.feed(part)
    except sse.TooLarge:
        return None
    return next((event["response"] for event in events if isinstance(event.get("response"), dict)), None)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
