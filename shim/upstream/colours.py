"""Where the SDK's blocking client and its async one differ: how a call is waited for, how bytes are read and closed.

`shim.upstream.responses` is written once over a `Colour`.  The parts that differ are here and in `waiting`: a blocking
call cannot be stopped, so it goes on in a thread; an awaited one is cancelled.
"""

import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from enum import Enum
from typing import Any, Final, Protocol

import anyio

from shim.ports import Interruption
from shim.upstream import waiting

#: An open HTTP response of httpx or httpx2, blocking or async.
Open = Any
#: The key of the body in a response of `shim.http.direct`, which is read without the library's layers.
BODY: Final = "shim.body"


class Offer(Enum):
    """What became of bytes: their events were ``TAKEN``, or are left to the reader (``LEFT``); ``EMPTY``: they complete
    no event.
    """

    TAKEN = "taken"
    EMPTY = "empty"
    LEFT = "left"


#: Called by the event loop with bytes of a body, while its reader waits for them.  Never raises.
OfBytes = Callable[[bytes], Offer]


class Chunks(Protocol):
    """The bytes of a body, as they come."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


class Colour(Protocol):
    """How one kind of client is used."""

    async def run(self, call: Callable[[], Any]) -> Any:
        """The result of a call of the SDK."""
        ...

    async def wait(self, call: Callable[[], Any], interruption: Interruption, late: Callable[[Any], None]) -> Any:
        """The same, until it is interrupted: then `Refusal`, and a result that comes later is passed to ``late``."""
        ...

    def chunks(self, response: Open) -> Chunks:
        """The bytes of a body, as they come."""
        ...

    def listen(self, chunks: Chunks, listener: OfBytes) -> None:
        """Offer bytes to the listener while the reader of ``chunks`` waits for them, if this body can."""
        ...

    async def finish(self, chunks: Chunks, response: Open, seconds: float) -> None:
        """Read a body to its end, which is late by so much at most."""
        ...

    async def close(self, response: Open) -> None:
        """Close an answer."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...


class Blocking:
    """Behind a blocking client every port blocks, and no coroutine ever suspends."""

    async def run(self, call: Callable[[], Any]) -> Any:
        return call()

    async def wait(self, call: Callable[[], Any], interruption: Interruption, late: Callable[[Any], None]) -> Any:
        return waiting.wait(call, interruption, late)

    async def chunks(self, response: Open) -> AsyncGenerator[bytes, None]:
        for chunk in response.iter_bytes():
            yield chunk

    def listen(self, chunks: Chunks, listener: OfBytes) -> None:
        """A blocked thread is woken by bytes alone."""

    async def finish(self, chunks: Chunks, response: Open, seconds: float) -> None:
        late = threading.Timer(seconds, waiting.shut, (response,))
        late.daemon = True
        late.start()
        try:
            await _exhaust(chunks)
        finally:
            late.cancel()

    async def close(self, response: Open) -> None:
        response.close()

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - behind a blocking client every port blocks


class Awaited:
    """Behind an async client."""

    async def run(self, call: Callable[[], Any]) -> Any:
        return await call()

    async def wait(self, call: Callable[[], Any], interruption: Interruption, late: Callable[[Any], None]) -> Any:
        # It is cancelled, so nothing comes late.
        return await waiting.wait_async(call(), interruption)

    def chunks(self, response: Open) -> Chunks:
        plain = response.extensions.get(BODY)
        return _chunks(response) if plain is None or "content-encoding" in response.headers else plain

    def listen(self, chunks: Chunks, listener: OfBytes) -> None:
        if (listen := getattr(chunks, "listen", None)) is not None:
            listen(listener)

    async def finish(self, chunks: Chunks, response: Open, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await _exhaust(chunks)

    async def close(self, response: Open) -> None:
        await response.aclose()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


async def _chunks(response: Open) -> AsyncGenerator[bytes, None]:
    async with aclosing(response.aiter_bytes()) as chunks:
        async for chunk in chunks:
            yield chunk


async def _exhaust(chunks: Chunks) -> None:
    async with aclosing(chunks) as rest:
        async for _ in rest:
            pass


def close_late(answer: Any) -> None:
    """Close the answer to a blocking call that came too late."""
    with suppress(Exception):
        answer.http_response.close()


def ignore_late(answer: Any) -> None:
    """For a late answer that needs no closing."""


BLOCKING: Final[Colour] = Blocking()
AWAITED: Final[Colour] = Awaited()
