"""Times, ids, metadata and roles in the notations of exports."""

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shim.migrate.imports import values
from shim.migrate.imports.report import Refused

TIMES: list[tuple[Any, int | None]] = [
    (1_700_000_000, 1_700_000_000),
    (1_700_000_000.9, 1_700_000_000),
    (1_700_000_000_123, 1_700_000_000),
    ("1700000000", 1_700_000_000),
    ("1700000000.5", 1_700_000_000),
    ("1.7e9", 1_700_000_000),
    ("1.7E+09", 1_700_000_000),
    ("2023-11-14T22:13:20Z", 1_700_000_000),
    ("2023-11-14T22:13:20.000+00:00", 1_700_000_000),
    ("2023-11-14 23:13:20+01:00", 1_700_000_000),
    ("2023-11-14 22:13:20", 1_700_000_000),
    ("2023-11-14 22:13:20 UTC", 1_700_000_000),
    ("2023-11-14 22:13:20.123456 UTC", 1_700_000_000),
    ("2023-11-14 23:13:20 +0100", 1_700_000_000),
    ("2023-11-14 23:13:20+01", 1_700_000_000),
    ("2023-11-14 22:13:20 +0000 UTC", 1_700_000_000),
    ("Tue, 14 Nov 2023 22:13:20 GMT", 1_700_000_000),
    ("Tue, 14 Nov 2023 23:13:20 +0100", 1_700_000_000),
    ("Tue, 14 Nov 2023 17:13:20 -0500 (EST)", 1_700_000_000),
    ("14 Nov 2023 22:13:20", 1_700_000_000),
    ("Tue Nov 14 2023 22:13:20 GMT+0000 (Coordinated Universal Time)", 1_700_000_000),
    ("Tue Nov 14 2023 14:13:20 GMT-0800 (Pacific Standard Time)", 1_700_000_000),
    ("Tue Nov 14 22:13:20 2023", 1_700_000_000),
    ("Wed Nov  1 00:00:00 2023", 1_698_796_800),
    ({"$date": "2023-11-14T22:13:20Z"}, 1_700_000_000),
    ({"$date": {"$numberLong": "1700000000000"}}, 1_700_000_000),
    (None, None),
    ("", None),
]


@pytest.mark.parametrize("given, expected", TIMES)
def test_a_time(given: Any, expected: int | None) -> None:
    assert values.moment(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        *("yesterday", "10:30", "5/1/2024", "Tue, 14 Foo 2023 22:13:20 GMT", "Tue, 40 Nov 2023 22:13:20 GMT"),
        *("Tue, 14 Nov 2023 22:13:20 CET", "2023-11-14 22:13:20 CET", "Tue Nov 14 2023 99 GMT", "1" * 400),
        *(True, [], {}, {"$date": {}}, {"$date": "soon"}, -1, 10**18, float("nan")),
    ],
)
def test_invalid_times(given: Any) -> None:
    with pytest.raises(Refused, match="wrong kind"):
        values.moment(given)


#: How programs print a time.
PRINTED: list[str] = [
    *("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z UTC"),
    *(
        "%a, %d %b %Y %H:%M:%S GMT",
        "%a, %d %b %Y %H:%M:%S %z",
        "%a %b %d %Y %H:%M:%S GMT%z (Coordinated Universal Time)",
    ),
    *("%a %b %e %H:%M:%S %Y", "%d %b %Y %H:%M:%S %z"),
]


@given(st.integers(0, 4_000_000_000))
@pytest.mark.parametrize("form", PRINTED)
def test_a_printed_time_is_read_back(form: str, seconds: int) -> None:
    printed = datetime.fromtimestamp(seconds, timezone.utc).strftime(form)
    assert values.moment(printed) == seconds


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
