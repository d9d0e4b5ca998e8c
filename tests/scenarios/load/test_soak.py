"""A small soak test: the server's resources do not grow when readers disconnect early."""

from dataclasses import replace

import pytest

from tests.scenarios.load.leaving import ENDS
from tests.scenarios.load.soak import Held, grown, soak

READERS = 3


@pytest.mark.slow
def test_early_disconnects_leave_no_resources_in_use() -> None:
    measured = soak(minutes=3 * 1.5 / 60, readers=READERS, rounds=3)
    assert all(each.streams > len(ENDS) * READERS for each in measured), "a leak of one kind of reader would not show"
    assert grown(measured, READERS) == []


def test_a_growing_resource_is_named() -> None:
    first = Held(10, 100.0, 20, 5, 3)
    assert grown([first, first, first], 0) == []
    assert grown([first, first, replace(first, megabytes=107.0)], 0) == []
    for name, more in {"megabytes": 120.0, "descriptors": 21, "threads": 6, "tasks": 4}.items():
        (finding,) = grown([first, first, replace(first, **{name: more})], 0)
        assert str(more) in finding
