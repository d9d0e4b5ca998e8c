"""The program of a developer who asked a forum for ``responses.submit_tool_outputs``: it runs; its mistakes are listed.

The program streams a response to a browser, saves it, runs the functions that the response calls, and should continue
in the same stream.  It is read from a file beside the project, and is not part of the project.
"""

import asyncio
import datetime
import inspect
import json
import textwrap
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest

from shim import OpenAI
from tests.recordings import WIRE
from tests.scenarios.doors.loopback import Loopback

THREAD = WIRE.parent / "seed" / "forum-thread.txt"
FIRST, LAST = "  for event in response:\n", "            await asyncio.sleep(0)\n"


class Mistake(NamedTuple):
    """The program's text, its correction, and the reason."""

    wrong: str
    right: str
    why: str


#: Without these corrections the program raises an exception, or calls no function.
FATAL = [
    Mistake(
        'hasattr(event, "output_item") and event.output_item.type == "function_call"',
        'event.item.type == "function_call"',
        "the item of response.output_item.added is called item; as the program asks first, no name is ever noted",
    ),
    Mistake("event.output_item.", "event.item.", "the same"),
    Mistake(
        "response_id=event.response_id",
        "response_id=current_response_id",
        "the events of arguments name their item and not their response",
    ),
]
#: Without this correction the program runs, but saves only the first response.
LESSER = [
    Mistake(
        '"response.created" and not current_response_id',
        '"response.created"',
        "each round is a response of its own: the outputs of the second go to the second, and each has a row",
    ),
]
#: Parts that look like mistakes, and work: the id of the item instead of the call's; submitting before the response is
#: complete; ignoring the result of the submission; a blocking client in a coroutine.


async def get_weather(city: str) -> dict[str, Any]:
    return {"city": city, "celsius": 19}


def get_time(city: str) -> dict[str, Any]:
    return {"city": city, "time": "14:05"}


FUNCTIONS = {"get_weather": get_weather, "get_time": get_time}
TOOLS = [
    {"type": "function", "name": name, "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
    for name in FUNCTIONS
]
PARIS = '{"city": "Paris"}'


def program(mistakes: list[Mistake]) -> str:
    """The loop in the forum thread's first message, with the given corrections."""
    if not THREAD.is_file():
        pytest.skip(f"no {THREAD}")
    _, found, rest = THREAD.read_text().partition(FIRST)
    code = textwrap.dedent(found + rest[: rest.index(LAST) + len(LAST)])
    for wrong, right, _ in mistakes:
        assert wrong in code, "the program has changed"
        code = code.replace(wrong, right)
    return code


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


async def stream(code: str, server: Loopback, text: str) -> tuple[list[tuple[str, Any]], list[Any]]:
    """The events that the browser reads, and the saved responses."""
    saved: list[Any] = []

    async def save_response_to_db(response: Any, db: Any) -> None:
        saved.append(dict(response))

    names: dict[str, Any] = {
        "asyncio": asyncio,
        "datetime": datetime,
        "inspect": inspect,
        "json": json,
        "save_response_to_db": save_response_to_db,
        "TOOL_FUNCTIONS": FUNCTIONS,
        "print": lambda *_: None,
    }
    head = "async def stream_of(client, response, input_messages):\n"
    head += "    conversation_id = previous_response_id = db = None\n"
    head += "    current_response_id, pending_function_calls = None, {}\n"
    exec(head + textwrap.indent(code, "    "), names)
    with OpenAI(api_key="x", base_url=server.url) as client:
        messages = [{"role": "user", "content": text}]
        response = client.responses.create(model="gpt-4o", input=messages, tools=TOOLS, stream=True)  # type: ignore[call-overload]
        streamed: AsyncIterator[str] = names["stream_of"](client, response, messages)
        blocks = [block async for block in streamed]
    return [_read(block) for block in blocks], saved


def _read(block: str) -> tuple[str, Any]:
    name, data = block.strip().split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def test_one_stream_through_two_functions_in_a_row(server: Loopback) -> None:
    text = f"Call get_weather {PARIS}, then get_time {PARIS}."
    events, saved = await stream(program(FATAL + LESSER), server, text)
    answer = "".join(data["delta"] for name, data in events if name == "response.output_text.delta")
    assert 'get_weather returned "{"city": "Paris", "celsius": 19}"' in answer
    assert 'get_time returned "{"city": "Paris", "time": "14:05"}"' in answer
    assert [name for name, _ in events].count("current_response_id") == 3
    assert len({row["response_id"] for row in saved}) == 3
    assert all(row["total_tokens"] == row["input_tokens"] + row["output_tokens"] > 0 for row in saved)
    assert [body.get("previous_response_id") for body in server.bodies][1:] == [row["response_id"] for row in saved[:2]]


async def test_two_functions_in_one_turn(server: Loopback) -> None:
    events, _ = await stream(program(FATAL + LESSER), server, f"Call get_weather {PARIS} and get_time {PARIS}.")
    answer = "".join(data["delta"] for name, data in events if name == "response.output_text.delta")
    assert answer.count("returned") == 2
    assert len(server.bodies) == 2, "both outputs went back in one request"


async def test_the_program_fails_without_corrections(server: Loopback) -> None:
    with pytest.raises(AttributeError, match="response_id"):
        await stream(program([]), server, f"Call get_weather {PARIS}.")


async def test_a_second_round_fails_when_only_the_first_response_is_saved(server: Loopback) -> None:
    text = f"Call get_weather {PARIS}, then get_time {PARIS}."
    with pytest.raises(Exception, match="No call of the response has the id fc_"):
        await stream(program(FATAL), server, text)


async def test_a_single_function_needs_only_the_first_corrections(server: Loopback) -> None:
    events, saved = await stream(program(FATAL), server, f"Call get_weather {PARIS}.")
    assert "get_weather returned" in "".join(d["delta"] for name, d in events if name == "response.output_text.delta")
    assert len({row["response_id"] for row in saved}) == 1
