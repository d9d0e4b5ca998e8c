"""The comparison of JSON values."""

from typing import Any

import pytest

from shim.migrate.parity.values import ABSENT, changes, equal, kind, parsed, shown


@pytest.mark.parametrize(
    "one, other, same",
    [
        ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}, True),
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, {}, False),
        ([1, 2], [2, 1], False),
        ({"a": None}, {}, False),
        ([], [], True),
    ],
)
def test_equal(one: Any, other: Any, same: bool) -> None:
    assert equal(one, other) is same
    assert equal(other, one) is same


def test_the_innermost_changes_are_listed() -> None:
    one = {"city": "Paris", "days": [1, 2], "at": {"hour": 7}, "gone": None}
    other = {"city": "Rome", "days": [1, 3, 4], "at": {"hour": "7"}, "new": {}}
    assert [*changes(one, other)] == [
        ("city", "Paris", "Rome"),
        ("days[1]", 2, 3),
        ("days[2]", ABSENT, 4),
        ("at.hour", 7, "7"),
        ("gone", None, ABSENT),
        ("new", ABSENT, {}),
    ]
    assert [*changes("a", ["a"])] == [("", "a", ["a"])]


@pytest.mark.parametrize("text, value", [("", {}), (" ", {}), ('{"a": 1}', {"a": 1}), ("{broken", "{broken")])
def test_arguments(text: str, value: Any) -> None:
    assert parsed(text) == value


def test_values_and_their_types_are_shown() -> None:
    assert [shown(each) for each in (ABSENT, "a", None, {"a": [1]})] == ["(absent)", '"a"', "null", '{"a":[1]}']
    assert [kind(each) for each in ({}, [], "", 1, 1.5, True, None, ABSENT)] == [
        *("object", "array", "string", "number", "number", "boolean", "null", "absent")
    ]
