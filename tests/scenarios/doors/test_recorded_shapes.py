"""The shim's answers compared with the real API's answers to the same requests: events, keys, types, framing."""

import json
from pathlib import Path
from typing import Any

import pytest

from shim import OpenAI
from shim.sandbox.http import running
from tests.recordings import WIRE
from tests.scenarios.doors.recorded import Exchange, Ids, cassettes, events, exchanges, skeleton
from tests.scenarios.doors.talking import until_ended

Json = dict[str, Any]
pytestmark = pytest.mark.wire

#: Intended differences, by object: keys that the published schema requires, and ``instructions`` that are never null,
#: as strict readers need it.
MORE = {
    "thread.run.step": {"expired_at", "metadata"},
    "thread.message": {"status", "completed_at", "incomplete_at", "incomplete_details"},
}
NEVER_NULL = {"thread.run": {"instructions"}}
#: Recorded texts, and texts that make the sandbox do what the model did.
REPLACED_TEXTS = {
    "What should I wear outside right now?": "get_current_weather",
    "What should I eat on Thursday?": 'get_favorite_food_for_day_of_week {"day_of_week": "Thursday"}',
}


@pytest.fixture(params=cassettes(WIRE) or ["none"])
def cassette(request: pytest.FixtureRequest, wire: Path) -> list[Exchange]:
    return exchanges(wire, request.param)


def send(client: OpenAI, exchange: Exchange, ids: Ids) -> Any:
    """Send the recorded request, with our ids, and with texts that the sandbox understands."""
    path, text = ids.change(exchange.path), ids.change(json.dumps(exchange.body))
    for recorded, ours in REPLACED_TEXTS.items():
        text = text.replace(json.dumps(recorded), json.dumps(ours))
    body = json.loads(text)
    if exchange.method == "GET" and "/runs/" in path:
        _, thread_id, _, run_id = path.strip("/").split("/")
        until_ended(client.beta.threads, thread_id, run_id)
    if isinstance(exchange.answer, bytes):
        body.pop("stream")
        return stream(client, path, body)
    return client.get(path, cast_to=object) if body is None else client.post(path, body=body, cast_to=object)


def stream(client: OpenAI, path: str, body: Json) -> bytes:
    parts, threads = path.strip("/").split("/"), client.beta.threads
    if parts[-1] == "submit_tool_outputs":
        method = threads.runs.with_streaming_response.submit_tool_outputs
        where = {"thread_id": parts[1], "run_id": parts[3]}
    elif parts == ["threads", "runs"]:
        method, where = threads.with_streaming_response.create_and_run, {}
    else:
        method, where = threads.runs.with_streaming_response.create, {"thread_id": parts[1]}
    with method(**where, **body, stream=True) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        return b"".join(response.iter_bytes())


def compare(recorded: Json, ours: Json) -> None:
    """Every recorded key is in its place with a value of its type; intended differences are declared above."""
    if recorded.get("object") == "list":
        assert skeleton(ours | {"data": None}) == skeleton(recorded | {"data": None})
        for one, two in zip(recorded["data"], ours["data"], strict=True):
            compare(one, two)
        return
    kind = recorded["object"]
    assert ours["object"] == kind
    more, filled = MORE.get(kind, set()), NEVER_NULL.get(kind, set())
    recorded = recorded | {key: "" for key in filled if recorded.get(key) is None}
    assert {key for key in ours if key not in recorded} <= more
    left = {key: value for key, value in ours.items() if key in recorded}
    assert skeleton(left) == skeleton(recorded)


def folded(events: list[tuple[str, Any]]) -> list[str]:
    names = [name for name, _ in events]
    return [name for place, name in enumerate(names) if not (place and name == names[place - 1])]


def test_answers_have_the_recorded_shapes(cassette: list[Exchange]) -> None:
    ids = Ids()
    with running() as url, OpenAI(api_key="test", base_url=url) as client:
        for exchange in cassette:
            made = send(client, exchange, ids)
            ids.pair(exchange.answer, made) if isinstance(made, dict) else check_stream(exchange.answer, made, ids)
            if isinstance(made, dict):
                compare(exchange.answer, made)


def check_stream(recorded: bytes, made: bytes, ids: Ids) -> None:
    theirs, ours = events(recorded), events(made)
    assert folded(ours) == folded(theirs)
    assert made.endswith(b"event: done\ndata: [DONE]\n\n")
    for name in dict.fromkeys(folded(theirs)):
        if name == "done":
            continue
        one, two = ([data for event, data in each if event == name] for each in (theirs, ours))
        ids.pair(one[0], two[0])
        # The first delta of a kind has more keys than the others; the last represents the others.
        for place in (0, -1):
            compare(one[place], two[place])


def test_a_captured_submit_stream_has_our_events_and_keys(wire: Path) -> None:
    """The stream is older than today's keys: we send all its keys, in its order."""
    # The last newline is missing in the captured file.
    theirs = events((wire / "assistants/simple-openai/threads_runs_submittool_stream_2.sse").read_bytes() + b"\n")
    with running() as url, OpenAI(api_key="test", base_url=url) as client:
        tools = [{"type": "function", "function": {"name": "get_time"}}]
        helper = client.beta.assistants.create(model="gpt-4o", tools=tools)
        thread = {"messages": [{"role": "user", "content": "get_time"}]}
        run = client.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
        calls = run.required_action.submit_tool_outputs.tool_calls
        body = {"tool_outputs": [{"tool_call_id": call.id, "output": "noon"} for call in calls]}
        ours = events(stream(client, f"/threads/{run.thread_id}/runs/{run.id}/submit_tool_outputs", body))
    assert folded(ours) == folded(theirs)
    for name in dict.fromkeys(folded(theirs)[:-1]):
        one, two = (next(data for event, data in each if event == name) for each in (theirs, ours))
        assert [key for key in two if key in one] == list(one), name
