"""A small load: processes are killed and upstream fails; at the end every thread is complete and in order."""

from pathlib import Path

import pytest

from shim.store.database import database
from tests.scenarios.load import whole
from tests.scenarios.load.faulty import Faulty
from tests.scenarios.load.scale import REDUCED
from tests.scenarios.load.stage import Stage
from tests.stores import KINDS, empty

#: Where the shim runs: in the programs, or in a server with two workers.
WORKERS = {"in process": 0, "served": 2}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("door", WORKERS)
def test_every_thread_is_complete_at_the_end(door: str, kind: str, tmp_path: Path) -> None:
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
        # A program that is not killed notes the end of each turn; if a worker is killed, it may note an error instead.
        assert len(figures.turns) >= REDUCED.all_turns - figures.kills * REDUCED.threads
