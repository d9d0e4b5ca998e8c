"""The SDK's own code for the Assistants API, brought along for the day on which `openai` has it no longer.

Where the installed SDK has ``beta.assistants`` and ``beta.threads``, nothing is done and nothing is loaded.  Where it
has not, the copies in `vendored` take their places under `openai`'s own names: ``openai.types.beta.threads`` can be
imported again, ``client.beta`` has its members, and what the SDK still has of its own stays the SDK's.
"""

import os
import pkgutil
import sys
from collections.abc import Sequence
from functools import cached_property
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any, Final, cast

import openai

VENDORED: Final = os.path.join(os.path.dirname(__file__), "vendored")
#: What an SDK that has the Assistants API has below ``openai.resources.beta``.
WANTED: Final = ("assistants", "threads")
#: Modules that hold other things besides, each after those that its copy imports.  Of any other module there is the
#: SDK's own or the copy, never a mixture.
SHARED: Final = ("openai.types.beta", "openai.lib.streaming", "openai.resources.beta", "openai.resources.beta.beta")
#: Names of `openai` itself that come from another module of it.
NAMES: Final = {
    "AssistantEventHandler": "openai.lib.streaming",
    "AsyncAssistantEventHandler": "openai.lib.streaming",
}


def bring() -> None:
    """Make up for what the installed SDK does not have.  Doing it twice is doing it once."""
    if is_whole() or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in SHARED if name in sys.modules]:
        _add(sys.modules[name], _copy_of(name))
    _name(openai)


def is_whole() -> bool:
    """Whether the installed SDK has the Assistants API itself."""
    folders = [os.path.join(folder, "resources", "beta") for folder in openai.__path__]
    return all(_found(f"openai.resources.beta.{name}", folders) is not None for name in WANTED)


class _Finder(MetaPathFinder):
    """Finds a copy where the SDK has no such module, and adds what a copy has besides where it has one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        ours = _copy_of(fullname) if fullname.startswith("openai.") else None
        if ours is None:
            return None
        theirs = _found(fullname, path)
        if theirs is None:
            return ours
        return _completed(theirs, ours) if fullname in SHARED else None


def _copy_of(name: str) -> ModuleSpec | None:
    return _found(name, [os.path.join(VENDORED, *name.split(".")[:-1])])


def _found(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """A module in one of these folders; a folder without code is none."""
    for folder in path or ():
        finder: Any = pkgutil.get_importer(folder)
        found = finder.find_spec(name) if finder is not None else None
        if found is not None and found.loader is not None:
            return cast(ModuleSpec, found)
    return None


def _completed(theirs: ModuleSpec, ours: ModuleSpec) -> ModuleSpec:
    """The SDK's module, which gets what the copy has besides as soon as it is loaded."""
    loader: Any = theirs.loader
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        load(module)
        _add(module, ours)

    loader.exec_module = exec_module
    return theirs


def _add(theirs: ModuleType, ours: Any) -> None:
    """Add to a module of the SDK, and to its classes, what the copy of it has besides."""
    copy = module_from_spec(ours)
    ours.loader.exec_module(copy)
    for name, value in vars(copy).items():
        if not hasattr(theirs, name):
            setattr(theirs, name, value)
        elif isinstance(value, type) and value.__module__ == theirs.__name__:
            _complete(getattr(theirs, name), value)


def _complete(theirs: Any, ours: type) -> None:
    for name, value in vars(ours).items():
        if not hasattr(theirs, name):
            setattr(theirs, name, value)
            if isinstance(value, cached_property):
                value.__set_name__(theirs, name)


def _name(module: ModuleType) -> None:
    """Let the module give the names in `NAMES`, which are loaded when they are asked for."""
    theirs = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:
        if name in NAMES:
            return getattr(__import__(NAMES[name], fromlist=[name]), name)
        if theirs is not None:
            return theirs(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    vars(module)["__getattr__"] = __getattr__
