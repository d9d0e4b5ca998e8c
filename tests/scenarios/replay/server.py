"""A Responses server that replays recordings over loopback HTTP, cut as configured."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import Self

from tests.listening import Handler, Listening

Json = dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One answer.  Each of ``pieces`` is one chunk on the wire and one flush."""

    pieces: Sequence[bytes]
    status: int = 200
    content_type: str = "text/event-stream; charset=utf-8"

    @classmethod
    def json(cls, body: Json, status: int = 200) -> Self:
        return cls([json.dumps(body).encode()], status, "application/json")


#: An answer, or a function that makes one from the request's body.
Answer = Reply | Callable[[Json], Reply]


def echoing(blocks: Iterable[bytes], body: Json) -> list[bytes]:
    """The recording with one value replaced: ``previous_response_id`` as it is in this request.

    A server echoes the request; the recording echoes that of another client.  All other bytes are unchanged.
    """
    sent = json.dumps(body.get("previous_response_id")).encode()
    return [re.sub(rb'("previous_response_id": ?)(null|"[^"]*")', rb"\g<1>" + sent, block) for block in blocks]


@dataclass
class Replay(Listening):
    """``with Replay(answers) as server``: each request gets the next answer; one request too many is a problem."""

    answers: Sequence[Answer]
    #: Bodies of POST /v1/responses, in order.
    bodies: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    #: Descriptions of unexpected requests.
    problems: list[str] = field(default_factory=list)

    def answer(self, path: str, headers: dict[str, str], body: Json) -> Reply:
        if path != "/v1/responses" or len(self.bodies) >= len(self.answers):
            self.problems.append(
                f"nobody expected request {len(self.bodies) + 1}: POST {path} {json.dumps(body)[:2000]}"
            )
            return Reply.json({"error": {"message": "not expected", "type": "test", "param": None, "code": None}}, 400)
        self.bodies.append(body)
        self.headers.append(headers)
        answer = self.answers[len(self.bodies) - 1]
        return answer if isinstance(answer, Reply) else answer(body)


class _Handler(Handler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        reply = self.server.owner.answer(self.path, dict(self.headers.items()), body)
        try:
            self._send(reply)
        except OSError:
            # The client has disconnected; the test decides whether that is an error.
            self.close_connection = True

    def do_GET(self) -> None:
        if self.path.startswith("/v1/containers/") and self.path.endswith("/content"):
            # A file that code wrote.  The recordings contain no such call, and these tests do not check the content.
            self._send(Reply.json({"made": "by code"}))
            return
        self.server.owner.problems.append(f"nobody expected GET {self.path}")
        self._send(Reply.json({"error": {"message": "not expected", "type": "test", "param": None, "code": None}}, 404))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", reply.content_type)
        self.send_header("x-request-id", "req_" + "0" * 32)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in reply.pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")


Replay.handler = _Handler
