"""Answers that are lost, so that the SDK repeats the request by itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openai
import pytest

from shim.http import transport

Lose = Callable[[str, str], bool]


@dataclass
class Losses:
    """``lose`` decides which answers are lost; ``seen`` lists all requests, retries included."""

    lose: Lose
    seen: list[tuple[str, str]] = field(default_factory=list)

    def takes(self, request: Any) -> bool:
        self.seen.append((request.method, request.url.path.removeprefix("/v1/")))
        return self.lose(*self.seen[-1])


def first(times: int, *endings: str) -> Lose:
    """Loses the first ``times`` answers to a POST on each path with one of these endings."""
    left = dict.fromkeys(endings, times)

    def lose(method: str, path: str) -> bool:
        ending = next((each for each in endings if method == "POST" and path.endswith(each)), None)
        if ending is None or not left[ending]:
            return False
        left[ending] -= 1
        return True

    return lose


def install(patch: pytest.MonkeyPatch, lose: Lose) -> Losses:
    """Patch both transports: the engine processes the request, then its answer is lost."""
    losses = Losses(lose)
    sync, asynchronous = transport.Transport.handle_request, transport.AsyncTransport.handle_async_request

    def handle(self: Any, request: Any) -> Any:
        response = sync(self, request)
        if losses.takes(request):
            response.close()
            raise transport.http.ReadError("lost", request=request)
        return response

    async def handle_async(self: Any, request: Any) -> Any:
        response = await asynchronous(self, request)
        if losses.takes(request):
            await response.aclose()
            raise transport.http.ReadError("lost", request=request)
        return response

    patch.setattr(transport.Transport, "handle_request", handle)
    patch.setattr(transport.AsyncTransport, "handle_async_request", handle_async)
    patch.setattr(openai._base_client.BaseClient, "_calculate_retry_timeout", lambda *given: 0.0)
    return losses
