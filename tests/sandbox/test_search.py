"""The text search alone: words, chunks, scores, filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.sandbox.memory import search
from shim.sandbox.shapes.refuse import Refused

TEXTS = ["Travis's favorite food is pizza.", "Anna likes soup. Soups are warm.", "Nothing to see."]


def test_the_text_with_the_rarest_words_is_first():
    found = search.scores("What is Travis's favorite food?", TEXTS)
    assert found[0] > 0.3
    assert found[1:] == [0.0, 0.0]
    assert search.scores("food soup", TEXTS)[1] > search.scores("food soup", TEXTS)[2] == 0.0


def test_common_words_find_nothing():
    assert search.scores("what is the file", TEXTS) == [0.0, 0.0, 0.0]
    assert search.scores("", TEXTS) == [0.0, 0.0, 0.0]
    assert search.scores("pizza", []) == []


@given(st.text(), st.lists(st.text(), max_size=5))
def test_scores_are_between_zero_and_one(query, texts):
    found = search.scores(query, texts)
    assert len(found) == len(texts)
    assert all(0 <= score <= 1 for score in found)


@given(st.lists(st.sampled_from(["a", "bb", "ccc\n"]), max_size=40), st.integers(2, 9))
def test_chunks_overlap_and_lose_no_word(words, size):
    overlap = size // 2
    found = [chunk.split() for chunk in search.chunks(" ".join(words), size, overlap)]
    whole = " ".join(words).split()
    assert [word for place, chunk in enumerate(found) for word in (chunk[overlap:] if place else chunk)] == whole
    assert all(len(chunk) <= size for chunk in found)


def test_the_sentence_that_is_quoted():
    assert search.sentence("warm soups", TEXTS[1], 99) == "Soups are warm"
    assert search.sentence("warm soups", TEXTS[1], 5) == "Soups…"
    assert search.sentence("x", "", 5) == ""


FILTERS = [
    (None, True),
    ({"type": "eq", "key": "year", "value": 2024}, True),
    ({"type": "ne", "key": "year", "value": 2024}, False),
    ({"type": "gte", "key": "year", "value": 2024}, True),
    ({"type": "lt", "key": "year", "value": 2024}, False),
    ({"type": "lt", "key": "year", "value": "x"}, False),
    ({"type": "in", "key": "kind", "value": ["a", "b"]}, True),
    ({"type": "nin", "key": "kind", "value": ["a", "b"]}, False),
    ({"type": "eq", "key": "gone", "value": 1}, False),
    (
        {
            "type": "or",
            "filters": [{"type": "eq", "key": "kind", "value": "z"}, {"type": "gt", "key": "year", "value": 1}],
        },
        True,
    ),
    (
        {
            "type": "and",
            "filters": [{"type": "eq", "key": "kind", "value": "z"}, {"type": "gt", "key": "year", "value": 1}],
        },
        False,
    ),
]


@pytest.mark.parametrize("wanted, passes", FILTERS)
def test_filters(wanted, passes):
    assert search.passes(wanted, {"year": 2024, "kind": "a"}) is passes
    if wanted:
        search.check_filter(wanted, "filters")


@pytest.mark.parametrize(
    "wrong, path",
    [
        ({"type": "like"}, "filters.type"),
        ({"type": "eq", "value": 1}, "filters.key"),
        ({"type": "or", "filters": [{"type": "eq", "key": "a"}]}, "filters.filters[0].value"),
    ],
)
def test_invalid_filters(wrong, path):
    with pytest.raises(Refused) as caught:
        search.check_filter(wrong, "filters")
    assert caught.value.error["param"] == path
