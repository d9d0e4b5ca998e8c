"""``import shim.types.beta``: every submodule of `openai`, under this package's name.

The module that is imported is `openai`'s own, so classes are the same objects under both names.  A module of this
package takes precedence: it is looked for first.
"""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Final

PACKAGE: Final = __name__.partition(".")[0]
PREFIX: Final = f"{PACKAGE}."


class _Alias(Loader):
    """A loader that provides an existing module under another name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def exec_module(self, module: ModuleType) -> None:
        # The import system returns the entry that is in `sys.modules` after this call.
        sys.modules[module.__name__] = importlib.import_module(self._name)


class _Finder(MetaPathFinder):
    """The first finder, as the others would load a second copy of a module below one of `openai`'s packages."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(PREFIX) or _is_own(fullname, path):
            return None
        sdk_name = f"openai.{fullname.removeprefix(PREFIX)}"
        spec = importlib.util.find_spec(sdk_name)
        if spec is None:
            return None
        return ModuleSpec(fullname, _Alias(sdk_name), is_package=spec.submodule_search_locations is not None)


def _is_own(name: str, path: Sequence[str] | None) -> bool:
    parent = name.rpartition(".")[0]
    if parent != PACKAGE:
        return sys.modules[parent].__name__ == parent
    spec = PathFinder.find_spec(name, path)
    # A folder with only stubs for type checkers is no module.
    return spec is not None and spec.origin is not None


def make_importable() -> None:
    """Let import statements find `openai`'s submodules under this package's name.  A second call has no effect."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
