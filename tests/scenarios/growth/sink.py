"""An upstream that counts the received bytes and drops them, so that only the shim's memory is measured."""

import json
import socket
import threading
from typing import Any

from typing_extensions import Self

from tests.bench import bodies

CHUNK = 65536


class Sink:
    """Answers every request with the same short response, each under an id of its own.

    ``sizes``: the length of each body in bytes.  ``bodies``: the short bodies; of the others, ``heads`` and ``tails``
    are the first and last bytes.
    """

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.heads: list[bytes] = []
        self.tails: list[bytes] = []
        self.bodies: list[Any] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/v1"
        self._answer = b"".join(bodies.pieces(1, 1))

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb", buffering=CHUNK) as incoming:
            while incoming.readline():
                length = 0
                while (header := incoming.readline()) not in (b"\r\n", b""):
                    name, _, value = header.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                self._read(incoming, length)
                body = self._answer.replace(b"resp_0123456789abcdef", b"resp_%016x" % len(self.sizes))
                echo = json.dumps((self.bodies[-1] or {}).get("previous_response_id")).encode()
                body = body.replace(b'"previous_response_id":null', b'"previous_response_id":' + echo)
                head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n" % len(body)
                connection.sendall(head + body)

    def _read(self, incoming: Any, length: int) -> None:
        """Store only short bodies completely."""
        self.sizes.append(length)
        if length <= CHUNK:
            self.bodies.append(json.loads(incoming.read(length)))
            return
        self.bodies.append(None)
        first = last = incoming.read(min(512, length))
        left = length - len(first)
        while left:
            last = incoming.read(min(CHUNK, left))
            left -= len(last)
        self.heads.append(first)
        self.tails.append(last[-512:])
