"""Runs the loopback upstream and counts this process's reads from it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: asyncio reads its own wake-up socket with this size; the HTTP libraries use larger reads, so larger reads are those
#: of the network.
WAKE_UP = 4096


@dataclass
class Served:
    """``url``: the server's address, without a path. ``reads``: network reads of this process since it started."""

    url: str
    reads: int = 0


@contextmanager
def served(answers: dict[str, list[bytes]]) -> Iterator[Served]:
    """Run the server in another process; ``answers`` maps paths to pieces."""
    read_end, write_end = os.pipe()
    command = [sys.executable, "-m", "tests.bench.upstream", str(read_end)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, pass_fds=(read_end,), **pipes) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for path, pieces in answers.items():
            server.stdin.write(json.dumps({"path": path, "pieces": [piece.decode() for piece in pieces]}) + "\n")
        server.stdin.write("\n")
        server.stdin.flush()
        found = Served(f"http://127.0.0.1:{server.stdout.readline().strip()}")
        try:
            with _acknowledged(found, write_end):
                yield found
        finally:
            server.stdin.close()
            server.wait()
            os.close(read_end)
            os.close(write_end)


@contextmanager
def _acknowledged(found: Served, pipe: int) -> Iterator[None]:
    """Count every network read of this process and acknowledge it to the server. The cost is one or two microseconds
    per read, the same for every variant.
    """
    recv, write = socket.socket.recv, os.write

    def counted(self: socket.socket, size: int, *flags: int) -> bytes:
        data = recv(self, size, *flags)
        if size > WAKE_UP and data:
            found.reads += 1
            write(pipe, b".")
        return data

    socket.socket.recv = counted  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        socket.socket.recv = recv  # type: ignore[method-assign]
