"""Every genuine recording with a hosted tool, a citation, a generated file or an image, through the clients.

Each recording is streamed and polled, with the blocking or the async client in turn; the recording itself contains the
expected values.
"""

import base64
import json
from collections import Counter
from typing import Any

import pytest

from tests.recordings import REQUIRED, WIRE
from tests.scenarios.doors.talking import carry_out
from tests.scenarios.hosted_tools.conftest import STREAMED
from tests.scenarios.hosted_tools.recordings import HELD, STEPS, Json, Player, Recording, assistant, recordings
from tests.scenarios.hosted_tools.stage import Stage, folded

#: The SDK's types contain only the old tools, and Pydantic warns when an object with another tool is dumped.
pytestmark = [pytest.mark.wire, pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")]
CONTENTS: Any = ["step_details.tool_calls[*].file_search.results[*].content"]
WAYS = ("streamed", "polled")
#: The recorded request of an MCP server for approval; its answer is a recording of its own.
QUESTIONS = [each for each in recordings() if each.items("mcp_approval_request")]
#: Each recording is streamed and polled; the clients of each way alternate.
PLAIN = [each for each in recordings() if each not in QUESTIONS]
CASES = [(each, way, (place + turn) % 2) for place, each in enumerate(PLAIN) for turn, way in enumerate(WAYS)]
POLLED = ("sync, polled", "async, in the background")


def test_all_recordings_are_present() -> None:
    if not WIRE.is_dir() and not REQUIRED:
        pytest.skip("no recordings")
    held = Counter((each.kind, each.streamed) for each in recordings())
    assert {kind: (held[kind, True], held[kind, False]) for kind in HELD} == HELD
    assert len(QUESTIONS) == 1
    items = Counter(item["type"] for each in recordings() for item in each.items(*STEPS))
    assert items == {
        "code_interpreter_call": 18,
        "file_search_call": 6,
        "image_generation_call": 2,
        "mcp_call": 4,
        "mcp_list_tools": 3,
        "web_search_call": 4,
    }
    notes = Counter(note["type"] for each in recordings() for part in each.parts for note in part["annotations"])
    assert notes == {"container_file_citation": 10, "file_citation": 12, "url_citation": 13}


@pytest.mark.skipif(not recordings(), reason="no recordings")
@pytest.mark.parametrize(
    "recording, way, colour", [pytest.param(*case, id=f"{case[0].name}-{case[1]}") for case in CASES]
)
def test_a_recording(recording: Recording, way: str, colour: int, players: dict[str, tuple[Stage, Player]]) -> None:
    stage, player = players[(STREAMED if way == "streamed" else POLLED)[colour]]
    player.recording = recording
    helper = stage.client.beta.assistants.create(model="gpt-4o", **assistant(recording))
    thread = stage.thread(messages=[{"role": "user", "content": "Play it."}])
    result = stage.run(thread, helper.id, include=CONTENTS)
    assert result.run["status"] == "completed", result.run["last_error"]
    _check_steps(stage, result, recording)
    _check_messages(stage, player, result, recording)
    _check_stream(result)


@pytest.mark.skipif(not recordings(), reason="no recordings")
@pytest.mark.parametrize("play", [STREAMED[0], POLLED[1]])
def test_the_recorded_question_and_its_answer(play: str, players: dict[str, tuple[Stage, Player]]) -> None:
    """The application's output is sent upstream as the recorded client sent it."""
    stage, player = players[play]
    (player.recording,) = QUESTIONS
    ((request,), (allowed,)) = player.recording.items("mcp_approval_request"), _following(player.recording)
    helper = stage.client.beta.assistants.create(model="gpt-4o", **assistant(player.recording))
    thread = stage.thread(messages=[{"role": "user", "content": "Roll."}])

    def approve(arguments: Json) -> str:
        assert arguments == {name: request[name] for name in ("server_label", "name", "arguments")}
        player.recording = allowed
        return "true"

    result = carry_out(stage.client, stage.way, thread, helper.id, {"mcp_approval_request": approve})
    assert result.run["status"] == "completed"
    assert stage.sent("/responses")[-1]["input"] == allowed.request["input"]
    (call,) = allowed.items("mcp_call")
    assert [step["step_details"]["tool_calls"][0]["function"]["output"] for step in result.steps[1:3]] == [
        "true",
        call["output"],
    ]
    assert result.text == allowed.parts[0]["text"]


def _following(recording: Recording) -> list[Recording]:
    name = recording.name.replace("__00_", "__01_")
    return [each for each in recordings() if each.name == name]


def _check_steps(stage: Stage, result: Any, recording: Recording) -> None:
    """A step for each item except reasoning, in the order of the recording."""
    shown = stage.client.beta.threads.runs.steps.list(
        result.run["id"], thread_id=result.run["thread_id"], order="asc", limit=100, include=CONTENTS
    )
    steps = [step.to_dict(mode="json") for step in shown]
    items = recording.items("message", *STEPS)
    assert len(steps) == len(items)
    for step, item in zip(steps, items, strict=True):
        assert step["status"] == "completed"
        if item["type"] == "message":
            assert step["type"] == "message_creation"
            continue
        (call,) = step["step_details"]["tool_calls"]
        assert call["type"] == STEPS[item["type"]]
        CALLS[item["type"]](stage, call, item)


def _is_search(stage: Stage, call: Json, item: Json) -> None:
    expected = [
        {
            "file_id": result["file_id"],
            "file_name": result["filename"],
            "score": result["score"],
            "attributes": result["attributes"],
            "content": [{"type": "text", "text": result["text"]}],
        }
        for result in item["results"] or []
    ]
    assert call["file_search"]["results"] == expected


def _is_code(stage: Stage, call: Json, item: Json) -> None:
    ran = call["code_interpreter"]
    assert ran["input"] == item["code"]
    assert [output["type"] for output in ran["outputs"]] == [output["type"] for output in item["outputs"] or []]
    for output, recorded in zip(ran["outputs"], item["outputs"] or [], strict=True):
        if output["type"] == "logs":
            assert output["logs"] == recorded["logs"]
        else:
            content = stage.client.files.content(output["image"]["file_id"]).read()
            assert content == base64.b64decode(recorded["url"].partition(",")[2])


def _is_web(stage: Stage, call: Json, item: Json) -> None:
    assert (call["function"]["name"], call["function"]["output"]) == ("web_search", "completed")
    assert json.loads(call["function"]["arguments"]) == item["action"]


def _is_picture(stage: Stage, call: Json, item: Json) -> None:
    assert call["function"]["name"] == "image_generation"
    assert json.loads(call["function"]["arguments"]) == {"prompt": item.get("revised_prompt")}
    assert stage.client.files.content(call["function"]["output"]).read() == base64.b64decode(item["result"])


def _is_list(stage: Stage, call: Json, item: Json) -> None:
    assert call["function"]["name"] == "mcp_list_tools"
    assert json.loads(call["function"]["arguments"]) == {"server_label": item["server_label"]}
    assert json.loads(call["function"]["output"]) == {"tools": [tool["name"] for tool in item["tools"]]}


def _is_mcp(stage: Stage, call: Json, item: Json) -> None:
    output = json.dumps({"error": item["error"]}, separators=(",", ":")) if item["output"] is None else item["output"]
    assert (call["function"]["name"], call["function"]["output"]) == (item["name"], output)
    arguments = {"server_label": item["server_label"], "arguments": item["arguments"]}
    assert json.loads(call["function"]["arguments"]) == arguments


CALLS = {
    "file_search_call": _is_search,
    "code_interpreter_call": _is_code,
    "web_search_call": _is_web,
    "image_generation_call": _is_picture,
    "mcp_list_tools": _is_list,
    "mcp_call": _is_mcp,
}


def _check_messages(stage: Stage, player: Player, result: Any, recording: Recording) -> None:
    messages = [message for message in result.messages if message["run_id"] == result.run["id"]]
    assert len(messages) == len(recording.parts)
    for message, part in zip(messages, recording.parts, strict=True):
        (text,) = [each["text"] for each in message["content"] if each["type"] == "text"]
        _check_text(text, part)
        files = [note for note in part["annotations"] if note["type"] == "container_file_citation"]
        linked = [note["file_id"] for note in files if note["start_index"] < note["end_index"]]
        assert [each["file_id"] for each in message["attachments"]] == linked
        for file in linked:
            assert stage.client.files.content(file).read() == player.contents[file]
    _check_pictures(stage, messages, recording)


def _check_text(text: Json, part: Json) -> None:
    """The recorded text, with a unique marker at each citation of a file, and links at their recorded places."""
    cited = [note for note in part["annotations"] if note["type"] == "file_citation"]
    marks = [note for note in text["annotations"] if note["text"].startswith("【")]
    value, shift = part["text"], 0
    for note, mark in zip(sorted(cited, key=lambda note: note["index"]), marks, strict=True):
        assert mark["file_citation"] == {"file_id": note["file_id"]}
        assert mark["start_index"] == note["index"] + shift
        value = value[: mark["start_index"]] + mark["text"] + value[mark["start_index"] :]
        shift += len(mark["text"])
    assert text["value"] == value
    assert len({mark["text"] for mark in marks}) == len(marks)
    for note in text["annotations"]:
        assert value[note["start_index"] : note["end_index"]] == note["text"]
    others = [note for note in text["annotations"] if note not in marks]
    assert [_target(note) for note in others] == [
        (part["text"][note["start_index"] : note["end_index"]], note.get("url") or note["file_id"])
        for note in part["annotations"]
        if note["type"] != "file_citation" and note["start_index"] < note["end_index"]
    ]


def _target(note: Json) -> tuple[str, str]:
    return note["text"], (note.get("file_path") or note["file_citation"])["file_id"]


def _check_pictures(stage: Stage, messages: list[Json], recording: Recording) -> None:
    """The message shows all the recorded pictures, and each can be fetched."""
    shown = [part["image_file"]["file_id"] for each in messages for part in each["content"] if part["type"] != "text"]
    outputs = [output for item in recording.items("code_interpreter_call") for output in item["outputs"] or []]
    drawn = [output for output in outputs if output["type"] == "image"]
    notes = [note for part in recording.parts for note in part["annotations"]]
    cited = [note for note in notes if note["type"] == "container_file_citation" and not note["end_index"]]
    assert len(shown) == max(len(drawn), len(cited)) + len(recording.items("image_generation_call"))
    assert all(stage.client.files.content(file).read() for file in shown)


def _check_stream(result: Any) -> None:
    """The messages that the SDK builds from the deltas equal the stored ones."""
    fold = folded(result)
    for message in result.messages[1:] if fold else ():
        assert fold.content(message["id"]) == message["content"]
