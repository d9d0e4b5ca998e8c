"""Provides a copy of the SDK's code for the Assistants API if the installed `openai` no longer has it.

If the installed SDK has ``beta.assistants`` and ``beta.threads``, nothing is done and nothing is loaded.  Otherwise the
copies in `vendored` are made available under `openai`'s own names: ``openai.types.beta.threads`` can be imported again,
and ``client.beta`` has its members.  Modules that the SDK still has are not replaced.
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
#: Modules below ``openai.resources.beta`` by which an SDK with the Assistants API is recognised.
WANTED: Final = ("assistants", "threads")
#: Modules that contain other names as well, each after those that its copy imports.  Any other module is either the
#: SDK's own or the copy, never a mixture.
SHARED: Final = ("openai.types.beta", "openai.lib.streaming", "openai.resources.beta", "openai.resources.beta.beta")
#: Names of `openai` itself that come from another module of it.
NAMES: Final = {
    "AssistantEventHandler": "openai.lib.streaming",
    "AsyncAssistantEventHandler": "openai.lib.streaming",
}


def bring() -> None:
    """Provide what the installed SDK does not have.  A second call has no effect."""
    if is_whole() or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    for name in [name for name in SHARED if name in sys.modules]:
        _add(sys.modules[name], _copy_of(name))
    _name(openai)


def is_whole() -> bool:
    """Whether the installed SDK has the Assistants API itself."""
    folders = [os.path.join(folder, "resources", "beta") for folder in openai.__path__]
    return all(_spec(f"openai.resources.beta.{name}", folders) is not None for name in WANTED)


class _Finder(MetaPathFinder):
    """Finds a copy if the SDK has no such module, and adds the missing names of the copy if it has one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        copied = _copy_of(fullname) if fullname.startswith("openai.") else None
        if copied is None:
            return None
        installed = _spec(fullname, path)
        if installed is None:
            return copied
        return _completed(installed, copied) if fullname in SHARED else None


def _copy_of(name: str) -> ModuleSpec | None:
    return _spec(name, [os.path.join(VENDORED, *name.split(".")[:-1])])


def _spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """A module in one of these folders; a folder without code does not count."""
    for folder in path or ():
        finder: Any = pkgutil.get_importer(folder)
        spec = finder.find_spec(name) if finder is not None else None
        if spec is not None and spec.loader is not None:
            return cast(ModuleSpec, spec)
    return None


def _completed(installed: ModuleSpec, copied: ModuleSpec) -> ModuleSpec:
    """The SDK's module, to which the missing names of the copy are added when it is loaded."""
    loader: Any = installed.loader
    load = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        load(module)
        _add(module, copied)

    loader.exec_module = exec_module
    return installed


def _add(installed: ModuleType, copied: Any) -> None:
    """Add the copy's missing names to a module of the SDK, and to its classes."""
    copy = module_from_spec(copied)
    copied.loader.exec_module(copy)
    for name, value in vars(copy).items():
        if not hasattr(installed, name):
            setattr(installed, name, value)
        elif isinstance(value, type) and value.__module__ == installed.__name__:
            _complete(getattr(installed, name), value)


def _complete(installed: Any, copied: type) -> None:
    for name, value in vars(copied).items():
        if not hasattr(installed, name):
            setattr(installed, name, value)
            if isinstance(value, cached_property):
                value.__set_name__(installed, name)


def _name(module: ModuleType) -> None:
    """Let the module have the names in `NAMES`, which are loaded when they are first used."""
    getter = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:
        if name in NAMES:
            return getattr(__import__(NAMES[name], fromlist=[name]), name)
        if getter is not None:
            return getter(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    vars(module)["__getattr__"] = __getattr__
