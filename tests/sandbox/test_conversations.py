"""Conversations: stored items, and responses that read them and add their own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.drive import WEATHER, Client, outputs, text_of
from tests.sandbox.recorded import Exchange, same_keys

Json = dict[str, Any]


def _user(text: str, **more: Any) -> Json:
    return {"type": "message", "role": "user", "content": text} | more


def _texts(client: Client, conversation_id: str) -> list[str]:
    page = client.json("GET", f"/conversations/{conversation_id}/items", query="order=asc&limit=100")
    return [item["content"][0]["text"] if item["type"] == "message" else item["type"] for item in page["data"]]


def test_a_conversation_from_beginning_to_end():
    client = Client()
    made = client.json("POST", "/conversations", {"metadata": {"topic": "a"}, "items": [_user("One.")]})
    path = f"/conversations/{made['id']}"
    assert client.json("GET", path) == made
    assert client.json("POST", path, {"metadata": {"topic": "b"}}) == made | {"metadata": {"topic": "b"}}
    added = client.json("POST", f"{path}/items", {"items": [_user("Two."), _user("Three.")]})
    assert (added["object"], len(added["data"]), added["has_more"]) == ("list", 2, False)
    newest = client.json("GET", f"{path}/items", query="limit=2")
    assert [item["content"][0]["text"] for item in newest["data"]] == ["Three.", "Two."]
    assert newest["has_more"] is True
    two = added["first_id"]
    assert client.json("GET", f"{path}/items/{two}") == added["data"][0]
    assert client.json("DELETE", f"{path}/items/{two}") == {
        "id": two,
        "object": "conversation.item.deleted",
        "deleted": True,
    }
    assert _texts(client, made["id"]) == ["One.", "Three."]
    assert client.json("DELETE", path) == {"id": made["id"], "object": "conversation.deleted", "deleted": True}
    assert client.error("GET", path)["message"] == f"Conversation with id '{made['id']}' not found."


def test_responses_read_a_conversation_and_add_to_it():
    client = Client()
    made = client.json("POST", "/conversations", {"items": [_user("My name is Ada.")]})
    first = client.create("Who am I?", conversation=made["id"])
    assert first["conversation"] == {"id": made["id"]}
    assert first["previous_response_id"] is None
    assert 'user said "My name is Ada."' in text_of(first)
    assert first["id"].removeprefix("resp_")[:16] == made["id"][-16:]
    called = client.create("get_weather, please", tools=[WEATHER], conversation={"id": made["id"]})
    client.create(outputs(called, "rain"), tools=[WEATHER], conversation=made["id"])
    assert _texts(client, made["id"])[1::2] == ["Who am I?", "get_weather, please", "function_call_output"]
    # A request with a conversation and no input is valid.
    again = client.json("POST", "/responses", {"model": "gpt-4o", "conversation": made["id"]})
    assert again["status"] == "completed"


def test_a_background_response_adds_its_items_at_its_end_and_a_failed_one_adds_none():
    client = Client()
    made = client.json("POST", "/conversations", {})
    queued = client.create("Later.", conversation=made["id"], background=True)
    assert _texts(client, made["id"]) == []
    for _ in range(3):
        client.json("GET", f"/responses/{queued['id']}")
    assert _texts(client, made["id"])[0] == "Later."
    failed = client.create("fail-early", conversation=made["id"], background=True)
    for _ in range(3):
        client.json("GET", f"/responses/{failed['id']}")
    assert len(_texts(client, made["id"])) == 2


def test_an_unanswered_call_is_refused():
    client = Client()
    call = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
    made = client.json("POST", "/conversations", {"items": [_user("Go."), call]})
    refused = client.error("POST", "/responses", {"model": "gpt-4o", "input": "x", "conversation": made["id"]})
    assert refused["message"] == "No tool output found for function call call_1."


REFUSED: list[tuple[str, Json, str | None, str | None]] = [
    ("", {"items": [_user("x")] * 21}, "array_above_max_length", "items"),
    ("", {"metadata": {"a": 1}}, "invalid_type", "metadata.a"),
    ("", {"title": "x"}, "unknown_parameter", "title"),
    ("/items", {}, "missing_required_parameter", "items"),
    ("/items", {"items": [_user("x")] * 21}, "array_above_max_length", "items"),
    ("/items", {"items": [{"type": "nonsense"}]}, "invalid_value", "items[0].type"),
    ("/items", {"items": [{"type": "item_reference", "id": "msg_1"}]}, None, "input"),
    ("/items", {"items": [_user("x", id="msg_same")]}, None, "input"),
]


@pytest.mark.parametrize("path, body, code, param", REFUSED)
def test_invalid_requests_are_refused(path: str, body: Json, code: str | None, param: str | None):
    client = Client()
    made = client.json("POST", "/conversations", {"items": [_user("x", id="msg_same")]})
    refused = client.error("POST", f"/conversations/{made['id']}{path}" if path else "/conversations", body)
    assert (refused["code"], refused["param"]) == (code, param)
    assert client.error("POST", f"/conversations/{made['id']}", {})["param"] == "metadata"


@pytest.mark.wire
def test_answers_are_as_recorded(wire: Path):
    name = "openai-dotnet__ConversationTests_CanCreateGetUpdateAndDeleteConversation"
    client = Client()
    made = client.json("POST", "/conversations", Exchange(wire, "conversations", f"{name}__00").request)
    assert list(same_keys(Exchange(wire, "conversations", f"{name}__00").body, made)) == []
    changed = client.json(
        "POST", f"/conversations/{made['id']}", Exchange(wire, "conversations", f"{name}__02").request
    )
    assert changed["metadata"] == Exchange(wire, "conversations", f"{name}__02").body["metadata"]
    added = Exchange(wire, "conversations", "openai-dotnet__ConversationTests_ConversationItemEndpoints")
    listed = client.json("POST", f"/conversations/{made['id']}/items", added.request)
    assert list(same_keys(added.body, listed)) == []
    gone = client.json("DELETE", f"/conversations/{made['id']}")
    assert list(same_keys(Exchange(wire, "conversations", f"{name}__03").body, gone)) == []


@pytest.mark.wire
def test_refusals_are_as_recorded(wire: Path):
    client = Client()
    made = client.json("POST", "/conversations", {})
    paths = {
        "conversation_not_found": "/conversations/conv_nonexistent123",
        "item_not_found": f"/conversations/{made['id']}/items/msg_msg_nonexistent123nonexistent123",
        "invalid_limit": f"/conversations/{made['id']}/items",
    }
    for name, path in paths.items():
        recorded = Exchange(wire, "conversations", f"agent-framework__Conversations_error_{name}").body["error"]
        query = "limit=1000" if name == "invalid_limit" else ""
        reply = client.request("GET", path, query=query)
        assert json.loads(client.bytes(reply))["error"] == recorded
