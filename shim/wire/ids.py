"""Identifiers as the Assistants API made them: a known prefix and 24 letters or digits.

Clients match them with ``\\w+`` and take the object's kind from the prefix, so both parts matter.
"""

import random
import string
from typing import Final

ALPHABET: Final = string.ascii_letters + string.digits
LENGTH: Final = 24

PREFIX: Final[dict[str, str]] = {
    "assistant": "asst",
    "thread": "thread",
    "message": "msg",
    "run": "run",
    "step": "step",
    "vector_store": "vs",
}

_source = random.SystemRandom()


def new(prefix: str) -> str:
    """A fresh id, for example ``msg_`` and 24 characters of ``[A-Za-z0-9]``."""
    return f"{prefix}_{''.join(_source.choices(ALPHABET, k=LENGTH))}"


def request() -> str:
    """A fresh id of a request: ``req_`` and 32 hexadecimal digits, as in the header ``x-request-id``."""
    return f"req_{_source.getrandbits(128):032x}"
