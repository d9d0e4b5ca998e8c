"""The map of the code: rooms with their laws, and one line a file, from the docstrings."""

import ast
from pathlib import Path
from typing import Final

from docs.pages.marks import cell, code, page, table

ROOT: Final = Path(__file__).parents[2]
LEFT_OUT: Final = frozenset({"migrations", "vendored"})
INTRODUCTION: Final = """
Every folder of `shim/` is a room, and every room has a law: the first sentence below its heading. import-linter checks
the order of the rooms (`pyproject.toml`), and `tests/gates/test_rooms.py` the rules that import-linter cannot express.
A room may import only from rooms on its right in this order:

`cli` → `sdk`, `server`, `relay`, `migrate` → `assembly` → `settings` → `http` → `runtime` → `engine` (`api` → `run`)
→ `translate`, `store`, `upstream`, `sandbox` → `lifecycle`, `ports` → `wire`

The test of `shim/x/y.py` is `tests/x/test_y.py`; tests of several rooms together are in `tests/scenarios/`.
"""


def _first_sentence(path: Path) -> str:
    """The first sentence of a file's docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return cell(docstring.split("\n\n")[0].split(".  ")[0].removesuffix("."))


def _room(folder: Path) -> str:
    files = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
    rows = [[code(path.name), _first_sentence(path)] for path in files if _first_sentence(path)]
    head = f"## {folder.relative_to(ROOT)}\n\n{_first_sentence(folder / '__init__.py')}."
    return f"{head}\n\n{table(['file', 'what it is'], rows)}" if rows else head


def print_page() -> str:
    """Every room; revisions of the database, and what is copied from elsewhere, are left out."""
    folders = sorted({path.parent for path in (ROOT / "shim").rglob("__init__.py")})
    return page("Rooms", INTRODUCTION, *(_room(folder) for folder in folders if LEFT_OUT.isdisjoint(folder.parts)))
