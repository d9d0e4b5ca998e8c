"""Requests of a tenant are counted in time windows, by all processes together."""

from concurrent.futures import ThreadPoolExecutor

from shim.store import rate_windows
from shim.store.database import Database
from tests.store.things import Any_Store


async def test_a_window_begins_with_its_first_request(store: Any_Store) -> None:
    async def counted(tenant: str, now: float) -> tuple[int, float]:
        return await store.of(tenant).write(rate_windows.count, now, 60.0)

    assert [await counted("a", now) for now in (100.0, 130.0, 159.9)] == [(1, 160.0), (2, 160.0), (3, 160.0)]
    assert await counted("b", 130.0) == (1, 190.0), "each tenant has its own"
    assert await counted("a", 160.0) == (1, 220.0)


def test_every_one_of_concurrent_requests_is_counted(base: Database) -> None:
    with ThreadPoolExecutor(8) as callers:
        seen = list(callers.map(lambda _: base.write(rate_windows.count, 100.0, 60.0).calls, range(40)))
    assert sorted(seen) == list(range(1, 41))
