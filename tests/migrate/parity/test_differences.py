"""Where the structure of two answers differs."""

from dataclasses import replace
from typing import Any

import pytest

from shim.migrate.parity.answers import Answer, Call, Tokens
from shim.migrate.parity.differences import ASPECTS, CHECKS, Difference, Sides, differences
from shim.migrate.parity.playback import Playback

PLAIN = Answer("completed", "gpt-4", "Hello.", calls=(), hosted=())
WEATHER = Call("weather", '{"city": "Paris", "days": 2}', "rain", 0)
TIME = Call("time", "{}", "noon", 1)


def compared(recorded: Answer, candidate: Answer, *batches: list[Call], stopped: bool = False) -> list[Difference]:
    playback = Playback(recorded.calls or ())
    rounds = [[replace(call, batch=number) for call in calls] for number, calls in enumerate(batches)]
    replies = [reply for calls in rounds for reply in playback.answer(calls)]
    return differences(Sides(recorded, candidate, replies, stopped))


def texts(found: list[Difference]) -> list[str]:
    return [f"{each.what}: {each.recorded} > {each.candidate}" for each in found]


#: What both answers add to a plain answer, and the expected differences.
ANSWERS: list[Any] = [
    ({}, {}, []),
    # Numbers are not part of the structure.
    ({"tokens": Tokens(1, 2)}, {"tokens": Tokens(3, 4), "text": "Other words.", "seconds": 9.0, "model": "b"}, []),
    (
        {},
        {"status": "incomplete", "incomplete": "max_completion_tokens"},
        ["status: completed > incomplete (max_completion_tokens)"],
    ),
    ({"status": None}, {}, []),
    ({"status": None}, {"status": "incomplete"}, ["status: unknown > incomplete"]),
    (
        {},
        {"status": "failed", "error": {"code": "server_error"}, "text": ""},
        ["status: completed > failed (server_error)"],
    ),
    ({"status": "failed", "error": {"code": "a"}, "text": ""}, {"status": "failed", "error": {"code": "a"}}, []),
    # Without an answer there is no format to compare.
    ({"status": "expired", "text": ""}, {"text": "# A"}, ["status: expired > completed"]),
    ({"hosted": ("file_search",)}, {"hosted": ("file_search", "file_search")}, []),
    ({"hosted": ("file_search",)}, {}, ["hosted tools: file_search > –"]),
    ({"hosted": None, "calls": None}, {"hosted": ("file_search",)}, []),
    ({"cited": ("a", "b")}, {"cited": ("b", "a", "a")}, []),
    ({"cited": ("a", "b")}, {"cited": ("b", "c")}, ["cited files: a, b > b, c"]),
    ({"files": 1}, {"files": 3}, []),
    ({"files": 1}, {}, ["files and pictures that code made: 1 > 0"]),
    ({}, {"refused": True}, ["form: text > a refusal"]),
    ({}, {"text": ""}, ["form: text > no text"]),
    ({"text": '{"a": 1}'}, {"text": '{"a": 2.5}'}, []),
    ({"text": '{"a": 1}'}, {"text": '{"a": null}'}, []),
    (
        {"text": '{"a": 1, "b": 1}'},
        {"text": '```\n{"a": "1", "c": 1}\n```'},
        ["form: JSON > JSON in a code block", "a: number > string", "b: number > –", "c: – > number"],
    ),
    ({"text": '{"a": 1}'}, {"text": "One."}, ["form: JSON > text"]),
    ({"text": "- a"}, {"text": "# A\n\n- b"}, ["Markdown: bullet lists > bullet lists, headings"]),
    ({"text": "```py\n1\n```"}, {"text": "```js\n1\n```"}, ["languages of code blocks: py > js"]),
]


@pytest.mark.parametrize("recorded, candidate, expected", ANSWERS)
def test_answers(recorded: dict[str, Any], candidate: dict[str, Any], expected: list[str]) -> None:
    assert texts(compared(replace(PLAIN, **recorded), replace(PLAIN, **candidate))) == expected


def _call(name: str, arguments: str) -> Call:
    return Call(name, arguments)


@pytest.mark.parametrize(
    "batches, expected",
    [
        ([[_call("weather", '{"days": 2.0, "city": "Paris"}')], [_call("time", "")]], []),
        # Parallel and consecutive calls are equal, as long as no call is made before one that it needs.
        ([[_call("time", "{}"), _call("weather", WEATHER.arguments)]], []),
        ([[_call("time", "{}")], [_call("weather", WEATHER.arguments)]], ["order: weather, time > time, weather"]),
        ([[_call("weather", WEATHER.arguments)]], ["missing call: time({}) > –"]),
        (
            [[_call("weather", '{"city": "Rome"}')], [_call("time", "{}")]],
            ['weather: city: "Paris" > "Rome"', "weather: days: 2 > (absent)"],
        ),
        (
            [[_call("weather", WEATHER.arguments)], [_call("time", "{}")], [_call("news", "{}")]],
            ["extra call: – > news({})"],
        ),
        (
            [[_call("weather", "Paris"), _call("time", "{}")]],
            ['weather: arguments: {"city":"Paris","days":2} > "Paris"'],
        ),
    ],
)
def test_calls(batches: list[list[Call]], expected: list[str]) -> None:
    recorded = replace(PLAIN, calls=(WEATHER, TIME))
    assert texts(compared(recorded, replace(PLAIN), *batches)) == expected


def test_a_turn_that_was_stopped_has_calls_and_no_answer() -> None:
    recorded = replace(PLAIN, calls=(WEATHER,), cited=("a",))
    stopped = replace(PLAIN, status="cancelled", text="")
    assert texts(compared(recorded, stopped, [_call("news", "{}")], stopped=True)) == [
        'missing call: weather({"city": "Paris", "days": 2}) > –',
        "extra call: – > news({})",
    ]


def test_aspects_that_are_not_recorded_are_not_compared() -> None:
    unknown = Answer(text="Hello.")
    assert compared(unknown, PLAIN, [_call("news", "{}")]) == []


def test_every_aspect_has_its_check() -> None:
    assert {check.__name__.removeprefix("_") for check in CHECKS} == {*ASPECTS}
