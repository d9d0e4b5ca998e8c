"""Functions as tools: their description for the model, and their outputs."""

import functools
import json
import logging
from datetime import date
from typing import Any

import pytest

from shim.relay import Call, Tool, tool_schema
from shim.relay.tools import Toolbox, by_name, written
from tests.relay.talking import get_weather


def called(name: str, arguments: str = "{}") -> Call:
    return Call("call_1", name, arguments)


def test_the_schema_of_a_plain_function() -> None:
    assert tool_schema(get_weather) == {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
                "additionalProperties": False,
            },
        },
    }


def test_a_tool_may_set_name_description_and_schema() -> None:
    schema = {"type": "object", "properties": {}}
    made = Tool(get_weather, name="weather", description="Rain?", parameters=schema, strict=True)
    function = {"name": "weather", "parameters": schema, "description": "Rain?", "strict": True}
    assert tool_schema(made) == {"type": "function", "function": function}


def test_a_partial_has_the_name_of_its_function() -> None:
    made = Tool(functools.partial(get_weather, city="Paris"))
    assert (made.name, made.description) == ("get_weather", "The weather in a city.")
    assert made.check.schema["properties"] == {}


async def awaited(city: str) -> str:
    return city


class Awaited:
    async def __call__(self, city: str) -> str:
        return city


@pytest.mark.parametrize(
    "function, is_async",
    [(get_weather, False), (awaited, True), (functools.partial(awaited, city="x"), True), (Awaited(), True)],
)
def test_coroutine_functions_are_known(function: Any, is_async: bool) -> None:
    assert Tool(function).is_async is is_async


def test_tools_by_name() -> None:
    found = by_name({"weather": get_weather, "other": Tool(awaited, name="x")})
    assert {name: each.name for name, each in found.items()} == {"weather": "weather", "other": "x"}
    assert [*by_name([get_weather, Tool(awaited, name="x")])] == ["get_weather", "x"]


def test_two_functions_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two functions are named 'get_weather'"):
        by_name([get_weather, awaited, Tool(awaited, name="get_weather")])


@pytest.mark.parametrize(
    "result, text",
    [
        ("text", "text"),
        ({"day": date(2026, 11, 27)}, '{"day":"2026-11-27"}'),
        (None, "null"),
        (1.5, "1.5"),
        ("ü", "ü"),
        (["ü"], '["ü"]'),
        ("caf\udce9.txt", "caf\ufffd.txt"),
        (["caf\udce9.txt"], '["caf\ufffd.txt"]'),
        ("\ud83d\ude00", "\U0001f600"),
    ],
)
def test_a_result_as_text(result: Any, text: str) -> None:
    assert written(result) == text


def nothing_said() -> object:
    return object()


def test_a_result_that_json_cannot_represent() -> None:
    box = Toolbox(by_name({"f": nothing_said}))
    assert "the result is no JSON" in json.loads(box.run(called("f")))["error"]


async def test_outputs_are_the_same_on_an_event_loop() -> None:
    box = Toolbox(by_name([awaited]))
    assert await box.run_async(called("awaited", '{"city": "Paris"}')) == "Paris"
    assert "no function" in await box.run_async(called("other"))


def test_a_time_out_raised_by_the_function_has_its_own_text() -> None:
    def slow() -> None:
        raise TimeoutError("the database is slow")

    assert json.loads(Toolbox(by_name([slow])).run(called("slow"))) == {"error": "TimeoutError: the database is slow"}


def test_the_log_names_the_function_and_shows_no_contents(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "shim")

    def broken() -> None:
        raise LookupError("secret")

    Toolbox(by_name([broken])).run(called("broken"))
    assert "the function broken failed: LookupError" in caplog.text
    assert "secret" not in caplog.text


def test_the_time_limit_of_a_tool_replaces_the_general_one() -> None:
    box = Toolbox(by_name({"a": Tool(get_weather, timeout=5.0), "b": get_weather}), timeout=1.0)
    assert [box.seconds(called(name)) for name in ("a", "b", "unknown")] == [5.0, 1.0, 1.0]
