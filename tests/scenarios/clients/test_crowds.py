"""Function names, schemas, combinations of tools, and parallel runs of one client."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.scenarios.clients.talking import TOOLS, Talk
from tests.scenarios.doors.loopback import Reply, Request

Json = dict[str, Any]
SCHEMA: Json = {
    "type": "object",
    "$defs": {"Place": {"type": "object", "properties": {"city": {"type": "string"}}}},
    "properties": {
        "place": {"$ref": "#/$defs/Place"},
        "when": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
    },
    "required": ["place"],
}


def test_a_name_with_a_dash_and_a_schema_with_references(talk: Talk) -> None:
    function = {"name": "get-the-weather", "description": "Weather", "parameters": SCHEMA}
    helper = talk.assistant(tools=[{"type": "function", "function": function}])
    assert helper.tools[0].function.parameters == SCHEMA
    run = talk.run('get-the-weather {"place": {"city": "Oslo"}}', assistant=helper)
    assert run.required_action.submit_tool_outputs.tool_calls[0].function.name == "get-the-weather"
    assert talk.upstream.bodies[0]["tools"][0]["parameters"] == SCHEMA
    assert talk.upstream.bodies[0]["tools"][0]["strict"] is False
    assert talk.poll(talk.submit(run)).status == "completed"


def test_all_kinds_of_tools_at_once(talk: Talk) -> None:
    resources = {"file_search": {"vector_store_ids": ["vs_1"]}, "code_interpreter": {"file_ids": ["file-1"]}}
    tools = [*TOOLS, {"type": "code_interpreter"}, {"type": "file_search"}]
    talk.upstream.answer = _answered
    helper = talk.assistant(tools=tools, tool_resources=resources)
    run = talk.run("Hello", assistant=helper)
    assert run.status == "completed"
    sent = talk.upstream.bodies[-1]["tools"]
    assert [tool["type"] for tool in sent] == ["function", "function", "code_interpreter", "file_search"]
    assert sent[2]["container"] == {"type": "auto", "file_ids": ["file-1"]}
    assert sent[3]["vector_store_ids"] == ["vs_1"]


def _answered(request: Request) -> Reply | None:
    """A plain answer to every request for a response, as the sandbox does not know some of the tools."""
    if not request.path.endswith("/responses"):
        return None
    part = {"type": "output_text", "text": "Good.", "annotations": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    return Reply.json({"id": "resp_1", "object": "response", "status": "completed", "output": [item]})


def test_runs_of_several_threads_at_once(talk: Talk) -> None:
    helper = talk.assistant()

    def run_and_read(number: int) -> tuple[int, str]:
        run = talk.run(f"get_time of day {number}", assistant=helper)
        talk.poll(talk.submit(run, f"hour {number}"))
        return number, talk.messages(run)[0].content[0].text.value

    with ThreadPoolExecutor(8) as crowd:
        for number, text in crowd.map(run_and_read, range(16)):
            assert f"hour {number}" in text


def test_deleting_a_vector_store_removes_it_from_assistants(talk: Talk) -> None:
    talk.upstream.answer = lambda request: Reply.json({"id": "vs_1", "object": "vector_store.deleted", "deleted": True})
    resources = {"file_search": {"vector_store_ids": ["vs_1"]}}
    one = talk.assistant(tools=[{"type": "file_search"}], tool_resources=resources)
    other = talk.assistant(
        tools=[{"type": "file_search"}], tool_resources={"file_search": {"vector_store_ids": ["vs_2"]}}
    )
    assert talk.client.vector_stores.delete("vs_1").deleted is True
    assert (talk.upstream.requests[-1].method, talk.upstream.requests[-1].path) == ("DELETE", "/v1/vector_stores/vs_1")
    retrieve = talk.client.beta.assistants.retrieve
    assert retrieve(one.id).tool_resources.file_search.vector_store_ids == []
    assert retrieve(other.id).tool_resources.file_search.vector_store_ids == ["vs_2"]


@pytest.mark.parametrize("status", [404, 500])
def test_a_vector_store_that_is_not_deleted_stays_with_its_assistants(talk: Talk, status: int) -> None:
    resources = {"file_search": {"vector_store_ids": ["vs_1"]}}
    helper = talk.assistant(tools=[{"type": "file_search"}], tool_resources=resources)
    talk.upstream.answer = lambda request: Reply.error(status, "Not now")
    with pytest.raises(Exception, match="Not now"):
        talk.client.vector_stores.delete("vs_1")
    assistant = talk.client.beta.assistants.retrieve(helper.id)
    assert assistant.tool_resources.file_search.vector_store_ids == ["vs_1"]
