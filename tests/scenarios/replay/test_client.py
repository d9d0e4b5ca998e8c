"""Every recorded stream, through the client and the SDK's own helpers, from upstream's bytes to ``on_end``."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.replay.catalogue import Stream, streams
from tests.scenarios.replay.chunkings import CHUNKINGS
from tests.scenarios.replay.expected import Expected, Message, expect, total
from tests.scenarios.replay.playing import Json, Played, all_expected, aplay, play
from tests.scenarios.replay.recorders import arguments, check_order, folded

pytestmark = pytest.mark.wire

#: Thousands of reads are slow: here only shorter streams are cut so small; the reader's and the rules' own tests do it
#: with every stream.
MOST_READS = 8_000
SIZES = {"1 byte": 1, "7 bytes": 7}
MARKER = re.compile("【[^】]*†[^】]*】")


def _cases() -> list[tuple[Stream, str]]:
    every = [(stream, name) for stream in streams() for name in CHUNKINGS]
    return [(stream, name) for stream, name in every if len(stream.raw) <= MOST_READS * SIZES.get(name, math.inf)]


def _case(stream: Stream, chunking: str) -> Any:
    """A test of one stream and chunking.  Cuts do not depend on the SDK's version: the matrix runs one per stream."""
    marks = [] if chunking == "event" else [pytest.mark.slow]
    return pytest.param(stream, chunking, id=f"{stream.name}-{chunking}", marks=[*marks, *_needs(stream)])


def _needs(stream: Stream) -> list[pytest.MarkDecorator]:
    """The first SDKs have no type for a refusal, and serialise one only with a warning."""
    return [pytest.mark.sdk("1.40")] if b"response.refusal.delta" in stream.raw else []


@pytest.mark.parametrize("stream,chunking", [_case(*each) for each in _cases()])
def test_the_blocking_client_emits_the_recording(
    stream: Stream, chunking: str, record_property: Callable[[str, object], None]
) -> None:
    _record(record_property, stream, chunking)
    check(stream, play(stream, chunking))


@pytest.mark.parametrize("stream", [pytest.param(each, id=each.name, marks=_needs(each)) for each in streams()])
async def test_the_async_client_emits_the_recording(
    stream: Stream, record_property: Callable[[str, object], None]
) -> None:
    _record(record_property, stream, "event, async")
    check(stream, await aplay(stream, "event"))


def _record(record_property: Callable[[str, object], None], stream: Stream, chunking: str) -> None:
    ended = expect(stream.response).run_status
    entry = {"kind": stream.kind, "stream": stream.name, "ended": ended, "chunking": chunking}
    record_property("replay", json.dumps(entry))


def check(stream: Stream, played: Played) -> None:
    """Compare what the application and upstream received with the recording."""
    wanted = all_expected(stream)
    for notes, expected in zip(played.notes, wanted, strict=True):
        assert notes.problems == []
        assert notes.calls["on_end"] == 1
        check_order(notes)
        assert notes.closing[0] == f"thread.run.{expected.run_status}"
        _check_texts([*folded(notes).values()], expected)
        _check_texts([_text(each) for each in notes.messages], expected)
    _check_calls(played, wanted[0])
    _check_outputs(stream, played)
    _check_run(played.run, wanted)
    _check_messages(played, wanted)
    _check_steps(played, wanted)


def _text(message: Json) -> str:
    parts = [part for part in message["content"] if part["type"] != "image_file"]
    return "".join(part["text"]["value"] if part["type"] == "text" else part["refusal"] for part in parts)


def _unmarked(text: str, wanted: Message) -> str:
    return MARKER.sub("", text) if wanted.of("file_citation") else text


def _check_texts(texts: list[str], expected: Expected) -> None:
    assert len(texts) == len(expected.messages)
    for text, wanted in zip(texts, expected.messages, strict=True):
        assert _unmarked(text, wanted) == wanted.text + wanted.refusal


