"""The order of requests, and broken streams, with a scripted client."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from types import SimpleNamespace as Thing
from typing import Any

import openai
import pytest
from openai.types.beta.threads import Message, Run

from shim.http.transport import http
from shim.relay.rounds import Plan, Rounds
from shim.relay.tools import Call
from shim.runtime import drive

REFUSED = openai.BadRequestError(
    "no", response=http.Response(400, request=http.Request("POST", "http://here")), body=None
)
BROKEN = ConnectionError("cut")
CALL = ("call_1", "f", "{}")


def run(status: str, *calls: tuple[str, str, str]) -> Any:
    tool_calls = [{"id": id, "type": "function", "function": {"name": n, "arguments": a}} for id, n, a in calls]
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": tool_calls}} if calls else None
    return Run.construct(id="run_1", object="thread.run", thread_id="thread_1", status=status, required_action=action)


def run_event(status: str, *calls: tuple[str, str, str]) -> Any:
    return Thing(event=f"thread.run.{status}", data=run(status, *calls))


def delta(id: str, name: str, arguments: str) -> Any:
    call = Thing(index=0, id=id, type="function", function=Thing(name=name, arguments=arguments))
    step = Thing(id="step_1", delta=Thing(step_details=Thing(tool_calls=[call])))
    return Thing(event="thread.run.step.delta", data=step)


def message(id: str, status: str = "completed") -> Any:
    return Message.construct(id=id, object="thread.message", status=status)


class Started:
    def __init__(self, output: str | None) -> None:
        self._output = output

    async def output(self) -> str | None:
        return self._output


class Scripted:
    """Each stream is a list of events; an exception in it is raised at its position."""

    def __init__(self, *streams: list[Any], polled: list[Any] = [], messages: list[Any] = []) -> None:  # noqa: B006
        self.streams, self.polled, self.found = list(streams), list(polled), messages
        self.calls: list[tuple[str, Any]] = []
        self.ran: list[Call] = []

    async def events(self, method: str, arguments: Any) -> AsyncGenerator[Any, None]:
        self.calls.append((method, arguments.get("tool_outputs")))
        for event in self.streams.pop(0):
            if isinstance(event, Exception):
                raise event
            yield event

    async def call(self, method: str, arguments: Any) -> Any:
        self.calls.append((method, None))
        return self.polled.pop(0) if method == "poll" else None

    async def messages(self, thread_id: str, run_id: str) -> list[Any]:
        return self.found

    def start(self, call: Call) -> Started:
        self.ran.append(call)
        return Started(f"output of {call.arguments}")

    def stop(self) -> None: ...

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]


def rounds(port: Any, on_response: Callable[[Any], None] | None = None, max_rounds: int = 10) -> Rounds:
    return Rounds(port, Plan("thread_1", {"assistant_id": "asst_1"}, max_rounds, True, on_response))


def read(made: Rounds) -> list[str]:
    return [event.event for event in drive.drain(made.events())]


def test_after_a_broken_stream_the_missed_events_are_emitted() -> None:
    seen = Thing(event="thread.message.completed", data=message("msg_1"))
    port = Scripted(
        [run_event("queued"), seen, BROKEN],
        polled=[run("completed")],
        messages=[message("msg_1"), message("msg_2"), message("msg_3", "incomplete")],
    )
    assert read(rounds(port)) == [
        "thread.run.queued",
        "thread.message.completed",
        "thread.message.completed",
        "thread.message.incomplete",
        "thread.run.completed",
    ]
    assert port.methods == ["create", "poll"]


def test_a_stream_without_a_final_event_counts_as_broken() -> None:
    assert read(rounds(Scripted([run_event("queued")], polled=[run("expired")])))[-1] == "thread.run.expired"


def test_functions_that_a_broken_stream_asked_for_are_run() -> None:
    port = Scripted([run_event("queued"), BROKEN], [run_event("completed")], polled=[run("requires_action", CALL)])
    assert read(rounds(port))[-1] == "thread.run.completed"
    assert port.calls[-1] == ("submit_tool_outputs", [{"tool_call_id": "call_1", "output": "output of {}"}])


def test_refused_outputs_are_not_sent_repeatedly() -> None:
    asks = run_event("requires_action", CALL)
    port = Scripted([asks], [REFUSED], polled=[run("requires_action", CALL)])
    with pytest.raises(openai.BadRequestError):
        read(rounds(port))
    assert port.methods == ["create", "submit_tool_outputs", "poll", "cancel"]
    assert len(port.ran) == 1


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), SystemExit(), asyncio.CancelledError()])
def test_a_thread_is_free_after_any_exception(problem: BaseException) -> None:
    port = Scripted([run_event("requires_action", CALL)])

    def start(call: Call) -> Started:
        raise problem

    port.start = start  # type: ignore[method-assign]
    with pytest.raises(type(problem)):
        read(rounds(port))
    assert port.methods == ["create", "cancel"]


def test_a_refused_run_raises_the_refusal() -> None:
    port = Scripted([REFUSED])
    with pytest.raises(openai.BadRequestError):
        read(rounds(port))
    assert port.methods == ["create"]


def test_a_call_that_was_started_early_is_not_run_twice() -> None:
    port = Scripted([delta("call_1", "f", '{"a": 1}'), run_event("requires_action", ("call_1", "f", '{"a":1}'))], [])
    port.streams[1] = [run_event("completed")]
    read(rounds(port))
    assert [call.arguments for call in port.ran] == ['{"a": 1}']


@pytest.mark.parametrize("final", ['{"a": 2}', "no JSON"])
def test_a_call_whose_final_arguments_differ_is_run_with_them(final: str) -> None:
    port = Scripted([delta("call_1", "f", '{"a": 1}'), run_event("requires_action", ("call_1", "f", final))], [])
    port.streams[1] = [run_event("completed")]
    made = rounds(port)
    read(made)
    assert made.outputs == {"call_1": f"output of {final}"}


def test_a_call_that_the_run_does_not_wait_for_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    port = Scripted([delta("call_2", "g", "{}"), run_event("requires_action", CALL)], [run_event("completed")])
    read(rounds(port))
    assert "g was run for a call that the run run_1 does not wait for" in caplog.text


def test_no_function_is_started_above_the_limit() -> None:
    port = Scripted([delta(*CALL), run_event("requires_action", CALL)], polled=[run("cancelled")])
    with pytest.raises(RuntimeError):
        read(rounds(port, max_rounds=0))
    assert port.ran == []
    assert port.methods == ["create", "cancel", "poll"]


def test_a_run_that_is_stopped_before_its_creation_is_cancelled_after_it() -> None:
    port = Scripted([run_event("created"), run_event("cancelled")])
    made = rounds(port)
    made.stop()
    assert read(made)[-1] == "thread.run.cancelled"
    assert port.methods == ["create", "cancel"]


def test_a_run_without_references_is_cancelled_with_its_next_event() -> None:
    port = Scripted([run_event("created"), run_event("in_progress"), run_event("queued"), run_event("cancelled")])
    made = rounds(port)
    events = drive.drain(made.events())
    next(events)
    made.desert()
    assert port.methods == ["create"]
    assert [each.event for each in events][-1] == "thread.run.cancelled"
    assert port.methods == ["create", "cancel"]


def test_a_response_is_counted_once_also_after_a_failure() -> None:
    seen: list[str] = []
    made = rounds(Scripted([run_event("failed")]), lambda response: seen.append(response.id))
    made.saw({"id": "resp_1", "status": "completed"})
    made.saw({"id": "resp_1", "status": "completed"})
    read(made)
    assert seen == ["resp_1"]


def test_request_options_apply_to_all_requests() -> None:
    port = Scripted([run_event("requires_action", CALL)], [run_event("completed")])
    sent: list[Any] = []
    events = port.events

    def noted(method: str, arguments: Any) -> Any:
        sent.append(arguments)
        return events(method, arguments)

    port.events = noted  # type: ignore[method-assign]
    options = {"assistant_id": "asst_1", "metadata": {}, "extra_headers": {"x": "y"}}
    read(Rounds(port, Plan("thread_1", options, 10, True, None)))
    assert "metadata" in sent[0]
    assert "metadata" not in sent[1]
    assert [each["extra_headers"] for each in sent] == [{"x": "y"}] * 2
