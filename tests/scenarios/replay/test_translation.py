"""Every recorded stream in every cut, from bytes to events: the reader and the translation rules, without a client."""

from itertools import count

import pytest

from shim.translate.stream import merged, translate
from shim.translate.turn import Emitted, Turn
from shim.wire import objects
from shim.wire.sse import Reader
from tests.scenarios.replay.catalogue import Stream, opening, streams
from tests.scenarios.replay.chunkings import CHUNKINGS
from tests.scenarios.replay.expected import expect
from tests.scenarios.replay.recorders import Notes, arguments, check_order, folded

#: This does not depend on the SDK's version, so the matrix leaves it out.
pytestmark = [pytest.mark.wire, pytest.mark.slow]
RUN = objects.run("run_1", 0, "thread_1", "asst_1")


def translated(stream: Stream, chunking: str) -> list[Emitted]:
    """The events that the rules emit; ids are numbers, and the clock does not move."""
    numbers = count()
    turn = Turn(dict(RUN), lambda prefix: f"{prefix}_{next(numbers)}", lambda: 0)
    reader = Reader()
    pieces = CHUNKINGS[chunking]([*(opening(stream) if stream.resumed else ()), *stream.blocks])
    reads = [reader.feed(piece) for piece in pieces] + [reader.close()]
    events = [emitted for read in reads for event in merged(read) for emitted in translate(turn, event)]
    assert turn.unknown == set()
    assert turn.differences == []
    return events


@pytest.mark.parametrize("stream", streams(), ids=lambda stream: stream.name)
def test_the_rules_emit_the_recording(stream: Stream) -> None:
    expected = expect(stream.response)
    notes = Notes(events=translated(stream, "event"))
    check_order(notes)
    name, run = notes.closing
    assert name == f"thread.run.{expected.run_status}"
    required = (run["required_action"] or {}).get("submit_tool_outputs", {}).get("tool_calls", [])
    assert [(c["id"], c["function"]["name"], c["function"]["arguments"]) for c in required] == [*expected.calls]
    assert arguments(notes)[: len(required)] == [wanted for _, _, wanted in expected.calls]
    assert len(folded(notes)) == len(expected.messages)


@pytest.mark.parametrize("chunking", CHUNKINGS)
@pytest.mark.parametrize("stream", streams(), ids=lambda stream: stream.name)
def test_cuts_change_nothing(stream: Stream, chunking: str) -> None:
    """The accumulated text and all events are the same, except that the deltas of one read are merged."""
    whole, cut = (Notes(events=translated(stream, way)) for way in ("event", chunking))
    assert folded(cut) == folded(whole)
    assert arguments(cut) == arguments(whole)
    assert [each for each in cut.events if "delta" not in each[0]] == [
        each for each in whole.events if "delta" not in each[0]
    ]
