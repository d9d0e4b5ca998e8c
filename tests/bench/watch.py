"""Measures one stream."""

import time


class Watch:
    """Wall and CPU seconds at the call, at the first text and at the end.

    CPU time is that of the whole process, including pump threads; the upstream is another process.
    """

    def __init__(self) -> None:
        self.received = self.events = 0
        self.begun = self.first = self.ended = (0.0, 0.0)

    def start(self) -> None:
        self.begun = (time.perf_counter(), time.process_time())

    def record(self, text: str) -> None:
        """Record that some text has reached the application."""
        if not self.events:
            self.first = (time.perf_counter(), time.process_time())
        self.events += 1
        self.received += len(text)

    def stop(self) -> None:
        self.ended = (time.perf_counter(), time.process_time())

    def wall(self, deltas: int) -> float:
        """Microseconds of wall time from the first text to the end, for each delta that upstream sent; waiting is
        included.
        """
        return (self.ended[0] - self.first[0]) * 1e6 / deltas

    def cpu(self, deltas: int) -> float:
        """Microseconds of CPU time from the first text to the end, for each delta that upstream sent."""
        return (self.ended[1] - self.first[1]) * 1e6 / deltas

    def to_first(self) -> float:
        """Milliseconds from the call to the first text."""
        return (self.first[0] - self.begun[0]) * 1e3
