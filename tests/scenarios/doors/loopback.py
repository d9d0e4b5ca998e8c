"""A server on the loopback address that records every request, and replies as configured.

A sandbox replies to each request that the test does not reply to; so a test states only what goes wrong.
"""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from typing_extensions import Self

from shim.sandbox import Cut, Pause, Sandbox
from tests.listening import Handler, Listening

Json = dict[str, Any]
#: Seconds after which a wait for another thread counts as stuck.
PATIENCE = 60.0


@dataclass(frozen=True)
class Request:
    """One request: ``path`` as in the request line, with its query; headers in order; the bytes of the body."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Json:
        found: Json = json.loads(self.body)
        return found

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True)
class Reply:
    """One reply.  Each chunk of ``body`` is flushed separately; an exception in it breaks the connection."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    body: Iterable[bytes] = ()

    @classmethod
    def json(cls, body: Any, status: int = 200, **headers: str) -> Self:
        extra = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return cls(status, (("content-type", "application/json"), *extra), (json.dumps(body).encode(),))

    @classmethod
    def error(cls, status: int, message: str, code: str | None = None, **headers: str) -> Self:
        kind = "invalid_request_error" if status < 429 else "server_error"
        body = {"message": message, "type": kind, "param": None, "code": code}
        return cls.json({"error": body}, status, **headers)


#: Makes the reply to a request; None stands for the sandbox's reply.
Answer = Callable[[Request], "Reply | None"]


@dataclass
class Gate:
    """Stops streams: each sends the given number of chunks and waits.  Opening the gate lets all of them continue."""

    chunks: int = 6
    reached: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Wait until a stream has reached the gate."""
        assert self.reached.wait(PATIENCE), "no stream came to the gate"

    def open(self) -> None:
        self.opened.set()

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for number, chunk in enumerate(chunks):
            if number == self.chunks:
                self.reached.set()
                self.opened.wait(PATIENCE)
            yield chunk


@dataclass
class Loopback(Listening):
    """``with Loopback() as server: OpenAI(base_url=server.url)``."""

    answer: Answer = lambda request: None
    sandbox: Sandbox = field(default_factory=Sandbox)
    requests: list[Request] = field(default_factory=list)

    @property
    def bodies(self) -> list[Json]:
        """The bodies of all requests POST /responses so far."""
        return [
            request.json
            for request in self.requests
            if request.method == "POST" and request.path.endswith("/responses")
        ]

    def respond(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.answer(request) or self.usual(request)

    def usual(self, request: Request) -> Reply:
        """The sandbox's reply."""
        parts = urlsplit(request.path)
        reply = self.sandbox.handle(
            request.method, parts.path, parse_qsl(parts.query), {k.lower(): v for k, v in request.headers}, request.body
        )
        body = (reply.body,) if isinstance(reply.body, bytes) else _bytes(reply.body)
        return Reply(reply.status, tuple(reply.headers.items()), body)

    def gated(self, gate: Gate) -> Answer:
        """An ``answer`` that makes every stream of the sandbox wait at the gate."""

        def answer(request: Request) -> Reply:
            usual = self.usual(request)
            return Reply(usual.status, usual.headers, gate.through(usual.body))

        return answer


def _bytes(body: "Iterator[bytes | Pause]") -> Iterator[bytes]:
    try:
        for part in body:
            if isinstance(part, bytes):
                yield part
    except Cut as cut:
        raise ConnectionResetError("cut") from cut


class _Handler(Handler):
    def _any(self) -> None:
        try:
            request = Request(self.command, self.path, tuple(self.headers.items()), self._body())
            self._send(self.server.owner.respond(request))
        except OSError:
            # The connection is broken: by the reader, or on purpose by the answer.
            self.close_connection = True

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _any

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") != "chunked":
            length = int(self.headers.get("content-length") or 0)
            if len(body := self.rfile.read(length)) < length:
                raise ConnectionResetError("the request was cut")
            return body
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for piece in reply.body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")


Loopback.handler = _Handler
