"""Each upstream has its own connections: a slow or silent upstream does not use up those of another."""

import asyncio
from typing import Any

import pytest

from shim.http.breaker import Circuits
from shim.http.circuit import Rules
from shim.http.guard import http
from shim.http.pace import Pace
from shim.server import network as upstreams
from shim.settings import current_settings
from tests.http.raw import Upstream, request, upstream

MOST = 2


@pytest.fixture(params=["direct", "library"])
def network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The server's HTTP client, with a small limit of connections."""
    monkeypatch.setattr("openai._base_client.DEFAULT_CONNECTION_LIMITS", http.Limits(max_connections=MOST))
    chosen = current_settings().model_copy(update={"upstream_http": request.param})
    return upstreams.network(upstreams.client(0), chosen, Circuits(Rules(5, 30.0)), Pace(0.0))


class Silent:
    """Accepts requests and does not answer."""

    def __init__(self) -> None:
        self.requests = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        self.requests += 1
        await reader.read()
        writer.close()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_full_pool_is_that_of_one_upstream(network: Any, method: str) -> None:
    """HEAD uses the library's transport, whatever the setting is."""
    silent, well = Silent(), Upstream()
    async with upstream(silent.serve) as (_, there), upstream(well.serve) as (_, here):
        waiting = [asyncio.create_task(network.request(method, there)) for _ in range(MOST + 1)]
        while silent.requests < MOST:
            await asyncio.sleep(0)
        patient = http.Timeout(60, pool=60)
        answers = [await network.get(f"{here}/x", timeout=patient) for _ in range(3)]
        assert [each.json() for each in answers] == [{}] * 3
        with pytest.raises(http.PoolTimeout):
            await network.request(method, there, timeout=http.Timeout(60, pool=0.01))
        assert silent.requests == MOST, "no more than that at one time"
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await network.aclose()
    assert well.connections == 1


async def test_closing_closes_the_idle_connections_of_all(network: Any) -> None:
    one, two = Upstream(), Upstream()
    async with upstream(one.serve) as (_, first), upstream(two.serve) as (_, second):
        for url in (first, second, first):
            await network.get(url)
        assert (one.connections, two.connections) == (1, 1)
        await network.aclose()
    assert not one.open
    assert not two.open
