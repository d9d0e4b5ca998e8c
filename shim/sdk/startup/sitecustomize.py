"""Runs when a Python process starts that a program with the shim installed has started; see `shim.sdk.children`.

It imports nothing but the standard library, works on any Python 3, and does nothing if the environment variable is
missing.  The shim itself is loaded when the process imports `openai`, so that other processes have no cost.
"""
# mypy: allow-untyped-defs, allow-untyped-calls
# No annotations: the module `typing` would be loaded in every process.

import importlib.machinery
import importlib.util
import os
import sys

#: Set by `shim.sdk.children`: the prefix of the parent's Python, a path separator, the folder that contains `shim`.
MARK = "SHIM_INSTALLED"
HERE = os.path.dirname(os.path.abspath(__file__))
FAILED = (
    "assistants-shim: WARNING: process %d (%s) uses openai, and the shim could not be installed in it: %s. Its calls "
    "of the Assistants API go to the network.\n"
)


class Watch:
    """A finder that waits for `openai`, and installs the shim once `openai` is loaded."""

    def find_spec(self, name, path=None, target=None):
        if name != "openai":
            return None
        for finder in sys.meta_path:
            spec = None if isinstance(finder, Watch) else finder.find_spec(name, path, target)
            if spec is not None:
                follow(spec.loader)
                return spec
        return None


def follow(loader):
    """Install the shim after this loader has done its work."""
    execute = loader.exec_module

    def exec_module(module):
        loader.exec_module = execute
        execute(module)
        if MARK in os.environ:
            install()

    loader.exec_module = exec_module


def install():
    prefix, _, root = os.environ[MARK].partition(os.pathsep)
    if prefix == sys.prefix and root not in sys.path:
        # The parent may have found the shim through its working folder, which is not in this process's path.
        sys.path.append(root)
    try:
        from shim.sdk.install import install

        install()
    except Exception as problem:  # noqa: BLE001 - whatever it is, the program goes on
        if sys.stderr is not None:
            sys.stderr.write(FAILED % (os.getpid(), sys.executable, problem))


def chain():
    """Run the sitecustomize that would have run without this one."""
    folders = [os.path.abspath(folder) for folder in sys.path]
    after = sys.path[folders.index(HERE) + 1 :] if HERE in folders else []
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", after)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if MARK in os.environ and not any(type(finder).__name__ == "Watch" for finder in sys.meta_path):
    sys.meta_path.insert(0, Watch())
    chain()
elif MARK not in os.environ:
    chain()
