"""A Responses server behind the official client, in both colours.

The client is the SDK's own: authentication, retries, timeouts, proxies and Azure are its business.  The answer's bytes
are read here, as they come.  Failures before the answer are the SDK's exceptions, failures in it are those of the HTTP
library: both become `Refusal`.
"""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, closing, suppress
from functools import partial
from typing import Any, Final

import openai
from openai import HttpxBinaryResponseContent
from openai._models import FinalRequestOptions
from openai.resources.responses import AsyncResponses, Responses

from shim.ports import Answer, Call, Json, Profile, Refusal
from shim.upstream import answers, bodies, resuming, secrets, waiting
from shim.upstream.caller import CREDENTIALS, credentials
from shim.upstream.observing import shown, shown_response
from shim.upstream.refusals import Broken, of_error, refusals
from shim.wire import ids, sse

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


#: Events after which nothing comes but the end of the body.  It is read, for a connection that was left before its end
#: is closed, and the next run would pay for a new one.
LAST: Final = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})
#: Seconds that this end may be late.
LINGER: Final = 0.1
#: Seconds between the looks at a vector store that is being indexed: about a minute in all.
WAITS: Final = (0.1, 0.2, 0.4, 0.8, *(1.0,) * 60)


class Upstream:
    """Behind a blocking client.  ``client`` gives an SDK client for one call, as it is configured at that moment."""

    def __init__(
        self,
        client: Callable[[], openai.OpenAI],
        broken: Broken,
        profile: Callable[[], Profile],
        refill: bodies.Refill | None = None,
        limits: sse.Limits = sse.LIMITS,
    ) -> None:
        self._client, self._broken, self.profile, self._refill, self._limits = client, broken, profile, refill, limits

    async def stream(self, body: Json, call: Call) -> Answer:
        client = self._client()
        body = bodies.into(client, body, self._refill)
        manager = Responses(client).with_streaming_response.create(**_arguments(body, call))
        with refusals(self._broken):
            response = waiting.wait(manager.__enter__, call.interruption, lambda _: _leave(manager))
        return _Answer(manager, response.http_response, self._broken, self._limits)

    async def create(self, body: Json, call: Call) -> Json:
        client = self._client()
        body = bodies.into(client, body, self._refill)
        with refusals(self._broken):
            post = partial(client.post, "/responses", cast_to=object, body=body, options=_options(call))
            return _response(waiting.wait(post, call.interruption, lambda _: None), client, call)

    async def resume(self, response_id: str, after: int | None, call: Call) -> Answer:
        get = resuming.get(self._client(), response_id, after, _unread(call))
        with refusals(self._broken):
            found: Any = waiting.wait(get, call.interruption, resuming.leave).http_response
        return _Answer(closing(found), found, self._broken, self._limits)

    async def retrieve(self, response_id: str) -> Json:
        client = self._client()
        with refusals(self._broken):
            found = client.get(ids.path("responses", response_id), cast_to=object, options=_options())
            return _response(found, client)

    async def cancel(self, response_id: str) -> None:
        with refusals(self._broken):
            self._client().post(ids.path("responses", response_id, "cancel"), cast_to=object, options=_options())

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        client = self._client()
        with refusals(self._broken):
            return _plain(client.request(object, _request(method, path, body)), client)

    async def content(self, path: str, limit: int) -> bytes | None:
        found = bytearray()
        with refusals(self._broken):
            answer: Any = self._client().get(path, cast_to=HttpxBinaryResponseContent, options=_unread())
            with closing(answer.http_response) as body:
                for chunk in body.iter_bytes():
                    found += chunk
                    if len(found) > limit:
                        return None
        return bytes(found)

    async def indexed(self, vector_store_id: str) -> None:
        for wait in WAITS:
            if _is_indexed(await self.call("GET", ids.path("vector_stores", vector_store_id))):
                return
            time.sleep(wait)  # noqa: ASYNC251 - behind a blocking client every port blocks


class _Answer:
    def __init__(self, manager: Any, response: Any, broken: Broken, limits: sse.Limits) -> None:
        self._manager, self._response, self._broken, self._limits = manager, response, broken, limits
        self._line = waiting.Line(response)
        self._chunks: Iterator[bytes] | None = None
        self._over = False

    async def events(self) -> AsyncGenerator[list[Json], None]:
        with refusals(self._broken, self._response.request):
            reader = answers.Body(self._limits)
            self._chunks = self._response.iter_bytes()
            for chunk in self._chunks:
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
        with suppress(Exception):
            self._drain()
        with suppress(Exception):
            self._manager.__exit__(None, None, None)

    def _drain(self) -> None:
        """Read to the body's end if nothing else is to come; a server that leaves it open is left."""
        if self._chunks is None or not self._over:
            return
        late = threading.Timer(LINGER, waiting.shut, (self._response,))
        late.daemon = True
        late.start()
        try:
            for _ in self._chunks:
                pass
        finally:
            late.cancel()


