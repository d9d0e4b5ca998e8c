"""Which tenant has created which upstream object."""

import pytest

from shim.store import upstream_objects as objects
from shim.store.errors import NoSuchCursor
from shim.store.upstream_objects import Ids
from tests.store.things import Any_Store

FIVE = [f"file_{n}" for n in "31425"]


async def filled(store: Any_Store) -> None:
    for id in FIVE:
        await store.write(objects.note, "files", id, 7)
    await store.write(objects.note, "vector_stores", "vs_1", 7)
    await store.of("other").write(objects.note, "files", "file_other", 7)


async def test_an_object_belongs_to_its_creator(store: Any_Store) -> None:
    await filled(store)
    ids = ["file_1", "vs_1", "file_other", "file_unknown", "file_1"]
    assert await store.read(objects.owned, ids) == {"file_1", "vs_1"}
    assert await store.of("other").read(objects.owned, ids) == {"file_other"}
    assert await store.of("nobody").read(objects.owned, ids) == set()
    assert await store.read(objects.owned, []) == set()


async def test_recording_an_object_twice_changes_nothing(store: Any_Store) -> None:
    await filled(store)
    await store.write(objects.note, "files", FIVE[0], 9)
    assert await store.read(objects.page, "files", 9, "asc", None) == Ids(FIVE, False)


async def test_an_id_may_belong_to_several_tenants_and_each_deletes_its_own_row(store: Any_Store) -> None:
    for tenant in ("", "other"):
        await store.of(tenant).write(objects.note, "files", "file_1", 7)
    await store.write(objects.forget, "file_1")
    await store.write(objects.forget, "file_unknown")
    assert await store.read(objects.owned, ["file_1"]) == set()
    assert await store.of("other").read(objects.owned, ["file_1"]) == {"file_1"}


async def test_pages_are_in_the_order_of_creation(store: Any_Store) -> None:
    await filled(store)
    for order, whole in (("asc", FIVE), ("desc", FIVE[::-1])):
        for limit in (1, 4, 5, 6):
            expected = Ids(whole[:limit], limit < 5)
            assert await store.read(objects.page, "files", limit, order, None) == expected
            expected = Ids(whole[2:][:limit], limit < 3)
            assert await store.read(objects.page, "files", limit, order, whole[1]) == expected
    assert await store.read(objects.page, "files", 2, "asc", FIVE[-1]) == Ids([], False)
    assert await store.read(objects.page, "batches", 2, "asc", None) == Ids([], False)


@pytest.mark.parametrize("after", ["file_unknown", "file_other", "vs_1", ""])
async def test_a_cursor_must_be_an_object_of_that_list(store: Any_Store, after: str) -> None:
    await filled(store)
    with pytest.raises(NoSuchCursor) as caught:
        await store.read(objects.page, "files", 2, "asc", after)
    assert caught.value.id == after
