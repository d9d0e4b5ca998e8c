"""Hosted tools, files and containers compared with genuine recordings: the same order of events, the same keys."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from shim.sandbox import Sandbox
from tests.sandbox.drive import Client, Json, types
from tests.sandbox.recorded import Exchange, differences, same_echo, same_keys, send_again

pytestmark = pytest.mark.wire

CONTAINERS = "openai-dotnet__ContainerTests_Can"
TOOLS = "openai-dotnet__ResponsesToolTests_"
PYDANTIC = "pydantic-ai__test_openai_responses_test_openai_responses_"
#: The schema of an MCP server's tool is defined by that server.
_OF_THE_SERVER = "input_schema"

#: Case, beginning of the file's name, the control words that select the model's behaviour.
ROWS: list[tuple[str, str, str]] = [
    ("file_search", "langchain-openai__test_file_search__00", ""),
    ("file_search", "langchain-openai__test_file_search__01", "cite-twice"),
    ("file_search", f"{TOOLS}FileSearchCallStreaming", ""),
    ("file_search", f"{PYDANTIC}model_file_search_tool_with_results", ""),
    (
        "code_interpreter",
        f"{TOOLS}CodeInterpreterToolStreamingWithFiles",
        "code_interpreter then code_interpreter show-image",
    ),
    (
        "code_interpreter",
        f"{TOOLS}CodeInterpreterToolWithUploadedFileIds",
        'code_interpreter code_interpreter {"code": "1+1"} code_interpreter {"file": "a.png"} make-image',
    ),
    ("code_interpreter", f"{TOOLS}CodeInterpreterToolWithContainerIdFromContainerApi", "code_interpreter"),
    ("code_interpreter", f"{PYDANTIC}thinking_with_code_execution_tool", "think-again"),
    ("code_interpreter", f"{PYDANTIC}code_execution_return_image__00", "code_interpreter show-image make-image"),
    (
        "code_interpreter",
        f"{PYDANTIC}code_execution_return_image__01",
        'code_interpreter {"code": "1+1"} show-image make-image',
    ),
    ("code_interpreter", f"{PYDANTIC}code_execution_return_image_stream", "show-image make-image"),
    ("file_input", "openai-dotnet__ResponsesTests_FileInputFromBinaryWorks", ""),
    ("file_input", "openai-dotnet__ResponsesTests_FileInputFromIdWorks", ""),
    ("web_search", "langchain-openai__test_web_search__00", 'web_search {"results": 5}'),
    ("web_search", "langchain-openai__test_web_search__01", 'web_search {"results": 5}'),
    ("web_search", "mirascope", 'web_search {"results": 3}'),
    ("web_search", f"{TOOLS}WebSearchCallStreaming", "uncited"),
    ("image_generation", f"{TOOLS}ImageGenToolWorks", "image_generation"),
    ("image_generation", "langchain-openai__test_image_generation_streaming", "image_generation"),
    ("mcp", f"{TOOLS}MCPToolStreamingWorks__", "mcp"),
    ("mcp", f"{TOOLS}MCPToolStreamingWorksAsync", "mcp mcp-fails"),
    ("mcp", f"{TOOLS}MCPToolAlwaysRequiresApproval_True__00", "mcp"),
]


def furnish(client: Client, exchange: Exchange) -> None:
    """Create the objects that a recorded request names, and replace the recorded ids with the new ones."""
    request, text = exchange.request, json.dumps(exchange.request)
    new: dict[str, str] = {}
    for tool in request.get("tools") or []:
        for store in tool.get("vector_store_ids") or []:
            query = text.partition('"text": "')[2] or text.partition('"content": "')[2]
            new[store] = client.store(known=query.partition('"')[0])["id"]
        if isinstance(tool.get("container"), str):
            new[tool["container"]] = client.json("POST", "/containers", {"name": "recorded"})["id"]
    for item in request["input"]:
        if item.get("type") == "code_interpreter_call":
            new[item["container_id"]] = client.json("POST", "/containers", {"name": "recorded"})["id"]
    files = {each for each in _files(request) if each}
    new |= {each: client.upload("known.pdf", "text")["id"] for each in sorted(files)}
    # Long data was truncated in the recordings, and is no longer valid.
    new |= dict.fromkeys(re.findall(r"data:application/pdf[^\"]*", text), "data:application/pdf;base64,AA==")
    exchange.swap(new)


def _files(value: Any) -> list[str]:
    """Every file id in a request."""
    if isinstance(value, list):
        return [found for each in value for found in _files(each)]
    if not isinstance(value, dict):
        return [value] if isinstance(value, str) and value.startswith("file-") else []
    return [found for each in value.values() for found in _files(each)]


def levelled(value: Any) -> Any:
    """Remove parts that are not fixed by the API: a schema, and a filter of web searches that responses repeated only
    for some time.
    """
    if isinstance(value, list):
        return [levelled(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: levelled(each) for name, each in value.items() if name != _OF_THE_SERVER}
    if found.get("type") == "web_search" and found.get("filters", 0) is None:
        del found["filters"]
    return found


@pytest.mark.parametrize("case, name, control_words", ROWS)
def test_the_same_request_gets_an_answer_in_the_same_format(wire: Path, case: str, name: str, control_words: str):
    exchange, client = Exchange(wire, case, name), Client()
    furnish(client, exchange)
    made = levelled(send_again(client, exchange, control_words, ""))
    if exchange.events:
        assert types(made) == types(exchange.events)
        assert differences(levelled(exchange.events), made) == []
    else:
        recorded = levelled(exchange.body)
        assert [item["type"] for item in made["output"]] == [item["type"] for item in recorded["output"]]
        assert [*same_keys(recorded, made), *same_echo(recorded, made)] == []


def test_approval(wire: Path):
    first, second = (
        Exchange(wire, "mcp", f"{TOOLS}MCPToolAlwaysRequiresApproval_True__0{place}") for place in range(2)
    )
    client = Client()
    made = send_again(client, first, "mcp briskly", "")
    request = second.request | {"previous_response_id": made["id"]}
    request["input"][0]["approval_request_id"] = made["output"][-1]["id"]
    answered = client.json("POST", "/responses", request)
    assert [item["type"] for item in answered["output"]] == [item["type"] for item in second.body["output"]]
    assert [*same_keys(second.body, answered), *same_echo(second.body, answered)] == []


@pytest.mark.parametrize(
    "kind, name, control_words",
    [
        ("file_search", "vercel-ai__openai__openai-file-search-tool.2", "What is known?"),
        ("code_interpreter", "vercel-ai__openai__openai-code-interpreter-tool.1", "1 + 1"),
    ],
)
def test_streams_of_which_only_the_answer_was_recorded(wire: Path, kind: str, name: str, control_words: str):
    """One call instead of several, each with reasoning after it; the events of one turn are the same."""
    stream = Exchange(wire, kind, f"{name}.sse")
    client = Client()
    tool: Json = stream.events[0]["response"]["tools"][0]
    if kind == "file_search":
        tool = tool | {"vector_store_ids": [client.store(known="It is known.")["id"]]}
    includes = ["file_search_call.results", "code_interpreter_call.outputs"]
    question = f"think-again {'make-file' * ('code' in kind)} {kind} {control_words}"
    made = client.stream(question, model="gpt-5-mini", tools=[tool], include=includes)
    recorded = types(stream.events)
    assert set(types(made)) == set(recorded)
    assert types(made)[:13] == recorded[:13]
    known = {(each["type"], each["item"]["type"]): each for each in stream.events if "item" in each}
    found = [
        same_keys(known[each["type"], each["item"]["type"]], each, each["type"]) for each in made if "item" in each
    ]
    assert [each for row in found for each in row if "annotations" not in each] == []


def test_containers_and_their_files(wire: Path):
    def recorded(name: str) -> Exchange:
        return Exchange(wire, "containers", f"{CONTAINERS}{name}")

    client = Client()
    created = recorded("CreateContainer__00")
    made = client.json("POST", "/containers", created.request)
    assert made.keys() == created.body.keys()
    for name in ("object", "status", "expires_after", "memory_limit", "name", "network_policy"):
        assert made[name] == created.body[name]
    path = f"/containers/{made['id']}"
    assert (
        client.json("GET", f"{path}/files", query="limit=10&order=desc") == recorded("EnumerateContainerFiles__00").body
    )
    content = next((wire / "responses" / "containers").glob("*_content.response.txt")).read_bytes()
    uploaded = client.upload("test-get-file.txt", content, path=f"{path}/files")
    known = recorded("UploadGetAndDeleteContainerFile__00").body
    assert uploaded.keys() == known.keys()
    assert (uploaded["bytes"], uploaded["source"]) == (known["bytes"], known["source"])
    assert uploaded["path"].partition("-")[2] == known["path"].partition("-")[2] == "test-get-file.txt"
    file = f"{path}/files/{uploaded['id']}"
    assert client.json("GET", file).keys() == recorded("UploadGetAndDeleteContainerFile__01").body.keys()
    reply = client.request("GET", f"{file}/content")
    headers = recorded("UploadGetAndDeleteContainerFile__02").meta["response_headers"]
    assert (client.bytes(reply), reply.headers["content-type"]) == (content, headers["content-type"])
    gone = recorded("UploadGetAndDeleteContainerFile__03").body
    assert client.json("DELETE", file) == gone | {"id": uploaded["id"]}
    assert client.json("DELETE", path) == recorded("CreateContainer__01").body | {"id": made["id"]}


def test_an_uploaded_file(wire: Path):
    found = sorted((wire / "assistants" / "openai-dotnet").glob("FileSearchWorks@*/*_POST_files_200.json"))
    made = Client(Sandbox()).upload("favorite_foods.txt", "x" * 127, "assistants")
    for path in found:
        recorded: Json = json.loads(path.read_text())["response"]["body"]
        assert made.keys() == recorded.keys()
        assert {name: made[name] for name in ("object", "bytes", "status", "purpose", "expires_at")} == {
            name: recorded[name] for name in ("object", "bytes", "status", "purpose", "expires_at")
        }
    assert found
