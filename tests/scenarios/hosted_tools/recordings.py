"""The genuine recordings with hosted tools, and an upstream in this process that replays one of them.

Of the project, only the form of an answer is imported here: the expected results are read from the recordings.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from shim.sandbox import Received, SandboxReply
from tests.recordings import WIRE

Json = dict[str, Any]
FOLDER = WIRE / "responses"
#: Folder: the number of its recorded answers, streamed and not streamed.
HELD = {
    "azure": (1, 1),
    "code_interpreter": (3, 6),
    "file_search": (3, 3),
    "image_generation": (1, 1),
    "mcp": (2, 2),
    "web_search": (3, 1),
    "file_input": (0, 2),
    "image_input": (1, 1),
}
#: Items that a run's steps show, with the type of the old API's call, or of the most similar one.
STEPS = {
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "web_search_call": "function",
    "image_generation_call": "function",
    "mcp_list_tools": "function",
    "mcp_call": "function",
}
CUT = re.compile(rb"[\w+/=]*\.\.\.\[\d+ chars cut by extractor\]")
ECHO = re.compile(rb'("previous_response_id": ?)(null|"[^"]*")')
JSON_TYPE, SSE_TYPE = {"content-type": "application/json"}, {"content-type": "text/event-stream; charset=utf-8"}


@dataclass(frozen=True)
class Recording:
    """``raw``: the recorded body, a stream or one object.  ``response``: the final response object."""

    kind: str
    name: str
    streamed: bool
    raw: bytes = field(repr=False)
    response: Json = field(repr=False)
    request: Json = field(repr=False)

    @property
    def tools(self) -> list[Json]:
        """The tools of the request; if no request was recorded, those in the response."""
        found: list[Json] = self.request.get("tools") or self.response.get("tools") or []
        return found

    def items(self, *kinds: str) -> list[Json]:
        return [item for item in self.response["output"] if item["type"] in kinds]

    @property
    def parts(self) -> list[Json]:
        """The text parts of all messages; every recorded message has one part."""
        return [part for item in self.items("message") for part in item["content"]]


def _whole(found: re.Match[bytes]) -> bytes:
    """Random-looking bytes in place of a picture that was cut in the recording; equal for equal beginnings."""
    return base64.b64encode(hashlib.sha256(found.group()).digest() * 3)


def _read(path: Path) -> Recording:
    raw, streamed = CUT.sub(_whole, path.read_bytes()), path.suffix == ".sse"
    stem = path.name.partition(".response.")[0]
    if streamed:
        lines = [line[5:] for line in raw.decode().splitlines() if line.startswith("data:")]
        response = json.loads(lines[-1])["response"]
    else:
        response = json.loads(raw)
    request = path.with_name(f"{stem}.request.json")
    body = json.loads(request.read_text()) if request.exists() else {}
    return Recording(path.parent.name, stem, streamed, raw, response, body)


@cache
def recordings() -> tuple[Recording, ...]:
    """All recordings of these folders; of Azure's, those with a hosted tool.  Empty if the recordings are missing."""
    found = [_read(path) for folder in HELD for path in sorted((FOLDER / folder).glob("*.response.*"))]
    return tuple(each for each in found if each.kind != "azure" or each.items(*STEPS))


class Player:
    """An upstream that answers every request for a response with the current recording, under a new id."""

    def __init__(self) -> None:
        self.recording: Recording
        self.requests: list[Received] = []
        #: The responses that GET returns, by id; the contents of container files, made at random when they are first
        #: read.
        self.stored: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}

    def handle(
        self, method: str, path: str, query: list[tuple[str, str]], headers: Mapping[str, str], body: bytes
    ) -> SandboxReply:
        content = json.loads(body) if body else {}
        self.requests.append(Received(method, path, tuple(query), headers, content))
        if method == "POST" and path == "/v1/responses":
            return self._respond(content)
        if method == "GET" and path.startswith("/v1/responses/"):
            return _json(self.stored[path.rpartition("/")[2]])
        if method == "GET" and path.startswith("/v1/containers/") and path.endswith("/content"):
            return SandboxReply(200, {}, self.contents.setdefault(path.split("/")[5], secrets.token_bytes(40)))
        return SandboxReply(404, JSON_TYPE, b'{"error": {"message": "not expected"}}')

    def _respond(self, body: Json) -> SandboxReply:
        old, new = self.recording.response["id"], f"resp_{secrets.token_hex(24)}"
        # A server returns the request's own previous response id; the recording contains that of another client.
        echo = b"\\g<1>" + json.dumps(body.get("previous_response_id")).encode()
        raw = ECHO.sub(echo, self.recording.raw).replace(old.encode(), new.encode())
        if body.get("background"):
            response = self.recording.response | {"previous_response_id": body.get("previous_response_id")}
            self.stored[new] = json.loads(json.dumps(response).replace(old, new))
            return _json(self.stored[new] | {"status": "queued", "output": [], "usage": None})
        if not self.recording.streamed:
            return SandboxReply(200, JSON_TYPE, raw)
        return SandboxReply(200, SSE_TYPE, _blocks(raw))


def _json(body: Json) -> SandboxReply:
    return SandboxReply(200, JSON_TYPE, json.dumps(body).encode())


def _blocks(raw: bytes) -> Iterator[bytes]:
    """The events of a stream, one at a time."""
    for block in raw.split(b"\n\n"):
        yield block + b"\n\n"


def assistant(recording: Recording) -> Json:
    """The fields of an assistant with the recorded tools, as far as assistants support them."""
    tools: list[Json] = []
    resources: Json = {}
    for tool in recording.tools:
        made, more = _TOOLS.get(tool["type"], _as_it_is)(tool)
        tools += made
        resources |= more
    return {"tools": tools, "tool_resources": resources}


def _search(tool: Json) -> tuple[list[Json], Json]:
    options = {name: tool[name] for name in ("max_num_results",) if tool.get(name)}
    stores = tool["vector_store_ids"][:1] or ["vs_1"]
    return [{"type": "file_search", "file_search": options}], {"file_search": {"vector_store_ids": stores}}


def _code(tool: Json) -> tuple[list[Json], Json]:
    files = tool["container"].get("file_ids") if isinstance(tool["container"], dict) else None
    return [{"type": "code_interpreter"}], {"code_interpreter": {"file_ids": files}} if files else {}


def _as_it_is(tool: Json) -> tuple[list[Json], Json]:
    return [tool], {}


_TOOLS = {"file_search": _search, "code_interpreter": _code}
