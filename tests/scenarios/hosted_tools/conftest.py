"""Every test of a program runs in each way in which programs run; the clients are shared by a whole test module."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shim.assembly import wiring
from shim.http import offline
from shim.sandbox import Sandbox
from tests.recordings import REQUIRED, WIRE
from tests.scenarios.doors.colours import ASYNC, SYNC, opened
from tests.scenarios.hosted_tools.recordings import Player
from tests.scenarios.hosted_tools.stage import Clock, Stage
from tests.stores import Stores

#: Colour, the way a run is carried out, and whether a polled run is a background response upstream.
PLAYS = {
    "sync, streamed": (SYNC, "stream", "never"),
    "async, streamed": (ASYNC, "events", "never"),
    "sync, polled": (SYNC, "poll", "never"),
    "async, in the background": (ASYNC, "retrieve", "always"),
}
STREAMED = [name for name in PLAYS if name.endswith("streamed")]


def _played(name: str, folder: Path, stores: Stores, upstream: Any = None) -> Iterator[Stage]:
    colour, way, background = PLAYS[name]
    clock = Clock()
    sandbox = upstream or Sandbox(clock=clock)
    database = stores.new(folder)
    with pytest.MonkeyPatch.context() as patch:
        # The client reads these settings once, when it is made; the tests themselves run with the default settings.
        patch.setenv("SHIM_UPSTREAM", "sandbox")
        patch.setenv("SHIM_BACKGROUND", background)
        patch.setenv("SHIM_DATABASE_URL", database)
        patch.setattr(offline, "sandbox", lambda: sandbox)
        patch.setattr(wiring, "time", SimpleNamespace(time=clock, sleep=time.sleep))
        door = opened(colour)
        client = door.__enter__()
    try:
        yield Stage(client, sandbox, way, clock)
    finally:
        door.__exit__(None, None, None)
        stores.drop(database)


@pytest.fixture(scope="module", params=PLAYS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Stage]:
    """A stage for each way."""
    yield from _played(request.param, tmp_path_factory.mktemp("hosted"), stores)


@pytest.fixture(scope="module", params=STREAMED)
def streamed_stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stores: Stores
) -> Iterator[Stage]:
    """A stage for each streamed way."""
    yield from _played(request.param, tmp_path_factory.mktemp("hosted"), stores)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Stage]:
    """A stage for one way only, where the way makes no difference."""
    yield from _played("sync, polled", tmp_path_factory.mktemp("hosted"), stores)


def pytest_generate_tests(metafunc: Any) -> None:
    """No test of this folder may pass because it has no cases, except tests of recordings that are missing."""
    if metafunc.definition.get_closest_marker("wire") and not (WIRE.is_dir() or REQUIRED):
        return
    for mark in metafunc.definition.iter_markers("parametrize"):
        assert len(list(mark.args[1])), f"{metafunc.definition.name} has no cases"


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[dict[str, tuple[Stage, Player]]]:
    """A client for each way, each with an upstream that replays recordings."""
    with ExitStack() as open_ones:
        yield {name: open_ones.enter_context(_playing(name, tmp_path_factory, stores)) for name in PLAYS}


@contextmanager
def _playing(name: str, folders: pytest.TempPathFactory, stores: Stores) -> Iterator[tuple[Stage, Player]]:
    player = Player()
    for stage in _played(name, folders.mktemp("recorded"), stores, player):
        yield stage, player
