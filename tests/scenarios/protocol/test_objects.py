"""Objects as the old API sent them: keys in their order, nulls, defaults, and quirks."""

import json
import re
from typing import Any

from openai import OpenAI

from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.protocol.conftest import Raw
from tests.scenarios.protocol.hours import Clock

Json = dict[str, Any]
ASSISTANT = """id object created_at name description model instructions tools top_p temperature reasoning_effort
tool_resources metadata response_format"""
MESSAGE = """id object created_at assistant_id thread_id run_id status incomplete_details incomplete_at completed_at
role content attachments metadata"""
RUN = """id object created_at assistant_id thread_id status started_at expires_at cancelled_at failed_at completed_at
required_action last_error model instructions tools tool_resources metadata temperature top_p reasoning_effort
max_completion_tokens max_prompt_tokens truncation_strategy incomplete_details usage response_format tool_choice
parallel_tool_calls"""
STEP = """id object created_at run_id assistant_id thread_id type status cancelled_at completed_at expires_at expired_at
failed_at last_error step_details usage metadata"""
USAGE = "prompt_tokens completion_tokens total_tokens prompt_token_details completion_tokens_details"


def keys(thing: Json) -> str:
    return " ".join(thing)


def fields(names: str) -> str:
    return " ".join(names.split())


def test_a_bare_assistant(raw: Raw) -> None:
    status, made = raw("POST", "/assistants", {"model": "gpt-4o"})
    assert status == 200
    assert keys(made) == fields(ASSISTANT)
    given = {"name": None, "description": None, "instructions": None, "reasoning_effort": None}
    assert made.items() >= given.items()
    assert (made["tools"], made["tool_resources"], made["metadata"], made["response_format"]) == ([], {}, {}, "auto")
    assert [type(made[name]) for name in ("top_p", "temperature")] == [float, float]
    assert raw("GET", f"/assistants/{made['id']}") == (200, made)


def test_tools_are_shown_with_their_defaults(raw: Raw) -> None:
    bare = [{"type": "code_interpreter"}, {"type": "file_search"}, {"type": "function", "function": {"name": "f"}}]
    _, made = raw("POST", "/assistants", {"model": "gpt-4o", "tools": bare})
    ranking = {"ranker": "default_2024_08_21", "score_threshold": 0.0, "hybrid_search": None}
    function = {"name": "f", "description": None, "parameters": {"type": "object", "properties": {}}, "strict": False}
    assert made["tools"] == [
        {"type": "code_interpreter"},
        {"type": "file_search", "file_search": {"ranking_options": ranking}},
        {"type": "function", "function": function},
    ]
    given = [
        {"type": "file_search", "file_search": {"max_num_results": 3, "ranking_options": {"score_threshold": 0.5}}}
    ]
    _, made = raw("POST", "/assistants", {"model": "gpt-4o", "tools": given})
    search = made["tools"][0]["file_search"]
    assert list(search) == ["max_num_results", "ranking_options"]
    assert search["ranking_options"] == ranking | {"score_threshold": 0.5}


def test_a_modification_changes_only_the_given_fields(raw: Raw) -> None:
    given = {
        "model": "gpt-4o",
        "name": "one",
        "metadata": {"a": "b", "c": "d"},
        "tools": [{"type": "code_interpreter"}],
    }
    _, made = raw("POST", "/assistants", given)
    _, changed = raw("POST", f"/assistants/{made['id']}", {"name": "two", "metadata": {"e": "f"}})
    assert changed == made | {"name": "two", "metadata": {"e": "f"}}
    assert list(changed) == list(made)


def test_a_threads_resources_differ_from_answer_to_answer(raw: Raw) -> None:
    """As in the old API: empty when the thread is created or modified, with an empty list when it is retrieved."""
    _, made = raw("POST", "/threads", {"metadata": {"a": "b"}})
    assert keys(made) == "id object created_at metadata tool_resources"
    assert made["tool_resources"] == {}
    empty = {"code_interpreter": {"file_ids": []}}
    assert raw("GET", f"/threads/{made['id']}")[1] == made | {"tool_resources": empty}
    assert raw("POST", f"/threads/{made['id']}", {"metadata": {}})[1] == made | {"metadata": {}}


