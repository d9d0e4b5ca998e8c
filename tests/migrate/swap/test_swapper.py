"""Files: the plan, the writing, and that no file is ever half-written."""

import os
import stat
from pathlib import Path

import pytest

from shim.migrate.swap import swapper
from shim.migrate.swap.swapper import Changed

OLD, NEW = b"from openai import OpenAI\n", b"from shim import OpenAI\n"


def _written(path: Path, undo: bool = False) -> None:
    for change in swapper.plan([path], undo=undo).changes:
        swapper.write(change)


@pytest.mark.parametrize(
    "before, after",
    [
        (b"", b""),
        (b"\xef\xbb\xbf", b""),
        (b"# coding: latin-1\nx = '\xe9'\n", b"y = '\xe8'"),
        (b"x = '\xc3\xa9'\r\n", b"# end\r\n"),
        (b"'''\r\n\n'''\n", b"\tx"[:0]),
        (b"", b"x = 1  "),
    ],
)
def test_every_other_byte_stays_unchanged(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(before + OLD + after)
    _written(tmp_path)
    assert path.read_bytes() == before + NEW + after
    _written(tmp_path)
    assert path.read_bytes() == before + NEW + after
    _written(tmp_path, undo=True)
    assert path.read_bytes() == before + OLD + after


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(OLD)
    plan = swapper.plan([tmp_path])
    assert (tmp_path / "a.py").read_bytes() == OLD
    assert "".join(plan.changes[0].diff()).splitlines()[2:] == [
        "@@ -1 +1 @@",
        "-from openai import OpenAI",
        "+from shim import OpenAI",
    ]


def test_files_that_cannot_be_parsed_are_named_and_stay_unchanged(tmp_path: Path) -> None:
    odd = {
        "a.py": b"print 'openai'",
        "b.py": OLD + b"\0",
        "c.ipynb": OLD,
        "d.ipynb": b'{"cells": [], "a": "openai\xff"}',
        "e.py": b"import openai\rx = 1\r",
        "f.js": OLD,
        "g.txt": OLD,
        "node_modules/h.py": OLD,
        "i.py": OLD + b"x = " + b" + ".join([b"1"] * 1200) + b"\n",
    }
    for name, data in odd.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "loop.py").symlink_to(tmp_path / "loop.py")
    plan = swapper.plan([tmp_path])
    assert plan.changes == []
    assert {path.name: why.partition(" ")[0] for path, why in plan.skipped} == dict.fromkeys(
        ("a.py", "b.py", "c.ipynb", "d.ipynb", "e.py", "i.py", "loop.py"), "it"
    )
    _written(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in odd} == odd


@pytest.mark.parametrize(
    "code",
    [
        b"import openai",
        b"if x: import openai",
        b"x = 1; import openai",
        b"import os, \\\n  openai",
        b"\tfrom openai import OpenAI"[1:],
        b"import\topenai",
        b"from\topenai import OpenAI",
        b"from openai\\\n  import OpenAI",
    ],
)
def test_imports_are_found_at_any_position(tmp_path: Path, code: bytes) -> None:
    """A search in the bytes decides whether a file is parsed."""
    (tmp_path / "a.py").write_bytes(code + b"\nopenai.OpenAI()\n")
    assert len(swapper.plan([tmp_path]).changes) == 1


@pytest.mark.parametrize("name", ["shim.py", "shim/__init__.py"])
def test_a_module_named_shim_in_the_project_stops_the_swap(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").write_bytes(OLD)
    plan = swapper.plan([tmp_path / "app"])
    assert plan.changes == []
    assert f"would be {tmp_path / name}, which is not this package" in plan.skipped[0][1]


def test_links_and_file_modes_are_preserved(tmp_path: Path) -> None:
    real = tmp_path / "real.py"
    real.write_bytes(OLD)
    real.chmod(0o751)
    (tmp_path / "app").mkdir()
    link = tmp_path / "app" / "link.py"
    link.symlink_to(real)
    _written(tmp_path / "app")
    assert link.is_symlink()
    assert real.read_bytes() == NEW
    assert stat.S_IMODE(real.stat().st_mode) == 0o751


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(OLD)
    (change,) = swapper.plan([tmp_path]).changes
    (tmp_path / "a.py").write_bytes(b"# mine\n" + OLD)
    with pytest.raises(Changed):
        swapper.write(change)
    assert (tmp_path / "a.py").read_bytes() == b"# mine\n" + OLD


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "a.py").write_bytes(OLD)
    (change,) = swapper.plan([folder]).changes

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space"):
        swapper.write(change)
    assert [path.name for path in folder.iterdir()] == ["a.py"]
    assert (folder / "a.py").read_bytes() == OLD
