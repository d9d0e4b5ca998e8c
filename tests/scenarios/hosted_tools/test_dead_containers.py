"""Containers expire after twenty idle minutes; a thread that used one can be continued with all its messages."""

import logging
import random

import pytest

from shim.sandbox import Sandbox
from tests.scenarios.doors.talking import carry_out, tool
from tests.scenarios.hosted_tools.stage import CODE, Json, Stage, attach, calls, random_word, text

MINUTES = 1 / 24 / 60


def containers(stage: Stage) -> set[str]:
    return set(stage.sandbox.live_containers())


def begun(stage: Stage, assistant: str) -> tuple[str, str]:
    """A thread in which code has run, and a word from its first message."""
    fact = random_word()
    result = stage.ask(f"code_interpreter make-file Remember {fact}.", assistant)
    return result.run["thread_id"], fact


@pytest.mark.parametrize("tools", [[CODE], []], ids=["that runs code", "that has no tools"])
def test_a_run_after_its_container_expired(stage: Stage, tools: list[Json], caplog: pytest.LogCaptureFixture) -> None:
    """Upstream refuses to continue the chain; the thread is replayed in the same call, with one warning."""
    thread, fact = begun(stage, assistant := stage.assistant(CODE))
    before = containers(stage)
    stage.clock.pass_days(21 * MINUTES)
    number, summand = len(stage.sent("/responses")), random.randrange(100, 999)
    with caplog.at_level(logging.WARNING, "shim"):
        result = stage.ask(f"And what is {summand} + 1?", assistant, thread=thread, tools=tools)
    refused, answered = stage.sent("/responses")[number:]
    assert "previous_response_id" in refused
    assert "previous_response_id" not in answered
    assert [item["type"] for item in answered["input"]] == ["message"] * 3
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert fact in text(result)["value"]
    if tools:
        assert calls(result)[0]["code_interpreter"]["outputs"][0]["logs"] == str(summand + 1)
        assert containers(stage) - before


def test_a_live_container_is_reused(plain: Stage) -> None:
    thread, _ = begun(plain, assistant := plain.assistant(CODE))
    before = containers(plain)
    plain.clock.pass_days(19 * MINUTES)
    result = plain.ask("code_interpreter", assistant, thread=thread)
    assert containers(plain) == before
    assert "answer.txt" in calls(result)[0]["code_interpreter"]["outputs"][0]["logs"]


def test_a_new_container_gets_the_attached_files_again(plain: Stage) -> None:
    name, assistant = f"{random_word()}.csv", plain.assistant(CODE)
    file = plain.upload(name, "x,y")
    result = plain.ask("code_interpreter", assistant, attach(file, CODE))
    plain.sandbox.expire_containers()
    result = plain.ask("code_interpreter", assistant, thread=result.run["thread_id"])
    assert f"{file}-{name}" in calls(result)[0]["code_interpreter"]["outputs"][0]["logs"]


def test_a_container_that_expires_while_the_run_requires_action(stage: Stage) -> None:
    """The function call is sent with its output; code calls of the dead container are not sent."""
    secret, thread = random_word(), stage.thread()
    assistant = stage.assistant(CODE, tool("get_word"))

    def slow(arguments: Json) -> str:
        stage.sandbox.expire_containers()
        return secret

    stage.add_message(thread, 'aloud code_interpreter {"code": "6 * 7"} and get_word')
    result = carry_out(stage.client, stage.way, thread, assistant, {"get_word": slow})
    assert result.run["status"] == "completed"
    assert secret in result.text
    last = stage.sent("/responses")[-1]
    kinds = [item["type"] for item in last["input"]]
    assert kinds[-2:] == ["function_call", "function_call_output"]
    assert "code_interpreter_call" not in kinds
    assert last["input"][-1]["output"] == secret


def test_a_file_whose_container_expired_before_the_copy(plain: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run completes; only the file cannot be fetched."""
    usual = Sandbox.handle

    def dying(self, method, path, *rest):  # type: ignore[no-untyped-def]
        if path.endswith("/content"):
            self.expire_containers()
        return usual(self, method, path, *rest)

    monkeypatch.setattr(Sandbox, "handle", dying)
    result = plain.ask("code_interpreter make-file", plain.assistant(CODE))
    assert text(result)["annotations"][0]["type"] == "file_path"
    file = text(result)["annotations"][0]["file_path"]["file_id"]
    with pytest.raises(Exception, match=f"No file found with id '{file}'"):
        plain.client.files.content(file)
    assert plain.ask("And now?", result.run["assistant_id"], thread=result.run["thread_id"])
