"""An upstream for the server's tests: a new one for a test, or one for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.scenarios.doors.loopback import Loopback


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    """A new upstream for each test."""
    with Loopback() as server:
        yield server


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    """One upstream for all tests of a module, so that they can share a server."""
    with Loopback() as server:
        yield server


@pytest.fixture
def url(server: str, loopback: Loopback) -> Iterator[str]:
    """The address of the module's ``server``, whose upstream has received nothing and answers as usual."""
    loopback.requests.clear()
    yield server
    loopback.answer = lambda request: None
