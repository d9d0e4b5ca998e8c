"""Answers of a model other than plain text, in every way in which programs start runs."""

import json
from typing import Any, Final

import openai
import pytest

from tests.scenarios.hosted_tools.stage import Json, Stage, answer, folded, word

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
    stage.say(thread, said)
    return stage.run(thread, stage.assistant(), **more)


def mine(told: Any) -> list[Json]:
    return [each for each in told.messages if each["run_id"] == told.run["id"]]


def kinds(told: Any) -> list[str]:
    return [step["type"] for step in told.steps]


def matches_what_was_told(told: Any) -> None:
    """If the run was streamed, the SDK's accumulation of its events equals the stored messages."""
    fold = folded(told)
    if fold is not None:
        assert list(fold.messages) == [each["id"] for each in mine(told)]
        assert all(fold.content(each["id"]) == each["content"] for each in mine(told))


def test_a_refusal(stage: Stage) -> None:
    told = ended(stage, f"please-refuse {word()}")
    (part,) = answer(told)["content"]
    assert (told.run["status"], part["type"], answer(told)["status"]) == ("completed", "refusal", "completed")
    assert part["refusal"]
    matches_what_was_told(told)
    # The conversation can be continued, and contains the refusal.
    assert part["refusal"] in stage.ask("Why?", told.run["assistant_id"], thread=told.run["thread_id"]).text


@pytest.mark.parametrize("strict", [False, None])
def test_a_schema_that_is_not_strict(plain: Stage, strict: bool | None) -> None:
    _check_schema(plain, strict)


def test_an_answer_that_follows_a_strict_schema(stage: Stage) -> None:
    _check_schema(stage, True)


def _check_schema(stage: Stage, strict: bool | None) -> None:
    said: Json = {"name": "trip", "schema": SCHEMA, "description": word()} | (
        {} if strict is None else {"strict": strict}
    )
    form = {"type": "json_schema", "json_schema": said}
    told = ended(stage, "Where to?", response_format=form)
    found = json.loads(told.text)
    assert (found.keys(), type(found["city"]), type(found["days"])) == ({"city", "days"}, str, int)
    assert told.run["response_format"]["json_schema"]["schema"] == SCHEMA
    assert stage.sent("/responses")[-1]["text"] == {"format": {"type": "json_schema"} | said}
    matches_what_was_told(told)


def test_a_json_object_without_a_schema(plain: Stage) -> None:
    fact = word()
    told = ended(plain, f"Say {fact} in JSON.", response_format={"type": "json_object"})
    assert fact in json.loads(told.text)["answer"]
    assert plain.sent("/responses")[-1]["text"] == {"format": {"type": "json_object"}}


def test_a_schema_that_upstream_refuses(stage: Stage) -> None:
    """A strict schema must require every property: the caller gets the refusal, or the run fails with it."""
    loose = SCHEMA | {"required": ["city"]}
    form = {"type": "json_schema", "json_schema": {"name": "trip", "schema": loose, "strict": True}}
    if stage.way == "poll":
        told = ended(stage, "Where to?", response_format=form)
        assert told.run["status"] == "failed"
        assert "Invalid schema for response_format 'trip'" in told.run["last_error"]["message"]
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
    told = ended(stage, f"{why} essay-20")
    message = answer(told)
    assert (told.run["status"], told.run["incomplete_details"]) == ("incomplete", {"reason": CUT[why][1]})
    assert (message["status"], message["incomplete_details"]) == ("incomplete", {"reason": CUT[why][0]})
    assert told.text.split() == [f"word{number}" for number in range(1, 11)]
    assert told.run["usage"]["completion_tokens"] > 0
    matches_what_was_told(told)
    # The incomplete text remains part of the conversation.
    assert "word7" in stage.ask("Go on.", told.run["assistant_id"], thread=told.run["thread_id"]).text


def test_a_cap_on_completion(plain: Stage) -> None:
    told = ended(plain, "essay-60", max_completion_tokens=20)
    assert (told.run["status"], told.run["incomplete_details"]) == ("incomplete", {"reason": "max_completion_tokens"})
    assert told.run["usage"]["completion_tokens"] == 20


def test_an_answer_of_reasoning_alone_is_incomplete(stage: Stage) -> None:
    told = ended(stage, "ponder-forever", model=THINKER, max_completion_tokens=40)
    assert (told.run["status"], told.run["incomplete_details"]) == ("incomplete", {"reason": "max_completion_tokens"})
    assert (mine(told), told.steps) == ([], [])
    assert told.run["usage"]["completion_tokens_details"]["reasoning_tokens"] == 40


def test_reasoning_is_stored_and_never_shown(stage: Stage) -> None:
    fact = word()
    told = ended(stage, f"Remember {fact}.", model=THINKER, extra_body={"reasoning_effort": "low"})
    assert (told.run["status"], kinds(told), len(mine(told))) == ("completed", ["message_creation"], 1)
    assert told.run["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0
    assert "reasoning" not in json.dumps([told.messages, [step["step_details"] for step in told.steps]])
    told = stage.ask("What?", told.run["assistant_id"], thread=told.run["thread_id"], model=THINKER)
    assert fact in told.text
    assert stage.sent("/responses")[-1]["previous_response_id"]


def test_two_messages_in_one_response(stage: Stage) -> None:
    told = ended(stage, "two-messages essay-8")
    first, second = mine(told)
    assert kinds(told) == ["message_creation", "message_creation"]
    assert [step["step_details"]["message_creation"]["message_id"] for step in told.steps] == [
        first["id"],
        second["id"],
    ]
    assert "".join(told.text.split("\n")).replace(" ", "") == "".join(f"word{number}" for number in range(1, 9))
    assert [step["usage"]["total_tokens"] > 0 for step in told.steps] == [False, True]
    matches_what_was_told(told)


def test_a_phase_is_not_shown_but_replayed(stage: Stage) -> None:
    told = ended(stage, "two-messages essay-8", model=PHASED)
    assert "phase" not in json.dumps([told.messages, told.steps, told.rounds])
    # The chain is lost, so the whole thread is replayed.
    stage.sandbox.forget()
    stage.ask("Go on.", told.run["assistant_id"], thread=told.run["thread_id"], model=PHASED)
    again = [item for item in stage.sent("/responses")[-1]["input"] if item.get("role") == "assistant"]
    assert [item["phase"] for item in again] == ["commentary", "final_answer"]
