"""No pause between two polls of a run, as replayed answers arrive immediately."""

import pytest

from shim.engine import registry
from shim.engine.api import runs
from shim.upstream import responses


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(responses, "WAITS", (0.0,) * 5)
    monkeypatch.setitem(runs.POLL_BACKGROUND, "openai-poll-after-ms", "1")
