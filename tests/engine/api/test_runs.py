"""The start of a run: its parameters, its token limits, and the state after a refusal."""

from typing import Any

import pytest

from shim.ports import Refusal
from shim.translate.models import ModelMap
from tests.engine.scripted import Refused, World, answer, inputs, place, pump
from tests.translate.telling import call, created, last, message, names, says

HELLO = message(says("Hello."))
FUNCTION = {"type": "function", "function": {"name": "f"}}


def test_a_run_takes_from_its_request_else_from_its_assistant(world: World) -> None:
    assistant = world.assistant(instructions="Be brief.", tools=[FUNCTION], temperature=0.5, metadata={"a": "b"})
    given = {"model": "gpt-4.1", "top_p": 0.5, "metadata": {"k": "v"}, "parallel_tool_calls": False}
    told = world.run(world.thread("One"), answer(HELLO), assistant_id=assistant, **given)
    run = last(told, "run.completed")
    assert {name: run[name] for name in (*given, "instructions", "temperature")} == given | {
        "instructions": "Be brief.",
        "temperature": 0.5,
    }
    assert run["tools"] == last(told, "run.created")["tools"]
    assert run["tools"][0]["function"]["strict"] is False
    assert world.sent["model"] == "gpt-4.1"


#: The assistant's instructions, the run's, additional ones; the run's value, which is sent upstream.
INSTRUCTIONS = [
    ("A", None, None, "A"),
    ("A", "B", None, "B"),
    ("A", None, "C", "A\nC"),
    ("A", "B", "C", "B\nC"),
    (None, None, "C", "C"),
    (None, None, None, ""),
]


@pytest.mark.parametrize("of_assistant, of_run, more, shown", INSTRUCTIONS)
def test_instructions(world: World, of_assistant: Any, of_run: Any, more: Any, shown: str) -> None:
    assistant = world.assistant(instructions=of_assistant)
    given = {"instructions": of_run, "additional_instructions": more}
    run = last(world.run(world.thread("One"), answer(HELLO), assistant_id=assistant, **given), "run.completed")
    assert run["instructions"] == shown
    assert world.sent.get("instructions", "") == shown


def test_additional_messages_are_added_to_the_thread(world: World) -> None:
    thread = world.thread("One")
    more = [{"role": "user", "content": "Two"}, {"role": "assistant", "content": "Three"}]
    world.run(thread, answer(HELLO), additional_messages=more)
    assert inputs(world.sent) == ["One", "Two", "Three"]
    assert world.messages(thread) == ["One", "Two", "Three", "Hello."]


def test_a_thread_and_a_run_at_once(world: World) -> None:
    world.script(answer(HELLO))
    thread = {"messages": [{"role": "user", "content": "One"}], "metadata": {"k": "v"}}
    told = world.stream("threads/runs", assistant_id=world.assistant(), thread=thread)
    assert names(told)[:3] == ["created", "run.created", "run.queued"]
    assert told[0][1]["metadata"] == {"k": "v"}
    assert world.messages(told[0][1]["id"]) == ["One", "Hello."]


def test_a_run_with_a_new_empty_thread(world: World) -> None:
    world.script(answer(HELLO))
    told = world.stream("threads/runs", assistant_id=world.assistant(), instructions="Begin.")
    assert names(told)[-1] == "run.completed"


def test_a_polled_run_is_returned_at_once_and_then_driven(world: World) -> None:
    thread = world.thread("One")
    world.script(answer(HELLO))
    run = world.post(f"threads/{thread}/runs", assistant_id=world.assistant())
    assert (run["status"], run["started_at"], run["usage"]) == ("queued", None, None)
    found = world.reply("GET", place(run))
    assert found.headers["openai-poll-after-ms"] == "20"
    assert world.get(place(run))["status"] == "completed"


def test_a_run_shows_its_models_name_and_another_model_answers(world: World) -> None:
    object.__setattr__(world.context, "models", ModelMap({"gpt-4o": "gpt-6"}))
    told = world.run(world.thread("One"), answer(call()))
    run = last(told, "run.requires_action")
    assert (run["model"], world.sent["model"]) == ("gpt-4o", "gpt-6")
    world.submit(run, answer(HELLO), call_a="42")
    assert world.sent["model"] == "gpt-6"


