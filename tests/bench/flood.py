"""An upstream in its own process that answers every POST with many deltas, as fast as the client reads.

``python -m tests.bench.flood MEGABYTES CHARACTERS`` prints its port.
"""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from shim.wire import sse
from tests.bench import bodies

ROOT = Path(__file__).parents[2]
#: Characters of a delta's padding, which OpenAI sends as well.
PADDING: Final = 700
HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
#: Deltas in one write.
BLOCK: Final = 64


@contextmanager
def flooding(megabytes: float, characters: int) -> Iterator[str]:
    """The base URL of the upstream; ``characters``: the length of the text in each delta."""
    command = [sys.executable, "-m", "tests.bench.flood", str(megabytes), str(characters)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
        finally:
            server.kill()


def _answer(connection: socket.socket, size: float, characters: int) -> None:
    before, (delta,), after = bodies.events(1)
    delta |= {"delta": "a" * (characters - 1) + " ", "obfuscation": "x" * PADDING}
    block = sse.encode(delta["type"], delta) * BLOCK
    with connection, connection.makefile("rb") as incoming:
        length = 0
        while (line := incoming.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        incoming.read(length)
        connection.sendall(HEAD + b"".join(sse.encode(event["type"], event) for event in before))
        for _ in range(int(size / len(block))):
            connection.sendall(block)
        # The finished text equals the joined deltas.
        after[-1]["response"]["output"] = []
        connection.sendall(sse.encode(after[-1]["type"], after[-1]))


def main() -> None:
    size, characters = float(sys.argv[1]) * 1e6, int(sys.argv[2])
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_answer, args=(connection, size, characters), daemon=True).start()


if __name__ == "__main__":
    main()
