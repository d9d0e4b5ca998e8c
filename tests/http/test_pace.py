"""How long text waits, by what the process has used of a processor."""

import pytest

from shim.http.pace import BUSY, EASY, EVERY, Pace

LONGEST = 0.1


class Process:
    """``at``: the time; ``used``: seconds of the processor."""

    def __init__(self, longest: float = LONGEST) -> None:
        self.at, self.used, self.measured = 1000.0, 50.0, 0
        self.seen: list[float] = []
        self.pace = Pace(longest, self.seen.append, self._used)
        self.pace.delay(self.at)

    def _used(self) -> float:
        self.measured += 1
        return self.used

    def works(self, load: float, times: int = 50, seconds: float = EVERY) -> float:
        for _ in range(times):
            self.at += seconds
            self.used += load * seconds
            delay = self.pace.delay(self.at)
        return delay


@pytest.mark.parametrize(
    "load, part", [(0.0, 0.0), (EASY, 0.0), ((EASY + BUSY) / 2, 0.5), (BUSY, 1.0), (1.0, 1.0), (3.0, 1.0)]
)
def test_a_busier_process_lets_text_wait_longer(load: float, part: float) -> None:
    assert Process().works(load) == pytest.approx(part * LONGEST, abs=1e-6)


def test_one_busy_moment_does_not_count_fully() -> None:
    process = Process()
    process.works(0.0)
    assert 0 < process.works(0.9, times=1) < LONGEST
    assert process.works(0.0) == pytest.approx(0.0, abs=1e-6)


def test_what_was_before_a_pause_does_not_count() -> None:
    process = Process()
    process.works(1.0)
    assert process.works(0.0, times=1, seconds=60.0) == 0.0


def test_it_is_measured_ten_times_a_second() -> None:
    process = Process()
    process.works(1.0, times=1000, seconds=EVERY / 100)
    assert process.measured == len(process.seen) == pytest.approx(11, abs=1)
    assert 0.0 < process.seen[-1] <= LONGEST


def test_nothing_is_measured_where_nothing_may_wait() -> None:
    process = Process(0.0)
    assert (process.works(1.0), process.measured) == (0.0, 0)
