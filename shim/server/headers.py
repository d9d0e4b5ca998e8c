"""Decides which headers are passed on."""

import os
from collections.abc import Iterable, Mapping
from typing import Final

from shim.upstream.caller import CREDENTIALS
from shim.wire.errors import ApiError, error

Raw = list[tuple[bytes, bytes]]
#: Headers of one connection (RFC 9110, 7.6.1).
HOP_BY_HOP: Final = frozenset(
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
#: Headers about the caller's connection or browser, which do not concern the upstream.
NOT_FORWARDED: Final = ("cdn-loop", "cf-", "forwarded", "origin", "referer", "sec-", "via", "x-forwarded-", "x-real-ip")


def end_to_end(raw: Iterable[tuple[bytes, bytes]]) -> Raw:
    """Headers without those of the connection."""
    passed_on = [(name.lower(), value) for name, value in raw]
    connection_options = ",".join(value.decode("latin-1") for name, value in passed_on if name == b"connection")
    dropped = HOP_BY_HOP | {name.strip().lower() for name in connection_options.split(",")}
    return [(name, value) for name, value in passed_on if name.decode("latin-1") not in dropped]


def for_upstream(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers of a request that may be sent upstream."""
    texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in end_to_end(raw)]
    return {name: value for name, value in texts if not name.startswith(NOT_FORWARDED)}


def closing_error(name: str, **values: object) -> ApiError:
    """An error after which the connection is closed, as the end of the request is unknown."""
    problem = error(name, **values)
    problem.headers["connection"] = "close"
    return problem


def check(raw: Raw, max_bytes: int) -> None:
    """Raises `ApiError` for ambiguous headers, for those that an HTTP library would refuse to send, and if all are
    together longer than ``max_bytes`` bytes.
    """
    if sum(len(name) + len(value) for name, value in raw) > max_bytes:
        raise closing_error("head_too_large", limit=max_bytes)
    names = {name for name, _ in raw}
    if {b"content-length", b"transfer-encoding"} <= names:
        raise closing_error("ambiguous_length")
    for name, value in raw:
        if not value.isascii():
            raise error("invalid_header", header=name.decode("latin-1"))


def bearer(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers in which Azure's `api-key` is replaced by `Authorization`, which all servers accept."""
    result = dict(headers)
    key = result.pop("api-key", None)
    return result | ({"authorization": f"Bearer {key}"} if key and "authorization" not in result else {})


def server_credentials(key: str | None) -> dict[str, str]:
    """The server's own credentials, for callers without any: its key, and organization and project from the
    environment.
    """
    if not key:
        return {}
    variables = {"openai-organization": "OPENAI_ORG_ID", "openai-project": "OPENAI_PROJECT_ID"}
    known = {name: os.environ[variable] for name, variable in variables.items() if os.environ.get(variable)}
    return {"authorization": f"Bearer {key}"} | known


def with_credentials(headers: Mapping[str, str], server: Mapping[str, str]) -> dict[str, str]:
    """Headers with the caller's credentials, or with the server's; never with a mixture."""
    if "authorization" in headers or "api-key" in headers:
        return dict(headers)
    return {name: value for name, value in headers.items() if name not in CREDENTIALS} | dict(server)
