"""What the SDK is told about asking again.

How often it does, and for how long it waits, is its own affair: it goes by the answer's headers.  Those are changed
here, so that it does not wait past the end of the run for which it asks, and not exactly as long as all others do.
"""

import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final

from shim.upstream import lifetime

#: The longest delays, in seconds, that the SDK's versions keep to; what is longer they take for no delay.
KEPT_TO: Final = (60.0, 120.0)
#: How much longer a wait becomes by chance: a part of it, and so many seconds at most.
SPREAD: Final = 0.1
LONGEST_SPREAD: Final = 2.0


def settle(response: Any, chance: Callable[[], float] = random.random) -> None:
    """Change the headers of an answer upon which the SDK may ask again."""
    wait = asked_for(response.headers) if response.status_code >= 400 else None
    if wait is None:
        return
    left = lifetime.left()
    if left is not None and wait > left:
        response.headers["x-should-retry"] = "false"
        return
    most = next((limit for limit in KEPT_TO if wait <= limit), None)
    if most is not None:
        longer = min(wait + chance() * min(wait * SPREAD, LONGEST_SPREAD), most)
        # Of the headers for this it is the first that the SDK looks at.
        response.headers["retry-after-ms"] = f"{longer * 1000:.0f}"


def asked_for(headers: Any) -> float | None:
    """The seconds for which an answer says that one should wait; None when it does not, or not clearly."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        given = headers.get(name)
        try:
            return _positive(float(given) / unit)
        except (TypeError, ValueError):
            continue
    try:
        return _positive(parsedate_to_datetime(given).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _positive(seconds: float) -> float | None:
    """Neither what is over, nor a value that is no number."""
    return seconds if seconds > 0 else None
