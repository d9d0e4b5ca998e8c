"""Identifiers as the Assistants API made them: a known prefix and 24 letters or digits.

Clients match them with ``\\w+`` and take the object's kind from the prefix, so both parts matter.
"""

import random
import string
from typing import Final
from urllib.parse import quote

ALPHABET: Final = string.ascii_letters + string.digits
LENGTH: Final = 24
#: How many random bits are taken for an id: so many more than needed that all letters are equally frequent.
BITS: Final = 256

PREFIX: Final[dict[str, str]] = {
    "assistant": "asst",
    "thread": "thread",
    "message": "msg",
    "run": "run",
    "step": "step",
    "vector_store": "vs",
}

#: Characters that need no escape in a path segment (RFC 3986, 3.3), except ``;``, which some servers read as a
#: parameter.
PLAIN: Final = "!$&'()*+,=:@"

_source = random.SystemRandom()


def new(prefix: str) -> str:
    """A fresh id, for example ``msg_`` and 24 characters of ``[A-Za-z0-9]``.

    The random bits are taken with one system call, as each call may switch to another thread.
    """
    number, digits = _source.getrandbits(BITS), ""
    for _ in range(LENGTH):
        number, at = divmod(number, len(ALPHABET))
        digits += ALPHABET[at]
    return f"{prefix}_{digits}"


def request() -> str:
    """A fresh request id: ``req_`` and 32 hexadecimal digits, as in the header ``x-request-id``."""
    return f"req_{_source.getrandbits(128):032x}"


def path(*segments: str) -> str:
    """A path below an API's base.  An id always becomes exactly one segment, never another path or a query."""
    return "".join(f"/{_segment(each)}" for each in segments)


def _segment(value: str) -> str:
    # `quote` does not escape dots, but a segment of only dots would refer to another path.
    return value.replace(".", "%2E") if value in (".", "..") else quote(value, safe=PLAIN, errors="replace")
