"""What an object shows is a valid value of the same field in the calls that create and modify such objects, as programs
copy assistants and repeat runs from what they have retrieved.
"""

from typing import Any

import pytest

from shim.wire.requests import OPERATIONS
from tests.scenarios.protocol.conftest import Raw

Json = dict[str, Any]
FUNCTION = {"type": "function", "function": {"name": "f"}}
RANKED = {"max_num_results": 3, "ranking_options": {"score_threshold": 0.5}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "f", "schema": {"type": "object"}}}
HELLO = {"role": "user", "content": "Hello."}
#: Assistants as they are requested.
ASSISTANTS: dict[str, Json] = {
    "bare": {},
    "hosted tools": {"tools": [{"type": "file_search"}, {"type": "code_interpreter"}, FUNCTION]},
    "a ranked search": {"tools": [{"type": "file_search", "file_search": RANKED}], "metadata": {"a": "b"}},
    "formats": {"response_format": SCHEMA, "temperature": 0.5, "top_p": 1, "name": "n", "description": "d"},
    "plain text": {"response_format": {"type": "text"}, "instructions": "Be brief.", "reasoning_effort": "low"},
    "a new tool": {"tools": [{"type": "web_search"}]},
}
#: Runs as they are requested.
RUNS: dict[str, Json] = {
    "bare": {},
    "limits": {"max_prompt_tokens": 5000, "max_completion_tokens": 50, "metadata": {"a": "b"}},
    "a window": {"truncation_strategy": {"type": "last_messages", "last_messages": 3}},
    "a choice": {"tool_choice": {"type": "code_interpreter"}, "parallel_tool_calls": False},
    "a function": {"tools": [FUNCTION], "tool_choice": {"type": "function", "function": {"name": "f"}}},
    "a ranked search": {"tools": [{"type": "file_search", "file_search": RANKED}], "response_format": {"type": "text"}},
}
IMAGES = [
    {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
]


def shown_fields(operation: str, shown: Json) -> list[str]:
    """The fields of a request that an object of its kind shows, too."""
    return [name for name in OPERATIONS[operation].model_fields if name in shown]


def sent(raw: Raw, path: str, body: Json) -> Json:
    status, shown = raw("POST", path, body)
    assert status == 200, shown
    # The field of an answer may differ from that of the object in the store.
    status, shown = raw("GET", f"{path}/{shown['id']}" if not path.endswith(shown["id"]) else path)
    assert status == 200
    return dict(shown)


def without_chance(shown: Json) -> Json:
    return {name: value for name, value in shown.items() if name not in ("id", "created_at", "completed_at")}


@pytest.mark.parametrize("name", ASSISTANTS)
def test_an_assistant(raw: Raw, name: str) -> None:
    shown = sent(raw, "/assistants", {"model": "gpt-4o", **ASSISTANTS[name]})
    for field in shown_fields("assistants.update", shown):
        assert sent(raw, f"/assistants/{shown['id']}", {field: shown[field]}) == shown
    again = {field: shown[field] for field in shown_fields("assistants.create", shown)}
    assert again.keys() == shown.keys() - {"id", "object", "created_at"}
    assert without_chance(sent(raw, "/assistants", again)) == without_chance(shown)


@pytest.mark.parametrize("name", ASSISTANTS)
def test_a_run_with_what_an_assistant_shows(raw: Raw, name: str) -> None:
    assistant = sent(raw, "/assistants", {"model": "gpt-4o", **ASSISTANTS[name]})
    body = {field: assistant[field] for field in shown_fields("runs.create", assistant)}
    thread = sent(raw, "/threads", {"messages": [HELLO]})
    path = f"/threads/{thread['id']}/runs"
    run = sent(raw, path, {"assistant_id": assistant["id"], "stream": False, **body})
    assert {field: run[field] for field in body} == body | {"instructions": assistant["instructions"] or ""}


@pytest.mark.parametrize("name", RUNS)
def test_a_run(raw: Raw, name: str) -> None:
    tools = [{"type": "code_interpreter"}, {"type": "file_search"}]
    _, assistant = raw("POST", "/assistants", {"model": "gpt-4o", "tools": tools})

    def run(body: Json) -> Json:
        thread = sent(raw, "/threads", {"messages": [HELLO]})
        return sent(raw, f"/threads/{thread['id']}/runs", {"assistant_id": assistant["id"], **body})

    shown = run(RUNS[name])
    fields = shown_fields("runs.create", shown)
    again = run({field: shown[field] for field in fields})
    assert {field: again[field] for field in fields} == {field: shown[field] for field in fields}
    at_once = {field: shown[field] for field in shown_fields("threads.create_and_run", shown)}
    status, again = raw("POST", "/threads/runs", {**at_once, "thread": {"messages": [HELLO]}})
    assert (status, {field: again[field] for field in at_once}) == (200, at_once)


#: Threads as they are requested.
THREADS: list[Json] = [
    {},
    {"metadata": {"a": "b"}},
    {"tool_resources": {"code_interpreter": {"file_ids": ["file-1"]}}},
    {"tool_resources": {"file_search": {"vector_store_ids": ["vs_1"]}}},
    {"tool_resources": {"file_search": None, "code_interpreter": {"file_ids": None}}},
]


@pytest.mark.parametrize("body", THREADS)
def test_a_thread(raw: Raw, body: Json) -> None:
    shown = sent(raw, "/threads", body)
    for field in shown_fields("threads.update", shown):
        assert sent(raw, f"/threads/{shown['id']}", {field: shown[field]}) == shown
    again = {field: shown[field] for field in shown_fields("threads.create", shown)}
    assert without_chance(sent(raw, "/threads", again)) == without_chance(shown)


@pytest.mark.parametrize("content", [IMAGES, IMAGES[:1], IMAGES[1:]])
def test_a_message(raw: Raw, content: Any) -> None:
    """A text is shown in another form than it is sent in; everything else in the same."""
    path = f"/threads/{sent(raw, '/threads', {})['id']}/messages"
    attached = [{"file_id": "file-1", "tools": [{"type": "code_interpreter"}]}]
    body = {"role": "assistant", "content": content, "attachments": attached, "metadata": {"a": "b"}}
    shown = sent(raw, path, body)
    assert sent(raw, f"{path}/{shown['id']}", {"metadata": shown["metadata"]}) == shown
    again = {field: shown[field] for field in shown_fields("messages.create", shown)}
    assert without_chance(sent(raw, path, again)) == without_chance(shown)
