"""The model behind OGX, with an additional rule: "call A then call B" are two rounds of calls instead of one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.listening import Handler, Listening

Json = dict[str, Any]
THEN = " then "


def due(body: Json) -> Json:
    """A chat request for the model: of several steps in the user's message, only the next one remains."""
    messages = body.get("messages") or []
    question = max((place for place, each in enumerate(messages) if each["role"] == "user"), default=None)
    if question is None:
        return body
    steps = _text(messages[question]["content"]).split(THEN)
    done = sum(bool(each.get("tool_calls")) for each in messages[question:])
    if len(steps) == 1 or done >= len(steps):
        return body
    return body | {"messages": [*messages[:question], {"role": "user", "content": steps[done]}]}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content or ())


class _Handler(Handler):
    # The end of the connection marks the end of an answer.
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        self._pass_on(None)

    def do_POST(self) -> None:
        self._pass_on(json.dumps(due(json.loads(self.rfile.read(int(self.headers["content-length"]))))))

    def _pass_on(self, body: str | None) -> None:
        behind = HTTPConnection(self.server.owner.behind)
        behind.request(self.command, self.path, body, {"content-type": "application/json"})
        answer = behind.getresponse()
        self.send_response(answer.status)
        self.send_header("content-type", answer.headers["content-type"])
        self.end_headers()
        try:
            while piece := answer.read1():
                self.wfile.write(piece)
        except OSError:
            # The server has disconnected, because the run was cancelled.
            pass
        finally:
            behind.close()


class _InSteps(Listening):
    handler = _Handler

    def __init__(self, url: str) -> None:
        self.behind = urlsplit(url).netloc


@contextmanager
def in_steps(url: str) -> Iterator[str]:
    """A proxy in front of the model at ``url``; yields the proxy's base URL."""
    with _InSteps(url) as server:
        yield server.url
