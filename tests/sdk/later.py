"""The installed `openai` as a later version may be: without the Assistants API, in a folder that is first on the path.

The removed parts are listed here by name, independent of what `docs.vendor` copies.
"""

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openai

SDK: Final = Path(openai.__file__).parent
#: Modules and packages that are removed.
GONE: Final = re.compile(
    r"resources/beta/(assistants\.py|threads)|lib/(streaming/)?_assistants\w*\.py|"
    r"types/beta/(assistant\w*\.py|thread\w*\.py|threads|(code_interpreter|file_search|function)_tool(_param)?\.py)"
)
#: Modules that are removed only in part.
CUT: Final = ("__init__.py", "lib/streaming/__init__.py", "resources/beta/__init__.py", "resources/beta/beta.py")
CUT_TYPES: Final = "types/beta/__init__.py"
LEADING: Final = re.compile(
    r"(_?assistants|_?threads?|assistant_\w+|thread_\w+|(code_interpreter|file_search|function)_tool(_param)?)\b"
)
NAMES: Final = re.compile(r"Async(Assistant|Thread)\w*|(Assistant|Thread)\w*|assistants|threads")


def without_assistants(folder: Path) -> Path:
    """Create that `openai` in the folder, with links to all unchanged files; returns the folder."""
    _copy(SDK, folder / "openai")
    for path in (*CUT, CUT_TYPES):
        place = folder / "openai" / path
        source = ast.unparse(_Cut().visit(ast.parse((SDK / path).read_text())))
        place.unlink()
        place.write_text(source + "\n")
    return folder


def _copy(source: Path, place: Path) -> None:
    place.mkdir()
    for path in source.iterdir():
        name = str(path.relative_to(SDK))
        if path.name == "__pycache__" or GONE.fullmatch(name):
            continue
        touched = any(each.startswith(f"{name}/") for each in (*CUT, CUT_TYPES, "lib/_assistants_runs.py"))
        if path.is_dir() and touched:
            _copy(path, place / path.name)
        else:
            (place / path.name).symlink_to(path)


class _Cut(ast.NodeTransformer):
    """Removes imports, members and names of the Assistants API."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if LEADING.match(node.module or "") and node.level:
            return ast.Pass()
        node.names = [each for each in node.names if not NAMES.fullmatch(each.name)]
        return node if node.names else ast.Pass()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return None if NAMES.fullmatch(node.name) else self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> Any:
        pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if not _named(key)]
        node.keys, node.values = [key for key, _ in pairs], [value for _, value in pairs]
        return node

    def visit_List(self, node: ast.List) -> Any:
        node.elts = [each for each in node.elts if not _named(each)]
        return node

    visit_Set: Callable[..., Any] = visit_List
    visit_Tuple: Callable[..., Any] = visit_List


def _named(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMES.fullmatch(node.value) is not None
