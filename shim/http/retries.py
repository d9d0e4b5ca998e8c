"""Changes the headers by which the SDK decides about retries.

The SDK itself decides how often it retries and how long it waits, by the answer's headers.  They are changed here, so
that it does not wait beyond the end of the run, and waits get a random part.
"""

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final

from shim.upstream import lifetime

#: The longest delays, in seconds, that the SDK's versions accept; they ignore longer ones.
ACCEPTED_DELAYS: Final = (60.0, 120.0)
#: The random part by which a wait is lengthened: a fraction of it, and at most this number of seconds.
SPREAD: Final = 0.1
LONGEST_SPREAD: Final = 2.0


def adjust(response: Any, chance: Callable[[], float] = random.random) -> None:
    """Change the headers of an answer after which the SDK may retry."""
    wait = requested_delay(response.headers) if response.status_code >= 400 else None
    if wait is None:
        return
    remaining = lifetime.remaining()
    if remaining is not None and wait > remaining:
        response.headers["x-should-retry"] = "false"
        return
    most = next((limit for limit in ACCEPTED_DELAYS if wait <= limit), None)
    if most is not None:
        longer = min(wait + chance() * min(wait * SPREAD, LONGEST_SPREAD), most)
        # The SDK reads this header first.
        response.headers["retry-after-ms"] = f"{longer * 1000:.0f}"


def requested_delay(headers: Any) -> float | None:
    """The seconds of an answer's retry headers; None if there are none, or they are invalid."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        try:
            return _positive(float(value) / unit)
        except (TypeError, ValueError):
            continue
    try:
        return _positive(parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _positive(seconds: float) -> float | None:
    """A positive number, else None."""
    return seconds if seconds > 0 else None
