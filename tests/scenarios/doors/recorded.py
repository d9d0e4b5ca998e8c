"""Genuine recordings of the old API, replayed: our client sends the same requests in the same order."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
#: Folders of recordings whose conversations need only text and functions.
FAMILIES: Final = ("StreamingToolCall", "StreamingRunWorks", "FunctionToolsWork")
SSE: Final = re.compile(rb"event: ([a-z_.]+)\ndata: (\{.*\}|\[DONE\])\n\n")
ID: Final = re.compile(r"\b(?:asst|thread|msg|run|step|call)_[A-Za-z0-9]{24}\b")
LOOKS: Final = re.compile(r"/runs/run_\w+$")


@dataclass(frozen=True)
class Exchange:
    """One request and its answer: a JSON body, or the bytes of a stream."""

    method: str
    path: str
    query: str
    body: Any
    answer: Any


def cassettes(wire: Path) -> list[str]:
    """Names of the recordings, by folder."""
    folder = wire / "assistants" / "openai-dotnet"
    return sorted(
        path.name for path in folder.glob("*") if path.name.partition("@")[0].removesuffix("Async") in FAMILIES
    )


def exchanges(wire: Path, name: str) -> list[Exchange]:
    """A recording, oldest first.  Of consecutive retrieves of one run only the last is used: their number was
    arbitrary.
    """
    folder = wire / "assistants" / "openai-dotnet" / name
    found = [_read(path) for path in sorted(folder.glob("*.json"))]
    return [each for place, each in enumerate(found) if not _seen_again(each, found[place + 1 :])]


def _seen_again(each: Exchange, later: list[Exchange]) -> bool:
    return bool(later and LOOKS.search(each.path) and (later[0].method, later[0].path) == (each.method, each.path))


def _read(path: Path) -> Exchange:
    pair = json.loads(path.read_text())
    request, response = pair["request"], pair["response"]
    route, _, query = request["url"].partition("/v1")[2].partition("?")
    streamed = (path.parent / response["body_file"]).read_bytes() if "body_file" in response else None
    return Exchange(request["method"], route, query, request["body"], streamed or response.get("body"))


def events(stream: bytes) -> list[tuple[str, Any]]:
    """A stream's events.  Every byte must belong to an event in the recorded framing."""
    found, place = [], 0
    for match in SSE.finditer(stream):
        assert match.start() == place, stream[place : place + 200]
        place = match.end()
        name, data = match.group(1).decode(), match.group(2)
        found.append((name, None if data == b"[DONE]" else json.loads(data)))
    assert place == len(stream), stream[place:]
    return found


@dataclass
class Ids:
    """Maps the recorded ids to ours, in the order in which they appear."""

    ours: dict[str, str] = field(default_factory=dict)

    def pair(self, recorded: Any, made: Any) -> None:
        for one, two in zip(_ids(recorded), _ids(made), strict=False):
            self.ours.setdefault(one, two)

    def change(self, text: str) -> str:
        return ID.sub(lambda match: self.ours.get(match.group(), match.group()), text)


def _ids(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        for key in thing:
            yield from _ids(thing[key])
    elif isinstance(thing, list):
        for each in thing:
            yield from _ids(each)
    elif isinstance(thing, str) and ID.fullmatch(thing):
        yield thing


def skeleton(thing: Any) -> Any:
    """Keys in their order with the types of their values, without the values; a list is represented by its first
    element.
    """
    if isinstance(thing, dict):
        return [(key, skeleton(value)) for key, value in thing.items()]
    if isinstance(thing, list):
        return ["list", *map(skeleton, thing[:1])]
    return "number" if isinstance(thing, int | float) and not isinstance(thing, bool) else type(thing).__name__