class AsyncUpstream:
    """The same behind an async client."""

    def __init__(
        self,
        client: Callable[[], openai.AsyncOpenAI],
        broken: Broken,
        profile: Callable[[], Profile],
        refill: bodies.Refill | None = None,
        limits: sse.Limits = sse.LIMITS,
    ) -> None:
        self._client, self._broken, self.profile, self._refill, self._limits = client, broken, profile, refill, limits

    async def stream(self, body: Json, call: Call) -> Answer:
        client = self._client()
        body = bodies.into(client, body, self._refill)
        manager = AsyncResponses(client).with_streaming_response.create(**_arguments(body, call))
        with refusals(self._broken):
            response = await waiting.wait_async(manager.__aenter__(), call.interruption)
        return _AsyncAnswer(manager, response.http_response, self._broken, self._limits)

    async def create(self, body: Json, call: Call) -> Json:
        client = self._client()
        body = bodies.into(client, body, self._refill)
        with refusals(self._broken):
            made = client.post("/responses", cast_to=object, body=body, options=_options(call))
            return _response(await waiting.wait_async(made, call.interruption), client, call)

    async def resume(self, response_id: str, after: int | None, call: Call) -> Answer:
        get = resuming.get(self._client(), response_id, after, _unread(call))
        with refusals(self._broken):
            found: Any = (await waiting.wait_async(get(), call.interruption)).http_response
        return _AsyncAnswer(aclosing(found), found, self._broken, self._limits)

    async def retrieve(self, response_id: str) -> Json:
        client = self._client()
        with refusals(self._broken):
            found = await client.get(ids.path("responses", response_id), cast_to=object, options=_options())
            return _response(found, client)

    async def cancel(self, response_id: str) -> None:
        with refusals(self._broken):
            await self._client().post(ids.path("responses", response_id, "cancel"), cast_to=object, options=_options())

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        client = self._client()
        with refusals(self._broken):
            return _plain(await client.request(object, _request(method, path, body)), client)

    async def content(self, path: str, limit: int) -> bytes | None:
        found = bytearray()
        with refusals(self._broken):
            answer: Any = await self._client().get(path, cast_to=HttpxBinaryResponseContent, options=_unread())
            try:
                async with aclosing(answer.http_response.aiter_bytes()) as chunks:
                    async for chunk in chunks:
                        found += chunk
                        if len(found) > limit:
                            return None
            finally:
                await answer.http_response.aclose()
        return bytes(found)

    async def indexed(self, vector_store_id: str) -> None:
        for wait in WAITS:
            if _is_indexed(await self.call("GET", ids.path("vector_stores", vector_store_id))):
                return
            await asyncio.sleep(wait)


class _AsyncAnswer:
    def __init__(self, manager: Any, response: Any, broken: Broken, limits: sse.Limits) -> None:
        self._manager, self._response, self._broken, self._limits = manager, response, broken, limits
        self._line = waiting.Line(response)
        self._chunks: AsyncGenerator[bytes, None] | None = None
        self._over = False

    async def events(self) -> AsyncGenerator[list[Json], None]:
        with refusals(self._broken, self._response.request):
            reader = answers.Body(self._limits)
            self._chunks = self._response.aiter_bytes()
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
                await self._manager.__aexit__(None, None, None)

    async def _drain(self) -> None:
        """Read to the body's end if nothing else is to come, and close what reads it."""
        if self._chunks is None:
            return
        try:
            if self._over:
                async with asyncio.timeout(LINGER):
                    async for _ in self._chunks:
                        pass
        finally:
            await self._chunks.aclose()


def _arguments(body: Json, call: Call) -> dict[str, Any]:
    """The whole body goes as ``extra_body``: every SDK version sends it as it is, and none walks through a long
    input.
    """
    named: dict[str, Any] = {"extra_body": body, "extra_headers": _options(call)["headers"]}
    if call.timeout is not None:
        named["timeout"] = call.timeout
    return {"model": body["model"], "input": "", "stream": True, **named}


def _request(method: str, path: str, body: Json | None) -> Any:
    beta = {"OpenAI-Beta": "assistants=v2"} if path.startswith("/vector_stores") else {}
    data = None if body is None else bodies.plain(body)
    return FinalRequestOptions.construct(method=method.lower(), url=path, json_data=data, headers=credentials() | beta)


def _is_indexed(store: Json) -> bool:
    return not (store.get("file_counts") or {}).get("in_progress") and store.get("status") != "in_progress"


def _options(call: Call | None = None) -> Any:
    own = {name: value for name, value in call.headers.items() if _is_callers(name)} if call else {}
    return {"headers": credentials() | own}


def _unread(call: Call | None = None) -> Any:
    """Asks the SDK for an answer whose body has not been read."""
    options = _options(call) | ({} if call is None or call.timeout is None else {"timeout": call.timeout})
    return options | {"headers": options.get("headers", {}) | {"X-Stainless-Raw-Response": "stream"}}


def _plain(answer: object, client: Any, call: Call | None = None) -> Json:
    """An answer that is an object.  A response may have an error in it."""
    if not isinstance(answer, dict):
        said = secrets.masked(str(answer), _sent(client, call))
        raise Refusal(None, f"The model's answer could not be read: {said[:80]!r}")
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


def _is_callers(name: str) -> bool:
    lower = name.lower()
    return lower not in OURS and not lower.startswith("x-stainless-")


def _leave(manager: Any) -> None:
    """Close an answer that came too late."""
    with suppress(Exception):
        manager.__exit__(None, None, None)
