"""Identifiers as the Assistants API made them: a known prefix and 24 letters or digits.

Clients match them with ``\\w+`` and take the object's kind from the prefix, so both parts matter.
"""

import random
import string
from typing import Final
from urllib.parse import quote

ALPHABET: Final = string.ascii_letters + string.digits
LENGTH: Final = 24
#: Of chance for an id: so many more than it holds that no letter comes more often than another.
BITS: Final = 256

PREFIX: Final[dict[str, str]] = {
    "assistant": "asst",
    "thread": "thread",
    "message": "msg",
    "run": "run",
    "step": "step",
    "vector_store": "vs",
}

#: What a segment of a path may hold as it is (RFC 3986, 3.3), but for ``;``, in which some servers see a parameter.
PLAIN: Final = "!$&'()*+,=:@"

_source = random.SystemRandom()


def new(prefix: str) -> str:
    """A fresh id, for example ``msg_`` and 24 characters of ``[A-Za-z0-9]``.

    The system is asked for chance once: each time it is, another thread may take the interpreter.
    """
    number, found = _source.getrandbits(BITS), ""
    for _ in range(LENGTH):
        number, at = divmod(number, len(ALPHABET))
        found += ALPHABET[at]
    return f"{prefix}_{found}"


def request() -> str:
    """A fresh id of a request: ``req_`` and 32 hexadecimal digits, as in the header ``x-request-id``."""
    return f"req_{_source.getrandbits(128):032x}"


def path(*segments: str) -> str:
    """A path below an API's base.  An id is one segment of it, whatever it holds: never another path or a query."""
    return "".join(f"/{_segment(each)}" for each in segments)


def _segment(value: str) -> str:
    # To `quote` a dot is as good as a letter; a segment of nothing but dots names another one.
    return value.replace(".", "%2E") if value in (".", "..") else quote(value, safe=PLAIN, errors="replace")
