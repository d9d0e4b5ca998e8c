"""Limits for each tenant and for all together: simultaneous streams and runs, and requests a minute."""

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from shim.engine import Registry
from shim.settings import Settings
from shim.store import rate_windows
from shim.store.database import AsyncStore
from shim.wire.errors import ApiError, error

#: The `Retry-After` in seconds if another stream or run must end first.
SOON: Final = 1


class Rates(Protocol):
    async def hit(self, tenant: str) -> float | None:
        """Count a request; returns None if it is within the limit, else the seconds until the minute is over."""
        ...


class InMemory:
    """Each process counts for itself."""

    def __init__(self, minute: int) -> None:
        self._item, self._windows = RateLimitItemPerMinute(minute), FixedWindowRateLimiter(MemoryStorage())

    async def hit(self, tenant: str) -> float | None:
        if self._windows.hit(self._item, tenant):
            return None
        return self._windows.get_window_stats(self._item, tenant).reset_time - time.time()


class InStore:
    """All processes on one store count together, with one short transaction a request."""

    def __init__(self, minute: int, store: AsyncStore) -> None:
        self._item, self._store = RateLimitItemPerMinute(minute), store

    async def hit(self, tenant: str) -> float | None:
        now = time.time()
        seen = await self._store.of(tenant).write(rate_windows.count, now, self._item.get_expiry())
        return None if seen.calls <= self._item.amount else seen.expires_at - now


class Limits:
    """``registry``: the runs that this process drives; ``apart``: whether there are several tenants, with limits of
    their own.
    """

    def __init__(self, settings: Settings, registry: Registry, store: AsyncStore, apart: bool) -> None:
        self._registry, self._apart = registry, apart
        self._streams, self._tenant_streams = settings.max_streams, settings.max_tenant_streams
        self._runs, self._tenant_runs = settings.max_runs, settings.max_tenant_runs
        self._minute = settings.requests_per_minute
        self._open: Counter[str] = Counter()
        self._rates: Rates | None = None
        if apart and self._minute:
            stored = settings.rate_storage == "store"
            self._rates = InStore(self._minute, store) if stored else InMemory(self._minute)

    @property
    def streams(self) -> int:
        """How many are open."""
        return self._open.total()

    async def count(self, tenant: str) -> None:
        """Raises `ApiError` for a request above the limit of this minute."""
        wait = None if self._rates is None else await self._rates.hit(tenant)
        if wait is not None:
            raise later("too_many_requests", math.ceil(max(wait, SOON)), limit=self._minute)

    def check_runs(self, tenant: str) -> None:
        """Raises `ApiError` if no further run may start."""
        active = self._registry.runs()
        if self._apart and sum(owner == tenant for owner, _ in active) >= self._tenant_runs:
            raise later("too_many_at_once", SOON, what="runs", limit=self._tenant_runs)
        if len(active) >= self._runs:
            raise later("overloaded", SOON)

    @contextmanager
    def stream(self, tenant: str) -> Iterator[None]:
        """Count an open answer within this context.  Raises `ApiError` if there are too many."""
        if self._apart and self._open[tenant] >= self._tenant_streams:
            raise later("too_many_at_once", SOON, what="streams", limit=self._tenant_streams)
        if self._open.total() >= self._streams:
            raise later("overloaded", SOON)
        self._open[tenant] += 1
        try:
            yield
        finally:
            self._open[tenant] -= 1
            if not self._open[tenant]:
                del self._open[tenant]


def later(name: str, seconds: int, **values: object) -> ApiError:
    """An error with `Retry-After`."""
    problem = error(name, seconds=seconds, **values)
    problem.headers["retry-after"] = str(seconds)
    return problem
