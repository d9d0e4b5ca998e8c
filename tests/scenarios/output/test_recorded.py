"""Genuine recordings of answers other than plain text, through the clients: refusals, structured and incomplete
answers, reasoning.

Each is streamed and polled, with blocking and async clients in turn; expected is what the recording contains.
"""

import json
from functools import cache
from typing import Any

import pytest

from tests.scenarios.hosted_tools.conftest import PLAYS
from tests.scenarios.hosted_tools.recordings import FOLDER, Json, Player, Recording, _read
from tests.scenarios.hosted_tools.stage import Stage, folded

pytestmark = pytest.mark.wire
#: Folder: how many recordings of answers it contains.
HELD = {"refusal": 3, "structured_output": 2, "incomplete_max_output_tokens": 4, "reasoning_summary": 2}
SHOWN = {
    "output_text": ("text", lambda part: part["text"]["value"]),
    "refusal": ("refusal", lambda part: part["refusal"]),
}


@cache
def recordings() -> tuple[Recording, ...]:
    """The recordings that end a run; those that require outputs are tested in the tool loop."""
    found = [_read(path) for folder in HELD for path in sorted((FOLDER / folder).glob("*.response.*"))]
    return tuple(each for each in found if each.response["status"] != "completed" or not each.items("function_call"))


def test_all_recordings_are_present(wire: Any) -> None:
    assert {kind: sum(each.kind == kind for each in recordings()) for kind in HELD} == HELD
    parts = {part["type"] for each in recordings() for part in each.parts}
    assert parts == {"output_text", "refusal"}
    assert any(each.items("reasoning") and each.streamed for each in recordings())
    assert any(each.items("function_call") for each in recordings())


#: Every recording is streamed once and polled once, with blocking and async clients in turn.
CASES = [(each, way) for place, each in enumerate(recordings()) for way in list(PLAYS)[place % 2 :: 2]]


@pytest.mark.skipif(not recordings(), reason="no recordings")
@pytest.mark.parametrize("recording, way", [pytest.param(*case, id=f"{case[0].name}-{case[1]}") for case in CASES])
def test_a_recording_gives_its_messages_and_steps(
    recording: Recording, way: str, players: dict[str, tuple[Stage, Player]]
) -> None:
    stage, player = players[way]
    player.recording = recording
    result = _run(stage, recording)
    _check_end(result, recording)
    _check_messages(result, recording)
    hidden = [item["encrypted_content"] for item in recording.items("reasoning") if item.get("encrypted_content")]
    shown = json.dumps([result.messages, result.steps, result.rounds])
    assert not [secret for secret in hidden if secret in shown]
    assert "summary_text" not in shown


def _run(stage: Stage, recording: Recording) -> Any:
    functions = [{"type": "function", "function": {"name": each["name"]}} for each in recording.items("function_call")]
    helper = stage.client.beta.assistants.create(model="gpt-4o", tools=functions)
    thread = stage.thread(messages=[{"role": "user", "content": "Play it."}])
    return stage.run(thread, helper.id)


def _check_end(result: Any, recording: Recording) -> None:
    response = recording.response
    assert result.run["status"] == response["status"], result.run["last_error"]
    assert result.run["usage"]["completion_tokens"] == response["usage"]["output_tokens"]
    details = response["usage"]["output_tokens_details"]
    assert result.run["usage"]["completion_tokens_details"]["reasoning_tokens"] == details["reasoning_tokens"]
    if response["status"] == "incomplete":
        assert response["incomplete_details"] == {"reason": "max_output_tokens"}
        assert result.run["incomplete_details"] == {"reason": "max_completion_tokens"}
    # An incomplete call becomes a failed step; reasoning becomes no step.
    assert len(result.steps) == len(recording.items("message")) + bool(recording.items("function_call"))


def _check_messages(result: Any, recording: Recording) -> None:
    messages: list[Json] = [each for each in result.messages if each["run_id"] == result.run["id"]]
    written = recording.items("message")
    assert [each["status"] for each in messages] == [each["status"] for each in written]
    for message, item in zip(messages, written, strict=True):
        shown = [(part["type"], part) for part in message["content"]]
        assert [kind for kind, _ in shown] == [SHOWN[part["type"]][0] for part in item["content"]]
        for (_, part), recorded in zip(shown, item["content"], strict=True):
            key = "refusal" if recorded["type"] == "refusal" else "text"
            assert SHOWN[recorded["type"]][1](part) == recorded[key]
    if (fold := folded(result)) is not None:
        assert all(fold.content(each["id"]) == each["content"] for each in messages)
