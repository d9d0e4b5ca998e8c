"""Files that code created, by the ids in messages: retrieved, read, deleted; all other files are unknown here."""

import pytest

from shim.store import files
from shim.wire import objects
from tests.engine.scripted import Refused, World

BODY = objects.file("cfile_1", 5, "plot.png", 3)
NOT_UTF8 = b"\x00\xff\n"


@pytest.fixture
def kept(world: World) -> str:
    world.base.write(files.save, world.thread(), "cntr_1", BODY, NOT_UTF8)
    return "files/cfile_1"


def test_a_file_is_retrieved_read_and_deleted(world: World, kept: str) -> None:
    assert world.get(kept) == BODY
    found = world.reply("GET", f"{kept}/content")
    assert (found.body, found.headers["content-type"]) == (NOT_UTF8, "application/octet-stream")
    assert world.delete(kept) == {"id": "cfile_1", "object": "file", "deleted": True}
    for method, path in (("GET", kept), ("GET", f"{kept}/content"), ("DELETE", kept)):
        with pytest.raises(Refused, match="cfile_1") as refused:
            world.reply(method, path)
        assert refused.value.status == 404


def test_an_empty_file_can_be_read(world: World) -> None:
    world.base.write(files.save, world.thread(), None, BODY, b"")
    assert world.reply("GET", "files/cfile_1/content").body == b""


def test_a_file_is_invisible_to_other_tenants(world: World, kept: str) -> None:
    mine = world.context.store
    object.__setattr__(world.context, "store", mine.of("other"))
    for method, path in (("GET", kept), ("GET", f"{kept}/content"), ("DELETE", kept)):
        with pytest.raises(Refused, match="cfile_1"):
            world.reply(method, path)
    object.__setattr__(world.context, "store", mine)
    assert world.get(kept) == BODY


def test_calls_for_stored_files_are_not_sent_upstream(world: World, kept: str) -> None:
    world.get(kept)
    world.delete(kept)
    with pytest.raises(Refused):
        world.get(kept)
    assert world.upstream.calls == []
