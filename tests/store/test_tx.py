"""A transaction belongs to one tenant."""

from shim.store import threads
from shim.store.tx import Tx
from tests.store.things import Any_Store, thread


async def test_a_transaction_has_a_tenant(store: Any_Store) -> None:
    def whose(tx: Tx) -> str:
        return tx.tenant

    other = store.of("other")
    assert (store.tenant, other.tenant) == ("", "other")
    assert [await each.read(whose) for each in (store, other)] == ["", "other"]
    assert [await each.write(whose) for each in (store, other)] == ["", "other"]


async def test_tenants_share_a_database_but_no_rows(store: Any_Store) -> None:
    other = store.of("other")
    await other.write(threads.insert, thread())
    assert await store.read(threads.get, "thread_1") is None
    assert await other.read(threads.get, "thread_1") == thread()
    assert not await store.write(threads.delete, "thread_1")
    assert await other.write(threads.delete, "thread_1")
