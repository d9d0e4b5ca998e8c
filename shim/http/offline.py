"""The sandbox as the network of a client, in this process: for ``SHIM_UPSTREAM=sandbox``."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from functools import cache
from typing import Any

from shim.http import local
from shim.sandbox import Cut, Pause, Sandbox, SandboxReply


@cache
def sandbox() -> Sandbox:
    """The one sandbox of this process: every offline client uses it, so chains do not depend on one client."""
    return Sandbox()


def client(server: Sandbox) -> Any:
    """An HTTP client whose network is ``server``."""
    return local.local_client(lambda *request: _spread(server.handle(*request), _chunks))


def async_client(server: Sandbox) -> Any:
    """The same for an async client."""
    return local.async_local_client(lambda *request: _spread(server.handle(*request), _async_chunks))


def _spread(reply: SandboxReply, chunks: Any) -> tuple[int, dict[str, str], Any]:
    return reply.status, reply.headers, chunks(reply.body)


def _parts(body: "bytes | Iterator[bytes | Pause]") -> "Iterator[bytes | Pause]":
    """The body's parts; for a cut connection the error that a network would raise."""
    try:
        yield from (body,) if isinstance(body, bytes) else body
    except Cut as cut:
        raise ConnectionResetError("the connection was cut") from cut


def _chunks(body: "bytes | Iterator[bytes | Pause]") -> Iterator[bytes]:
    for part in _parts(body):
        if isinstance(part, Pause):
            time.sleep(part.seconds)
        else:
            yield part


async def _async_chunks(body: "bytes | Iterator[bytes | Pause]") -> AsyncIterator[bytes]:
    for part in _parts(body):
        if isinstance(part, Pause):
            await asyncio.sleep(part.seconds)
        else:
            yield part