def _check_calls(played: Played, expected: Expected) -> None:
    """The calls in `required_action`, and their arguments in the deltas."""
    _, run = played.notes[0].closing
    required = (run.get("required_action") or {}).get("submit_tool_outputs", {}).get("tool_calls", [])
    calls = [(each["id"], each["function"]["name"], each["function"]["arguments"]) for each in required]
    assert calls == [*expected.calls]
    received = arguments(played.notes[0])
    assert len(received) == len(expected.calls) + len(expected.cut_calls)
    assert [wanted for _, _, wanted in expected.calls] == received[: len(expected.calls)]


def _check_outputs(stream: Stream, played: Played) -> None:
    """The request to upstream has each output with its call's id, and either the chain or the calls themselves."""
    assert len(played.bodies) == len(played.notes)
    assert all(body["stream"] is True for body in played.bodies)
    if not played.outputs:
        return
    body = played.bodies[1]
    sent = {item["call_id"]: item["output"] for item in body["input"] if item.get("type") == "function_call_output"}
    assert sent == played.outputs
    resent = [item["call_id"] for item in body["input"] if item.get("type") == "function_call"]
    if stream.response.get("store"):
        assert (body["previous_response_id"], resent) == (stream.response["id"], [])
    else:
        assert (body.get("previous_response_id"), resent) == (None, [*played.outputs])


def _check_run(run: Json, wanted: list[Expected]) -> None:
    last = wanted[-1]
    assert run["status"] == last.run_status
    counted = total(*(each.usage for each in wanted))
    assert {name: run["usage"].get(name) for name in counted} == counted
    assert run["incomplete_details"] == ({"reason": "max_completion_tokens"} if last.reason else None)
    if last.error is None:
        assert run["last_error"] is None
    else:
        assert run["last_error"] == {"code": "rate_limit_exceeded", "message": last.error["message"]}


def _check_messages(played: Played, wanted: list[Expected]) -> None:
    """Listed messages equal the recorded ones, with citations at their positions."""
    user, *answers = played.messages
    assert user["role"] == "user"
    expected = [message for each in wanted for message in each.messages]
    for message, recorded in zip(answers, expected, strict=True):
        assert _unmarked(_text(message), recorded) == recorded.text + recorded.refusal
        notes = [note for part in message["content"] if part["type"] == "text" for note in part["text"]["annotations"]]
        for note in notes:
            assert _text(message)[note["start_index"] : note["end_index"]] == note["text"]
        cited = [note["file_citation"]["file_id"] for note in notes if note["type"] == "file_citation"]
        assert cited == recorded.cited
        assert [note["text"] for note in notes if note["type"] == "file_path"] == recorded.linked
    assert [message["id"] for message in answers] == [each["id"] for notes in played.notes for each in notes.messages]


def _check_steps(played: Played, wanted: list[Expected]) -> None:
    """There is a step for each message and each hosted call of the old API, and one for all functions of a response."""
    hosted: dict[str, int] = {}
    for step in played.steps:
        assert step["status"] in ("completed", "failed")
        for call in step["step_details"].get("tool_calls", []):
            hosted[call["type"]] = hosted.get(call["type"], 0) + 1
    made = [
        step["step_details"]["message_creation"]["message_id"] for step in played.steps if step["type"] != "tool_calls"
    ]
    assert made == [message["id"] for message in played.messages[1:]]
    first = wanted[0]
    functions = len(first.calls) + len(first.cut_calls)
    counts = {"function": functions} | {
        name: first.hosted[f"{name}_call"] for name in ("code_interpreter", "file_search")
    }
    assert hosted == {name: count for name, count in counts.items() if count}
    answered = {
        c["id"]: c["function"]["output"]
        for s in played.steps
        for c in s["step_details"].get("tool_calls", [])
        if c["type"] == "function"
    }
    assert {call_id: answered[call_id] for call_id in played.outputs} == played.outputs
