"""Removes credentials from what is stored, logged or returned.

Some servers repeat the key that they refuse, and HTTP libraries repeat the header that they cannot send.

What is to be kept out is what was really sent, whoever it came from: the headers of the request and its address.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from shim.wire.types import Json

#: Names of headers and of query parameters that say who somebody is.
TELLING: Final = re.compile(r"auth|key|token|secret|pass|sig", re.IGNORECASE)
#: What is too short to be a secret, and would be found in innocent words.
SHORTEST: Final = 6
MASK: Final = "***"
#: Events that hold an error in the server's own words.
ERRORS: Final = frozenset({"error", "response.failed", "response.incomplete"})


class Sent(NamedTuple):
    """What a request told of its sender.  An HTTP library's request will do as well."""

    headers: Mapping[str, object]
    url: Any


def _given(sent: Any) -> list[str]:
    """The secrets of a request, the longest first, as one may be a part of another."""
    named = [*sent.headers.items(), *sent.url.params.multi_items()]
    words = [word for name, value in named if isinstance(value, str) for word in _told(name, value)]
    found = {secret for secret in (*words, sent.url.username, sent.url.password) if len(secret) >= SHORTEST}
    return sorted(found, key=len, reverse=True)


def _told(name: str, value: str) -> list[str]:
    """Of a header its last word, as a scheme such as "Bearer" stands before a key; of cookies each one's value."""
    if "cookie" in name.lower():
        return [each.partition("=")[2].strip() for each in value.split(";")]
    return [value.strip().rpartition(" ")[2]] if TELLING.search(name) else []


def masked(text: str, sent: Any) -> str:
    """The text without the secrets of that request."""
    for secret in _given(sent):
        text = text.replace(secret, MASK)
    return text


def without(body: Json, sent: Any) -> Json:
    """The object without them, wherever in it they are."""
    text = json.dumps(body)
    clean = masked(text, sent)
    found: Json = body if clean == text else json.loads(clean)
    return found


def cleaned(events: list[Json], sent: Any) -> list[Json]:
    """Events of a stream; only errors are looked at."""
    if ERRORS.isdisjoint([event["type"] for event in events]):
        return events
    return [without(event, sent) if event["type"] in ERRORS else event for event in events]
