"""Limits attempts to guess the operator's key: after too many from an address, no key from there is checked."""

import ipaddress
import math
import time
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from shim.server.limits import SOON, later

#: The number of requests without the right key, in a minute and from one address, after which no key from that address
#: is checked.
FAILURES: Final = 10
#: The bits of an IPv6 address that name a network: one attacker usually has all of its addresses.
NETWORK: Final = 64


class Failures:
    """Requests without the right key, counted by this process for each address."""

    def __init__(self) -> None:
        self._item, self._windows = RateLimitItemPerMinute(FAILURES), FixedWindowRateLimiter(MemoryStorage())

    def count(self, address: str) -> None:
        """Count one."""
        self._windows.hit(self._item, address)

    def check(self, address: str) -> None:
        """Raises `ApiError` for an address with too many in this minute."""
        if self._windows.test(self._item, address):
            return
        wait = self._windows.get_window_stats(self._item, address).reset_time - time.time()
        raise later("too_many_failures", math.ceil(max(wait, SOON)), limit=FAILURES)


def network_of(address: str) -> str:
    """The key for counting: an IPv4 address, the network of an IPv6 address, or the text itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip.packed, NETWORK), strict=False))
