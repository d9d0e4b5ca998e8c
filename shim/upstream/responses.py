"""A Responses server behind the official client, blocking or async (`colours`).

The client is the SDK's own: it does authentication, retries, timeouts, proxies and Azure's addresses.  The answer's
bytes are read here, as they arrive.  Failures before the answer are the SDK's exceptions, failures in it are those of
the HTTP library: both become `Refusal`.
"""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, Final

from openai._models import FinalRequestOptions

from shim.ports import Answer, Call, Listener, Profile, Refusal
from shim.upstream import answers, bodies, early, lifetime, secrets, waiting
from shim.upstream.caller import CREDENTIALS, credentials
from shim.upstream.colours import BLOCKING, Chunks, Colour, close_late, ignore_late
from shim.upstream.observing import shown, shown_response
from shim.upstream.refusals import Broken, of_error, refusals
from shim.wire import ids, sse
from shim.wire.types import Json

#: Headers of the caller's request that are not passed on: those that the SDK added, that describe the body, or that
#: contain credentials (which are sent with every call anyway).
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


#: The prefix of headers that the caller's SDK adds.
_STAINLESS: Final = re.compile("x-stainless-", re.IGNORECASE)
#: Events after which only the end of the body comes.  It is read, as a connection is closed otherwise, and the next run
#: would need a new one.
LAST: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
#: Seconds for which this end is waited for.
LINGER: Final = 0.1
#: Seconds between two requests for the state of a vector store that is being indexed: about a minute in total.
WAITS: Final = (0.1, 0.2, 0.4, 0.8, *(1.0,) * 60)


class Upstream:
    """``client`` returns an SDK client for one call, as it is configured at that moment; ``colour``: blocking or
    async.
    """

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
            return _response(await self._waited(post, lifetime.of(call), ignore_late), client, call)

    async def resume(self, response_id: str, after: int | None, call: Call) -> Answer:
        query = {"stream": True} | ({} if after is None else {"starting_after": after})
        # Only recent versions of the SDK have typed methods for that.
        get = _get(self._client(), ids.path("responses", response_id), _unread(call) | {"params": query})
        return await self._opened(get, call)

    async def _opened(self, send: Callable[[], Any], call: Call) -> Answer:
        with refusals(self._broken):
            response = await self._waited(send, lifetime.of(call), close_late)
        return _Answer(response.http_response, self._colour, self._broken, self._limits)

    async def retrieve(self, response_id: str) -> Json:
        client = self._client()
        with refusals(self._broken):
            get = _get(client, ids.path("responses", response_id), _options())
            return _response(await self._result(get, ignore_late), client)

    async def cancel(self, response_id: str) -> None:
        # Called when the run's time is over.
        with refusals(self._broken), lifetime.within(None):
            path = ids.path("responses", response_id, "cancel")
            await self._colour.run(partial(self._client().post, path, cast_to=object, options=_options()))

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        client = self._client()
        with refusals(self._broken):
            send = partial(client.request, object, _request(method, path, body))
            return _plain(await self._result(send, ignore_late), client)

    async def content(self, path: str, limit: int) -> bytes | None:
        collected = bytearray()
        with refusals(self._broken):
            response = (await self._result(_get(self._client(), path, _unread()), close_late)).http_response
            try:
                async with aclosing(self._colour.chunks(response)) as chunks:
                    async for chunk in chunks:
                        collected += chunk
                        if len(collected) > limit:
                            return None
            finally:
                await self._colour.close(response)
        return bytes(collected)

    async def _result(self, send: Callable[[], Any], late: Callable[[Any], None]) -> Any:
        """The result of a call of the SDK; the call is abandoned when its run has ended."""
        call = lifetime.current()
        return await (self._colour.run(send) if call is None else self._waited(send, call, late))

    async def _waited(self, send: Callable[[], Any], call: Call, late: Callable[[Any], None]) -> Any:
        with lifetime.within(call):
            return await self._colour.wait(send, call.interruption, late)

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
        self._listener: Listener | None = None
        self._over = False

    def listen(self, listener: Listener) -> None:
        self._listener = listener

    async def events(self) -> AsyncGenerator[list[Json], None]:
        with refusals(self._broken, self._response.request):
            reader = early.Reader(answers.Body(self._limits), self._listener)
            # It is closed in `close`, after the rest was read.
            self._chunks = self._colour.chunks(self._response)
            self._colour.listen(self._chunks, reader.offer)
            async for chunk in self._chunks:
                for events in reader.feed(chunk):
                    self._over = events[-1]["type"] in LAST
                    yield shown(secrets.cleaned(events, self._response.request))
            if events := reader.close():
                yield shown(secrets.cleaned(events, self._response.request))

    def interrupt(self) -> None:
        self._line.shut()

    async def close(self) -> None:
        self._line.release()
        # The answer has ended, even if closing its connection fails.
        try:
            with suppress(Exception):
                await self._drain()
        finally:
            with suppress(Exception):
                await self._colour.close(self._response)

    async def _drain(self) -> None:
        """Read the body to its end after the last event; do not wait for a server that leaves it open."""
        if self._chunks is None:
            return
        try:
            if self._over:
                await self._colour.finish(self._chunks, self._response, LINGER)
        finally:
            await self._chunks.aclose()


def _post(client: Any, body: Json, options: Any) -> Callable[[], Any]:
    """Send a request with the SDK's general ``post``: it does not traverse a long input, and the first SDKs have no
    other method.
    """
    return partial(client.post, "/responses", cast_to=object, body=body, options=options)


def _get(client: Any, path: str, options: Any) -> Callable[[], Any]:
    return partial(client.get, path, cast_to=object, options=options)


def _request(method: str, path: str, body: Json | None) -> Any:
    beta = {"OpenAI-Beta": "assistants=v2"} if path.startswith("/vector_stores") else {}
    data = None if body is None else bodies.plain(body)
    return FinalRequestOptions.construct(method=method.lower(), url=path, json_data=data, headers=credentials() | beta)


def _options(call: Call | None = None) -> Any:
    headers = call.headers.items() if call else ()
    own = {name: value for name, value in headers if name.lower() not in OURS and not _STAINLESS.match(name)}
    return {"headers": credentials() | own}


def _unread(call: Call | None = None) -> Any:
    """Make the SDK return an answer whose body has not been read."""
    options = _options(call) | ({} if call is None or call.timeout is None else {"timeout": call.timeout})
    return options | {"headers": options.get("headers", {}) | {"X-Stainless-Raw-Response": "stream"}}


def _plain(answer: object, client: Any, call: Call | None = None) -> Json:
    """The answer as an object.  Some servers send an error with status 200."""
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
    """The answer as a response.  The SDK returns text if the content type is not JSON."""
    if isinstance(answer, str):
        answer = answers.of_text(secrets.masked(answer, _sent(client, call)))
    return shown_response(answers.checked(_plain(answer, client, call) if isinstance(answer, dict) else answer))


def _sent(client: Any, call: Call | None) -> secrets.Sent:
    """The headers and the address that the SDK would send for this call, for the removal of secrets."""
    # Recent versions of the SDK do not have their own credentials among the default headers.
    own = {f"{name} of the client": getattr(client, name, None) for name in ("api_key", "_azure_ad_token")}
    headers = {**client.default_headers, **own, **_options(call)["headers"]}
    return secrets.Sent(headers, client.base_url.copy_merge_params(client.default_query))
