"""A Responses server behind the official client, in both colours (`colours`).

The client is the SDK's own: authentication, retries, timeouts, proxies and Azure are its business.  The answer's bytes
are read here, as they come.  Failures before the answer are the SDK's exceptions, failures in it are those of the HTTP
library: both become `Refusal`.
"""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final

from openai._models import FinalRequestOptions

from shim.ports import Answer, Call, Profile, Refusal
from shim.upstream import answers, bodies, lifetime, secrets, waiting
from shim.upstream.caller import CREDENTIALS, credentials
from shim.upstream.colours import BLOCKING, Chunks, Colour, leave, nothing
from shim.upstream.observing import shown, shown_response
from shim.upstream.refusals import Broken, of_error, refusals
from shim.wire import ids, sse
from shim.wire.types import Json

#: Headers of the caller's request that the SDK around it made for itself, that describe its body, or that say who he is
#: (those go with every call).
OURS: Final = frozenset(
    {
        *CREDENTIALS,
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "idempotency-key",
        "openai-beta",
        "user-agent",
    }
)


#: Headers of the SDK around the caller's request.
_STAINLESS: Final = re.compile("x-stainless-", re.IGNORECASE)
#: Events after which nothing comes but the end of the body.  It is read, for a connection that was left before its end
#: is closed, and the next run would pay for a new one.
LAST: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
#: Seconds that this end may be late.
LINGER: Final = 0.1
#: Seconds between the looks at a vector store that is being indexed: about a minute in all.
WAITS: Final = (0.1, 0.2, 0.4, 0.8, *(1.0,) * 60)


class Upstream:
    """``client`` gives an SDK client for one call, as it is configured at that moment; ``colour`` is its."""

    def __init__(
        self,
        client: Callable[[], Any],
        broken: Broken,
        profile: Callable[[], Profile],
        refill: bodies.Refill | None = None,
        limits: sse.Limits = sse.LIMITS,
        colour: Colour = BLOCKING,
    ) -> None:
        self._client, self._broken, self.profile, self._refill, self._limits = client, broken, profile, refill, limits
        self._colour: Final = colour

    async def stream(self, body: Json, call: Call) -> Answer:
        client = self._client()
        body = bodies.into(client, body, self._refill)
        return await self._opened(_post(client, {"stream": True} | body, _unread(call)), call)

    async def create(self, body: Json, call: Call) -> Json:
        client = self._client()
        post = _post(client, bodies.into(client, body, self._refill), _options(call))
        with refusals(self._broken):
            return _response(await self._waited(post, lifetime.of(call), nothing), client, call)

    async def resume(self, response_id: str, after: int | None, call: Call) -> Answer:
        query = {"stream": True} | ({} if after is None else {"starting_after": after})
        # The SDK has typed methods for that only since late versions.
        get = _get(self._client(), ids.path("responses", response_id), _unread(call) | {"params": query})
        return await self._opened(get, call)

    async def _opened(self, ask: Callable[[], Any], call: Call) -> Answer:
        with refusals(self._broken):
            found = await self._waited(ask, lifetime.of(call), leave)
        return _Answer(found.http_response, self._colour, self._broken, self._limits)

    async def retrieve(self, response_id: str) -> Json:
        client = self._client()
        with refusals(self._broken):
            get = _get(client, ids.path("responses", response_id), _options())
            return _response(await self._asked(get, nothing), client)

    async def cancel(self, response_id: str) -> None:
        # It is asked for when the run's time is over.
        with refusals(self._broken), lifetime.within(None):
            path = ids.path("responses", response_id, "cancel")
            await self._colour.ask(partial(self._client().post, path, cast_to=object, options=_options()))

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        client = self._client()
        with refusals(self._broken):
            asked = partial(client.request, object, _request(method, path, body))
            return _plain(await self._asked(asked, nothing), client)

    async def content(self, path: str, limit: int) -> bytes | None:
        found = bytearray()
        with refusals(self._broken):
            response = (await self._asked(_get(self._client(), path, _unread()), leave)).http_response
            try:
                async with aclosing(self._colour.chunks(response)) as chunks:
                    async for chunk in chunks:
                        found += chunk
                        if len(found) > limit:
                            return None
            finally:
                await self._colour.close(response)
        return bytes(found)

    async def _asked(self, ask: Callable[[], Any], late: Callable[[Any], None]) -> Any:
        """What a call of the SDK gives; it is left when the run is over for which it is made."""
        call = lifetime.current()
        return await (self._colour.ask(ask) if call is None else self._waited(ask, call, late))

    async def _waited(self, ask: Callable[[], Any], call: Call, late: Callable[[Any], None]) -> Any:
        with lifetime.within(call):
            return await self._colour.wait(ask, call.interruption, late)

    async def indexed(self, vector_store_id: str) -> None:
        for wait in WAITS:
            store = await self.call("GET", ids.path("vector_stores", vector_store_id))
            if not (store.get("file_counts") or {}).get("in_progress") and store.get("status") != "in_progress":
                return
            await self._colour.sleep(wait)


