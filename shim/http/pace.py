"""How long the text of a stream may wait in a process that is busy.

To translate and to send text costs about the same for one word as for four.  A busy process therefore lets the words of
each stream wait for a moment and sends them together, which leaves time for runs that begin.
"""

import time
from collections.abc import Callable
from typing import Final

#: Seconds between two measurements.
EVERY: Final = 0.1
#: The part of a processor that the process uses: up to the first number nothing waits, from the second on text waits as
#: long as it may.  They are low, as processes of a server share their processors with other programs.
EASY: Final = 0.3
BUSY: Final = 0.5
#: The weight of a new measurement.
WEIGHT: Final = 0.5


class Pace:
    """``longest``: the seconds that text may wait at most.  ``seen``: called with the waiting time at each measurement.
    ``used``: the seconds of the processor that the process has used.
    """

    def __init__(
        self,
        longest: float,
        seen: Callable[[float], None] = lambda seconds: None,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        self._longest, self._seen, self._used = longest, seen, used
        self._measured, self._before = 0.0, 0.0
        self._load = self._delay = 0.0

    def delay(self, now: float) -> float:
        """The seconds that text which has arrived ``now`` may wait; ``now``: the time of the event loop."""
        if now - self._measured >= EVERY and self._longest:
            self._measure(now)
        return self._delay

    def _measure(self, now: float) -> None:
        used, seconds = self._used(), now - self._measured
        load = (used - self._before) / seconds
        # After a pause without streams the load of before says nothing.
        weight = WEIGHT if seconds < 10 * EVERY else 1.0
        self._load += weight * (load - self._load)
        self._measured, self._before = now, used
        self._delay = self._longest * min(max((self._load - EASY) / (BUSY - EASY), 0.0), 1.0)
        self._seen(self._delay)
