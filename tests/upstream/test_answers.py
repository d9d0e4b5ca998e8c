"""Bodies with status 200: event streams, whole responses, and other bodies."""

import json
from typing import Any

import pytest

from shim.upstream.answers import FINISHED, STATUSES, Body, NoResponse, checked
from shim.wire import sse

Json = dict[str, Any]
MESSAGE = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi."}]}
WHOLE: Json = {"id": "resp_1", "object": "response", "status": "completed", "output": [MESSAGE]}


def read(body: bytes, size: int) -> list[Json]:
    """The events of a body that is received in pieces of ``size`` bytes."""
    reader = Body()
    events = [event for start in range(0, len(body), size) for event in reader.feed(body[start : start + size])]
    return events + reader.close()


def stream(*events: Json) -> bytes:
    return b"".join(sse.encode(event["type"], event) for event in events)


EVENTS: list[Json] = [{"type": "response.created", "response": {}}, {"type": "response.completed", "response": WHOLE}]
FOLDED: list[Json] = [{"type": "response.created", "response": WHOLE | {"status": "in_progress"}}, EVENTS[1]]
FAILED = {"object": "response", "status": "failed", "error": {"message": "Boom."}}
ERROR = {"message": "No.", "code": "c"}
#: A body, and its events.
GOOD: dict[str, tuple[bytes, list[Json]]] = {
    "a stream": (stream(*EVENTS), EVENTS),
    "a stream behind a byte order mark": (b"\xef\xbb\xbf" + stream(*EVENTS), EVENTS),
    "a stream behind a sign of life": (b": hello\n\n" + stream(*EVENTS), EVENTS),
    "a stream with an error alone": (stream({"type": "error", "error": ERROR}), [{"type": "error", "error": ERROR}]),
    "a response": (json.dumps(WHOLE).encode(), FOLDED),
    "a response behind white space": (b" \r\n\n" + json.dumps(WHOLE, indent=2).encode() + b"\n", FOLDED),
    "a response behind a byte order mark": (b"\xef\xbb\xbf" + json.dumps(WHOLE).encode(), FOLDED),
    "a refusal": (json.dumps({"error": ERROR}).encode(), [{"type": "error", "error": ERROR}]),
}


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("name", GOOD)
def test_a_body_that_is_read(name: str, size: int) -> None:
    body, events = GOOD[name]
    assert read(body, size) == events


CHUNK = {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "Hi."}}]}
#: A body, and a part of the error.
BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "an empty body"),
    "white space": (b" \n\n", "an empty body"),
    "a web page": (b"<!DOCTYPE html><html>Sign in</html>", "a web page"),
    "words": (b"Service is starting", "no event of such a response, but 'Service is starting'"),
    "signs of life": (b": ping\n\n: ping\n\n", "no event of such a response, but ': ping"),
    "a stream's end": (b"data: [DONE]\n\n", "no event of such a response"),
    "a chat's stream": (b"data: " + json.dumps(CHUNK).encode() + b"\n\n", "no event of such a response"),
    "JSON that breaks off": (json.dumps(WHOLE).encode()[:-5], "JSON that cannot be read"),
    "JSON in another alphabet": (b'{"object": "\xff"}', "JSON that cannot be read"),
    "JSON without end": (b"[" * 100_000, "JSON that cannot be read"),
}


@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("name", BAD)
def test_a_body_that_is_not_a_response(name: str, size: int) -> None:
    body, words = BAD[name]
    if len(body) > size * 1000:
        pytest.skip("the cut has nothing to do with it")
    with pytest.raises(NoResponse) as caught:
        read(body, size)
    assert words in str(caught.value)
    assert str(caught.value).startswith("The upstream server answered with status 200, but sent ")


#: A JSON body, and a part of the error.
NONE: list[tuple[Any, str]] = [
    ([WHOLE], "JSON that is no object (list)"),
    ({}, "an object without output (with no fields)"),
    ({"id": "x", "choices": []}, "an object without output (with id, choices)"),
    ({"object": "chat.completion", "choices": []}, "an object of the kind 'chat.completion'"),
    ({"object": "list", "data": []}, "an object of the kind 'list'"),
    ({"object": None, "output": []}, "an object of the kind 'None'"),
    (WHOLE | {"status": "fine"}, "an object with the status 'fine'"),
    ({"status": "completed"}, "an object without output"),
    ({"object": "response"}, "an object without output"),
    ({"object": "response", "status": "completed"}, "an object without output"),
    (WHOLE | {"output": "Hi."}, "an object without output"),
    (WHOLE | {"output": None}, "an object without output"),
    ({"status": "failed"}, "an object without output"),
]


@pytest.mark.parametrize("answer, words", NONE, ids=str)
def test_json_that_is_not_a_response(answer: Any, words: str) -> None:
    with pytest.raises(NoResponse) as caught:
        checked(answer)
    assert words in str(caught.value)
    with pytest.raises(NoResponse):
        read(json.dumps(answer).encode(), 10_000)


#: Responses with missing fields, as some servers send them.
POOR: list[Json] = [
    {"output": [MESSAGE]},
    {"object": "response", "output": []},
    {"status": "completed", "output": [MESSAGE]},
    {"status": "failed", "error": {"message": "Boom."}},
    FAILED,
    FAILED | {"output": None},
    {"object": "response", "status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
]


@pytest.mark.parametrize("answer", POOR, ids=str)
def test_a_response_with_missing_fields(answer: Json) -> None:
    assert checked(answer) is answer
    assert read(json.dumps(answer).encode(), 10_000)[-1]["type"] == f"response.{answer.get('status', 'completed')}"


@pytest.mark.parametrize("status", STATUSES)
def test_only_a_finished_response_ends_a_run(status: str) -> None:
    answer = WHOLE | {"status": status}
    assert checked(answer) is answer
    if status in FINISHED:
        assert len(read(json.dumps(answer).encode(), 10_000)) == 2
    else:
        with pytest.raises(NoResponse, match="not finished"):
            read(json.dumps(answer).encode(), 10_000)