@pytest.mark.parametrize("forced", ["required", {"type": "function", "function": {"name": "f"}}], ids=str)
def test_a_forced_tool_choice_is_sent_until_the_tool_is_called(world: World, forced: Any) -> None:
    assistant = world.assistant(tools=[FUNCTION])
    told = world.run(world.thread("One"), answer(call()), assistant_id=assistant, tool_choice=forced)
    assert "tool_choice" in world.sent
    run = last(told, "run.requires_action")
    assert run["tool_choice"] == forced
    told = world.submit(run, answer(call(id="fc_b")), call_a="42")
    assert "tool_choice" not in world.sent
    assert last(told, "run.requires_action")["tool_choice"] == forced


def _used(tokens: int) -> dict[str, Any]:
    return {"input_tokens": 10, "output_tokens": tokens, "total_tokens": 10 + tokens}


def test_the_token_limit_applies_to_all_rounds(world: World) -> None:
    told = world.run(world.thread("One"), answer(call(), usage=_used(60)), max_completion_tokens=100)
    assert world.sent["max_output_tokens"] == 100
    told = world.submit(last(told, "run.requires_action"), answer(call(id="fc_b"), usage=_used(30)), call_a="42")
    assert world.sent["max_output_tokens"] == 40
    run = last(told, "run.requires_action")
    told = world.submit(run, call_b="43")
    assert len(world.upstream.bodies) == 2
    assert names(told)[-3:] == ["run.queued", "run.in_progress", "run.incomplete"]
    ended = last(told, "run.incomplete")
    assert ended["incomplete_details"] == {"reason": "max_completion_tokens"}
    assert (ended["usage"]["completion_tokens"], ended["usage"]["prompt_tokens"]) == (90, 20)


def test_a_later_round_may_have_sixteen_tokens(world: World) -> None:
    told = world.run(world.thread("One"), answer(call(), usage=_used(84)), max_completion_tokens=100)
    world.submit(last(told, "run.requires_action"), answer(HELLO), call_a="42")
    assert world.sent["max_output_tokens"] == 16


def test_fewer_than_sixteen_tokens_are_refused(world: World) -> None:
    with pytest.raises(Refused, match="integer below minimum value"):
        world.run(world.thread("One"), max_completion_tokens=15)


FAULT = Refusal(400, "The requested model 'x' does not exist.", "invalid_request_error", "model", "model_not_found")
#: Upstream's refusals that are the request's own fault.
FAULTS = [FAULT, Refusal(401, "Incorrect API key provided."), Refusal(403, "No."), Refusal(422, "What?")]


@pytest.mark.parametrize("refusal", FAULTS, ids=str)
def test_a_refused_run_is_not_stored(world: World, refusal: Refusal) -> None:
    thread, more = world.thread("One"), [{"role": "user", "content": "Two"}]
    with pytest.raises(Refused) as refused:
        world.run(thread, refusal, additional_messages=more)
    assert (refused.value.status, refused.value.error["message"]) == (refusal.status, refusal.message)
    assert refused.value.error["code"] == refusal.code
    assert refused.value.headers["x-should-retry"] == "false"
    assert world.get(f"threads/{thread}/runs")["data"] == []
    assert world.messages(thread) == ["One"]
    world.run(thread, answer(HELLO))
    assert inputs(world.sent) == ["One"]


def test_a_refused_run_deletes_the_thread_that_it_created(world: World) -> None:
    world.script(FAULT)
    thread = {"messages": [{"role": "user", "content": "One"}]}
    with pytest.raises(Refused, match="does not exist"):
        world.stream("threads/runs", assistant_id=world.assistant(), thread=thread)
    with pytest.raises(Refused, match="No thread found"):
        world.get("threads/thread_1")


def test_after_a_refused_round_the_run_waits_again(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(call(), id="resp_1")), "run.requires_action")
    run, (before,) = world.get(place(run)), world.get(f"{place(run)}/steps")["data"]
    with pytest.raises(Refused, match="does not exist"):
        world.submit(run, FAULT, call_a="42")
    assert world.get(place(run)) == run
    assert world.get(f"{place(run)}/steps")["data"] == [before]
    world.submit(run, answer(HELLO, id="resp_2"), call_a="43")
    assert (inputs(world.sent), world.sent["input"][0]["output"]) == (["output call_a"], "43")