def test_a_missing_body_counts_as_an_empty_one(client: OpenAI) -> None:
    for body in (b"", b"{}"):
        answer = client._client.post(f"{client.base_url}threads", content=body)
        assert answer.status_code == 200


def test_messages(raw: Raw) -> None:
    _, thread = raw("POST", "/threads")
    place = f"/threads/{thread['id']}/messages"
    _, made = raw("POST", place, {"role": "user", "content": "Hello"})
    assert keys(made) == fields(MESSAGE)
    assert made["content"] == [{"type": "text", "text": {"value": "Hello", "annotations": []}}]
    assert made.items() >= {"assistant_id": None, "run_id": None, "status": "completed", "attachments": []}.items()
    parts = [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
    ]
    _, made = raw("POST", place, {"role": "assistant", "content": parts})
    shown = {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "auto"}}
    assert json.dumps(made["content"][1]) == json.dumps(shown)
    assert made["content"][2] == {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}}
    assert (made["role"], made["assistant_id"], made["run_id"]) == ("assistant", None, None)


def test_a_modified_message_has_file_ids(raw: Raw) -> None:
    _, thread = raw("POST", "/threads", {"messages": [{"role": "user", "content": "Hello"}]})
    _, listed = raw("GET", f"/threads/{thread['id']}/messages")
    place = f"/threads/{thread['id']}/messages/{listed['data'][0]['id']}"
    _, changed = raw("POST", place, {"metadata": {"a": "b"}})
    assert keys(changed) == fields(MESSAGE).replace("metadata", "file_ids metadata")
    assert (changed["file_ids"], changed["metadata"]) == ([], {"a": "b"})
    assert keys(raw("GET", place)[1]) == fields(MESSAGE)


def test_attachments_are_echoed_one_by_one(talk: Talk, raw: Raw) -> None:
    file = talk.client.files.create(file=("notes.txt", b"pizza"), purpose="assistants")
    tools = ({"type": "file_search"}, {"type": "code_interpreter"})
    given = [{"file_id": file.id, "tools": [tool]} for tool in tools]
    _, thread = raw("POST", "/threads")
    _, made = raw("POST", f"/threads/{thread['id']}/messages", {"role": "user", "content": "?", "attachments": given})
    assert made["attachments"] == given


def test_a_run_from_its_start_to_its_end(talk: Talk, raw: Raw, clock: Clock) -> None:
    helper, thread = talk.assistant(instructions=None), talk.thread(WEATHER)
    place = f"/threads/{thread.id}/runs"
    _, queued = raw("POST", place, {"assistant_id": helper.id})
    assert keys(queued) == fields(RUN)
    assert queued["status"] == "queued"
    assert queued["expires_at"] - queued["created_at"] == 600
    assert queued.items() >= {"started_at": None, "usage": None, "instructions": "", "metadata": {}}.items()
    assert queued["truncation_strategy"] == {"type": "auto", "last_messages": None}
    talk.poll(talk.threads.runs.retrieve(queued["id"], thread_id=thread.id))
    _, asking = raw("GET", f"{place}/{queued['id']}")
    assert asking.items() >= {"usage": None, "completed_at": None, "expires_at": queued["expires_at"]}.items()
    assert asking["started_at"] >= queued["created_at"]
    action = asking["required_action"]
    assert list(action) == ["type", "submit_tool_outputs"]
    call = action["submit_tool_outputs"]["tool_calls"][0]
    assert (list(call), list(call["function"])) == (["id", "type", "function"], ["name", "arguments"])
    clock.ahead = 100
    outputs = {"tool_outputs": [{"tool_call_id": call["id"], "output": "hail"}]}
    _, again = raw("POST", f"{place}/{queued['id']}/submit_tool_outputs", outputs)
    assert (again["status"], again["started_at"], again["required_action"]) == ("queued", asking["started_at"], None)
    talk.poll(talk.threads.runs.retrieve(queued["id"], thread_id=thread.id))
    _, done = raw("GET", f"{place}/{queued['id']}")
    assert (done["status"], done["expires_at"], done["created_at"]) == ("completed", None, queued["created_at"])
    assert done["started_at"] >= asking["started_at"] + 99, "it is rewritten when the run resumes"
    assert keys(done["usage"]) == USAGE
    check_steps(raw("GET", f"{place}/{queued['id']}/steps")[1]["data"], done)


