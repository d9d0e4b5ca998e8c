"""Readers, two thirds of which disconnect early: ``python -m tests.scenarios.load.leaving URL READERS SECONDS``.

Each creates a thread, streams a run of it, and then reads to the end, closes the connection after a few bytes, or
resets it without reading anything.  This repeats until the time is over; then the streams are counted.
"""

import asyncio
import json
import socket
import struct
import sys
import time
from collections import Counter
from typing import Any, Final
from urllib.parse import urlsplit

from tests.bench.crowd_readers import Reader

#: How a reader ends: reads to the end, closes after some bytes, resets without reading.
ENDS: Final = ("stays", "closes", "resets")
#: The socket option with which a close becomes a reset.
NOW: Final = struct.pack("ii", 1, 0)


async def leave(reader: Reader, how: str) -> None:
    """End an open stream in one of the three ways."""
    if how == "resets":
        connection: socket.socket = reader.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
        reader.writer.transport.abort()
        return
    while piece := await reader.reader.read(4096):
        if how == "closes" or b"event: done" in piece:
            break
    reader.writer.close()


async def one(place: Any, assistant: str, until: float, number: int, counts: Counter[str]) -> None:
    """All streams of one reader."""
    while time.monotonic() < until:
        how = ENDS[number % len(ENDS)]
        number += 1
        reader = Reader(place.hostname or "", place.port or 80)
        await reader.connect()
        made = await reader.post(f"{place.path}/threads", {"messages": [{"role": "user", "content": "Go on."}]})
        reader.send(f"{place.path}/threads/{made['id']}/runs", {"assistant_id": assistant, "stream": True})
        await leave(reader, how)
        counts[how] += 1


async def main(url: str, readers: int, seconds: float) -> Counter[str]:
    place, counts = urlsplit(url), Counter[str]()
    first = Reader(place.hostname or "", place.port or 80)
    await first.connect()
    assistant = await first.post(f"{place.path}/assistants", {"model": "gpt-4o"})
    first.writer.close()
    until = time.monotonic() + seconds
    await asyncio.gather(*(one(place, assistant["id"], until, number, counts) for number in range(readers)))
    return counts


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))))
