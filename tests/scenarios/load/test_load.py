"""The load in small: killed processes, a failing upstream, and at the end every thread whole and in order."""

import os
from pathlib import Path

import pytest

from shim.store.database import database
from tests.scenarios.load import databases, whole
from tests.scenarios.load.faulty import Faulty
from tests.scenarios.load.scale import REDUCED
from tests.scenarios.load.stage import Stage

#: Read here, as no test sees the user's own variables.
POSTGRES = os.environ.get("SHIM_TEST_POSTGRES")


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if POSTGRES else [])])
def test_every_thread_ends_whole(kind: str, tmp_path: Path) -> None:
    place = databases.sqlite(tmp_path / "load") if kind == "sqlite" else databases.postgresql(POSTGRES or "")
    with place as url, Faulty(REDUCED) as upstream:
        stage = Stage(REDUCED, url, tmp_path, upstream)
        figures = stage.perform()
        whole.check(stage)
        database(url).close()
    assert figures.kills >= 2
    assert set(figures.faults) == {"429", "500", "cut", "silence"}
    assert len(figures.turns) >= REDUCED.all_turns - figures.kills * REDUCED.threads
