"""Runs a user's program unchanged, with the old API available in it.

Needs nothing but the core.  The program is run as Python itself runs one: its module is ``__main__`` to the end of the
process, and its arguments, paths, exceptions and exit codes are its own.
"""

import io
import runpy
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final

from shim.sdk.install import install

#: What ``python -m`` itself calls: it says what is wrong with a name, and runs the module as ``__main__``.
_run_module: Final[Callable[[str], Any]] = runpy._run_module_as_main  # type: ignore[attr-defined]


def run_file(path: Path, arguments: Sequence[str]) -> None:
    """As ``python path arguments...``, after `shim.install`."""
    install()
    sys.argv = [str(path), *arguments]
    _first_on_path(str(path.parent.resolve()))
    place = str(Path.cwd() / path)
    main = _main(__file__=place, __cached__=None, __loader__=SourceFileLoader("__main__", place))
    _run(_execute, place, main)


def run_module(name: str, arguments: Sequence[str]) -> None:
    """As ``python -m name arguments...``, after `shim.install`."""
    install()
    sys.argv = ["-m", *arguments]
    _first_on_path(str(Path.cwd()))
    _main()
    _run(_run_module, name)


def named(words: Sequence[str]) -> bool:
    """Whether the words of a command line name a program (``app.py ...`` or ``-m module ...``) and no command."""
    if words[:1] == ["-m"]:
        return len(words) > 1
    return bool(words) and words[0].endswith(".py") and Path(words[0]).is_file()


def wanted(words: Sequence[str]) -> bool:
    """Whether the words that follow ``run`` name a program: an existing file of any name, or a module."""
    return named(words) or (bool(words) and not words[0].startswith("-") and Path(words[0]).is_file())


def start(words: Sequence[str]) -> None:
    """Run the program that the words name."""
    if words[0] == "-m":
        run_module(words[1], words[2:])
    else:
        run_file(Path(words[0]), words[1:])


def _first_on_path(folder: str) -> None:
    """The folder takes the place of the one in which this command was found."""
    if not getattr(sys.flags, "safe_path", False):  # since Python 3.11
        sys.path[0] = folder


def _main(**given: Any) -> ModuleType:
    """A new ``__main__``, with what Python puts into one."""
    main = ModuleType("__main__")
    vars(main).update(given, __annotations__={}, __builtins__=sys.modules["builtins"])
    sys.modules["__main__"] = main
    return main


def _execute(place: str, main: ModuleType) -> None:
    with io.open_code(place) as file:
        source = file.read()
    exec(compile(source, place, "exec", dont_inherit=True), vars(main))


def _run(work: Callable[..., Any], *given: Any) -> None:
    try:
        work(*given)
    except SystemExit:
        raise
    except BaseException:
        # The interpreter calls it with all frames, those above the program's included.
        sys.excepthook = _shortened(sys.excepthook)
        raise


def _shortened(hook: Callable[..., Any]) -> Callable[..., Any]:
    """A hook that leaves out the frames that are not the program's."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        own = _own(trace)
        hook(kind, error.with_traceback(own), own)

    return show


def _own(trace: TracebackType | None) -> TracebackType | None:
    """What follows the frames of this file."""
    while trace is not None and trace.tb_frame.f_code.co_filename != __file__:
        trace = trace.tb_next
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace
