"""Many concurrent readers: ``python -m tests.bench.crowd_readers URL STREAMS SECONDS [MODEL]`` prints a line when
the first stream begins, and at the end the results as JSON.

At the shim's server each reader first creates a thread, then streams a run of it; at an upstream each reader streams a
response. The streams start evenly within that number of seconds.
"""

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

#: The bytes that mark an event with text, from upstream and from the shim.
TOKENS: Final = (b"response.output_text.delta\n", b"thread.message.delta\n")
ENDS: Final = (b"event: done", b"event: response.completed")


@dataclass(slots=True)
class Seen:
    """``at``: the times of the network reads that contained text, in seconds after the request."""

    tokens: int = 0
    at: list[float] = field(default_factory=list)


class Reader:
    """One connection and one stream."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    def send(self, path: str, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\nauthorization: Bearer bench\r\n"
        kind = f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        self.writer.write((head + kind).encode() + data)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request whose answer has a content length."""
        self.send(path, body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n", 1)[0], head
        lines = head.lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
        found: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        return found

    async def stream(self, path: str, body: dict[str, Any]) -> Seen:
        """Send a request whose answer is a stream."""
        seen, began, last = Seen(), time.perf_counter(), b""
        self.send(path, body)
        while piece := await self.reader.read(65536):
            # The name of an event may be cut between two reads.
            known = sum((last[1 - len(token) :] + piece).count(token) for token in TOKENS)
            if known:
                seen.tokens += known
                seen.at.append(time.perf_counter() - began)
            last = (last + piece)[-4000:]
            if any(end in last for end in ENDS):
                break
        self.writer.close()
        return seen


async def crowd(url: str, streams: int, seconds: float, model: str = "gpt-4o") -> dict[str, Any]:
    parts = urlsplit(url)
    host, port, base = parts.hostname or "", parts.port or 80, parts.path
    readers = [Reader(host, port) for _ in range(streams)]
    # Find out whether the URL is the shim's server: an upstream answers this path with an event stream.
    first = readers[0]
    await first.connect()
    first.send(f"{base}/assistants", {"model": "gpt-4o"})
    head = await first.reader.readuntil(b"\r\n\r\n")
    shim = b"text/event-stream" not in head
    first.writer.close()

    async def one(number: int, reader: Reader) -> Seen:
        path, body = f"{base}/responses", {"model": model, "input": "Go on.", "stream": True}
        await reader.connect()
        if shim:
            made = await reader.post(f"{base}/threads", {"messages": [{"role": "user", "content": "Go on."}]})
            path, body = f"{base}/threads/{made['id']}/runs", {"assistant_id": assistant["id"], "stream": True}
        ready.append(number)
        if len(ready) == streams:
            print("the first stream begins", flush=True)
            start.set()
        await start.wait()
        await asyncio.sleep(seconds * number / streams)
        return await reader.stream(path, body)

    if shim:
        await first.connect()
        assistant = await first.post(f"{base}/assistants", {"model": model})
    ready, start = list[int](), asyncio.Event()
    return summary(await asyncio.gather(*(one(number, reader) for number, reader in enumerate(readers))))


def summary(seen: list[Seen]) -> dict[str, Any]:
    """The results of all readers together."""
    first_tokens = sorted(each.at[0] * 1000 for each in seen)
    gaps = [max((b - a for a, b in zip(each.at, each.at[1:], strict=False)), default=0.0) * 1000 for each in seen]
    return {
        "tokens": sum(each.tokens for each in seen),
        "first_p50": round(statistics.median(first_tokens), 1),
        "first_p99": round(first_tokens[int(len(first_tokens) * 0.99)], 1),
        "gap": round(max(gaps), 1),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(crowd(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:]))))
