"""Every known difference from the old API names the tests that check it; every error with the project's own text is on
the page.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from shim.wire.errors import ERRORS

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "explanation" / "fidelity.md").read_text()
#: Entries without a test, as the old API's behaviour is unknown.
KNOWN, _, UNKNOWN = PAGE.partition("\n## What is still unknown\n")
ENTRIES: Final = re.findall(r"^- .*?(?=\n(?:- |\n|#)|\Z)", KNOWN, re.MULTILINE | re.DOTALL)
#: A test in the notation of pytest: the path from the project's root, then the name.
NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def declared(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {each.name for each in functions if each.name.startswith("test_")}


def test_the_whole_page_is_parsed() -> None:
    assert len(ENTRIES) == len(re.findall(r"^- ", KNOWN, re.MULTILINE)) > 60
    assert UNKNOWN


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: re.sub(r"\W+", " ", entry)[:40].strip())
def test_an_entry_names_tests_that_exist(entry: str) -> None:
    text, _, tests = entry.partition("\n  <br>Test")
    assert NAMED.findall(text) == [], "tests stand in a line of their own, the last"
    found = NAMED.findall(tests)
    assert found, "an entry ends with a line `<br>Test: ` or `<br>Tests: `"
    assert tests.count("`") == 2 * len(found), "tests are named as `tests/room/test_file.py::test_name`"
    missing = [f"{path}::{name}" for path, name in found if name not in declared(path)]
    assert missing == []


def test_every_error_with_the_projects_own_text_is_on_the_page() -> None:
    section = KNOWN.partition("\n## Error texts\n")[2].partition("\n## ")[0]
    chosen = {name for name, row in ERRORS.items() if row.known == "choice"}
    documented = set(re.findall(r"`(\w+)`", re.sub(NAMED, "", section)))
    assert chosen <= documented, "an error with known='choice' belongs into the page's section of errors"
    assert documented <= ERRORS.keys()
