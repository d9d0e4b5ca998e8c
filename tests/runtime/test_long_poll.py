"""For how long the answer to a polling helper is held."""

import pytest

from shim.runtime import long_poll


@pytest.mark.parametrize(
    "headers,held",
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
def test_nobody_is_kept_longer_than_he_waits(headers: dict[str, str], held: float) -> None:
    assert long_poll.seconds(headers) == held