def check_steps(steps: list[Json], run: Json) -> None:
    assert [keys(step) for step in steps] == [fields(STEP)] * 2
    written, called = steps
    assert (written["type"], called["type"]) == ("message_creation", "tool_calls")
    assert list(written["step_details"]) == ["type", "message_creation"]
    assert written["expires_at"] is called["expires_at"] is None, "once the run has ended"
    call = called["step_details"]["tool_calls"][0]
    assert (list(call), list(call["function"])) == (["id", "type", "function"], ["name", "arguments", "output"])
    for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert written["usage"][name] + called["usage"][name] == run["usage"][name]


def test_steps_show_how_a_search_was_ranked(talk: Talk, raw: Raw) -> None:
    file = talk.client.files.create(file=("notes.txt", b"The favorite food is pizza."), purpose="assistants")
    store = talk.client.vector_stores.create(file_ids=[file.id])
    tool = {"type": "file_search", "file_search": {"ranking_options": {"score_threshold": 0.25}}}
    resources = {"file_search": {"vector_store_ids": [store.id]}}
    helper = talk.assistant(tools=[tool], tool_resources=resources)
    run = talk.run('file_search {"query": "favorite food"}', assistant=helper)
    found = raw("GET", f"/threads/{run.thread_id}/runs/{run.id}/steps?order=asc")[1]["data"][0]["step_details"]
    search = found["tool_calls"][0]["file_search"]
    assert search["ranking_options"] == {"ranker": "default_2024_08_21", "score_threshold": 0.25}
    assert list(search["results"][0]) == ["file_id", "file_name", "score", "attributes"]
    wanted = "include[]=step_details.tool_calls%5B%2A%5D.file_search.results%5B%2A%5D.content"
    found = raw("GET", f"/threads/{run.thread_id}/runs/{run.id}/steps?order=asc&{wanted}")[1]["data"][0]["step_details"]
    assert found["tool_calls"][0]["file_search"]["results"][0]["content"][0]["type"] == "text"


def test_deleted_objects(raw: Raw) -> None:
    _, helper = raw("POST", "/assistants", {"model": "gpt-4o"})
    _, thread = raw("POST", "/threads", {"messages": [{"role": "user", "content": "Hello"}]})
    message = raw("GET", f"/threads/{thread['id']}/messages")[1]["data"][0]
    for path, id, kind in (
        (f"/assistants/{helper['id']}", helper["id"], "assistant"),
        (f"/threads/{thread['id']}/messages/{message['id']}", message["id"], "thread.message"),
        (f"/threads/{thread['id']}", thread["id"], "thread"),
    ):
        status, gone = raw("DELETE", path)
        assert (status, json.dumps(gone)) == (200, json.dumps({"id": id, "object": f"{kind}.deleted", "deleted": True}))
        assert raw("GET", path)[0] == 404


def test_json_is_indented_and_has_its_content_type(client: OpenAI) -> None:
    answer = client._client.post(f"{client.base_url}assistants", json={"model": "gpt-4o", "name": "Ñandú"})
    assert re.match(r'\{\n  "id": "asst_\w{24}",\n  "object": "assistant",\n', answer.text)
    assert "Ñandú" in answer.text
