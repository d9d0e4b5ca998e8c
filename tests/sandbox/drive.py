"""A client without a network, for the tests of the sandbox."""

import json
from collections.abc import Iterable
from typing import Any

from shim.sandbox import Cut, Pause, Sandbox, SandboxReply
from shim.wire.sse import Reader

Json = dict[str, Any]
NOON = 1_800_000_000.0
KEY = {"Authorization": "Bearer sk-test"}


def function(name: str, *required: str, **more: Any) -> Json:
    """A function tool whose properties are strings."""
    properties = {each: {"type": "string"} for each in required}
    return {
        "type": "function",
        "name": name,
        "parameters": {"type": "object", "properties": properties, "required": list(required)},
        **more,
    }


WEATHER = function("get_weather", "city")
TIME = function("get_time", "zone")


class Client:
    """Sends requests to a sandbox; ``pauses`` is the time in seconds that a driver would have waited."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self.sandbox = sandbox or Sandbox(clock=lambda: NOON)
        self.pauses: list[float] = []
        self.cut = False

    def request(
        self, method: str, path: str, body: Any = None, query: str = "", key: dict[str, str] | None = None
    ) -> SandboxReply:
        pairs = [tuple(each.split("=")) for each in query.split("&") if each]
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.sandbox.handle(method, f"/v1{path}", pairs, KEY if key is None else key, content)  # type: ignore[arg-type]

    def bytes(self, reply: SandboxReply) -> bytes:
        """The whole body, as a driver would send it."""
        return reply.body if isinstance(reply.body, bytes) else b"".join(self._chunks(reply))

    def _chunks(self, reply: SandboxReply) -> Iterable[bytes]:
        self.cut = False
        try:
            for chunk in reply.body:
                if isinstance(chunk, Pause):
                    self.pauses.append(chunk.seconds)
                else:
                    yield chunk  # type: ignore[misc]
        except Cut:
            self.cut = True

    def json(self, method: str, path: str, body: Any = None, query: str = "") -> Json:
        reply = self.request(method, path, body, query)
        found: Json = json.loads(self.bytes(reply))
        assert reply.status == 200, found
        return found

    def upload(self, name: str, content: "bytes | str", purpose: str = "user_data", path: str = "/files") -> Json:
        """A file, sent as a form."""
        data = content.encode() if isinstance(content, str) else content
        head = f'--edge\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n--edge\r\n'
        head += f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        form = {**KEY, "Content-Type": "multipart/form-data; boundary=edge"}
        reply = self.request("POST", path, head.encode() + data + b"\r\n--edge--\r\n", key=form)
        found: Json = json.loads(self.bytes(reply))
        assert reply.status == 200, found
        return found

    def store(self, **texts: str) -> Json:
        """A vector store with a file for each text: ``foods="…"`` becomes ``foods.txt``."""
        names = [self.upload(f"{name}.txt", text, "assistants")["id"] for name, text in texts.items()]
        return self.json("POST", "/vector_stores", {"name": "store", "file_ids": names})

    def error(self, method: str, path: str, body: Any = None, query: str = "") -> Json:
        """The error of a request that is refused, with its status."""
        reply = self.request(method, path, body, query)
        assert reply.status >= 400, self.bytes(reply)
        return {"status": reply.status, **json.loads(self.bytes(reply))["error"]}

    def create(self, given: Any = "hello", /, model: str = "gpt-4o", **more: Any) -> Json:
        return self.json("POST", "/responses", {"model": model, "input": given, **more})

    def refused(self, body: Any) -> Json:
        """The error of a refused call of the Responses API, with its status."""
        return self.error("POST", "/responses", body)

    def stream(self, given: Any = "hello", /, model: str = "gpt-4o", **more: Any) -> list[Json]:
        reply = self.request("POST", "/responses", {"model": model, "input": given, "stream": True, **more})
        return self.events(reply)

    def events(self, reply: SandboxReply) -> list[Json]:
        assert reply.headers["content-type"] == "text/event-stream; charset=utf-8", reply
        reader = Reader()
        return [*reader.feed(self.bytes(reply)), *reader.close()]


def text_of(response: Json) -> str:
    """All text of a response."""
    parts = [part for item in response["output"] if item["type"] == "message" for part in item["content"]]
    return " ".join(part.get("text", part.get("refusal", "")) for part in parts)


def calls(response: Json) -> list[tuple[str, Json]]:
    """Names and arguments of the response's function calls."""
    return [
        (item["name"], json.loads(item["arguments"])) for item in response["output"] if item["type"] == "function_call"
    ]


def outputs(response: Json, *texts: str) -> list[Json]:
    """The outputs for the response's function calls, in order; the last text is used for all remaining calls."""
    made = [item for item in response["output"] if item["type"] == "function_call"]
    padded = [*texts, *texts[-1:] * len(made)]
    return [
        {"type": "function_call_output", "call_id": item["call_id"], "output": text}
        for item, text in zip(made, padded, strict=False)
    ]


def cited(response: Json) -> list[Json]:
    """All annotations of a response."""
    parts = [part for item in response["output"] if item["type"] == "message" for part in item["content"]]
    return [each for part in parts for each in part.get("annotations", [])]


def types(events: list[Json]) -> list[str]:
    """The events' types, with repeated types merged."""
    found = [event["type"] for event in events]
    return [each for place, each in enumerate(found) if place == 0 or found[place - 1] != each]
