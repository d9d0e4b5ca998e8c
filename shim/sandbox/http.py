"""The sandbox over HTTP.  Needs the extra ``server``."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Final

import uvicorn
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from shim.sandbox.server import Sandbox
from shim.sandbox.shapes.reply import Pause

#: Seconds to wait for a server to start or to stop.
PATIENCE: Final = 5.0


def app(sandbox: Sandbox) -> Callable[[Scope, Receive, Send], Any]:
    """The ASGI application.  A `Cut` leaves it as an exception: the server then breaks the connection."""

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        reply = sandbox.handle(
            request.method,
            request.url.path,
            request.query_params.multi_items(),
            request.headers,
            await request.body(),
        )
        if isinstance(reply.body, bytes):
            await Response(reply.body, reply.status, reply.headers)(scope, receive, send)
            return
        async with aclosing(_sent(reply.body)) as chunks:
            await StreamingResponse(chunks, reply.status, reply.headers)(scope, receive, send)

    return asgi


async def _sent(body: Iterator[bytes | Pause]) -> AsyncGenerator[bytes, None]:
    for chunk in body:
        if isinstance(chunk, Pause):
            await asyncio.sleep(chunk.seconds)
        else:
            yield chunk
            # Lets other streams run, and detects a disconnected client.
            await asyncio.sleep(0)


def serve(port: int, host: str = "127.0.0.1", sandbox: Sandbox | None = None) -> None:
    """Serve until interrupted."""
    uvicorn.Server(_config(sandbox, host=host, port=port, log_level="warning")).run()


@contextmanager
def running(sandbox: Sandbox | None = None) -> Iterator[str]:
    """A server in a thread, on a free port of the loopback address; yields the base URL, ``http://…/v1``."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # A cut connection was requested; its traceback is suppressed.
    server = uvicorn.Server(_config(sandbox, log_level=100))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait(lambda: server.started)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def _config(sandbox: Sandbox | None, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app(sandbox or Sandbox()), lifespan="off", ws="none", access_log=False, timeout_graceful_shutdown=1, **more
    )


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError("the sandbox did not start")
        time.sleep(0.002)
