"""The output that the model receives for a failed call, with both kinds of client."""

import asyncio
import json
import threading
from typing import Any

import pytest

from shim.relay import RoundLimit, Tool
from tests.relay.talking import PARIS, answered, get_time, get_weather, talking, until
from tests.scenarios.doors.loopback import PATIENCE

pytestmark = pytest.mark.usefixtures("offline")


class Unusual(BaseException):
    """An exception that `except Exception` does not catch."""


def record(events: Any, names: list[str]) -> None:
    """Read the stream to its end, and record the events before the function's call."""
    for event in events:
        names.append(event.event)


def test_an_exception(colour: str) -> None:
    def broken(city: str) -> str:
        raise LookupError(f"no {city}")

    with talking(colour, broken) as talk:
        assert json.loads(answered(talk, f"Call broken {PARIS}.")) == {"error": "LookupError: no Paris"}


@pytest.mark.parametrize("made", [SystemExit(2), GeneratorExit(), asyncio.CancelledError(), Unusual("odd")])
@pytest.mark.parametrize("is_async", [False, True])
def test_an_exception_that_is_no_error(colour: str, made: BaseException, is_async: bool) -> None:
    def broken() -> None:
        raise made

    async def broken_later() -> None:
        await asyncio.sleep(0)
        raise made

    tools = {"broken": broken_later if is_async else broken}
    with talking(colour, broken) as talk:
        stream = talk.ask("Call broken.", tools=tools)
        assert list(stream)[-1].event == "thread.run.completed"
    (output,) = talk.stream.outputs.values()
    assert json.loads(output)["error"].startswith(type(made).__name__)


def test_a_task_that_was_cancelled_within_a_function(colour: str) -> None:
    async def broken() -> None:
        inner = asyncio.create_task(asyncio.sleep(PATIENCE))
        inner.cancel()
        await inner

    with talking(colour, broken) as talk:
        assert json.loads(answered(talk, "Call broken.")) == {"error": "CancelledError"}


def test_a_custom_text_for_exceptions(colour: str) -> None:
    def broken() -> str:
        raise LookupError("secret")

    with talking(colour, broken) as talk:
        output = answered(talk, "Call broken.", describe_error=lambda call, _: f"{call.name} does not work")
    assert json.loads(output) == {"error": "broken does not work"}


def test_an_unknown_function(colour: str) -> None:
    with talking(colour) as talk:
        output = answered(talk, f"Call get_time {PARIS}.", tools=[get_weather])
    assert json.loads(output) == {"error": "there is no function get_time; there are: get_weather"}


def test_invalid_arguments(colour: str) -> None:
    with talking(colour) as talk:
        error = json.loads(answered(talk, 'Call get_weather {"town": "Paris"}.'))["error"]
    assert error.startswith("invalid arguments for get_weather: ")
    assert "city: Field required" in error
    assert "town: Extra inputs are not permitted" in error


def test_a_function_that_takes_too_long(colour: str) -> None:
    forever = threading.Event()
    with talking(colour, forever.wait) as talk:
        tools = [Tool(forever.wait, name="wait")]
        output = answered(talk, "Call wait.", tools=tools, tool_timeout=0.05, offer_tools=True)
    forever.set()
    assert json.loads(output) == {"error": "wait gave no result within 0.05 seconds"}


def test_a_coroutine_that_takes_too_long_is_cancelled(colour: str) -> None:
    cancelled = threading.Event()

    async def forever() -> None:
        import asyncio

        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with talking(colour, forever) as talk:
        output = answered(talk, "Call forever.", tools=[Tool(forever, timeout=0.05)])
        until(cancelled.is_set)
    assert json.loads(output) == {"error": "forever gave no result within 0.05 seconds"}


def test_the_outputs_of_the_other_calls_are_sent_nevertheless(colour: str) -> None:
    def broken() -> str:
        raise LookupError

    with talking(colour, broken, get_time) as talk:
        stream = talk.ask(f"Call broken and get_time {PARIS}.")
        assert list(stream)[-1].event == "thread.run.completed"
    assert sorted(talk.stream.outputs.values()) == ['{"city":"Paris","time":"14:05"}', '{"error":"LookupError"}']


def test_the_round_limit(colour: str) -> None:
    received: list[str] = []
    with talking(colour) as talk:
        events = talk.ask(f"Call get_weather {PARIS}, then get_time {PARIS}.", max_rounds=1)
        with pytest.raises(RoundLimit, match="after 1 rounds"):
            record(events, received)
        (run,) = talk.runs
    assert received[-1] == "thread.run.cancelled"
    assert run.status == "cancelled"
    assert len(talk.stream.outputs) == 1, "the second function was not run"
