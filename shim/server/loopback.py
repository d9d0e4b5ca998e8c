"""Nobody but this machine, unless somebody said so.

Listening on a loopback address keeps other machines out, but not the web pages that this machine's browser shows: they
can send requests to it, and under a name of their own they can read its answers.  Both show in the request.
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from shim.wire.errors import error


def is_loopback(host: str) -> bool:
    """Whether a name or an address stands for this machine alone."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def check(headers: Mapping[str, str]) -> None:
    """Raises `ApiError` for a request by way of another name, or for another site's page."""
    for address in (f"//{headers.get('host', 'localhost')}", headers.get("origin", "//localhost")):
        try:
            name = urlsplit(address).hostname or address
        except ValueError:
            name = address
        if not is_loopback(name):
            raise error("not_loopback", address=name)
