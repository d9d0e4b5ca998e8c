"""The crash tests on PostgreSQL, which processes of several machines share: a sample of points, leases, exactly-once
takeover.

`make postgres` runs all the crash tests there.
"""

from collections.abc import Iterator

import pytest

from tests.scenarios.crash.dying import Diligent, Place, forks
from tests.scenarios.crash.test_crash import check_and_go_on
from tests.scenarios.crash.test_leases import (
    test_a_dead_process_of_another_machine_blocks_its_thread_until_its_lease_ends,
    test_one_of_two_applications_finishes_a_lost_run,
)
from tests.stores import POSTGRES, Databases

#: Imported tests, collected here as well with this module's `place`.
__all__ = [
    "test_a_dead_process_of_another_machine_blocks_its_thread_until_its_lease_ends",
    "test_one_of_two_applications_finishes_a_lost_run",
]
#: Number of points at which a process is killed, at equal distances.
SAMPLE = 3

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not POSTGRES, reason="no SHIM_TEST_POSTGRES")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    stores = Databases(POSTGRES or "")
    with Diligent() as upstream:
        yield Place(tmp_path_factory.mktemp("crash"), stores, upstream, forks())
    stores.close()


def test_killed_at_a_sample_of_points(place: Place) -> None:
    points = place.die(place.job(program := "streamed"))
    assert points is not None
    for number in range(len(points) // (2 * SAMPLE), len(points), len(points) // SAMPLE):
        job = place.job(program, number + 1)
        assert place.die(job) is None
        place.upstream.requests.clear()
        with place.application(job) as app:
            check_and_go_on(place, app, program)
