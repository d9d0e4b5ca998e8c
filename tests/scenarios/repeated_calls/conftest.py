"""A client whose upstream is the sandbox, and which sends each request up to three times."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.places import Place, place
from tests.scenarios.doors.talking import tool


@pytest.fixture
def where(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with place("process", monkeypatch) as found:
        yield found


@pytest.fixture(params=COLOURS)
def client(request: pytest.FixtureRequest, where: Place) -> Iterator[Any]:
    with opened(request.param, max_retries=2) as made:
        yield made


@pytest.fixture
def assistant(client: Any) -> str:
    made = client.beta.assistants.create(model="gpt-4o", tools=[tool("get_time")])
    return str(made.id)
