"""Files that code made: which are fetched, which are stored, and the log lines about the others."""

from typing import Any

import pytest

from shim.engine.run import container_files
from shim.engine.run.container_files import StoredFile
from shim.ports import Refusal
from shim.runtime import drive
from shim.store import files
from shim.translate.turn import GeneratedFile
from shim.wire import objects
from tests.engine.scripted import Harness

IN_CONTAINER = GeneratedFile("cfile_1", "plot.png", "cntr/1")


def fetch(harness: Harness, *made: GeneratedFile) -> list[StoredFile]:
    return drive.finish(container_files.fetch(harness.context, list(made)))


def limit(harness: Harness, most: int) -> None:
    object.__setattr__(harness.context, "max_file_bytes", most)


def test_a_file_is_fetched_out_of_its_container(harness: Harness) -> None:
    assert fetch(harness, IN_CONTAINER) == [
        StoredFile("cntr/1", objects.file("cfile_1", 1000, "plot.png", 5), b"bytes")
    ]
    assert harness.upstream.calls == [("GET", "/containers/cntr%2F1/files/cfile_1/content", None)]


@pytest.mark.parametrize(
    "url, content",
    [
        ("data:image/png;base64,aGVsbG8=", b"hello"),
        ("data:text/plain,a%20b,c", b"a b,c"),
        ("data:text/plain;charset=utf-8,%C3%A9", "é".encode()),
        ("data:,", b""),
    ],
)
def test_a_file_that_comes_with_its_content_is_not_fetched(harness: Harness, url: str, content: bytes) -> None:
    (file,) = fetch(harness, GeneratedFile("cfile_2", "a", data=url))
    assert (file.container_id, file.content, file.body["bytes"]) == (None, content, len(content))
    assert harness.upstream.calls == []


@pytest.mark.parametrize("url", ["data:image/png;base64,?", "data:image/png;base64,aGVsbG8"])
def test_a_file_with_unreadable_content_is_not_stored(harness: Harness, url: str, caplog: Any) -> None:
    assert fetch(harness, GeneratedFile("cfile_2", "a", data=url)) == []
    assert "cfile_2" in caplog.text


@pytest.mark.parametrize("most, fits", [(4, False), (5, True)])
def test_a_file_that_is_too_large_is_not_stored_but_logged(
    harness: Harness, most: int, fits: bool, caplog: Any
) -> None:
    limit(harness, most)
    inline = GeneratedFile("cfile_2", "b.txt", data="data:,bytes")
    assert [each.body["id"] for each in fetch(harness, IN_CONTAINER, inline)] == (
        ["cfile_1", "cfile_2"] if fits else []
    )
    message = "file {} ({}) cannot be fetched, or is larger than SHIM_KEEP_FILE_BYTES"
    names = [("cfile_1", "plot.png"), ("cfile_2", "b.txt")]
    assert caplog.messages == ([] if fits else [message.format(*name) for name in names])


def test_if_nothing_is_stored_nothing_is_fetched_or_logged(harness: Harness, caplog: Any) -> None:
    limit(harness, 0)
    assert fetch(harness, IN_CONTAINER, GeneratedFile("cfile_2", "a", data="data:,x")) == []
    assert (harness.upstream.calls, caplog.messages) == ([], [])


def test_a_file_whose_container_is_gone_does_not_affect_others(harness: Harness, caplog: Any) -> None:
    harness.upstream.failing = Refusal(404, "Container not found.")
    (file,) = fetch(harness, IN_CONTAINER, GeneratedFile("cfile_2", "a", data="data:,x"))
    assert file.body["id"] == "cfile_2"
    assert len(caplog.messages) == 1
    assert "cfile_1 (plot.png)" in caplog.text


def test_stored_files_belong_to_their_thread(harness: Harness) -> None:
    thread = harness.thread()
    harness.base.write(container_files.store_fetched, thread, fetch(harness, IN_CONTAINER))
    found = [harness.base.read(work, "cfile_1") for work in (files.get, files.content)]
    assert found == [objects.file("cfile_1", 1000, "plot.png", 5), b"bytes"]
    harness.delete(f"threads/{thread}")
    assert harness.base.read(files.get, "cfile_1") is None
