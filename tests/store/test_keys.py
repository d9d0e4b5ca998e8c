"""API keys of the server's callers."""

import pytest

from shim.store import assistants, keys, threads, upstream_objects
from shim.store.keys import Key
from tests.store.things import Any_Store, assistant, thread


def key(n: int, tenant: str = "t1", label: str = "Ann") -> Key:
    return Key(f"key_{n}", tenant, label, "issued", "abcd", n, None)


async def test_the_first_secret_is_not_replaced(store: Any_Store) -> None:
    assert await store.read(keys.known_secret) is None
    assert await store.write(keys.secret, "one") == "one"
    assert await store.write(keys.secret, "two") == "one"
    assert await store.of("other").write(keys.secret, "three") == "one"
    assert await store.of("other").read(keys.known_secret) == "one"


async def test_a_key_is_found_by_its_digest_in_every_tenant(store: Any_Store) -> None:
    assert await store.write(keys.add, key(1), "digest_1")
    for each in (store, store.of("other")):
        assert await each.read(keys.find, "digest_1") == key(1)
    for digest in ("digest_2", "DIGEST_1", ""):
        assert await store.read(keys.find, digest) is None


async def test_a_digest_can_be_stored_only_once(store: Any_Store) -> None:
    assert await store.write(keys.add, key(1), "digest_1")
    assert not await store.write(keys.add, key(2, "t2", "Bob"), "digest_1")
    assert await store.read(keys.listing) == [key(1)]


async def test_a_key_is_revoked_once_and_still_found(store: Any_Store) -> None:
    for n in (2, 1):
        await store.write(keys.add, key(n), f"digest_{n}")
    assert await store.write(keys.revoke, "key_2", 50)
    assert not await store.write(keys.revoke, "key_2", 60)
    assert not await store.write(keys.revoke, "key_unknown", 60)
    revoked = key(2)._replace(revoked_at=50)
    assert await store.read(keys.find, "digest_2") == revoked
    assert await store.read(keys.listing) == [revoked, key(1)]
    assert not await store.write(keys.add, key(3), "digest_2")


async def test_a_tenant_is_found_by_the_name_of_its_key(store: Any_Store) -> None:
    for n, tenant in ((1, "t1"), (2, "t2")):
        await store.write(keys.add, key(n, tenant), f"digest_{n}")
    await store.write(keys.revoke, "key_1", 50)
    assert await store.read(keys.tenant_of, "Ann") == "t1"
    assert await store.read(keys.tenant_of, "ann") is None


@pytest.mark.parametrize("kind", ["assistant", "thread", "upstream object"])
async def test_a_tenant_is_found_by_its_objects(store: Any_Store, kind: str) -> None:
    assert not await store.read(keys.has_objects)
    if kind == "assistant":
        await store.write(assistants.insert, assistant(1))
    elif kind == "thread":
        await store.write(threads.insert, thread())
    else:
        await store.write(upstream_objects.note, "files", "file_1", 7)
    assert await store.read(keys.has_objects)
    assert not await store.of("other").read(keys.has_objects)
