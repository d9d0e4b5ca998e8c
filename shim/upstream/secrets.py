"""Keeping credentials out of what is stored, logged or told: some servers repeat the key that they refuse.

What is to be kept out is what was really sent, whoever it came from: the headers of the request.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

from shim.ports import Json

#: Headers that say who somebody is.
TELLING: Final = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)
#: What is too short to be a secret, and would be found in innocent words.
SHORTEST: Final = 6
MASK: Final = "***"
#: Events that hold an error in the server's own words.
ERRORS: Final = frozenset({"error", "response.failed", "response.incomplete"})


def _given(headers: Mapping[str, object]) -> list[str]:
    """The secrets in headers: their last words, as a scheme such as "Bearer" stands before a key."""
    told = [value for name, value in headers.items() if isinstance(value, str) and TELLING.search(name)]
    return [secret for value in told if len(secret := value.rpartition(" ")[2]) >= SHORTEST]


def masked(text: str, headers: Mapping[str, object]) -> str:
    """The text without the secrets of these headers."""
    for secret in _given(headers):
        text = text.replace(secret, MASK)
    return text


def without(body: Json, headers: Mapping[str, object]) -> Json:
    """The object without them, wherever in it they are."""
    text = json.dumps(body)
    clean = masked(text, headers)
    found: Json = body if clean == text else json.loads(clean)
    return found


def cleaned(events: list[Json], headers: Mapping[str, object]) -> list[Json]:
    """Events of a stream; only errors are looked at."""
    if ERRORS.isdisjoint([event["type"] for event in events]):
        return events
    return [without(event, headers) if event["type"] in ERRORS else event for event in events]
