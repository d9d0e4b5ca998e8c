"""Which headers go on, and which end here."""

import os
from collections.abc import Iterable, Mapping
from typing import Final

from shim.upstream.caller import CREDENTIALS
from shim.wire.errors import ApiError, error

Raw = list[tuple[bytes, bytes]]
#: About one connection, not about what goes over it (RFC 9110, 7.6.1).
HOP: Final = frozenset(
    {
        "connection",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
#: About the caller's way to us, or his browser: no business of the server behind us.
WAY: Final = ("cdn-loop", "cf-", "forwarded", "origin", "referer", "sec-", "via", "x-forwarded-", "x-real-ip")


def onward(raw: Iterable[tuple[bytes, bytes]]) -> Raw:
    """Headers without those of the connection that they came over."""
    passed_on = [(name.lower(), value) for name, value in raw]
    named = ",".join(value.decode("latin-1") for name, value in passed_on if name == b"connection")
    dropped = HOP | {name.strip().lower() for name in named.split(",")}
    return [(name, value) for name, value in passed_on if name.decode("latin-1") not in dropped]


def asked(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """A request's headers as they may reach upstream."""
    texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in onward(raw)]
    return {name: value for name, value in texts if not name.startswith(WAY)}


def last_of(name: str, **values: object) -> ApiError:
    """An error after which the connection ends: where a request stops, or whether there is more of it, is unknown."""
    problem = error(name, **values)
    problem.headers["connection"] = "close"
    return problem


def check(raw: Raw, most: int) -> None:
    """Raises `ApiError` for headers that mean two things, that no HTTP library would send on, or that are longer than
    so many bytes together.
    """
    if sum(len(name) + len(value) for name, value in raw) > most:
        raise last_of("head_too_large", limit=most)
    names = {name for name, _ in raw}
    if {b"content-length", b"transfer-encoding"} <= names:
        raise last_of("ambiguous_length")
    for name, value in raw:
        if not value.isascii():
            raise error("invalid_header", header=name.decode("latin-1"))


def bearer(headers: Mapping[str, str]) -> dict[str, str]:
    """Azure's way to give a key as everybody else's, and Azure's newest, reads it."""
    found = dict(headers)
    key = found.pop("api-key", None)
    return found | ({"authorization": f"Bearer {key}"} if key and "authorization" not in found else {})


def own(key: str | None) -> dict[str, str]:
    """How the server itself answers for callers who say nothing: its key, and whose the environment says that is."""
    if not key:
        return {}
    whose = {"openai-organization": "OPENAI_ORG_ID", "openai-project": "OPENAI_PROJECT_ID"}
    known = {name: os.environ[variable] for name, variable in whose.items() if os.environ.get(variable)}
    return {"authorization": f"Bearer {key}"} | known


def credited(headers: Mapping[str, str], server: Mapping[str, str]) -> dict[str, str]:
    """Headers with the caller's credentials, or with the server's; never with some of both."""
    if "authorization" in headers or "api-key" in headers:
        return dict(headers)
    return {name: value for name, value in headers.items() if name not in CREDENTIALS} | dict(server)
