"""Replaces the HTTP client of the SDK for a server that has only Chat Completions.

LiteLLM sends a request for ``/responses`` to ``/chat/completions``, through the same client of the SDK and the same
HTTP client; its answer is returned as that of a Responses server.  All other requests are passed on.
"""

import copy
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from functools import cache
from typing import Any, Final

import openai

from shim.http import transport
from shim.http.guard import WIRE, http
from shim.upstream import chat
from shim.wire import encoding, sse

PATH: Final = "/responses"
#: Headers that describe the connection and the encoding of an answer, not its content.
CONNECTION: Final = ("http_version", "network_stream")
STREAM: Final = {"content-type": "text/event-stream"}
MISSING: Final = (
    "An upstream that speaks Chat Completions needs LiteLLM. Install the extra `chat`: "
    "pip install 'assistants-shim[chat]'"
)


@cache
def litellm() -> Any:
    """The library, which takes seconds to load.  Raises the SDK's own error if it is not installed."""
    # Otherwise it fetches its table of prices from the network when it is loaded.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    try:
        import litellm
    except ImportError as problem:
        raise openai.OpenAIError(MISSING) from problem
    # Otherwise it prints links to its web pages with every error.
    litellm.suppress_debug_info = True
    return litellm


def bridged(client: Any) -> Any:
    """The replacement for the client's own HTTP client."""
    return (AsyncBridge if isinstance(client, openai.AsyncOpenAI) else Bridge)(client)


class _Noted:
    """An HTTP client that uses the timeout of the original request, and stores the answer."""

    def __init__(self, inner: Any, extensions: Any) -> None:
        self._inner, self._extensions = inner, extensions
        self.response: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _send(self, request: Any, options: Any) -> Any:
        if "timeout" in self._extensions:
            request.extensions["timeout"] = self._extensions["timeout"]
        return self._inner.send(request, **options)


class _NotedSync(_Noted):
    def send(self, request: Any, **options: Any) -> Any:
        self.response = self._send(request, options)
        return self.response


class _NotedAsync(_Noted):
    async def send(self, request: Any, **options: Any) -> Any:
        self.response = await self._send(request, options)
        return self.response


class _Bridge:
    """``client``: the SDK's client that uses this as its HTTP client."""

    def __init__(self, client: Any) -> None:
        self._client, self._inner = client, client._client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _litellm_client(self, kind: Any, noted: Any) -> Any:
        """A client for LiteLLM: with the same settings as the original, but of the SDK's own class."""
        client = object.__new__(kind)
        vars(client).update(copy.copy(vars(self._client)))
        # A cached resource belongs to another client.
        vars(client).pop("chat", None)
        client._client = noted
        return client


class Bridge(_Bridge):
    """Behind a blocking client."""

    def send(self, request: Any, **options: Any) -> Any:
        """As `Client.send`."""
        if not _is_response_request(request):
            return self._inner.send(request, **options)
        body = encoding.parsed(request.read())
        if (no := chat.refusal(body)) is not None:
            return http.Response(400, json=no, request=request)
        noted = _NotedSync(self._inner, request.extensions)
        litellm_client = self._litellm_client(openai.OpenAI, noted)
        try:
            answer = litellm().responses(**chat.arguments(body, request.headers), client=litellm_client)
        except Exception as problem:  # noqa: BLE001 - it has some thirty kinds
            return _failed(request, problem)
        converter = chat.Answer()
        if not body.get("stream"):
            return http.Response(200, json=converter.response(answer), request=request)
        return _streamed(request, noted.response, _Body(_events(answer, converter), noted.response))


class AsyncBridge(_Bridge):
    """The same behind an async client."""

    async def send(self, request: Any, **options: Any) -> Any:
        """As `AsyncClient.send`."""
        if not _is_response_request(request):
            return await self._inner.send(request, **options)
        body = encoding.parsed(await request.aread())
        if (no := chat.refusal(body)) is not None:
            return http.Response(400, json=no, request=request)
        noted = _NotedAsync(self._inner, request.extensions)
        litellm_client = self._litellm_client(openai.AsyncOpenAI, noted)
        try:
            answer = await litellm().aresponses(**chat.arguments(body, request.headers), client=litellm_client)
        except Exception as problem:  # noqa: BLE001 - it has some thirty kinds
            return _failed(request, problem)
        converter = chat.Answer()
        if not body.get("stream"):
            return http.Response(200, json=converter.response(answer), request=request)
        return _streamed(request, noted.response, _AsyncBody(_async_events(answer, converter), noted.response))


def _is_response_request(request: Any) -> bool:
    return bool(request.method == "POST" and request.url.path.endswith(PATH))


def _events(answer: Any, converter: chat.Answer) -> Iterator[bytes]:
    try:
        for event in answer:
            yield converter.event(event)
    except Exception as problem:  # noqa: BLE001 - as above
        yield _broken(problem)


async def _async_events(answer: Any, converter: chat.Answer) -> AsyncIterator[bytes]:
    try:
        async with aclosing(answer) as events:
            async for event in events:
                yield converter.event(event)
    except Exception as problem:  # noqa: BLE001 - as above
        yield _broken(problem)


class _Body(transport.Body):
    """A body that closes the server's answer, which LiteLLM leaves open.  A generator that was never started would not
    close it.
    """

    def __init__(self, chunks: Iterator[bytes], response: Any) -> None:
        super().__init__(chunks)
        self._response = response

    def close(self) -> None:
        try:
            super().close()
        finally:
            with suppress(Exception):
                self._response.close()


class _AsyncBody(transport.AsyncBody):
    """The same for an async client."""

    def __init__(self, chunks: AsyncIterator[bytes], response: Any) -> None:
        super().__init__(chunks)
        self._response = response

    async def aclose(self) -> None:
        try:
            await super().aclose()
        finally:
            with suppress(Exception):
                await self._response.aclose()


def _streamed(request: Any, response: Any, body: Any) -> Any:
    """An answer with the connection of LiteLLM's answer, so that a wait for the next bytes can be interrupted."""
    response_extensions = {} if response is None else response.extensions
    extensions = {name: response_extensions[name] for name in CONNECTION if name in response_extensions}
    return http.Response(200, headers=STREAM, stream=body, request=request, extensions=extensions)


def _failed(request: Any, problem: Exception) -> Any:
    """The answer for a failed request: the server's own, if there is one.  Re-raises an error of the network."""
    _raise_lost(problem)
    if (response := chat.refused(problem)) is not None:
        passed = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in WIRE]
        return http.Response(response.status_code, headers=passed, content=response.content, request=request)
    status, body = chat.failure(problem)
    return http.Response(status, json=body, request=request)


def _broken(problem: Exception) -> bytes:
    """The last event of an answer that broke off.  Re-raises an error of the network."""
    _raise_lost(problem)
    body = chat.failure(problem)[1]["error"]
    return sse.encode("error", body | {"type": "error"})


def _raise_lost(problem: Exception) -> None:
    """Re-raise an error of the network, if that was the cause."""
    for cause in chat.causes(problem):
        if isinstance(cause, (http.TransportError, http.StreamError)):
            raise cause
