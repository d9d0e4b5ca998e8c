"""A vector store that is deleted upstream is no longer searched by any assistant."""

from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Harness, Refused

SEARCH, CODE = {"type": "file_search"}, {"type": "code_interpreter"}
FILES = {"file_ids": ["file-1"]}


def _assistant(harness: Harness, *stores: str, **more: Any) -> str:
    resources = {"file_search": {"vector_store_ids": list(stores)}} | more
    return harness.assistant(tools=[SEARCH, CODE], tool_resources=resources)


def _resources(harness: Harness, assistant: str) -> Any:
    return harness.get(f"assistants/{assistant}")["tool_resources"]


def test_a_deleted_store_is_removed_from_every_assistant(harness: Harness) -> None:
    one, other = _assistant(harness, "vs_9", code_interpreter=FILES), _assistant(harness, "vs_8")
    assert harness.delete("vector_stores/vs_9") == {"id": "vs_1"}
    assert harness.upstream.calls == [("DELETE", "/vector_stores/vs_9", None)]
    assert _resources(harness, one) == {"file_search": {"vector_store_ids": []}, "code_interpreter": FILES}
    assert _resources(harness, other)["file_search"] == {"vector_store_ids": ["vs_8"]}


def test_an_id_in_another_place_is_not_changed(harness: Harness) -> None:
    """For example in instructions, or as a part of a longer id."""
    mentions = harness.assistant(instructions="Search vs_9.")
    longer = _assistant(harness, "vs_99")
    before = [harness.get(f"assistants/{each}") for each in (mentions, longer)]
    harness.delete("vector_stores/vs_9")
    after = [harness.get(f"assistants/{each}") for each in (mentions, longer)]
    assert after[1] == before[1]
    assert after[0] == before[0]


def test_a_store_that_upstream_does_not_delete_is_still_searched(harness: Harness) -> None:
    one = _assistant(harness, "vs_9")
    harness.upstream.failing = Refusal(404, "No such vector store.")
    with pytest.raises(Refused, match="No such vector store"):
        harness.delete("vector_stores/vs_9")
    assert _resources(harness, one)["file_search"] == {"vector_store_ids": ["vs_9"]}
