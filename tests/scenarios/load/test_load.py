"""The load in small: killed processes, a failing upstream, and at the end every thread whole and in order."""

from pathlib import Path

import pytest

from shim.store.database import database
from tests.scenarios.load import whole
from tests.scenarios.load.faulty import Faulty
from tests.scenarios.load.scale import REDUCED
from tests.scenarios.load.stage import Stage
from tests.stores import KINDS, empty

#: Where the shim works: in the programs, or in a server with two workers.
WORKERS = {"in process": 0, "served": 2}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("door", WORKERS)
def test_every_thread_ends_whole(door: str, kind: str, tmp_path: Path) -> None:
    with empty(kind, tmp_path / "load") as url, Faulty(REDUCED) as upstream:
        stage = Stage(REDUCED, url, tmp_path, upstream, WORKERS[door])
        figures = stage.perform()
        whole.check(stage)
        database(url).close()
    assert figures.kills >= 1
    assert figures.kills + figures.workers_killed >= 2
    assert bool(figures.workers_killed) == bool(WORKERS[door])
    assert set(figures.faults) == {"429", "500", "cut", "silence"}
    if not stage.workers:
        # A program that is not killed sees each turn end; where a worker is killed, an error may stand in its place.
        assert len(figures.turns) >= REDUCED.all_turns - figures.kills * REDUCED.threads
