"""Whether a request may be a retry of an earlier request."""

from typing import Any

import pytest

from shim.store import requests, threads
from shim.store.database import SyncStore
from tests.store.things import Any_Store, thread

NOON = 1_700_000_000.0


def made(attempt: int = 0, at: float = NOON, kind: str = "message", mark: str = "m", **more: Any) -> dict[str, Any]:
    known = {"mark": mark, "attempt": attempt, "created_at": at, "kind": kind, "made": f"{kind}_{attempt}"}
    return {**known, "thread_id": "thread_1", "digest": None, **more}


#: The attempt number of the request stored at noon, that of the new one, the seconds after noon at which the new one
#: arrived, and whether the stored one is found.
CASES = [
    (0, 1, 5.0, True),
    (0, 2, 5.0, True),
    (0, 1, 599.0, True),
    (0, 1, 601.0, False),
    (0, 0, 5.0, False),  # an equal request, but not a retry
    (0, 0, -5.0, False),  # two equal requests at the same time
    (1, 1, 5.0, False),
    (1, 2, 5.0, True),
    (1, 0, -5.0, True),  # the second attempt arrived earlier
    (1, 0, 5.0, False),
]


@pytest.mark.parametrize("noted,looking,after,found", CASES)
async def test_which_attempts_find_the_stored_request(
    store: Any_Store, noted: int, looking: int, after: float, found: bool
) -> None:
    await store.write(threads.insert, thread())
    await store.write(requests.insert, made(noted))
    row = await store.read(requests.sent, "m", looking, NOON + after)
    assert (row is not None) == found
    assert await store.read(requests.sent, "other", looking, NOON + after) is None
    assert await store.of("other").read(requests.sent, "m", looking, NOON + after) is None


async def test_a_stored_request_is_claimed_by_one_retry(store: Any_Store) -> None:
    await store.write(threads.insert, thread())
    seq = await store.write(requests.insert, made())
    assert await store.write(requests.claim, seq, 1)
    assert not await store.write(requests.claim, seq, 1)
    assert await store.read(requests.sent, "m", 1, NOON) is None
    assert await store.read(requests.sent, "m", 2, NOON) is not None


async def test_later_requests_for_the_same_thread(store: Any_Store) -> None:
    for n in (1, 2):
        await store.write(threads.insert, thread(n))
    await store.write(requests.insert, made())
    row = await store.read(requests.sent, "m", 1, NOON)
    assert row is not None
    await store.write(requests.insert, made(kind="run", mark="r", thread_id="thread_2"))
    assert not await store.read(requests.has_since, row, ("run",))
    await store.write(requests.insert, made(kind="run", mark="r"))
    assert await store.read(requests.has_since, row, ("run", "outputs"))
    assert not await store.read(requests.has_since, row, ("message",))
    assert not await store.read(requests.has_since, row, ())


def test_old_rows_are_deleted(store: Any_Store) -> None:
    if not isinstance(store, SyncStore):
        pytest.skip("one colour is enough")
    base = store.database
    base.write(threads.insert, thread())
    for n in range(3 * requests.SWEEP):
        base.write(requests.insert, made(at=NOON + 10 * n, mark=f"m{n}"))
    remaining = [n for n in range(3 * requests.SWEEP) if base.read(requests.keyed, f"m{n}", 0.0)]
    assert len(remaining) < 2 * requests.SWEEP
    assert remaining[-1] == 3 * requests.SWEEP - 1
