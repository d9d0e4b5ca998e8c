"""Answers of a model other than plain text, in every way in which programs start runs."""

import json
from typing import Any, Final

import openai
import pytest

from tests.scenarios.hosted_tools.stage import Json, Stage, answer, folded, random_word

SCHEMA: Final = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
#: A model that reasons, and one whose messages also have a phase.
THINKER, PHASED = "o3", "gpt-5.4"


def ended(stage: Stage, said: str, **more: Any) -> Any:
    """A run of one question, with any final status."""
    thread = stage.thread()
    stage.add_message(thread, said)
    return stage.run(thread, stage.assistant(), **more)


def mine(result: Any) -> list[Json]:
    return [each for each in result.messages if each["run_id"] == result.run["id"]]


def kinds(result: Any) -> list[str]:
    return [step["type"] for step in result.steps]


def matches_what_was_told(result: Any) -> None:
    """If the run was streamed, the SDK's accumulation of its events equals the stored messages."""
    fold = folded(result)
    if fold is not None:
        assert list(fold.messages) == [each["id"] for each in mine(result)]
        assert all(fold.content(each["id"]) == each["content"] for each in mine(result))


def test_a_refusal(stage: Stage) -> None:
    result = ended(stage, f"please-refuse {random_word()}")
    (part,) = answer(result)["content"]
    assert (result.run["status"], part["type"], answer(result)["status"]) == ("completed", "refusal", "completed")
    assert part["refusal"]
    matches_what_was_told(result)
    # The conversation can be continued, and contains the refusal.
    assert part["refusal"] in stage.ask("Why?", result.run["assistant_id"], thread=result.run["thread_id"]).text


@pytest.mark.parametrize("strict", [False, None])
def test_a_schema_that_is_not_strict(plain: Stage, strict: bool | None) -> None:
    _check_schema(plain, strict)


def test_an_answer_that_follows_a_strict_schema(stage: Stage) -> None:
    _check_schema(stage, True)


def _check_schema(stage: Stage, strict: bool | None) -> None:
    said: Json = {"name": "trip", "schema": SCHEMA, "description": random_word()} | (
        {} if strict is None else {"strict": strict}
    )
    form = {"type": "json_schema", "json_schema": said}
    result = ended(stage, "Where to?", response_format=form)
    found = json.loads(result.text)
    assert (found.keys(), type(found["city"]), type(found["days"])) == ({"city", "days"}, str, int)
    assert result.run["response_format"]["json_schema"]["schema"] == SCHEMA
    assert stage.sent("/responses")[-1]["text"] == {"format": {"type": "json_schema"} | said}
    matches_what_was_told(result)


def test_a_json_object_without_a_schema(plain: Stage) -> None:
    fact = random_word()
    result = ended(plain, f"Say {fact} in JSON.", response_format={"type": "json_object"})
    assert fact in json.loads(result.text)["answer"]
    assert plain.sent("/responses")[-1]["text"] == {"format": {"type": "json_object"}}


def test_a_schema_that_upstream_refuses(stage: Stage) -> None:
    """A strict schema must require every property: the caller gets the refusal, or the run fails with it."""
    loose = SCHEMA | {"required": ["city"]}
    form = {"type": "json_schema", "json_schema": {"name": "trip", "schema": loose, "strict": True}}
    if stage.way == "poll":
        result = ended(stage, "Where to?", response_format=form)
        assert result.run["status"] == "failed"
        assert "Invalid schema for response_format 'trip'" in result.run["last_error"]["message"]
        return
    with pytest.raises(openai.BadRequestError, match="Invalid schema for response_format 'trip'") as caught:
        ended(stage, "Where to?", response_format=form)
    assert caught.value.code == "invalid_json_schema"


#: The sandbox's keyword, and the reasons in the message and in the run.
CUT = {
    "token-cap": ("max_tokens", "max_completion_tokens"),
    "content-filter": ("content_filter", None),
}


@pytest.mark.parametrize("why", CUT)
def test_an_answer_that_is_cut(stage: Stage, why: str) -> None:
    result = ended(stage, f"{why} essay-20")
    message = answer(result)
    assert (result.run["status"], result.run["incomplete_details"]) == ("incomplete", {"reason": CUT[why][1]})
    assert (message["status"], message["incomplete_details"]) == ("incomplete", {"reason": CUT[why][0]})
    assert result.text.split() == [f"word{number}" for number in range(1, 11)]
    assert result.run["usage"]["completion_tokens"] > 0
    matches_what_was_told(result)
    # The incomplete text remains part of the conversation.
    assert "word7" in stage.ask("Go on.", result.run["assistant_id"], thread=result.run["thread_id"]).text


def test_a_cap_on_completion(plain: Stage) -> None:
    result = ended(plain, "essay-60", max_completion_tokens=20)
    assert (result.run["status"], result.run["incomplete_details"]) == (
        "incomplete",
        {"reason": "max_completion_tokens"},
    )
    assert result.run["usage"]["completion_tokens"] == 20


def test_an_answer_of_reasoning_alone_is_incomplete(stage: Stage) -> None:
    result = ended(stage, "ponder-forever", model=THINKER, max_completion_tokens=40)
    assert (result.run["status"], result.run["incomplete_details"]) == (
        "incomplete",
        {"reason": "max_completion_tokens"},
    )
    assert (mine(result), result.steps) == ([], [])
    assert result.run["usage"]["completion_tokens_details"]["reasoning_tokens"] == 40


def test_reasoning_is_stored_and_never_shown(stage: Stage) -> None:
    fact = random_word()
    result = ended(stage, f"Remember {fact}.", model=THINKER, extra_body={"reasoning_effort": "low"})
    assert (result.run["status"], kinds(result), len(mine(result))) == ("completed", ["message_creation"], 1)
    assert result.run["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert "reasoning" not in json.dumps([result.messages, [step["step_details"] for step in result.steps]])
    result = stage.ask("What?", result.run["assistant_id"], thread=result.run["thread_id"], model=THINKER)
    assert fact in result.text
    assert stage.sent("/responses")[-1]["previous_response_id"]


def test_two_messages_in_one_response(stage: Stage) -> None:
    result = ended(stage, "two-messages essay-8")
    first, second = mine(result)
    assert kinds(result) == ["message_creation", "message_creation"]
    assert [step["step_details"]["message_creation"]["message_id"] for step in result.steps] == [
        first["id"],
        second["id"],
    ]
    assert "".join(result.text.split("\n")).replace(" ", "") == "".join(f"word{number}" for number in range(1, 9))
    assert [step["usage"]["total_tokens"] > 0 for step in result.steps] == [False, True]
    matches_what_was_told(result)


def test_a_phase_is_not_shown_but_replayed(stage: Stage) -> None:
    result = ended(stage, "two-messages essay-8", model=PHASED)
    assert "phase" not in json.dumps([result.messages, result.steps, result.rounds])
    # The chain is lost, so the whole thread is replayed.
    stage.sandbox.forget()
    stage.ask("Go on.", result.run["assistant_id"], thread=result.run["thread_id"], model=PHASED)
    again = [item for item in stage.sent("/responses")[-1]["input"] if item.get("role") == "assistant"]
    assert [item["phase"] for item in again] == ["commentary", "final_answer"]
