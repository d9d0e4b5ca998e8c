"""A vector store that is deleted upstream is no longer searched by any assistant."""

from typing import Any

import pytest

from shim.ports import Refusal
from tests.engine.scripted import Refused, World

SEARCH, CODE = {"type": "file_search"}, {"type": "code_interpreter"}
FILES = {"file_ids": ["file-1"]}


def _assistant(world: World, *stores: str, **more: Any) -> str:
    resources = {"file_search": {"vector_store_ids": list(stores)}} | more
    return world.assistant(tools=[SEARCH, CODE], tool_resources=resources)


def _resources(world: World, assistant: str) -> Any:
    return world.get(f"assistants/{assistant}")["tool_resources"]


def test_a_deleted_store_is_removed_from_every_assistant(world: World) -> None:
    one, other = _assistant(world, "vs_9", code_interpreter=FILES), _assistant(world, "vs_8")
    assert world.delete("vector_stores/vs_9") == {"id": "vs_1"}
    assert world.upstream.calls == [("DELETE", "/vector_stores/vs_9", None)]
    assert _resources(world, one) == {"file_search": {"vector_store_ids": []}, "code_interpreter": FILES}
    assert _resources(world, other)["file_search"] == {"vector_store_ids": ["vs_8"]}


def test_an_id_in_another_place_is_not_changed(world: World) -> None:
    """For example in instructions, or as a part of a longer id."""
    mentions = world.assistant(instructions="Search vs_9.")
    longer = _assistant(world, "vs_99")
    before = [world.get(f"assistants/{each}") for each in (mentions, longer)]
    world.delete("vector_stores/vs_9")
    after = [world.get(f"assistants/{each}") for each in (mentions, longer)]
    assert after[1] == before[1]
    assert after[0] == before[0]


def test_a_store_that_upstream_does_not_delete_is_still_searched(world: World) -> None:
    one = _assistant(world, "vs_9")
    world.upstream.failing = Refusal(404, "No such vector store.")
    with pytest.raises(Refused, match="No such vector store"):
        world.delete("vector_stores/vs_9")
    assert _resources(world, one)["file_search"] == {"vector_store_ids": ["vs_9"]}
