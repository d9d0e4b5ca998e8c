"""A client against a sandbox on the loopback address: the blocking one, unless a module asks for both colours."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.clients.talking import Talk
from tests.scenarios.doors.colours import SYNC, opened
from tests.scenarios.doors.loopback import Loopback


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


@pytest.fixture
def client(request: pytest.FixtureRequest, upstream: Loopback) -> Iterator[Any]:
    with opened(getattr(request, "param", SYNC), base_url=upstream.url) as made:
        yield made


@pytest.fixture
def talk(client: Any, upstream: Loopback) -> Talk:
    return Talk(client, upstream)
