"""An upstream for many streams: ``python -m tests.bench.crowd_upstream RATE TOKENS SILENCE`` prints its port.

Every POST is answered with a stream of ``TOKENS`` deltas, ``RATE`` per second, each sent with one write; for the model
`SLOW` the answer has one delta, sent after ``SILENCE`` seconds. Every other request gets status 404.
"""

import asyncio
import itertools
import json
import sys
from typing import Any, Final

from shim.wire import sse
from tests.bench import bodies

HEAD: Final = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
    b"x-request-id: req_bench\r\ntransfer-encoding: chunked\r\n\r\n"
)
UNKNOWN: Final = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
SLOW: Final = "gpt-4o-mini"
NUMBERS: Final = itertools.count(1)


def _chunk(*events: dict[str, Any]) -> bytes:
    data = b"".join(sse.encode(event["type"], event) for event in events)
    return b"%x\r\n%b\r\n" % (len(data), data)


class Upstream:
    """``stands``: the events before the text, the deltas, and the events after the text."""

    def __init__(self, rate: float, tokens: int, silence: float) -> None:
        self.pause, self.stands = 1 / rate, bodies.events(tokens)
        self.silence, self.slow = silence, bodies.events(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while (request := await _request(reader)) is not None:
                method, body = request
                if method != b"POST":
                    writer.write(UNKNOWN)
                elif body.get("model") == SLOW:
                    await self._answer(writer, self.slow, self.silence)
                else:
                    await self._answer(writer, self.stands, self.pause)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, stands: Any, pause: float) -> None:
        loop, before, deltas, after = asyncio.get_running_loop(), *stands
        own = {"id": f"resp_{next(NUMBERS):08}"}

        def with_id(event: dict[str, Any]) -> dict[str, Any]:
            return event | {"response": event["response"] | own} if "response" in event else event

        writer.write(HEAD + _chunk(*map(with_id, before)))
        due = loop.time()
        for delta in deltas:
            due += pause
            await asyncio.sleep(max(0.0, due - loop.time()))
            writer.write(_chunk(delta))
            await writer.drain()
        writer.write(_chunk(*map(with_id, after)) + b"0\r\n\r\n")


async def _request(reader: asyncio.StreamReader) -> tuple[bytes, Any] | None:
    """The method and the body of the next request."""
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line), 0)
    body = json.loads(await reader.readexactly(length)) if length else {}
    return head.split(b" ", 1)[0], body


async def main() -> None:
    rate, tokens, silence = float(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    server = await asyncio.start_server(Upstream(rate, tokens, silence).serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
