"""One server of each kind for the whole test run, and clients whose requests are recorded."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from shim import OpenAI
from shim.http import transport
from tests.scenarios.upstreams import servers
from tests.scenarios.upstreams.servers import Server

Json = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "upstreams" in item.path.parts:
            item.add_marker(pytest.mark.upstreams)
            item.add_marker(pytest.mark.slow)
            # The first test waits for the servers, which may have to be installed.
            item.add_marker(pytest.mark.timeout(3 * servers.PATIENCE))


@pytest.fixture(scope="session")
def ogx() -> Iterator[Server]:
    with servers.ogx() as server:
        yield server


@pytest.fixture(scope="session")
def llamacpp() -> Iterator[Server]:
    with servers.llamacpp() as server:
        yield server


class Watched:
    """A client, and the bodies that it sent to POST /responses."""

    def __init__(self, client: OpenAI, bodies: list[Json]) -> None:
        self.client, self.bodies = client, bodies

    @property
    def chained(self) -> list[bool]:
        return ["previous_response_id" in body for body in self.bodies]


@pytest.fixture
def watch() -> Iterator[Callable[[str], Watched]]:
    """Creates clients of a server, and closes them at the end."""
    with ExitStack() as open_clients:

        def made(url: str) -> Watched:
            bodies: list[Json] = []

            def note(request: Any) -> None:
                if request.method == "POST" and request.url.path.endswith("/responses"):
                    bodies.append(json.loads(request.read()))

            network = transport.http.Client(event_hooks={"request": [note]}, timeout=60, trust_env=False)
            client = OpenAI(base_url=url, api_key="none", http_client=network, max_retries=0)
            return Watched(open_clients.enter_context(client), bodies)

        yield made
