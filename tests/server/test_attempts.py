"""Failed attempts are counted for each address, for a minute; other addresses are not affected."""

import time

import pytest

from shim.server.attempts import FAILURES, Failures, network_of
from shim.wire.errors import ApiError


def test_after_too_many_failures_an_address_waits_until_the_minute_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    failures = Failures()
    for _ in range(FAILURES):
        failures.check("192.0.2.1")
        failures.count("192.0.2.1")
    now += 45.5
    with pytest.raises(ApiError) as refused:
        failures.check("192.0.2.1")
    assert (refused.value.status, refused.value.headers["retry-after"]) == (429, "15")
    failures.check("192.0.2.2")
    now += 15
    failures.check("192.0.2.1")


@pytest.mark.parametrize(
    "address, counted",
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_the_keys_by_which_failures_are_counted(address: str, counted: str) -> None:
    assert network_of(address) == counted
