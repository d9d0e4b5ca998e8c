"""The start of a run: its parameters, its token limits, and the state after a refusal."""

from collections import Counter
from typing import Any

import pytest

from shim.ports import Refusal
from shim.translate.models import ModelMap
from tests.engine.scripted import Harness, Refused, answer, inputs, place, pump
from tests.translate.upstream_events import call, created, last, message, names, says

HELLO = message(says("Hello."))
FUNCTION = {"type": "function", "function": {"name": "f"}}


def test_a_run_takes_from_its_request_else_from_its_assistant(harness: Harness) -> None:
    assistant = harness.assistant(instructions="Be brief.", tools=[FUNCTION], temperature=0.5, metadata={"a": "b"})
    given = {"model": "gpt-4.1", "top_p": 0.5, "metadata": {"k": "v"}, "parallel_tool_calls": False}
    emitted = harness.run(harness.thread("One"), answer(HELLO), assistant_id=assistant, **given)
    run = last(emitted, "run.completed")
    assert {name: run[name] for name in (*given, "instructions", "temperature")} == given | {
        "instructions": "Be brief.",
        "temperature": 0.5,
    }
    assert run["tools"] == last(emitted, "run.created")["tools"]
    assert run["tools"][0]["function"]["strict"] is False
    assert harness.sent["model"] == "gpt-4.1"


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
def test_instructions(harness: Harness, of_assistant: Any, of_run: Any, more: Any, shown: str) -> None:
    assistant = harness.assistant(instructions=of_assistant)
    given = {"instructions": of_run, "additional_instructions": more}
    run = last(harness.run(harness.thread("One"), answer(HELLO), assistant_id=assistant, **given), "run.completed")
    assert run["instructions"] == shown
    assert harness.sent.get("instructions", "") == shown


def test_additional_messages_are_added_to_the_thread(harness: Harness) -> None:
    thread = harness.thread("One")
    more = [{"role": "user", "content": "Two"}, {"role": "assistant", "content": "Three"}]
    harness.run(thread, answer(HELLO), additional_messages=more)
    assert inputs(harness.sent) == ["One", "Two", "Three"]
    assert harness.messages(thread) == ["One", "Two", "Three", "Hello."]


def test_a_thread_and_a_run_at_once(harness: Harness) -> None:
    harness.script(answer(HELLO))
    thread = {"messages": [{"role": "user", "content": "One"}], "metadata": {"k": "v"}}
    emitted = harness.stream("threads/runs", assistant_id=harness.assistant(), thread=thread)
    assert names(emitted)[:3] == ["created", "run.created", "run.queued"]
    assert emitted[0][1]["metadata"] == {"k": "v"}
    assert harness.messages(emitted[0][1]["id"]) == ["One", "Hello."]


def test_a_run_with_a_new_empty_thread(harness: Harness) -> None:
    harness.script(answer(HELLO))
    emitted = harness.stream("threads/runs", assistant_id=harness.assistant(), instructions="Begin.")
    assert names(emitted)[-1] == "run.completed"