def test_a_refused_round_of_a_run_that_was_cancelled_meanwhile_is_cancelled(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(call())), "run.requires_action")

    def refuse(body: Any) -> Refusal:
        world.post(f"{place(run)}/cancel")
        return FAULT

    with pytest.raises(Refused, match="does not exist"):
        world.submit(run, refuse, call_a="42")
    assert world.get(place(run))["status"] == "cancelled"


def test_a_refused_round_of_a_thread_that_was_deleted_meanwhile_is_not_stored(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(call())), "run.requires_action")

    def refuse(body: Any) -> Refusal:
        world.delete(f"threads/{thread}")
        return FAULT

    with pytest.raises(Refused):
        world.submit(run, refuse, call_a="42")


@pytest.mark.parametrize("again", [False, True], ids=["the run", "its second round"])
def test_an_interrupted_call_leaves_no_run(world: World, again: bool) -> None:
    def interrupt(body: Any) -> None:
        raise KeyboardInterrupt

    thread = world.thread("One")
    if again:
        run = world.get(place(last(world.run(thread, answer(call())), "run.requires_action")))
        with pytest.raises(KeyboardInterrupt):
            world.submit(run, interrupt, call_a="42")
        assert world.get(place(run)) == run
    else:
        with pytest.raises(KeyboardInterrupt):
            world.run(thread, interrupt)
        assert world.get(f"threads/{thread}/runs")["data"] == []
    assert world.context.registry.runs() == []


#: Failures of upstream that are no refusals: the run begins, and ends as failed.
FAILURES = [
    (Refusal(429, "Slow down."), "rate_limit_exceeded"),
    (Refusal(500, "Boom."), "server_error"),
    (Refusal(None, "No connection."), "server_error"),
    (Refusal(400, "Too long.", code="context_length_exceeded"), "server_error"),
]


@pytest.mark.parametrize("refusal, code", FAILURES, ids=str)
@pytest.mark.parametrize("streamed", [True, False])
def test_a_failure_of_upstream_fails_the_run(world: World, refusal: Refusal, code: str, streamed: bool) -> None:
    thread = world.thread("One")
    world.script(refusal)
    pump(world.reply("POST", f"threads/{thread}/runs", {"assistant_id": world.assistant(), "stream": streamed}))
    (run,) = world.get(f"threads/{thread}/runs")["data"]
    assert (run["status"], run["last_error"]) == ("failed", {"code": code, "message": refusal.message})


def test_a_polled_run_always_ends_failed(world: World) -> None:
    """The call has been answered before the failure."""
    thread = world.thread("One")
    world.script(FAULT)
    run = world.post(f"threads/{thread}/runs", assistant_id=world.assistant())
    assert run["status"] == "queued"
    assert world.get(place(run))["last_error"]["message"] == FAULT.message


def test_a_thread_has_one_run_at_a_time(world: World) -> None:
    thread = world.thread("One")
    run = last(world.run(thread, answer(call())), "run.requires_action")
    with pytest.raises(Refused, match=f"Thread {thread} already has an active run {run['id']}."):
        world.run(thread)
    with pytest.raises(Refused, match=f"Can't add messages to {thread} while a run {run['id']} is active."):
        world.say(thread, "Two")


def test_an_answer_broken_off_names_the_error_that_came_before(world: World) -> None:
    error = {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Slow down."}}
    told = world.run(world.thread("One"), [[created()], [error], Refusal(None, "Broken.")])
    assert last(told, "run.failed")["last_error"] == {"code": "rate_limit_exceeded", "message": "Slow down."}


def test_a_json_answer_has_the_same_events_as_a_stream(world: World) -> None:
    """A server that does not stream sends the whole answer at once."""
    whole = [event for read in answer(HELLO) for event in read]
    told = world.run(world.thread("One"), [[whole[0], whole[-1]]])
    assert names(told)[-3:] == ["message.completed", "run.step.completed", "run.completed"]


def test_the_callers_headers_are_sent_upstream(world: World) -> None:
    thread, assistant = world.thread("One"), world.assistant()
    world.script(answer(HELLO))
    world.reply("POST", f"threads/{thread}/runs", {"assistant_id": assistant, "stream": True}, x="y")
    assert world.upstream.headers == [{"x": "y"}]
