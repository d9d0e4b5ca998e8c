"""Host names under which the server accepts requests: by default only those of this machine.

Listening on a loopback address keeps other machines out, but not the web pages that this machine's browser shows: they
can send requests to it, and under a name of their own they can read its answers.  Both can be seen in the request.
"""

import ipaddress
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Final, Protocol
from urllib.parse import urlsplit

from shim.wire.errors import error

ANY: Final = "*"


class Hosts(Protocol):
    """``origins``: web sites that may read answers (CORS)."""

    origins: list[str]

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises `ApiError` for a request for another host name, or from another site's page."""
        ...


class Loopback:
    """Accepts only this machine."""

    origins: list[str] = []

    def check(self, headers: Mapping[str, str]) -> None:
        for address in (f"//{headers.get('host', 'localhost')}", headers.get("origin", "//localhost")):
            name = _name(address)
            if not is_loopback(name):
                raise error("not_loopback", address=name)


class AllowedHosts:
    """Accepts names and sites of the settings."""

    def __init__(self, hosts: str, origins: str) -> None:
        self._hosts, self.origins = listed(hosts), listed(origins)

    def check(self, headers: Mapping[str, str]) -> None:
        host = _name(f"//{headers.get('host', '')}")
        if not any(fnmatchcase(host, allowed.lower()) for allowed in self._hosts):
            raise error("host_not_allowed", address=host)
        origin = headers.get("origin")
        known = origin is None or ANY in self.origins or origin.lower() in map(str.lower, self.origins)
        if not known and _name(str(origin)) != host:
            raise error("host_not_allowed", address=origin)


def listed(setting: str) -> list[str]:
    """The entries of a setting, separated by commas."""
    return [entry.strip() for entry in setting.split(",") if entry.strip()]


def is_loopback(host: str) -> bool:
    """Whether a name or an address is a loopback one."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _name(address: str) -> str:
    """The host's name in an address, or the address if it has none."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address
