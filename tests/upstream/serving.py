"""The SDK's own client with a scripted network."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import openai

from shim.http.guard import http
from shim.http.transport import BROKEN
from shim.ports import Answer, Profile
from shim.runtime import drive
from shim.upstream.colours import AWAITED, BLOCKING
from shim.upstream.responses import Upstream
from shim.wire import sse

Json = dict[str, Any]
KEY = "sk-of-the-upstream-1234567890"


class Body(http.SyncByteStream, http.AsyncByteStream):  # type: ignore[misc, name-defined]
    """A body that is sent in parts; an exception among the parts breaks the connection."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self.parts, self.read, self.closed = parts, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            self.read += 1
            yield part

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


def stream(*events: Json) -> bytes:
    return b"".join(sse.encode(event["type"], event) for event in events)


class Server:
    """Answers each request with the next entry, and records the requests."""

    def __init__(self, colour: str) -> None:
        self.requests: list[Any] = []
        self.next: list[Any] = []
        self.awaited = colour == "awaited"
        self.upstream = Upstream(
            self._client, BROKEN, lambda: Profile("a"), colour=AWAITED if self.awaited else BLOCKING
        )

    def _client(self) -> Any:
        kind, library = (openai.AsyncOpenAI, http.AsyncClient) if self.awaited else (openai.OpenAI, http.Client)
        network = library(transport=http.MockTransport(self._answer))
        return kind(api_key=KEY, base_url="http://model/v1", max_retries=0, http_client=network)

    def _answer(self, request: Any) -> Any:
        self.requests.append(request)
        answer = self.next.pop(0)
        return answer if isinstance(answer, http.Response) else http.Response(200, json=answer)

    def do(self, work: Any) -> Any:
        """The result of a call."""

        async def wait() -> Any:
            return await work

        return asyncio.run(wait()) if self.awaited else drive.finish(wait())

    def answers(self, *parts: bytes | Exception, status: int = 200) -> Body:
        body = Body(*parts)
        self.next.append(http.Response(status, headers={"content-type": "text/event-stream"}, stream=body))
        return body

    def read(self, send: Callable[[], Any]) -> list[list[Json]]:
        """All reads of an answer, which is closed afterwards."""

        async def read() -> list[list[Json]]:
            answer: Answer = await send()
            try:
                return [events async for events in answer.events()]
            finally:
                await answer.close()

        return self.do(read())  # type: ignore[no-any-return]

    @property
    def sent(self) -> Any:
        """The last request that was sent."""
        return self.requests[-1]
