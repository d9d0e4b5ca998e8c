"""The engine's answers as HTTP responses."""

from contextlib import aclosing
from email.utils import formatdate
from typing import Final

from starlette.responses import Response

from shim.runtime.dispatch import Answered
from shim.runtime.pump import AsyncBody
from shim.server.forwarding import Streamed

#: Headers against buffering by a proxy.
LIVE: Final = {"cache-control": "no-cache", "x-accel-buffering": "no"}


async def response_of(answered: Answered[AsyncBody]) -> Response:
    dated = answered.headers | {"date": formatdate(usegmt=True)}
    # It is replaced by that of the exchange.
    dated.pop("x-request-id", None)
    if answered.streamed:
        return Streamed(answered.body, answered.status, dated | LIVE)
    async with aclosing(answered.body) as parts:
        body = b"".join([part async for part in parts])
    return Response(body, answered.status, dated)
