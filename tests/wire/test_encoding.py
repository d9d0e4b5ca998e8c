"""One encoder for all output: surrogate pairs are joined, lone surrogates are replaced, and all other text is
unchanged.
"""

import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.wire import encoding

HALVES = [
    ("\ud83d", "\ufffd"),
    ("\ude00", "\ufffd"),
    ("a\ud83d\ude00b", "a😀b"),
    ("\ude00\ud83d", "\ufffd\ufffd"),
    ("\ud83d\ud83d\ude00", "\ufffd😀"),
    ("é東😀\x00", "é東😀\x00"),
    ("", ""),
]


@pytest.mark.parametrize("text, clean", HALVES)
def test_surrogates_in_a_text(text: str, clean: str) -> None:
    assert encoding.well_formed(text) == clean
    assert encoding.utf8(text) == clean.encode()
    assert encoding.storable(text) == clean.replace("\x00", "\ufffd")


TEXTS = st.text(st.characters(categories=["Cs", "L", "So", "Cc"]) | st.sampled_from("\ud83d\ude00"))
BODIES = st.recursive(TEXTS | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(BODIES)
def test_all_output_is_utf8_and_valid_text_is_unchanged(body: Any) -> None:
    written = [encoding.compact(body), encoding.text(body).encode(), encoding.indented(body)]
    read = [json.loads(each) for each in written]
    assert read[0] == read[1] == read[2]
    assert encoding.plain(read[0]) is read[0]
    assert encoding.compact(encoding.plain(body)) == written[0]
    if encoding.dumps(body) == encoding.well_formed(encoding.dumps(body)):
        assert read[0] == body


NUMBERS = st.floats() | st.integers() | TEXTS
VALUES = st.recursive(NUMBERS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(VALUES)
def test_numbers_that_json_does_not_have_are_written_as_null(value: Any) -> None:
    """All output can be read by every reader, and only output with such a number differs from its object."""
    written = [encoding.compact(value), encoding.text(value).encode(), encoding.indented(value)]
    assert all(map(encoding.is_strict, written))
    first, *others = map(json.loads, written)
    assert others == [first, first]
    assert encoding.is_finite(first)
    if encoding.is_finite(value) and encoding.dumps(value) == encoding.well_formed(encoding.dumps(value)):
        assert first == value


@pytest.mark.parametrize("line", ["plain", "é", "\ud83d"])
def test_a_line_of_the_log(line: str, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("shim").warning("told: %s", line)
    (record,) = caplog.records
    assert record.getMessage() == f"told: {encoding.well_formed(line)}"


@pytest.mark.parametrize("name, stored", [("call_1", "call_1"), ("a\0b", "a\ufffdb"), ("é\ud83d", "é\ufffd")])
def test_a_name(name: str, stored: str) -> None:
    assert encoding.storable(name) == stored
