"""Tests mirror the package: the test of `shim/x/y.py` is `tests/x/test_y.py`."""

import re
from pathlib import Path

import pytest

from tests.gates.files import ROOT, ours, short

#: Rooms in which every module has a test in its place.
ROOMS = ("engine", "runtime", "store", "translate", "upstream")


def _modules(room: str) -> set[str]:
    found = {short(path).removeprefix("shim/").removesuffix(".py") for path in ours(f"shim/{room}")}
    return {name for name in found if not name.endswith("__init__") and "/migrations/" not in name}


def _has_test(module: str) -> bool:
    path = Path(module)
    return (ROOT / "tests" / path.parent / f"test_{path.name}.py").is_file()


@pytest.mark.parametrize("room", ROOMS)
def test_a_module_has_a_test_in_its_place(room: str) -> None:
    assert {module for module in _modules(room) if not _has_test(module)} == set()


def test_the_readme_has_a_row_for_each_folder_of_scenarios() -> None:
    text = (ROOT / "tests" / "README.md").read_text()
    rows = set(re.findall(r"^\| `(\w+)/` \|", text.partition("| folder in `scenarios/` |")[2], re.MULTILINE))
    assert rows == {path.parent.name for path in (ROOT / "tests" / "scenarios").glob("*/*.py")}
