"""Which tenants have rows in the store."""

from shim.store import files, tenants, threads
from tests.store.things import Any_Store, thread


async def test_tenants_with_old_threads_are_found_once_each(store: Any_Store) -> None:
    for tenant, n in (("a", 1), ("a", 2), ("", 1), ("late", 1)):
        touched = thread(n) | {"created_at": 50 if tenant == "late" else 10}
        await store.of(tenant).write(threads.insert, touched)
    assert sorted(await store.read(tenants.with_threads, 50)) == ["", "a"]
    assert sorted(await store.read(tenants.with_threads, 51)) == ["", "a", "late"]
    assert await store.read(tenants.with_threads, 10) == []


async def test_tenants_with_old_files_are_found_once_each(store: Any_Store) -> None:
    for tenant, made in (("a", (10, 11)), ("", (10,)), ("late", (50,)), ("none", ())):
        await store.of(tenant).write(threads.insert, thread())
        for at in made:
            await store.of(tenant).write(files.save, "thread_1", None, {"id": f"f_{at}", "created_at": at}, b"x")
    assert sorted(await store.read(tenants.with_files, 50)) == ["", "a"]
    assert sorted(await store.read(tenants.with_files, 51)) == ["", "a", "late"]
    assert await store.read(tenants.with_files, 10) == []
