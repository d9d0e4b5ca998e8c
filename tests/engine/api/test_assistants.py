"""Assistants over the API: created, changed, listed, deleted."""

from typing import Any

import pytest

from tests.engine.scripted import Harness, Refused
from tests.translate.upstream_events import message, says

HELLO = message(says("Hello."))


def test_an_assistant_is_created_changed_and_deleted(harness: Harness) -> None:
    made = harness.post(
        "assistants", model="gpt-4o", name="A", metadata={"k": "v"}, tools=[{"type": "code_interpreter"}]
    )
    where = f"assistants/{made['id']}"
    assert harness.get(where) == made
    assert made["tool_resources"] == {"code_interpreter": {"file_ids": []}}
    changed = harness.post(where, name=None, instructions="Be brief.", metadata=None)
    assert changed == made | {"name": None, "instructions": "Be brief.", "metadata": {}}
    assert harness.get("assistants")["data"] == [changed]
    assert harness.delete(where) == {"id": made["id"], "object": "assistant.deleted", "deleted": True}
    with pytest.raises(Refused, match=f"No assistant found with id '{made['id']}'."):
        harness.delete(where)


def test_an_assistants_tools_and_resources_change_together(harness: Harness) -> None:
    where = f"assistants/{harness.assistant(tools=[{'type': 'file_search'}])}"
    resources = {"file_search": {"vector_store_ids": ["vs_9"]}}
    assert harness.post(where, tool_resources=resources)["tool_resources"] == resources
    changed = harness.post(where, tools=[{"type": "file_search"}, {"type": "code_interpreter"}])
    assert changed["tool_resources"] == resources | {"code_interpreter": {"file_ids": []}}


def test_lists_of_assistants_have_pages(harness: Harness) -> None:
    made = [harness.assistant() for _ in range(3)]
    page = harness.get("assistants", limit="2")
    assert [each["id"] for each in page["data"]] == made[:0:-1]
    assert harness.get("assistants", after=page["last_id"])["data"][0]["id"] == made[0]
    with pytest.raises(Refused, match="No assistant found with id 'asst_99'"):
        harness.get("assistants", after="asst_99")


@pytest.mark.parametrize(
    "changes, then",
    [
        ({}, {}),
        ({"name": None, "description": None}, {"name": None, "description": None}),
        ({"model": "gpt-4.1"}, {"model": "gpt-4.1"}),
        # All other fields have no empty value: null does not change them.
        ({"temperature": None, "tools": None, "model": None}, {}),
        ({"metadata": {"b": "2"}}, {"metadata": {"b": "2"}}),
        # Resources of removed tools are not deleted: the tools may be added again.
        ({"tools": []}, {"tools": []}),
    ],
)
def test_only_what_is_sent_changes(harness: Harness, changes: dict[str, Any], then: dict[str, Any]) -> None:
    fields = {"name": "A", "description": "D", "temperature": 0.5, "metadata": {"a": "1"}}
    made = harness.post("assistants", model="gpt-4o", tools=[{"type": "code_interpreter"}], **fields)
    where = f"assistants/{made['id']}"
    assert harness.post(where, **changes) == made | then
    assert harness.get(where) == made | then


def test_an_assistant_is_invisible_to_other_tenants(harness: Harness) -> None:
    where = f"assistants/{harness.assistant()}"
    object.__setattr__(harness.context, "store", harness.context.store.of("other"))
    assert harness.get("assistants")["data"] == []
    for call in (harness.get, harness.post, harness.delete):
        with pytest.raises(Refused, match="No assistant found"):
            call(where)


def test_an_empty_list(harness: Harness) -> None:
    page = harness.get("assistants")
    assert (page["data"], page["has_more"]) == ([], False)


@pytest.mark.parametrize("kind", ["threads", "assistants"])
def test_resources_of_a_kind_that_is_null_stay(harness: Harness, kind: str) -> None:
    own = {"file_search": {"vector_store_ids": ["vs_1"]}, "code_interpreter": {"file_ids": ["file-1"]}}
    given = {"model": "m", "tools": [{"type": name} for name in own]} if kind == "assistants" else {}
    made = harness.post(kind, tool_resources=own, **given)
    for name in own:
        changed = harness.post(f"{kind}/{made['id']}", tool_resources={name: None})
        assert changed["tool_resources"] == own
    assert harness.post(f"{kind}/{made['id']}", tool_resources=None)["tool_resources"] == own
