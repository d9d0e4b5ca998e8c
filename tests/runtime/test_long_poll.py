"""How long the answer to a polling helper is delayed."""

import pytest

from shim.runtime import long_poll


@pytest.mark.parametrize(
    "headers,delay",
    [
        ({}, 1.0),
        ({"x-stainless-read-timeout": "600"}, 5.0),
        ({"x-stainless-timeout": "600"}, 5.0),
        ({"x-stainless-read-timeout": "0.5"}, 0.25),
        ({"x-stainless-read-timeout": "-1"}, 0.0),
        ({"x-stainless-read-timeout": "nan"}, 0.0),
        ({"x-stainless-read-timeout": "NOT_GIVEN"}, 1.0),
    ],
)
def test_no_answer_is_delayed_longer_than_the_callers_time_out(headers: dict[str, str], delay: float) -> None:
    assert long_poll.seconds(headers) == delay
