"""Times, ids, metadata and roles in the notations of exports."""

from typing import Any

import pytest

from shim.migrate.imports import values
from shim.migrate.imports.report import Refused

TIMES: list[tuple[Any, int | None]] = [
    (1_700_000_000, 1_700_000_000),
    (1_700_000_000.9, 1_700_000_000),
    (1_700_000_000_123, 1_700_000_000),
    ("1700000000", 1_700_000_000),
    ("1700000000.5", 1_700_000_000),
    ("2023-11-14T22:13:20Z", 1_700_000_000),
    ("2023-11-14T22:13:20.000+00:00", 1_700_000_000),
    ("2023-11-14 23:13:20+01:00", 1_700_000_000),
    ("2023-11-14 22:13:20", 1_700_000_000),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize("given, expected", TIMES)
def test_a_time(given: Any, expected: int | None) -> None:
    assert values.moment(given) == expected


@pytest.mark.parametrize("given", ["yesterday", True, [], {}, -1, 10**18, float("nan")])
def test_invalid_times(given: Any) -> None:
    with pytest.raises(Refused, match="wrong kind"):
        values.moment(given)


@pytest.mark.parametrize("given, expected", [("User", "user"), ("human", "user"), ("AI", "assistant")])
def test_a_role(given: str, expected: str) -> None:
    assert values.role(given) == expected


@pytest.mark.parametrize("given", ["system", "tool", None, 5, ["user"]])
def test_roles_that_threads_do_not_have(given: Any) -> None:
    with pytest.raises(Refused, match="role"):
        values.role(given)


def test_derived_ids_are_reproducible_and_have_the_format_of_the_api() -> None:
    one = values.derived_id("thread", "user-7")
    assert one == values.derived_id("thread", "user-7") != values.derived_id("thread", "user-8")
    assert values.is_id("thread", one)
    assert len(one) == len("thread_") + 24


def test_metadata_values_are_texts() -> None:
    assert values.metadata(None) == ({}, [])
    assert values.metadata({"a": "x", "b": 5, "c": {"d": 1}}) == ({"a": "x", "b": "5", "c": '{"d":1}'}, ["b", "c"])
    with pytest.raises(Refused, match="metadata"):
        values.metadata([])