def test_a_polled_run_is_returned_at_once_and_then_driven(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.script(answer(HELLO))
    run = harness.post(f"threads/{thread}/runs", assistant_id=harness.assistant())
    assert (run["status"], run["started_at"], run["usage"]) == ("queued", None, None)
    found = harness.reply("GET", place(run))
    assert found.headers["openai-poll-after-ms"] == "20"
    assert harness.get(place(run))["status"] == "completed"


def test_a_run_shows_its_models_name_and_another_model_answers(harness: Harness) -> None:
    object.__setattr__(harness.context, "models", ModelMap({"gpt-4o": "gpt-6"}))
    emitted = harness.run(harness.thread("One"), answer(call()))
    run = last(emitted, "run.requires_action")
    assert (run["model"], harness.sent["model"]) == ("gpt-4o", "gpt-6")
    harness.submit(run, answer(HELLO), call_a="42")
    assert harness.sent["model"] == "gpt-6"


@pytest.mark.parametrize("forced", ["required", {"type": "function", "function": {"name": "f"}}], ids=str)
def test_a_forced_tool_choice_is_sent_until_the_tool_is_called(harness: Harness, forced: Any) -> None:
    assistant = harness.assistant(tools=[FUNCTION])
    emitted = harness.run(harness.thread("One"), answer(call()), assistant_id=assistant, tool_choice=forced)
    assert "tool_choice" in harness.sent
    run = last(emitted, "run.requires_action")
    assert run["tool_choice"] == forced
    emitted = harness.submit(run, answer(call(id="fc_b")), call_a="42")
    assert "tool_choice" not in harness.sent
    assert last(emitted, "run.requires_action")["tool_choice"] == forced


def _used(tokens: int) -> dict[str, Any]:
    return {"input_tokens": 10, "output_tokens": tokens, "total_tokens": 10 + tokens}


def test_the_token_limit_applies_to_all_rounds(harness: Harness) -> None:
    emitted = harness.run(harness.thread("One"), answer(call(), usage=_used(60)), max_completion_tokens=100)
    assert harness.sent["max_output_tokens"] == 100
    emitted = harness.submit(
        last(emitted, "run.requires_action"), answer(call(id="fc_b"), usage=_used(30)), call_a="42"
    )
    assert harness.sent["max_output_tokens"] == 40
    run = last(emitted, "run.requires_action")
    emitted = harness.submit(run, call_b="43")
    assert len(harness.upstream.bodies) == 2
    assert names(emitted)[-3:] == ["run.queued", "run.in_progress", "run.incomplete"]
    ended = last(emitted, "run.incomplete")
    assert ended["incomplete_details"] == {"reason": "max_completion_tokens"}
    assert (ended["usage"]["completion_tokens"], ended["usage"]["prompt_tokens"]) == (90, 20)


def test_a_later_round_may_have_sixteen_tokens(harness: Harness) -> None:
    emitted = harness.run(harness.thread("One"), answer(call(), usage=_used(84)), max_completion_tokens=100)
    harness.submit(last(emitted, "run.requires_action"), answer(HELLO), call_a="42")
    assert harness.sent["max_output_tokens"] == 16


def test_fewer_than_sixteen_tokens_are_refused(harness: Harness) -> None:
    with pytest.raises(Refused, match="integer below minimum value"):
        harness.run(harness.thread("One"), max_completion_tokens=15)


FAULT = Refusal(400, "The requested model 'x' does not exist.", "invalid_request_error", "model", "model_not_found")
#: Upstream's refusals that are the request's own fault.
FAULTS = [FAULT, Refusal(401, "Incorrect API key provided."), Refusal(403, "No."), Refusal(422, "What?")]


@pytest.mark.parametrize("refusal", FAULTS, ids=str)
def test_a_refused_run_is_not_stored(harness: Harness, refusal: Refusal) -> None:
    thread, more = harness.thread("One"), [{"role": "user", "content": "Two"}]
    with pytest.raises(Refused) as refused:
        harness.run(thread, refusal, additional_messages=more)
    assert (refused.value.status, refused.value.error["message"]) == (refusal.status, refusal.message)
    assert refused.value.error["code"] == refusal.code
    assert refused.value.headers["x-should-retry"] == "false"
    assert harness.get(f"threads/{thread}/runs")["data"] == []
    assert harness.messages(thread) == ["One"]
    harness.run(thread, answer(HELLO))
    assert inputs(harness.sent) == ["One"]


def test_a_refused_run_deletes_the_thread_that_it_created(harness: Harness) -> None:
    harness.script(FAULT)
    thread = {"messages": [{"role": "user", "content": "One"}]}
    with pytest.raises(Refused, match="does not exist"):
        harness.stream("threads/runs", assistant_id=harness.assistant(), thread=thread)
    with pytest.raises(Refused, match="No thread found"):
        harness.get("threads/thread_1")


def test_after_a_refused_round_the_run_waits_again(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call(), id="resp_1")), "run.requires_action")
    run, (before,) = harness.get(place(run)), harness.get(f"{place(run)}/steps")["data"]
    with pytest.raises(Refused, match="does not exist"):
        harness.submit(run, FAULT, call_a="42")
    assert harness.get(place(run)) == run
    assert harness.get(f"{place(run)}/steps")["data"] == [before]
    harness.submit(run, answer(HELLO, id="resp_2"), call_a="43")
    assert (inputs(harness.sent), harness.sent["input"][0]["output"]) == (["output call_a"], "43")


