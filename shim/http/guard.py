"""The way upstream, guarded: redirects do not lead to another origin, no answer is read without end, and nothing is
asked for a run that is over.

Calls upstream carry a key and a conversation, so where they go is said by whoever set the client up.  The HTTP client
that the SDK makes by itself follows every redirect; here it follows those of one origin.  A client that the user made
does what he told it to do.
"""

from contextlib import aclosing
from typing import Any, Final

import openai._base_client as sdk

from shim.http import retries
from shim.upstream import lifetime
from shim.upstream.waiting import INTERRUPTED

#: The HTTP library of the installed SDK.
http: Final[Any] = vars(sdk).get("httpx2") or vars(sdk)["httpx"]
#: As many as the HTTP libraries follow by themselves.
REDIRECTS: Final = 20
ELSEWHERE: Final = "The upstream redirects to another origin, {origin}, and such redirects are not followed."
TOO_LARGE: Final = "An answer of the upstream is larger than {limit} bytes, the most that is read."
#: What describes the bytes on the wire, and no longer the body once it is read.
WIRE: Final = ("content-encoding", "content-length", "transfer-encoding")


class _Guard:
    """In the place of an HTTP client, for the SDK's calls.

    A blocking call of the SDK that waits before it asks again goes on when its run is over: then it ends here.
    """

    def __init__(self, inner: Any, limit: int) -> None:
        self._inner, self._limit = inner, limit
        self._same = is_sdks(inner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _options(self, given: dict[str, Any]) -> dict[str, Any]:
        return given | ({"follow_redirects": False} if self._same else {}) | {"stream": True}

    def _next(self, response: Any) -> Any:
        """The request that a redirect asks for, or None."""
        return response.next_request if self._same else None


class Guard(_Guard):
    """Behind a blocking client."""

    def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        """As `Client.send`.  What is refused is an answer with an error."""
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
        retries.settle(response)
        return response if stream and _is_read_as_it_comes(response) else self._read(response)

    def _read(self, response: Any) -> Any:
        found = bytearray()
        try:
            for chunk in response.iter_bytes():
                found += chunk
                if len(found) > self._limit:
                    return _refused(response.request, TOO_LARGE.format(limit=self._limit))
        finally:
            response.close()
        return _whole(response, bytes(found))


class AsyncGuard(_Guard):
    """The same behind an async client."""

    async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
        """As `AsyncClient.send`.  What is refused is an answer with an error."""
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
        retries.settle(response)
        return response if stream and _is_read_as_it_comes(response) else await self._read(response)

    async def _read(self, response: Any) -> Any:
        found = bytearray()
        try:
            async with aclosing(response.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    found += chunk
                    if len(found) > self._limit:
                        return _refused(response.request, TOO_LARGE.format(limit=self._limit))
        finally:
            await response.aclose()
        return _whole(response, bytes(found))


def guarded(network: Any, limit: int) -> Any:
    """``network``, an HTTP client of either library, for calls upstream.  ``limit``: bytes of an answer that is no
    stream.
    """
    return (AsyncGuard if isinstance(network, http.AsyncClient) else Guard)(network, limit)


def is_sdks(network: Any) -> bool:
    """Whether the SDK made the HTTP client by itself, so that nobody has said whether it shall follow redirects."""
    return type(network) in (sdk.SyncHttpxClientWrapper, sdk.AsyncHttpxClientWrapper)


def _is_read_as_it_comes(response: Any) -> bool:
    """An event stream or a file; an error or a JSON object is needed whole."""
    kind = response.headers.get("content-type", "")
    return response.status_code < 300 and not kind.startswith("application/json")


def _whole(response: Any, body: bytes) -> Any:
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in WIRE]
    made = http.Response(
        response.status_code, headers=headers, content=body, request=response.request, extensions=response.extensions
    )
    made.elapsed, made.history = response.elapsed, response.history
    return made


def _refused(request: Any, message: str) -> Any:
    """An answer that the SDK raises, and does not ask for again."""
    error = {"message": message, "type": "server_error", "param": None, "code": None}
    return http.Response(502, headers={"x-should-retry": "false"}, json={"error": error}, request=request)


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _shown(url: Any) -> str:
    """Without what a URL may hold beside."""
    return f"{url.scheme}://{url.host}" + (f":{url.port}" if url.port else "")
