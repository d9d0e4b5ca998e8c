"""The recordings are complete and are read correctly.  Only the tests' own reader is used here."""

import re

import pytest

from tests.recordings import WIRE
from tests.scenarios.replay.catalogue import TERMINAL, Stream, event, files, opening, streams, turns
from tests.scenarios.replay.expected import ANNOTATIONS, COUNTERPART, NO_COUNTERPART, expect

pytestmark = pytest.mark.wire
ALL = pytest.mark.parametrize("stream", streams(), ids=lambda stream: stream.name)


def test_every_recorded_stream_is_found() -> None:
    """Compared with an independent count: every file whose bytes contain a Responses event stream."""
    assert WIRE.is_dir(), f"no recordings in {WIRE}"
    every = [path for path in (WIRE / "responses").rglob("*") if path.is_file()]
    held = [path for path in every if re.search(rb'^data: ?\{.*"response\.', path.read_bytes(), re.MULTILINE)]
    assert held
    assert len(streams()) >= len(held)
    assert {path.name for path in held} == {path.name for path in files()}


@ALL
def test_a_stream_ends_with_its_only_terminal_event(stream: Stream) -> None:
    assert stream.events[-1]["type"] in TERMINAL
    assert [each["type"] for each in stream.events if each["type"] in TERMINAL] == [stream.events[-1]["type"]]
    assert stream.meta["genuine"] is True


@ALL
def test_every_item_and_annotation_is_known(stream: Stream) -> None:
    """A recording with a new kind of item fails, until the tables of `expected` contain that kind."""
    items = stream.response["output"]
    notes = [note for each in expect(stream.response).messages for note in each.annotations]
    assert {item["type"] for item in items} <= COUNTERPART.keys() | NO_COUNTERPART.keys()
    assert {note["type"] for note in notes} <= ANNOTATIONS.keys() | NO_COUNTERPART.keys()


@ALL
def test_the_terminal_payload_equals_the_deltas(stream: Stream) -> None:
    """The terminal payload has the same text as the deltas before it, so that either can be the expectation."""
    texts: dict[str, str] = {}
    for each in stream.events:
        if each["type"] in ("response.output_text.delta", "response.refusal.delta"):
            texts[each["item_id"]] = texts.get(each["item_id"], "") + each["delta"]
    whole = stream.events if not stream.resumed else [found for b in opening(stream) if (found := event(b))]
    assert whole[0]["type"] == "response.created"
    messages = expect(stream.response).messages
    assert [text for text in texts.values() if text] == [m.text + m.refusal for m in messages if m.text + m.refusal]


def test_several_answers_in_one_file_are_separated() -> None:
    one = (
        b'event: response.created\ndata: {"type":"response.created"}\n\n'
        b'event: response.completed\ndata: {"type":"response.completed"}\n\n'
    )
    parts = list(turns(one + one.replace(b"\n", b"\r\n") + b"data: [DONE]\n\n"))
    assert [[each["type"] for each in events] for _, events in parts] == [
        ["response.created", "response.completed"]
    ] * 2
    assert len(parts[1][0]) == 3, "what follows the terminal event is still sent"
