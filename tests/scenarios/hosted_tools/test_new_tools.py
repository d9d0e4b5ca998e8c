"""Tools that the old API never had, in the most similar form: completed steps, citations, pictures."""

import json
from typing import Any

import pytest

from tests.scenarios.doors.talking import carry_out
from tests.scenarios.hosted_tools.stage import Json, Stage, answer, calls, folded, random_word, text

pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
WEB: Json = {"type": "web_search", "search_context_size": "low"}
MCP: Json = {
    "type": "mcp",
    "server_label": "dice",
    "server_url": "https://dice.example.com/sse",
    "require_approval": "never",
}
DRAW: Json = {"type": "image_generation", "output_format": "png"}


def _functions(result: Any) -> list[tuple[str, Any, str]]:
    """Name, arguments and output of the steps' function calls; the run requires no action for them."""
    assert result.run["required_action"] is None
    assert [call["type"] for call in calls(result)] == ["function"] * len(calls(result))
    shown = [call["function"] for call in calls(result)]
    return [(each["name"], json.loads(each["arguments"]), each["output"]) for each in shown]


def test_a_web_search(stage: Stage) -> None:
    _search(stage, WEB)


def test_a_web_search_by_its_preview_name(plain: Stage) -> None:
    _search(plain, WEB | {"type": "web_search_preview"})


def _search(stage: Stage, tool: Json) -> None:
    query = random_word()
    result = stage.ask(f'web_search {{"query": "{query}", "results": 2}}', stage.assistant(tool))
    assert stage.tools()[tool["type"]] == tool
    ((name, arguments, output),) = _functions(result)
    assert (name, arguments["query"], output) == ("web_search", query, "completed")
    found = text(result)
    assert len(found["annotations"]) == 2
    for note in found["annotations"]:
        assert found["value"][note["start_index"] : note["end_index"]] == note["text"]
        assert note["file_citation"]["file_id"] in note["text"]
        assert note["file_citation"]["file_id"].startswith("https://example.com/")
    _check_fold(result)


def test_an_mcp_server(stage: Stage) -> None:
    text = random_word()
    result = stage.ask(f'mcp {{"text": "{text}"}} mcp-fails', stage.assistant(MCP))
    assert stage.tools()["mcp"] == MCP
    (first, failed, went) = _functions(result)
    assert first == ("mcp_list_tools", {"server_label": "dice"}, '{"tools":["echo"]}')
    assert (failed[0], "error" in json.loads(failed[2])) == ("echo", True)
    arguments = json.dumps({"text": text}, separators=(",", ":"))
    assert went == ("echo", {"server_label": "dice", "arguments": arguments}, arguments)
    # The server's tools are listed once per chain.
    result = stage.ask("mcp", result.run["assistant_id"], thread=result.run["thread_id"])
    assert [name for name, _, _ in _functions(result)] == ["echo"]


def test_a_picture(stage: Stage) -> None:
    result = stage.ask(f"image_generation {random_word()}", stage.assistant(DRAW))
    assert stage.tools()["image_generation"] == DRAW
    ((name, arguments, file),) = _functions(result)
    assert (name, list(arguments)) == ("image_generation", ["prompt"])
    picture, _ = answer(result)["content"]
    assert picture == {"type": "image_file", "image_file": {"file_id": file}}
    assert stage.client.files.content(file).read().startswith(b"\x89PNG")
    _check_fold(result)


def test_several_new_tools_in_one_run(plain: Stage) -> None:
    result = plain.ask("web_search and mcp and image_generation", plain.assistant(WEB, MCP, DRAW))
    assert [name for name, _, _ in _functions(result)] == ["mcp_list_tools", "web_search", "echo", "image_generation"]


def _check_fold(result: Any) -> None:
    fold, message = folded(result), answer(result)
    if fold is not None:
        assert fold.content(message["id"]) == message["content"]


#: Outputs of the application for an approval request, and whether each is an approval.
APPROVALS = {
    "true": True,
    "Yes.": True,
    '{"approve": true}': True,
    "approved": True,
    "false": False,
    "": False,
    "not true": False,
}


@pytest.mark.parametrize("output", APPROVALS)
def test_an_mcp_server_that_requires_approval(plain: Stage, output: str) -> None:
    approved, text = APPROVALS[output], random_word()
    assistant = plain.assistant({**MCP, "require_approval": "always"})
    result, run = _allowed(plain, assistant, text, output)
    ((call_id, name, wanted),) = result.calls[0]
    assert (call_id[:5], name) == ("mcpr_", "mcp_approval_request")
    arguments = json.dumps({"text": text}, separators=(",", ":"))
    assert wanted == {"server_label": "dice", "name": "echo", "arguments": arguments}
    answered = plain.sent("/responses")[-1]
    assert answered["input"] == [{"type": "mcp_approval_response", "approval_request_id": call_id, "approve": approved}]
    names = [call["function"]["name"] for call in calls(result)]
    assert names == ["mcp_list_tools", "mcp_approval_request", *(["echo"] if approved else [])]
    assert ("not approved" in result.text) != approved
    assert run["status"] == "completed"


def test_an_approval_is_sent_once(stage: Stage) -> None:
    """After upstream has lost the chain: a pending approval is replayed, a used one is not."""
    assistant = stage.assistant({**MCP, "require_approval": "always"})
    _, run = _allowed(stage, assistant, random_word(), "true", stage.sandbox.forget)
    assert [item["type"] for item in stage.sent("/responses")[-1]["input"]] == [
        "message",
        "mcp_approval_request",
        "mcp_approval_response",
    ]
    stage.sandbox.forget()
    stage.ask("And now?", assistant, thread=run["thread_id"])
    assert {item["type"] for item in stage.sent("/responses")[-1]["input"]} == {"message"}


def _allowed(stage: Stage, assistant: str, text: str, output: str, before: Any = lambda: None) -> tuple[Any, Json]:
    def answer(arguments: Json) -> str:
        before()
        return output

    thread = stage.thread()
    stage.add_message(thread, f'mcp {{"text": "{text}"}}')
    result = carry_out(stage.client, stage.way, thread, assistant, {"mcp_approval_request": answer})
    return result, result.run
