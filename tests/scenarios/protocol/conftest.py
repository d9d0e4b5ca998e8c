"""A client with a sandbox behind it on the loopback address, and raw requests, whose answers are not parsed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.clients.talking import Talk
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.protocol.hours import Clock, set_clock

#: Method, path below the base URL, body: status and JSON.
Raw = Callable[..., tuple[int, Any]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The client's clock."""
    return set_clock(monkeypatch)


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with Loopback() as found:
        yield found


@pytest.fixture
def client(clock: Clock, upstream: Loopback) -> Iterator[OpenAI]:
    with OpenAI(api_key="test", base_url=upstream.url, max_retries=0) as made:
        yield made


@pytest.fixture
def talk(client: OpenAI, upstream: Loopback) -> Talk:
    return Talk(client, upstream)


@pytest.fixture
def raw(client: OpenAI) -> Raw:
    def request(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        answer = client._client.request(method, f"{str(client.base_url).rstrip('/')}{path}", json=body, **more)
        return answer.status_code, answer.json()

    return request
