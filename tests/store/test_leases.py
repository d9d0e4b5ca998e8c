"""The leases of all runs that one process drives."""

import pytest

from shim.store import leases, runs, threads
from shim.store.leases import Standing
from shim.store.tx import Tx
from tests.store.things import Any_Store, run, thread

EXPIRES = 1_700_000_600


def fill(tx: Tx, status: str = "in_progress", owner: str | None = "me") -> None:
    threads.insert(tx, thread())
    runs.insert(tx, run(1, status=status), {}, owner, None if owner is None else 10.0)


@pytest.mark.parametrize(
    "status, owner, renewed",
    [
        ("queued", "me", True),
        ("in_progress", "me", True),
        ("requires_action", "me", True),
        ("cancelling", "me", False),
        ("completed", "me", False),
        ("expired", "me", False),
        ("in_progress", "somebody", False),
        ("in_progress", None, False),
    ],
)
async def test_only_leases_of_the_process_own_active_runs_are_renewed(
    store: Any_Store, status: str, owner: str | None, renewed: bool
) -> None:
    await store.write(fill, status, owner)
    assert await store.write(leases.renew, [("", "run_1")], "me", 99.0) == int(renewed)
    # At second 50 the first lease has expired, and the renewed one has not.
    active = status not in ("completed", "expired")
    assert await store.write(runs.claim, "run_1", 50.0, "next", 60.0) is (active and not renewed)


async def test_the_leases_of_all_tenants_are_renewed_together(store: Any_Store) -> None:
    for tenant in ("", "other", "third"):
        await store.of(tenant).write(fill)
    which = [("", "run_1"), ("other", "run_1"), ("", "run_unknown"), ("nobody", "run_1")]
    assert await store.write(leases.renew, which, "me", 99.0) == 2
    assert await store.write(leases.renew, [], "me", 99.0) == 0
    assert not await store.of("other").write(runs.claim, "run_1", 50.0, "next", 60.0)
    assert await store.of("third").write(runs.claim, "run_1", 50.0, "next", 60.0)


async def test_the_status_of_each_run_is_returned(store: Any_Store) -> None:
    await store.write(fill, "cancelling")
    await store.of("other").write(fill, "queued", None)
    await store.of("third").write(fill, "completed")
    which = [(tenant, "run_1") for tenant in ("", "other", "third", "nobody")]
    assert await store.read(leases.standings, which) == {
        ("", "run_1"): Standing("run_1", "cancelling", "me", EXPIRES),
        ("other", "run_1"): Standing("run_1", "queued", None, EXPIRES),
    }
    assert await store.read(leases.standings, []) == {}
