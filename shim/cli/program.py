"""Somebody's program, unchanged, with the old API alive in it.

Needs nothing but the core.  A process that the program starts is a process of its own: run that in this way, too.
"""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from shim.sdk.install import install


def run_file(path: Path, arguments: Sequence[str]) -> None:
    """As ``python path arguments...``, after `shim.install`."""
    install()
    sys.argv = [str(path), *arguments]
    # A program finds the modules beside it.
    sys.path.insert(0, str(path.parent.resolve()))
    runpy.run_path(str(path), run_name="__main__")


def run_module(name: str, arguments: Sequence[str]) -> None:
    """As ``python -m name arguments...``, after `shim.install`."""
    install()
    sys.argv = [name, *arguments]
    sys.path.insert(0, str(Path.cwd()))
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def named(words: Sequence[str]) -> bool:
    """Whether the words of a command line name a program (``app.py ...`` or ``-m module ...``) and no command."""
    if words[:1] == ["-m"]:
        return len(words) > 1
    return bool(words) and words[0].endswith(".py") and Path(words[0]).is_file()


def start(words: Sequence[str]) -> None:
    """Run the program that the words name."""
    if words[0] == "-m":
        run_module(words[1], words[2:])
    else:
        run_file(Path(words[0]), words[1:])