def test_a_refused_round_of_a_run_that_was_cancelled_meanwhile_is_cancelled(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")

    def refuse(body: Any) -> Refusal:
        harness.post(f"{place(run)}/cancel")
        return FAULT

    with pytest.raises(Refused, match="does not exist"):
        harness.submit(run, refuse, call_a="42")
    assert harness.get(place(run))["status"] == "cancelled"


def test_a_refused_round_of_a_thread_that_was_deleted_meanwhile_is_not_stored(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")

    def refuse(body: Any) -> Refusal:
        harness.delete(f"threads/{thread}")
        return FAULT

    with pytest.raises(Refused):
        harness.submit(run, refuse, call_a="42")


@pytest.mark.parametrize("with_retry", [False, True], ids=["the run", "its second round"])
def test_an_interrupted_call_leaves_no_run(harness: Harness, with_retry: bool) -> None:
    def interrupt(body: Any) -> None:
        raise KeyboardInterrupt

    thread = harness.thread("One")
    if with_retry:
        run = harness.get(place(last(harness.run(thread, answer(call())), "run.requires_action")))
        with pytest.raises(KeyboardInterrupt):
            harness.submit(run, interrupt, call_a="42")
        assert harness.get(place(run)) == run
    else:
        with pytest.raises(KeyboardInterrupt):
            harness.run(thread, interrupt)
        assert harness.get(f"threads/{thread}/runs")["data"] == []
    assert harness.context.registry.runs() == []


#: Failures of upstream that are no refusals: the run begins, and ends as failed.
FAILURES = [
    (Refusal(429, "Slow down."), "rate_limit_exceeded"),
    (Refusal(500, "Boom."), "server_error"),
    (Refusal(None, "No connection."), "server_error"),
    (Refusal(400, "Too long.", code="context_length_exceeded"), "server_error"),
]


@pytest.mark.parametrize("refusal, code", FAILURES, ids=str)
@pytest.mark.parametrize("streamed", [True, False])
def test_a_failure_of_upstream_fails_the_run(harness: Harness, refusal: Refusal, code: str, streamed: bool) -> None:
    thread = harness.thread("One")
    harness.script(refusal)
    pump(harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": harness.assistant(), "stream": streamed}))
    (run,) = harness.get(f"threads/{thread}/runs")["data"]
    assert (run["status"], run["last_error"]) == ("failed", {"code": code, "message": refusal.message})


def test_a_polled_run_always_ends_failed(harness: Harness) -> None:
    """The call has been answered before the failure."""
    thread = harness.thread("One")
    harness.script(FAULT)
    run = harness.post(f"threads/{thread}/runs", assistant_id=harness.assistant())
    assert run["status"] == "queued"
    assert harness.get(place(run))["last_error"]["message"] == FAULT.message


def test_a_thread_has_one_run_at_a_time(harness: Harness) -> None:
    thread = harness.thread("One")
    run = last(harness.run(thread, answer(call())), "run.requires_action")
    with pytest.raises(Refused, match=f"Thread {thread} already has an active run {run['id']}."):
        harness.run(thread)
    with pytest.raises(Refused, match=f"Can't add messages to {thread} while a run {run['id']} is active."):
        harness.message(thread, "Two")


class Counted:
    """A store that counts its transactions by the function that each runs."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.tenant, self.count = inner, inner.tenant, Counter[str]()

    async def read(self, work: Any, *args: Any) -> Any:
        self.count[work.__name__] += 1
        return await self.inner.read(work, *args)

    async def write(self, work: Any, *args: Any, **more: Any) -> Any:
        self.count[work.__name__] += 1
        return await self.inner.write(work, *args, **more)


def test_a_run_starts_in_one_transaction_unless_another_is_active(harness: Harness) -> None:
    helper, thread = harness.assistant(tools=[FUNCTION]), harness.thread("One")
    counted = Counted(harness.context.store)
    object.__setattr__(harness.context, "store", counted)
    harness.script(answer(call(), status="completed"))
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": helper, "stream": True})
    assert counted.count == {"_start": 1}
    pump(reply)
    counted.count.clear()
    with pytest.raises(Refused, match="already has an active run"):
        harness.run(thread, assistant_id=helper)
    # The run that is active might be over, or have lost its process.
    assert counted.count == {"_start": 2, "active": 1}


def test_a_run_starts_where_the_run_before_is_over_by_now(harness: Harness) -> None:
    helper, thread = harness.assistant(tools=[FUNCTION]), harness.thread("One")
    run = last(harness.run(thread, answer(call()), assistant_id=helper), "run.requires_action")
    harness.clock.time += 601
    assert names(harness.run(thread, answer(HELLO, id="resp_2"), assistant_id=helper))[-1] == "run.completed"
    assert harness.get(place(run))["status"] == "expired"


def test_an_answer_broken_off_names_the_error_that_came_before(harness: Harness) -> None:
    error = {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Slow down."}}
    emitted = harness.run(harness.thread("One"), [[created()], [error], Refusal(None, "Broken.")])
    assert last(emitted, "run.failed")["last_error"] == {"code": "rate_limit_exceeded", "message": "Slow down."}


def test_a_json_answer_has_the_same_events_as_a_stream(harness: Harness) -> None:
    """A server that does not stream sends the whole answer at once."""
    whole = [event for read in answer(HELLO) for event in read]
    emitted = harness.run(harness.thread("One"), [[whole[0], whole[-1]]])
    assert names(emitted)[-3:] == ["message.completed", "run.step.completed", "run.completed"]


def test_the_callers_headers_are_sent_upstream(harness: Harness) -> None:
    thread, assistant = harness.thread("One"), harness.assistant()
    harness.script(answer(HELLO))
    harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": assistant, "stream": True}, x="y")
    assert harness.upstream.headers == [{"x": "y"}]
