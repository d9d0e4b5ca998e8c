"""Request bodies on their path through the SDK."""

import json
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from shim.upstream import bodies
from shim.wire.texts import Items

LONG = [{"type": "message", "role": "user", "content": "é" * bodies.SHORT}, {"type": "message", "content": "two"}]


def test_pieces_can_be_read_repeatedly_and_have_a_size() -> None:
    for items in ([], LONG):
        pieces = bodies.Pieces(b'{"model":"m","input":', Items.of(items))
        first, again = b"".join(pieces), b"".join(pieces)
        assert first == again
        assert json.loads(first) == {"model": "m", "input": items}
        assert pieces.size == len(first)


@pytest.mark.parametrize("made", [list, Items.of])
def test_a_lazy_body_becomes_plain_json_without_lone_surrogates(made: Any) -> None:
    body = {"model": "m\ud83d", "input": made([{"content": "a\ude00\0"}, {"content": "b"}])}
    found = bodies.spread(body)
    assert found == {"model": "m\ufffd", "input": [{"content": "a\ufffd\0"}, {"content": "b"}]}
    assert type(found["input"]) is list
    json.dumps(found, ensure_ascii=False).encode()


class Client:
    """The attributes of the SDK's client that are replaced for one call."""

    def __init__(self) -> None:
        self.prepared: list[Any] = []

    def _prepare_request(self, request: Any) -> str:
        self.prepared.append(request)
        return "as usual"


def test_a_long_conversation_is_inserted_when_the_request_is_complete() -> None:
    client, filled = Client(), list[tuple[bytes, int]]()

    def refill(request: Any, pieces: Iterable[bytes], size: int) -> None:
        assert not client.prepared
        filled.append((b"".join(pieces), size))

    shown = bodies.into(client, {"model": "m", "input": Items.of(LONG)}, refill)
    assert shown == {"model": "m", "input": ""}
    # The SDK has added a field of its own in the meantime.
    request = SimpleNamespace(content=json.dumps({**shown, "stream": True}).encode())
    assert client._prepare_request(request) == "as usual"
    assert client.prepared == [request]
    [(sent, size)] = filled
    assert json.loads(sent) == {"model": "m", "stream": True, "input": LONG}
    assert size == len(sent)
    assert sent.count(b'"input"') == 1


@pytest.mark.parametrize(
    "items, refillable",
    [(Items.of(LONG), False), (LONG, True), (Items.of(LONG[1:]), True), (Items.of([]), True)],
    ids=["nothing refills", "a list", "short", "empty"],
)
def test_any_other_body_is_passed_as_an_object(items: Any, refillable: bool) -> None:
    client = Client()
    shown = bodies.into(client, {"model": "m", "input": items}, print if refillable else None)
    assert shown == {"model": "m", "input": list(items)}
    assert client._prepare_request(None) == "as usual"
