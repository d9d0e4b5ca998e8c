from shim.store import assistants
from tests.store.things import Any_Store, assistant, ids


async def test_an_assistant_is_read_as_it_was_stored(store: Any_Store) -> None:
    await store.write(assistants.insert, assistant(1))
    assert await store.read(assistants.get, "asst_1") == assistant(1)
    assert await store.read(assistants.get, "asst_2") is None


async def test_save_replaces_in_place(store: Any_Store) -> None:
    for n in (1, 2):
        await store.write(assistants.insert, assistant(n))
    assert await store.write(assistants.save, {**assistant(1), "name": "Ada"})
    assert (await store.read(assistants.get, "asst_1") or {})["name"] == "Ada"
    listed = await store.read(assistants.page, 20, "asc")
    assert ids(listed.data) == ["asst_1", "asst_2"]


async def test_saving_an_assistant_that_does_not_exist_does_nothing(store: Any_Store) -> None:
    assert not await store.write(assistants.save, assistant(1))
    assert await store.read(assistants.get, "asst_1") is None


async def test_delete(store: Any_Store) -> None:
    await store.write(assistants.insert, assistant(1))
    assert await store.write(assistants.delete, "asst_1")
    assert not await store.write(assistants.delete, "asst_1")


async def test_tenants_do_not_see_each_other(store: Any_Store) -> None:
    await store.of("mine").write(assistants.insert, assistant(1))
    await store.of("yours").write(assistants.insert, {**assistant(1), "name": "other"})
    assert await store.read(assistants.get, "asst_1") is None
    assert await store.of("mine").read(assistants.get, "asst_1") == assistant(1)
    assert await store.of("mine").write(assistants.delete, "asst_1")
    assert ids((await store.of("yours").read(assistants.page, 20, "desc")).data) == ["asst_1"]


async def test_the_order_is_that_of_insertion_also_after_deletions(store: Any_Store) -> None:
    for n in (3, 1, 2):
        await store.write(assistants.insert, assistant(n))
    await store.write(assistants.delete, "asst_2")
    await store.write(assistants.insert, assistant(0))
    assert ids((await store.read(assistants.page, 20, "desc")).data) == ["asst_0", "asst_1", "asst_3"]
