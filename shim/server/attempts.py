"""Attempts to guess the operator's key: counted for each address, and after too many no key from there is looked at."""

import ipaddress
import math
import time
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from shim.server.limits import SOON, later

#: Requests without the right key in a minute, from one address, after which no key of that address is looked at.
FAILURES: Final = 10
#: The bits of an IPv6 address that name a network: whoever has one of its addresses has all of them.
NETWORK: Final = 64


class Failures:
    """Requests without the right key, counted by this process for each address."""

    def __init__(self) -> None:
        self._item, self._windows = RateLimitItemPerMinute(FAILURES), FixedWindowRateLimiter(MemoryStorage())

    def count(self, address: str) -> None:
        """One more."""
        self._windows.hit(self._item, address)

    def check(self, address: str) -> None:
        """Raises `ApiError` for an address that has had too many in this minute."""
        if self._windows.test(self._item, address):
            return
        wait = self._windows.get_window_stats(self._item, address).reset_time - time.time()
        raise later("too_many_failures", math.ceil(max(wait, SOON)), limit=FAILURES)


def network_of(address: str) -> str:
    """By what failures are counted: an IPv4 address, the network of an IPv6 address, or what else it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found.packed, NETWORK), strict=False))
