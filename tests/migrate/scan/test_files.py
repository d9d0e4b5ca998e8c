"""Which files are scanned, and how unusual ones are treated."""

import os
from pathlib import Path

import pytest

from shim.migrate.scan import files, sources
from shim.migrate.scan.files import Unreadable

CALL = "client.beta.threads.create()\n"


def _names(place: Path, *exclude: str) -> list[str]:
    return [path.relative_to(place).as_posix() for path in files.walk(place, exclude)]


def test_which_folders_are_searched(tmp_path: Path) -> None:
    for name in (
        "b.py",
        "a.py",
        "src/c.ts",
        "node_modules/d.js",
        ".venv/e.py",
        ".env.local",
        "f.md",
        "g.lock",
        "h.min.js",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CALL)
    assert _names(tmp_path) == [".env.local", "a.py", "b.py", "src/c.ts"]
    assert _names(tmp_path, "src", "b.*") == [".env.local", "a.py"]
    assert _names(tmp_path, "src/*.ts", ".env*") == ["a.py", "b.py"]
    assert list(files.walk(tmp_path / "f.md")) == [tmp_path / "f.md"]


def test_folders_in_a_circle_of_links_are_searched_once(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text(CALL)
    (tmp_path / "inner" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert _names(tmp_path) == ["inner/a.py"]


def test_a_link_to_itself_and_a_broken_one_are_named(tmp_path: Path) -> None:
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    reports = [sources.scan(path) for path in files.walk(tmp_path)]
    assert [each.why for report in reports for each in report.skipped] == ["it is a broken link", "it is a broken link"]


def test_skipped_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1_000_000)
    odd = {
        "binary.py": b"\0\1\2" + CALL.encode(),
        "huge.py": CALL.encode() * 40_000,
        "encoding.py": b"# -*- coding: nonsense -*-\n" + CALL.encode(),
        "notebook.ipynb": b"{not json " + CALL.encode(),
        "cells.ipynb": b'{"a": "beta.threads"}',
    }
    for name, data in odd.items():
        (tmp_path / name).write_bytes(data)
    why = {path.name: sources.scan(path).skipped[0].why for path in files.walk(tmp_path)}
    assert why == {
        "binary.py": "it is binary",
        "huge.py": "it is larger than 1 MB",
        "encoding.py": "its encoding is unknown: unknown encoding: nonsense",
        "notebook.ipynb": why["notebook.ipynb"],
        "cells.ipynb": "it is no notebook: there are no cells in it",
    }
    assert why["notebook.ipynb"].startswith("it is no notebook: Expecting property name")


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CALL)
    (tmp_path / "a.py").chmod(0)
    assert sources.scan(tmp_path / "a.py").skipped[0].why == "it cannot be read: Permission denied"


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    with pytest.raises(Unreadable, match="no file"):
        files.read(tmp_path / "a.py")


ENCODED = {
    "utf-8": CALL.encode(),
    "with a mark": b"\xef\xbb\xbf" + CALL.encode(),
    "latin-1, declared": b"# coding: latin-1\nx = '\xe9'\n" + CALL.encode(),
    "latin-1, not declared": b"x = '\xe9'\n" + CALL.encode(),
    "Windows lines": b"x = 1\r\n" + CALL.replace("\n", "\r\n").encode(),
    "Mac lines": b"x = 1\r" + CALL.replace("\n", "\r").encode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_other_encodings_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.py").write_bytes(ENCODED[name])
    (found,) = sources.scan(tmp_path / "a.py").findings
    assert (found.rule, found.text) == ("call", CALL.strip())
    assert found.place.line == 1 + ENCODED[name].count(b"x = ") + ENCODED[name].count(b"# coding")


def test_utf_16_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.cs").write_text("AssistantClient client = openai;", encoding="utf-16")
    assert [each.rule for each in sources.scan(tmp_path / "a.cs").findings] == ["other-language"]
