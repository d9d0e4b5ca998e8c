"""Copies the SDK's code for the Assistants API out of the installed `openai`: ``make vendored``.

`shim/sdk/vendored` holds the copies, `shim.sdk.legacy` uses them where the installed SDK has that code no longer.  What
is copied: the resources and helpers in `SEEDS`, and every module below `openai.types.beta` that they import.  What is
changed: imports of the SDK's private modules go through `shim.sdk.borrowed`, and packages and classes that hold other
things besides keep the Assistants API's part alone.
"""

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import openai

SDK: Final = Path(openai.__file__).parent
FOLDER: Final = Path(__file__).parents[1] / "shim/sdk/vendored"
SEEDS: Final = (
    "resources/beta/assistants.py",
    "resources/beta/threads/**/*.py",
    "types/beta/threads/**/*.py",
    "lib/streaming/_assistants.py",
    "lib/streaming/_deltas.py",
    "lib/_assistants_*.py",
)
#: Where a copied module may lead to another one that is copied.
FOLLOWED: Final = "types/beta/"
#: Packages of which a part is copied.
PACKAGES: Final = ("resources/beta", "types/beta", "lib/streaming")
BETA: Final = "resources/beta/beta.py"
#: What of its imports and of its classes is copied.
IMPORTS: Final = frozenset({"__future__", "shim", "assistants", "threads"})
MEMBERS: Final = frozenset({"__init__", "assistants", "threads", "with_raw_response", "with_streaming_response"})
CHANGES: Final = (
    (r"^from (?:\.+|openai\.)_[a-z0-9_]+ import ", "from shim.sdk.borrowed import "),
    (r"^from \.+ import _legacy_response$", "from shim.sdk.borrowed import _legacy_response"),
    (r"^import httpx2$", "from openai import Timeout"),
    (r"\bhttpx2\.Timeout\b", "Timeout"),
    # The SDK's own module for it, which other parts of it use, too.
    (r"^from shim\.sdk\.borrowed import accumulate_delta", "from ._deltas import accumulate_delta"),
)
HEAD: Final = "# From openai {version} (Apache License 2.0, see LICENSE); changed by docs/vendor.py: {what}.\n\n"


def copied() -> dict[str, str]:
    """Every file of the folder but its licence, by its path below it."""
    whole = {path: _rewritten(path) for path in _modules()}
    parts = {f"{package}/__init__.py": _package(package, {*whole, BETA}) for package in PACKAGES}
    parts[BETA] = _beta()
    sources = {path: _head("imports") + source for path, source in whole.items()}
    sources |= {
        path: _head("imports, and all but the Assistants API left out") + source for path, source in parts.items()
    }
    return {f"openai/{path}": source for path, source in sorted(sources.items())}


def licence() -> str:
    """The SDK's licence, as it is distributed."""
    (found,) = (each for each in distribution("openai").files or () if str(each).endswith("dist-info/licenses/LICENSE"))
    return found.read_text()


def _modules() -> list[str]:
    """Paths below the SDK of what is copied whole, with all modules below `FOLLOWED` that it leads to."""
    found = {str(path.relative_to(SDK)) for seed in SEEDS for path in SDK.glob(seed)}
    waiting = sorted(found)
    while waiting:
        leads = {each for each in _imported(waiting.pop()) if each.startswith(FOLLOWED) and (SDK / each).is_file()}
        waiting += sorted(leads - found)
        found |= leads
    return sorted(found)


def _imported(path: str) -> Iterator[str]:
    """Paths of the modules that a module may import, some of which are names in a module."""
    folder = ["openai", *path.split("/")[:-1]]
    for node in ast.walk(ast.parse((SDK / path).read_text())):
        if isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - node.level + 1] if node.level else []
            whole = [*base, *(node.module.split(".") if node.module else [])]
            for parts in (whole, *([*whole, each.name] for each in node.names)):
                if parts[0] == "openai":
                    yield "/".join(parts[1:]) + ".py"


def _head(what: str) -> str:
    return HEAD.format(version=openai.__version__, what=what)


def _changed(source: str) -> str:
    for before, after in CHANGES:
        source = re.sub(before, after, source, flags=re.MULTILINE)
    return source


def _rewritten(path: str) -> str:
    return _changed((SDK / path).read_text())


def _package(package: str, files: set[str]) -> str:
    """The imports of a package's ``__init__`` that lead to copied modules."""
    tree = ast.parse((SDK / package / "__init__.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1]
    used = [
        node
        for node in imports
        if not files.isdisjoint({f"{package}/{node.module}.py", f"{package}/{node.module}/__init__.py"})
    ]
    return "\n".join(ast.unparse(node) for node in used) + "\n"


def _beta() -> str:
    """The resources ``client.beta``, with the members that lead to the Assistants API."""
    tree = ast.parse(_rewritten(BETA))
    members: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            node.body = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name in MEMBERS]
            members.append(node)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in IMPORTS:
            members.append(node)
    return ast.unparse(ast.Module(body=members, type_ignores=[])) + "\n"


def main() -> None:
    """Write the folder anew.  Ends with status 1 where the installed SDK has nothing to copy."""
    if not (SDK / BETA).is_file() or not (SDK / SEEDS[0]).is_file():
        sys.exit(f"openai {openai.__version__} has no Assistants API: the copies stay as they are")
    shutil.rmtree(FOLDER / "openai", ignore_errors=True)
    for path, source in copied().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(source)
    (FOLDER / "LICENSE").write_text(licence())


if __name__ == "__main__":
    main()
