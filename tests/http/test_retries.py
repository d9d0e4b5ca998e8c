"""The headers that control the SDK's retries."""

import time
from email.utils import formatdate
from typing import Any

import pytest

from shim.http import retries
from shim.http.guard import http
from shim.ports import Call
from shim.upstream import lifetime


def settled(status: int = 429, left: float | None = None, chance: float = 0.0, **header_fields: str) -> Any:
    """The retry headers of an answer, for a run with that many seconds left."""
    headers = {name.replace("_", "-"): value for name, value in header_fields.items()}
    response = http.Response(status, headers=headers)
    with lifetime.within(None if left is None else Call(until=time.time() + left)):
        retries.adjust(response, lambda: chance)
    return response.headers


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after_ms": "250", "retry_after": "7"}, 0.25),
        ({"retry_after_ms": "soon", "retry_after": "7"}, 7.0),
        ({}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "0"}, None),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"retry_after": "Thu, 01 Jan 99999 00:00:00 GMT"}, None),
    ],
)
def test_the_delay_that_an_answer_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retries.requested_delay({name.replace("_", "-"): value for name, value in headers.items()}) == seconds


def test_a_retry_after_that_is_a_date() -> None:
    found = retries.requested_delay({"retry-after": formatdate(time.time() + 100, usegmt=True)})
    assert found is not None
    assert 90 < found <= 100


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503])
def test_no_delay_is_longer_than_the_rest_of_the_run(status: int) -> None:
    assert settled(status, left=20, retry_after="21")["x-should-retry"] == "false"
    assert settled(status, left=20, retry_after="21", x_should_retry="true")["x-should-retry"] == "false"
    assert settled(status, left=20, retry_after="inf")["x-should-retry"] == "false"
    assert settled(status, left=-1, retry_after="1")["x-should-retry"] == "false"
    assert "x-should-retry" not in settled(status, left=20, retry_after="19")
    assert "x-should-retry" not in settled(status, retry_after="21"), "a run without a known end has no limit"


@pytest.mark.parametrize(
    "wait, most",
    [("1", 1_100), ("10", 11_000), ("50", 52_000), ("59", 60_000), ("60", 60_000), ("100", 102_000), ("119", 120_000)],
)
def test_delays_differ_so_that_retries_are_spread(wait: str, most: int) -> None:
    """The random extra time never makes a delay so long that the SDK would ignore it."""
    assert float(settled(retry_after=wait)["retry-after-ms"]) == float(wait) * 1000
    assert float(settled(retry_after=wait, chance=1.0)["retry-after-ms"]) == pytest.approx(most)
    assert settled(retry_after=wait)["retry-after"] == wait, "the caller gets the original value"


@pytest.mark.parametrize("headers", [{"retry_after": "121"}, {"retry_after": "inf"}, {}, {"retry_after": "soon"}])
def test_answers_without_a_delay_are_unchanged(headers: dict[str, str]) -> None:
    assert "retry-after-ms" not in settled(chance=1.0, **headers)
    assert list(settled(200, left=1, retry_after="7")) == ["retry-after"], "an answer that is none to ask again after"
