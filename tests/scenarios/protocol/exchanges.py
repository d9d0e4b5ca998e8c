"""Genuine recordings of the old API, request by request."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]
FAMILIES: Final = ("openai-dotnet", "openllmetry", "ruby-openai")
#: The API's last version, before it was switched off; the first version had other fields.
VERSION: Final = "assistants=v2"
LOOKS: Final = re.compile(r"/runs/run_\w+$")
_SSE: Final = re.compile(rb"event: ([a-z_.]+)\ndata: (\{.*\}|\[DONE\])\n\n")


@dataclass(frozen=True)
class Exchange:
    """One request and its answer: a JSON body, or the events of a stream."""

    source: str
    method: str
    path: str
    query: str
    body: Any
    status: int
    answer: Any

    @property
    def streamed(self) -> bool:
        return isinstance(self.answer, list)


def conversations(wire: Path) -> dict[str, list[Exchange]]:
    """Every recorded conversation by name, its requests in order.

    Of conversations with the same requests only the last is used, and of consecutive GET requests for one run, whose
    number was chance, too.
    """
    found: dict[str, tuple[str, list[Exchange]]] = {}
    for family in FAMILIES:
        for folder in sorted((wire / "assistants" / family).iterdir()):
            read = [each for path in sorted(folder.glob("*.json")) for each in _read(path)]
            used = [each for place, each in enumerate(read) if not _again(each, read[place + 1 :])]
            if used:
                found["\n".join(map(_key, used))] = f"{family}/{folder.name}", used
    return dict(found.values())


def _again(each: Exchange, later: list[Exchange]) -> bool:
    return bool(later and LOOKS.search(each.path) and (later[0].method, later[0].path) == (each.method, each.path))


def _key(exchange: Exchange) -> str:
    text = f"{exchange.method} {exchange.path} {exchange.query} {json.dumps(exchange.body)} {exchange.status}"
    return re.sub(r"_[A-Za-z0-9]{24,32}|-[A-Za-z0-9]{22,24}", "_", text)


def _read(path: Path) -> Iterator[Exchange]:
    pair = json.loads(path.read_text())
    request, response = pair["request"], pair["response"]
    route, _, query = request["url"].partition("/v1")[2].partition("?")
    if not _wanted(request, route):
        return
    streamed = events((path.parent / response["body_file"]).read_bytes()) if "body_file" in response else None
    yield Exchange(
        str(path),
        request["method"],
        route,
        query,
        request["body"],
        response["status"],
        streamed or response.get("body"),
    )


def _wanted(request: Json, route: str) -> bool:
    """Calls of the second version, and uploads of files for them."""
    headers = {name.lower(): value for name, value in request["headers"].items()}
    return route == "/files" or headers.get("openai-beta") == VERSION


def events(stream: bytes) -> list[tuple[str, Any]]:
    """A stream's events."""
    found = [(name.decode(), data) for name, data in _SSE.findall(stream)]
    return [(name, None if data == b"[DONE]" else json.loads(data)) for name, data in found]
