"""The answer of a turn, read from objects of the API."""

from typing import Any

import pytest

from shim.migrate.parity.answers import Answer, Call, Tokens, answer
from shim.wire import objects

Json = dict[str, Any]
RUN = objects.run("run_1", 100, "thread_1", "asst_1") | {"status": "completed", "model": "gpt-4", "completed_at": 107}


def step(*calls: Json) -> Json:
    return objects.step("step_1", 100, RUN, {"type": "tool_calls", "tool_calls": list(calls)})


def function(name: str, arguments: str, output: str | None = None) -> Json:
    return {"id": name, "type": "function", "function": {"name": name, "arguments": arguments, "output": output}}


def message_of(*parts: Json) -> Json:
    return objects.answer("msg_1", 101, RUN) | {"content": list(parts)}


def text(value: str, *notes: Json) -> Json:
    return {"type": "text", "text": {"value": value, "annotations": list(notes)}}


CITED = {"type": "file_citation", "text": "【1】", "file_citation": {"file_id": "file-a"}}
MADE = {"type": "file_path", "text": "sandbox:/a.csv", "file_path": {"file_id": "file-b"}}
PICTURE = {"type": "image_file", "image_file": {"file_id": "file-c"}}


def test_a_run_with_its_steps_and_messages() -> None:
    message = objects.step("step_2", 101, RUN, {"type": "message_creation", "message_creation": {"message_id": "m"}})
    search = {"id": "a", "type": "file_search", "file_search": {}}
    steps = [step(search), step(function("one", "{}", "1"), function("two", "{}")), message]
    found = answer(
        RUN, steps, [message_of(text("Look:【1】", CITED, CITED, MADE), PICTURE), message_of(text("Done, at last."))]
    )
    assert found == Answer(
        "completed",
        "gpt-4",
        "Look:【1】\n\nDone, at last.",
        calls=(Call("one", "{}", "1", 1), Call("two", "{}", None, 1)),
        hosted=("file_search",),
        cited=("file-a", "file-a"),
        files=2,
        seconds=7,
    )
    assert found.word_count == 4


def test_messages_alone() -> None:
    found = answer(None, [], [message_of({"type": "refusal", "refusal": "I can't."})])
    assert found == Answer(text="I can't.", refused=True)
    assert (found.status, found.calls, found.tokens) == (None, None, None)


def test_the_calls_of_a_run_without_steps_are_unknown() -> None:
    found = answer(RUN, [], [message_of(text("Hello."))])
    assert (found.calls, found.hosted) == (None, None)


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"status": "failed", "failed_at": 103, "completed_at": None}, {"status": "failed", "seconds": 3}),
        ({"status": "expired", "completed_at": None}, {"seconds": None}),
        (
            {"last_error": {"code": "server_error", "message": "No."}},
            {"error": {"code": "server_error", "message": "No."}},
        ),
        ({"incomplete_details": {"reason": "max_prompt_tokens"}}, {"incomplete": "max_prompt_tokens"}),
        ({"usage": objects.usage(5, 6, 1, 2)}, {"tokens": Tokens(5, 6, 1, 2)}),
        ({"usage": {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}}, {"tokens": Tokens(5, 6)}),
        ({"usage": {"prompt_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}}}, {"tokens": Tokens(5, 0, 4)}),
        # A run that failed counts no tokens: their number is unknown, not zero.
        ({"usage": objects.usage()}, {"tokens": None}),
        ({"usage": None}, {"tokens": None}),
    ],
)
def test_runs(fields: Json, expected: Json) -> None:
    found = answer(RUN | fields, [], [])
    assert {name: getattr(found, name) for name in expected} == expected
