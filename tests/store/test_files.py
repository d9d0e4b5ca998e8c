from shim.store import files, threads
from tests.store.things import Any_Store, thread

FILE = {"id": "cfile_1", "object": "file", "bytes": 3, "created_at": 7, "filename": "a.csv", "purpose": "x"}


async def test_a_file_is_read_as_it_was_stored(store: Any_Store) -> None:
    await store.write(threads.insert, thread())
    await store.write(files.save, "thread_1", "cntr_1", FILE, b"\x00\xff\n")
    assert await store.read(files.get, "cfile_1") == FILE
    assert await store.read(files.content, "cfile_1") == b"\x00\xff\n"
    assert await store.of("other").read(files.content, "cfile_1") is None


async def test_storing_a_file_again_replaces_it(store: Any_Store) -> None:
    await store.write(threads.insert, thread())
    for content in (b"old", b"new"):
        await store.write(files.save, "thread_1", None, FILE, content)
    assert await store.read(files.content, "cfile_1") == b"new"
    assert await store.write(files.delete, "cfile_1")
    assert await store.read(files.get, "cfile_1") is None
