"""The recorded Responses streams, read by code that is independent of the tested code."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.recordings import WIRE

Json = dict[str, Any]
FOLDER = WIRE / "responses"
SUFFIX = ".response.sse"
TERMINAL = {"response.completed", "response.incomplete", "response.failed", "response.cancelled"}


@dataclass(frozen=True)
class Stream:
    """One recorded answer, from its first event to its terminal one."""

    name: str
    #: The name of its folder, which is the kind of recording.
    kind: str
    #: One block for each event, blank line included; joined they equal the recording, byte for byte.
    blocks: tuple[bytes, ...]
    events: tuple[Json, ...] = field(repr=False)
    #: The request that it answers, if that was recorded.
    request: Json | None = field(repr=False)
    meta: Json = field(repr=False)

    @property
    def raw(self) -> bytes:
        return b"".join(self.blocks)

    @property
    def response(self) -> Json:
        """The terminal payload: the whole response."""
        response: Json = self.events[-1]["response"]
        return response

    @property
    def resumed(self) -> bool:
        """Whether it begins in the middle, as the answer to ``GET ?starting_after=N``."""
        return bool(self.events[0]["type"] != "response.created")

    @property
    def tools(self) -> list[Json]:
        """The tools in the request or, if that was not recorded, in the response's echo."""
        tools: list[Json] = (self.request or self.response).get("tools") or []
        return tools


def cut(raw: bytes) -> list[bytes]:
    """The blocks of a stream, blank lines included."""
    return [block for block in re.split(rb"(?<=\n\n)", raw.replace(b"\r\n", b"\n")) if block.strip()]


def event(block: bytes) -> Json | None:
    """The JSON of a block; None for a comment or ``[DONE]``."""
    data = "\n".join(line[5:].strip() for line in block.decode().splitlines() if line.startswith("data:"))
    return json.loads(data) if data and data != "[DONE]" else None


def turns(raw: bytes) -> Iterator[tuple[list[bytes], list[Json]]]:
    """The answers in a file, which may contain several; each begins with its ``response.created``."""
    blocks: list[bytes] = []
    events: list[Json] = []
    for block in cut(raw):
        found = event(block)
        if found and found["type"] == "response.created" and events:
            yield blocks, events
            blocks, events = [], []
        blocks.append(block)
        events += [found] if found else []
    yield blocks, events


def files() -> list[Path]:
    """Every recorded stream, with any name."""
    return sorted(path for path in FOLDER.rglob("*.sse") if "_quoted" not in path.parts)


def _beside(path: Path, *endings: str) -> Json | None:
    stem = path.name.removesuffix(SUFFIX)
    for ending in endings:
        neighbour = path.with_name(stem + ending)
        if neighbour.is_file():
            found: Json = json.loads(neighbour.read_bytes())
            return found
    return None


def _read(path: Path) -> Iterator[Stream]:
    parts = list(turns(path.read_bytes()))
    request, meta = _beside(path, ".request.json"), _beside(path, ".meta.json", ".sse.meta.json") or {}
    for number, (blocks, events) in enumerate(parts):
        name = path.name.removesuffix(SUFFIX) + (f"#{number}" if len(parts) > 1 else "")
        yield Stream(name, path.parent.name, tuple(blocks), tuple(events), request, meta)


@cache
def streams() -> tuple[Stream, ...]:
    """All recorded answers, in the order of their files' names; none if there are no recordings."""
    return tuple(stream for path in files() for stream in _read(path))


def stream_named(part: str) -> Stream:
    """The only stream whose name contains ``part``."""
    (found,) = (stream for stream in streams() if part in stream.name)
    return found


def opening(stream: Stream) -> list[bytes]:
    """The blocks that a resumed stream lacks: the first ones of the recording that it resumes."""
    (whole,) = (each for each in streams() if not each.resumed and each.response["id"] == stream.response["id"])
    first = stream.events[0]["sequence_number"]
    return [block for block, each in zip(whole.blocks, whole.events, strict=True) if each["sequence_number"] < first]
