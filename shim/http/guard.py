"""Guards calls to upstream: no redirect to another origin is followed, no answer is read without a limit, and no
request is sent for a run that has ended.

Calls upstream contain a key and a conversation, so only the client's settings may decide where they are sent.  The HTTP
client that the SDK makes follows every redirect; here it follows only those within one origin.  A client that the user
has made follows its own settings.
"""

from contextlib import aclosing
from typing import Any, Final

import openai._base_client as sdk

from shim.http import retries
from shim.upstream import lifetime
from shim.upstream.colours import BODY
from shim.upstream.waiting import INTERRUPTED

#: The HTTP library of the installed SDK.
http: Final[Any] = vars(sdk).get("httpx2") or vars(sdk)["httpx"]
#: The same number as in the HTTP libraries.
REDIRECTS: Final = 20
ELSEWHERE: Final = "The upstream redirects to another origin, {origin}, and such redirects are not followed."
TOO_LARGE: Final = "An answer of the upstream is larger than {limit} bytes, the most that is read."
#: Headers that describe the sent bytes, and no longer fit after the body was read.
WIRE: Final = ("content-encoding", "content-length", "transfer-encoding")


class _Guard:
    """Replaces an HTTP client for the SDK's calls.

    A blocking call of the SDK cannot be stopped while it waits for a retry; if its run has ended meanwhile, the retry
    ends here.
    """

    def __init__(self, inner: Any, limit: int) -> None:
        self._inner, self._limit = inner, limit
        self._same = is_sdks(inner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        return options | ({"follow_redirects": False} if self._same else {}) | {"stream": True}

    def _next(self, response: Any) -> Any:
        """The request for a redirect, or None."""
        return response.next_request if self._same else None


class Guard(_Guard):
    """Behind a blocking client."""

    def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        """Like `Client.send`.  A refused redirect or answer becomes an answer with an error."""
        if lifetime.is_over():
            return _refused(request, INTERRUPTED)
        response = self._inner.send(request, **self._options(options))
        for _ in range(REDIRECTS):
            if (following := self._next(response)) is None:
                break
            response.close()
            if _origin(following.url) != _origin(request.url):
                return _refused(request, ELSEWHERE.format(origin=_shown(following.url)))
            response = self._inner.send(following, **self._options(options))
        retries.adjust(response)
        return response if stream and _is_read_as_it_comes(response) else self._read(response)

    def _read(self, response: Any) -> Any:
        content = bytearray()
        try:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > self._limit:
                    return _refused(response.request, TOO_LARGE.format(limit=self._limit))
        finally:
            response.close()
        return _whole(response, bytes(content))


class AsyncGuard(_Guard):
    """The same behind an async client."""

    async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        """Like `AsyncClient.send`.  A refused redirect or answer becomes an answer with an error."""
        if lifetime.is_over():
            return _refused(request, INTERRUPTED)
        response = await self._inner.send(request, **self._options(options))
        for _ in range(REDIRECTS):
            if (following := self._next(response)) is None:
                break
            await response.aclose()
            if _origin(following.url) != _origin(request.url):
                return _refused(request, ELSEWHERE.format(origin=_shown(following.url)))
            response = await self._inner.send(following, **self._options(options))
        retries.adjust(response)
        return response if stream and _is_read_as_it_comes(response) else await self._read(response)

    async def _read(self, response: Any) -> Any:
        content = bytearray()
        try:
            async with aclosing(response.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    content += chunk
                    if len(content) > self._limit:
                        return _refused(response.request, TOO_LARGE.format(limit=self._limit))
        finally:
            await response.aclose()
        return _whole(response, bytes(content))


def guarded(network: Any, limit: int) -> Any:
    """Wrap ``network``, an HTTP client of either library, for calls upstream.  ``limit``: the largest size in bytes of
    an answer that is no stream.
    """
    return (AsyncGuard if isinstance(network, http.AsyncClient) else Guard)(network, limit)


def is_sdks(network: Any) -> bool:
    """Whether the SDK made the HTTP client, so that the user has not decided about redirects."""
    return type(network) in (sdk.SyncHttpxClientWrapper, sdk.AsyncHttpxClientWrapper)


def _is_read_as_it_comes(response: Any) -> bool:
    """Whether an answer is read in pieces: an event stream or a file.  An error or a JSON object is read as a whole."""
    kind = response.headers.get("content-type", "")
    return response.status_code < 300 and not kind.startswith("application/json")


def _whole(response: Any, body: bytes) -> Any:
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in WIRE]
    # What its transport would read has been read.
    known = {name: value for name, value in response.extensions.items() if name != BODY}
    buffered = http.Response(
        response.status_code, headers=headers, content=body, request=response.request, extensions=known
    )
    buffered.elapsed, buffered.history = response.elapsed, response.history
    return buffered


def _refused(request: Any, message: str) -> Any:
    """An answer that the SDK raises, without a retry."""
    error = {"message": message, "type": "server_error", "param": None, "code": None}
    return http.Response(502, headers={"x-should-retry": "false"}, json={"error": error}, request=request)


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _shown(url: Any) -> str:
    """Scheme, host and port of a URL, without the rest."""
    return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port else "")
