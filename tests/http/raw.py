"""Upstreams that answer with given bytes, and the server's HTTP client for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import openai

from shim.http import direct
from shim.http.guard import http
from shim.http.pace import Pace

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}"


class Upstream:
    """Answers each request on a connection with the next entry of ``answers``; None closes the connection."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers, self.seen, self.connections = list(answers), list[bytes](), 0
        self.open = set[asyncio.StreamWriter]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.seen.append(await request(reader))
                if (answer := self.answers.pop(0) if self.answers else OK) is None:
                    break
                writer.write(answer)
                if answer.lower().find(b"connection: close") > 0:
                    break
        self.open.discard(writer)
        writer.close()


async def request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length")), 0)
    if b"transfer-encoding: chunked" in lines:
        return head + await reader.readuntil(b"0\r\n\r\n")
    return head + await reader.readexactly(length)


@asynccontextmanager
async def upstream(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any], **tls: Any
) -> AsyncIterator[tuple[Any, str]]:
    """The server's HTTP client, and the upstream's address."""
    serving = set[asyncio.Task[Any]]()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: Any = asyncio.current_task()
        serving.add(task)
        await serve(reader, writer)
        with suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(served, "127.0.0.1", 0, **tls)
    scheme = "https" if tls else "http"
    async with client() as network:
        yield network, f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    if serving:
        await asyncio.wait(serving)


def client(**options: Any) -> Any:
    network = openai.AsyncOpenAI(api_key="key")._client if not options else http.AsyncClient(**options)
    direct.put_in_place(network, Pace(0.0))
    assert isinstance(network._transport, direct.Direct)
    return network