class _Answer:
    def __init__(self, response: Any, colour: Colour, broken: Broken, limits: sse.Limits) -> None:
        self._response, self._colour, self._broken, self._limits = response, colour, broken, limits
        self._line = waiting.Line(response)
        self._chunks: Chunks | None = None
        self._over = False

    async def events(self) -> AsyncGenerator[list[Json], None]:
        with refusals(self._broken, self._response.request):
            reader = answers.Body(self._limits)
            # It is closed in `close`, where the rest is read first.
            self._chunks = self._colour.chunks(self._response)
            async for chunk in self._chunks:
                if events := reader.feed(chunk):
                    self._over = events[-1]["type"] in LAST
                    yield shown(secrets.cleaned(events, self._response.request))
            if events := reader.close():
                yield shown(secrets.cleaned(events, self._response.request))

    def interrupt(self) -> None:
        self._line.shut()

    async def close(self) -> None:
        self._line.leave()
        # The answer is over, whatever its connection thinks of that.
        try:
            with suppress(Exception):
                await self._drain()
        finally:
            with suppress(Exception):
                await self._colour.close(self._response)

    async def _drain(self) -> None:
        """Read to the body's end if nothing else is to come; a server that leaves it open is left."""
        if self._chunks is None:
            return
        try:
            if self._over:
                await self._colour.finish(self._chunks, self._response, LINGER)
        finally:
            await self._chunks.aclose()


def _post(client: Any, body: Json, options: Any) -> Callable[[], Any]:
    """Asks by the SDK's general ``post``: it walks through no long input, and the first SDKs have no other."""
    return partial(client.post, "/responses", cast_to=object, body=body, options=options)


def _get(client: Any, path: str, options: Any) -> Callable[[], Any]:
    return partial(client.get, path, cast_to=object, options=options)


def _request(method: str, path: str, body: Json | None) -> Any:
    beta = {"OpenAI-Beta": "assistants=v2"} if path.startswith("/vector_stores") else {}
    data = None if body is None else bodies.plain(body)
    return FinalRequestOptions.construct(method=method.lower(), url=path, json_data=data, headers=credentials() | beta)


def _options(call: Call | None = None) -> Any:
    given = call.headers.items() if call else ()
    own = {name: value for name, value in given if name.lower() not in OURS and not _STAINLESS.match(name)}
    return {"headers": credentials() | own}


def _unread(call: Call | None = None) -> Any:
    """Asks the SDK for an answer whose body has not been read."""
    options = _options(call) | ({} if call is None or call.timeout is None else {"timeout": call.timeout})
    return options | {"headers": options.get("headers", {}) | {"X-Stainless-Raw-Response": "stream"}}


def _plain(answer: object, client: Any, call: Call | None = None) -> Json:
    """An answer that is an object.  A response may have an error in it."""
    if not isinstance(answer, dict):
        message = secrets.masked(str(answer), _sent(client, call))
        raise Refusal(None, f"The model's answer could not be read: {message[:80]!r}")
    if not answer.get("error"):
        return answer
    clean = secrets.without(answer, _sent(client, call))
    if answers.refuses(clean):
        raise of_error(None, clean)
    return clean


def _response(answer: object, client: Any, call: Call | None = None) -> Json:
    """An answer that is a response.  The SDK gives a text where the server did not call it JSON."""
    if isinstance(answer, str):
        answer = answers.of_text(secrets.masked(answer, _sent(client, call)))
    return shown_response(answers.checked(_plain(answer, client, call) if isinstance(answer, dict) else answer))


def _sent(client: Any, call: Call | None) -> secrets.Sent:
    """What a request that the SDK has made of this told of its sender."""
    headers = {**client.default_headers, **_options(call)["headers"]}
    return secrets.Sent(headers, client.base_url.copy_merge_params(client.default_query))
