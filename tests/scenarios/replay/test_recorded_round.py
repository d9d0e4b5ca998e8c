"""The only tool round that was recorded with both answers: a call, its output, and the text after it."""

from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.replay.catalogue import stream_named, streams
from tests.scenarios.replay.expected import expect, total
from tests.scenarios.replay.playing import answer, assistant
from tests.scenarios.replay.recorders import Recorder
from tests.scenarios.replay.server import Replay

pytestmark = [pytest.mark.wire, pytest.mark.skipif(not streams(), reason="no recordings")]
ASKS, ANSWERS = "GenStream-Tools-SquareRoot-1", "GenStream-Tools-SquareRoot-2"


def test_the_shim_sends_the_recorded_request() -> None:
    first, second = stream_named(ASKS), stream_named(ANSWERS)
    assert second.request is not None
    (recorded,) = second.request["input"]
    with Replay([answer(first, "event"), answer(second, "event")]) as server:
        notes = _round(server.url, recorded["output"])
    assert server.problems == []
    sent = server.bodies[1]
    assert [(each["call_id"], each["output"]) for each in sent["input"]] == [(recorded["call_id"], recorded["output"])]
    assert sent["previous_response_id"] == second.request["previous_response_id"] == first.response["id"]
    assert [tool["name"] for tool in sent["tools"]] == [tool["name"] for tool in second.request["tools"]]
    wanted = total(expect(first.response).usage, expect(second.response).usage)
    assert {name: notes.closing[1]["usage"].get(name) for name in wanted} == wanted
    assert notes.texts == [each.text for each in expect(second.response).messages]


def _round(url: str, output: str) -> Any:
    """Stream a run and its tool round; the notes of the second stream."""
    with OpenAI(api_key="test", base_url=url, max_retries=0) as client:
        runs = client.beta.threads.runs
        helper = client.beta.assistants.create(**assistant(stream_named(ASKS)))
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Play it."}])
        with runs.stream(thread_id=thread.id, assistant_id=helper.id, event_handler=(recorder := Recorder())) as events:
            events.until_done()
        _, run = recorder.notes.closing
        (call,) = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs: Any = [{"tool_call_id": call["id"], "output": output}]
        where = {"thread_id": thread.id, "run_id": run["id"]}
        with runs.submit_tool_outputs_stream(
            **where, tool_outputs=outputs, event_handler=(recorder := Recorder())
        ) as events:
            events.until_done()
    return recorder.notes
