"""Removes credentials from what is stored, logged or returned.

Some servers repeat the key that they refuse, and HTTP libraries repeat the header that they cannot send.

The secrets are those that were actually sent, from whatever source: in the headers of the request and in its address.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from shim.wire.types import Json

#: Names of headers and of query parameters that contain credentials.
SECRET_NAMES: Final = re.compile(r"auth|key|token|secret|pass|sig", re.IGNORECASE)
#: The smallest length of a secret: a shorter text would be found in ordinary words.
SHORTEST: Final = 6
MASK: Final = "***"
#: Events that contain an error with the server's own text.
ERRORS: Final = frozenset({"error", "response.failed", "response.incomplete"})


class Sent(NamedTuple):
    """The parts of a request that may contain credentials.  An HTTP library's request has these attributes, too."""

    headers: Mapping[str, object]
    url: Any


def _secrets(sent: Any) -> list[str]:
    """The secrets of a request, the longest first, as one may be part of another."""
    pairs = [*sent.headers.items(), *sent.url.params.multi_items()]
    candidates = [secret for name, value in pairs if isinstance(value, str) for secret in _secrets_of(name, value)]
    secrets = {secret for secret in (*candidates, sent.url.username, sent.url.password) if len(secret) >= SHORTEST}
    return sorted(secrets, key=len, reverse=True)


def _secrets_of(name: str, value: str) -> list[str]:
    """The secrets in a header: its last word, as a scheme such as "Bearer" stands before a key; of cookies the value of
    each.
    """
    if "cookie" in name.lower():
        return [each.partition("=")[2].strip() for each in value.split(";")]
    return [value.strip().rpartition(" ")[2]] if SECRET_NAMES.search(name) else []


def masked(text: str, sent: Any) -> str:
    """The text without the secrets of that request."""
    for secret in _secrets(sent):
        text = text.replace(secret, MASK)
    return text


def without(body: Json, sent: Any) -> Json:
    """The object without the secrets of that request, at any depth."""
    text = json.dumps(body)
    clean = masked(text, sent)
    cleaned: Json = body if clean == text else json.loads(clean)
    return cleaned


def cleaned(events: list[Json], sent: Any) -> list[Json]:
    """Events of a stream without secrets; only error events are searched."""
    if ERRORS.isdisjoint([event["type"] for event in events]):
        return events
    return [without(event, sent) if event["type"] in ERRORS else event for event in events]
