"""Files that code created, by the ids in messages: retrieved, read, deleted; all other files are unknown here."""

import pytest

from shim.store import files
from shim.wire import objects
from tests.engine.scripted import Harness, Refused

BODY = objects.file("cfile_1", 5, "plot.png", 3)
NOT_UTF8 = b"\x00\xff\n"


@pytest.fixture
def file(harness: Harness) -> str:
    harness.base.write(files.save, harness.thread(), "cntr_1", BODY, NOT_UTF8)
    return "files/cfile_1"


def test_a_file_is_retrieved_read_and_deleted(harness: Harness, file: str) -> None:
    assert harness.get(file) == BODY
    found = harness.reply("GET", f"{file}/content")
    assert (found.body, found.headers["content-type"]) == (NOT_UTF8, "application/octet-stream")
    assert harness.delete(file) == {"id": "cfile_1", "object": "file", "deleted": True}
    for method, path in (("GET", file), ("GET", f"{file}/content"), ("DELETE", file)):
        with pytest.raises(Refused, match="cfile_1") as refused:
            harness.reply(method, path)
        assert refused.value.status == 404


def test_an_empty_file_can_be_read(harness: Harness) -> None:
    harness.base.write(files.save, harness.thread(), None, BODY, b"")
    assert harness.reply("GET", "files/cfile_1/content").body == b""


def test_a_file_is_invisible_to_other_tenants(harness: Harness, file: str) -> None:
    mine = harness.context.store
    object.__setattr__(harness.context, "store", mine.of("other"))
    for method, path in (("GET", file), ("GET", f"{file}/content"), ("DELETE", file)):
        with pytest.raises(Refused, match="cfile_1"):
            harness.reply(method, path)
    object.__setattr__(harness.context, "store", mine)
    assert harness.get(file) == BODY


def test_calls_for_stored_files_are_not_sent_upstream(harness: Harness, file: str) -> None:
    harness.get(file)
    harness.delete(file)
    with pytest.raises(Refused):
        harness.get(file)
    assert harness.upstream.calls == []
