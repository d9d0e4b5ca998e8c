"""The load in small: killed processes, a failing upstream, and at the end every thread whole and in order."""

from pathlib import Path

import pytest

from shim.store.database import database
from tests.scenarios.load import whole
from tests.scenarios.load.faulty import Faulty
from tests.scenarios.load.scale import REDUCED
from tests.scenarios.load.stage import Stage
from tests.stores import KINDS, empty


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_every_thread_ends_whole(kind: str, tmp_path: Path) -> None:
    with empty(kind, tmp_path / "load") as url, Faulty(REDUCED) as upstream:
        stage = Stage(REDUCED, url, tmp_path, upstream)
        figures = stage.perform()
        whole.check(stage)
        database(url).close()
    assert figures.kills >= 2
    assert set(figures.faults) == {"429", "500", "cut", "silence"}
    assert len(figures.turns) >= REDUCED.all_turns - figures.kills * REDUCED.threads
