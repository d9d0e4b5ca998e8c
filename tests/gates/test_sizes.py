"""Small files, small functions. Long files and functions make code hard to read, so their length is limited."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gates.files import ROOT, ours, short

FILE, FUNCTION = 350, 40
#: Files that may be longer, as their content would be harder to read in two files. The reason is at the head of each
#: file, in a sentence that begins with `REASON`.
LONG = {"shim/engine/run/carrier.py", "tests/scenarios/laws/life.py"}
REASON = "Longer than 350 lines: "


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Name and lines of every function, from its first decorator to its last line, docstring included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield node.name, (node.end_lineno or first) - first + 1


@pytest.mark.parametrize("folder", ["shim", "tests", "docs", "cassettes", "examples"])
def test_files_are_small(folder: str) -> None:
    lines = {short(path): len(path.read_text().splitlines()) for path in ours(folder)}
    assert {name for name, count in lines.items() if count > FILE} == {name for name in LONG if name in lines}


def test_a_long_file_gives_its_reason_at_its_head() -> None:
    assert [
        name for name in LONG if REASON not in (ast.get_docstring(ast.parse((ROOT / name).read_text())) or "")
    ] == []


def _long(paths: list[Path]) -> dict[str, int]:
    found = {f"{short(path)}:{name}": lines for path in paths for name, lines in functions(path.read_text())}
    return {name: lines for name, lines in found.items() if lines > FUNCTION}


def test_functions_of_the_package_are_small() -> None:
    assert ours("shim"), "nothing to measure: the gate looks at the wrong folder"
    assert _long(ours("shim")) == {}


def test_functions_of_the_tests_are_small() -> None:
    assert _long(ours("tests")) == {}


def test_decorators_and_docstring_are_counted() -> None:
    source = '@one\n@two\ndef f():\n    """Says."""\n    return 1\n'
    assert list(functions(source)) == [("f", 5)]
