"""The reader returns the same events however the bytes are cut: all recordings, all ways of cutting, and random
ones.
"""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.wire.sse import Reader
from tests.scenarios.replay.catalogue import Json, Stream, streams
from tests.scenarios.replay.chunkings import CHUNKINGS, at

#: This does not depend on the SDK's version, so the matrix leaves it out.
pytestmark = [pytest.mark.wire, pytest.mark.slow]


def read(pieces: Sequence[bytes]) -> list[Json]:
    reader = Reader()
    return [event for piece in pieces for event in reader.feed(piece)] + reader.close()


@pytest.mark.parametrize("name", CHUNKINGS)
@pytest.mark.parametrize("stream", streams(), ids=lambda stream: stream.name)
def test_every_way_of_cutting_gives_the_same_events(stream: Stream, name: str) -> None:
    assert read(CHUNKINGS[name](stream.blocks)) == list(stream.events)


@pytest.mark.parametrize("name", CHUNKINGS)
def test_every_way_of_cutting_cuts_some_recording(name: str) -> None:
    """Every way of cutting except "whole" cuts at least one recording."""
    cut = [len(CHUNKINGS[name](stream.blocks)) for stream in streams()]
    assert max(cut, default=2) > (0 if name == "whole" else 1)


@pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
@pytest.mark.parametrize("stream", streams()[:8], ids=lambda stream: stream.name)
def test_other_line_ends(stream: Stream, newline: bytes) -> None:
    raw = stream.raw.replace(b"\n", newline)
    assert read([raw[at : at + 7] for at in range(0, len(raw), 7)]) == list(stream.events)


SHORT = sorted(streams(), key=lambda stream: len(stream.raw))[:10]


@pytest.mark.skipif(not SHORT, reason="no recordings")
@given(st.data())
def test_random_cuts(data: st.DataObject) -> None:
    stream = data.draw(st.sampled_from(SHORT))
    places = data.draw(st.lists(st.integers(1, len(stream.raw) - 1), max_size=50))
    assert read(at(stream.raw, places)) == list(stream.events)
