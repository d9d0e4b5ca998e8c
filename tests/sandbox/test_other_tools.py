"""Web search, image generation and MCP servers: invented results in the recorded format."""

import base64
import json

import pytest

from tests.sandbox.drive import WEATHER, Client, cited, text_of, types

WEB = {"type": "web_search"}
IMAGE = {"type": "image_generation"}
MCP = {
    "type": "mcp",
    "server_label": "dice",
    "server_url": "https://example.com/sse?key=1",
    "require_approval": "never",
}


def kinds(response):
    return [item["type"] for item in response["output"]]


def test_a_web_search_cites_the_text_in_brackets():
    response = Client().create("web_search cats", tools=[WEB], include=["web_search_call.action.sources"])
    call = response["output"][0]
    (citation,) = cited(response)
    text = text_of(response)[citation["start_index"] : citation["end_index"]]
    assert text == f"([example.com]({citation['url']}))"
    assert (call["action"]["query"], call["action"]["sources"]) == ("cats", [{"type": "url", "url": citation["url"]}])


def test_the_number_of_results_can_be_set():
    events = Client().stream('web_search {"results": 3, "query": "dogs"}', tools=[WEB])
    places = [place for place, each in enumerate(events) if each["type"].endswith("annotation.added")]
    assert len(places) == 3
    for place in places:
        said_so_far = "".join(each["delta"] for each in events[:place] if each["type"].endswith("text.delta"))
        assert len(said_so_far) == events[place]["annotation"]["end_index"]


@pytest.mark.parametrize("kind", ["web_search", "web_search_preview", "web_search_2025_08_26"])
@pytest.mark.parametrize("choice", ["auto", {"type": "web_search_preview"}])
def test_a_web_search_has_many_names(kind, choice):
    response = Client().create("web_search uncited x", tools=[{"type": kind}], tool_choice=choice)
    assert (kinds(response), cited(response)) == (["web_search_call", "message"], [])
    assert response["tools"][0]["type"] == kind


def test_a_chosen_tool_must_be_offered():
    body = {"model": "gpt-4o", "input": "x", "tools": [WEB], "tool_choice": {"type": "file_search"}}
    assert Client().refused(body)["param"] == "tool_choice"


def test_an_image_is_sent_in_parts_and_complete():
    events = Client().stream("image_generation a cat", tools=[IMAGE | {"partial_images": 2, "quality": "low"}])
    parts = [each["partial_image_b64"] for each in events if each["type"].endswith("partial_image")]
    call = events[-1]["response"]["output"][0]
    assert len(parts) == 2
    assert base64.b64decode(call["result"]).startswith(b"\x89PNG")
    assert (call["quality"], call["size"], call["background"]) == ("low", "1024x1024", "opaque")
    assert call["revised_prompt"].endswith("a cat")


def test_a_server_lists_its_tools_once_and_answers():
    client = Client()
    first = client.create("mcp hello", model="o4-mini", tools=[MCP])
    assert kinds(first) == ["mcp_list_tools", "reasoning", "mcp_call", "message"]
    assert json.loads(first["output"][2]["arguments"]) == {"text": "hello"}
    assert first["tools"][0]["server_url"] == "https://example.com/<redacted>"
    second = client.create("mcp again", model="o4-mini", tools=[MCP], previous_response_id=first["id"])
    assert kinds(second) == ["reasoning", "mcp_call", "message"]
    assert kinds(Client().create("Hello", tools=[MCP])) == ["mcp_list_tools", "message"]


def test_a_call_may_fail_first():
    events = Client().stream("mcp mcp-fails", tools=[MCP])
    assert [each for each in types(events) if each.startswith("response.mcp_call.")] == [
        "response.mcp_call.in_progress",
        "response.mcp_call.failed",
        "response.mcp_call.in_progress",
        "response.mcp_call.completed",
    ]
    failed, done = events[-1]["response"]["output"][1:3]
    assert (failed["error"]["code"], failed["output"], done["error"]) == (424, None, None)


@pytest.mark.parametrize("approve", [True, False])
def test_approval(approve):
    client = Client()
    tool = {name: value for name, value in MCP.items() if name != "require_approval"}
    first = client.create("briskly mcp hello", model="o4-mini", tools=[tool])
    assert kinds(first) == ["mcp_list_tools", "mcp_approval_request"]
    answer = {"type": "mcp_approval_response", "approval_request_id": first["output"][1]["id"], "approve": approve}
    second = client.create([answer], model="o4-mini", tools=[tool], previous_response_id=first["id"])
    assert kinds(second) == ["mcp_call", "message"] if approve else ["message"]
    assert ("not approved" in text_of(second)) is not approve
    if approve:
        assert second["output"][0]["approval_request_id"] == first["output"][1]["id"]


def test_approval_by_tool():
    tool = MCP | {"require_approval": {"never": {"tool_names": ["echo"]}}}
    assert "mcp_call" in kinds(Client().create("mcp x", tools=[tool]))


def test_two_servers_and_a_function_in_one_request():
    tools = [MCP, MCP | {"server_label": "other"}, WEATHER]
    assert kinds(Client().create("get_weather", tools=tools)) == ["mcp_list_tools", "function_call"]
    refused = Client().refused({"model": "gpt-4o", "input": "x", "tools": [MCP, MCP]})
    assert refused["message"] == "Duplicate tool name 'dice'. Tool names must be unique."


@pytest.mark.parametrize("text, tools", [("web_search x", [WEB]), ("image_generation x", [IMAGE]), ("mcp x", [MCP])])
def test_their_items_are_accepted_as_input(text, tools):
    client = Client()
    first = client.create(text, model="o4-mini", tools=tools)
    again = [{"role": "user", "content": text}, *first["output"], {"role": "user", "content": "And?"}]
    assert kinds(client.create(again, model="o4-mini"))[-1] == "message"
