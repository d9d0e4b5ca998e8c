"""Runs a user's program unchanged, with the old API available in it.

Needs no extra.  The program runs as under Python itself: its module is ``__main__`` to the end of the process, and
arguments, paths, exceptions and exit codes are the program's.
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

#: The function that ``python -m`` itself calls: it reports wrong names, and runs the module as ``__main__``.
_run_module: Final[Callable[[str], Any]] = runpy._run_module_as_main  # type: ignore[attr-defined]


def run_file(path: Path, arguments: Sequence[str]) -> None:
    """Like ``python path arguments...``, after `shim.install`."""
    install()
    sys.argv = [str(path), *arguments]
    _first_on_path(str(path.parent.resolve()))
    script = str(Path.cwd() / path)
    main = _main(__file__=script, __cached__=None, __loader__=SourceFileLoader("__main__", script))
    _run(_execute, script, main)


def run_module(name: str, arguments: Sequence[str]) -> None:
    """Like ``python -m name arguments...``, after `shim.install`."""
    install()
    sys.argv = ["-m", *arguments]
    _first_on_path(str(Path.cwd()))
    _main()
    _run(_run_module, name)


def starts_program(arguments: Sequence[str]) -> bool:
    """Whether a command line names a program (``app.py ...`` or ``-m module ...``) and no command."""
    if arguments[:1] == ["-m"]:
        return len(arguments) > 1
    return bool(arguments) and arguments[0].endswith(".py") and Path(arguments[0]).is_file()


def names_program(arguments: Sequence[str]) -> bool:
    """Whether the arguments of ``run`` name a program: an existing file of any name, or a module."""
    return starts_program(arguments) or (
        bool(arguments) and not arguments[0].startswith("-") and Path(arguments[0]).is_file()
    )


def start(arguments: Sequence[str]) -> None:
    """Run the program that the arguments name."""
    if arguments[0] == "-m":
        run_module(arguments[1], arguments[2:])
    else:
        run_file(Path(arguments[0]), arguments[1:])


def _first_on_path(folder: str) -> None:
    """Replace the first entry of `sys.path`, which is this command's folder."""
    if not getattr(sys.flags, "safe_path", False):  # since Python 3.11
        sys.path[0] = folder


def _main(**variables: Any) -> ModuleType:
    """A new ``__main__`` with the attributes that Python sets."""
    main = ModuleType("__main__")
    vars(main).update(variables, __annotations__={}, __builtins__=sys.modules["builtins"])
    sys.modules["__main__"] = main
    return main


def _execute(script: str, main: ModuleType) -> None:
    with io.open_code(script) as file:
        source = file.read()
    exec(compile(source, script, "exec", dont_inherit=True), vars(main))


def _run(work: Callable[..., Any], *arguments: Any) -> None:
    try:
        work(*arguments)
    except SystemExit:
        raise
    except BaseException:
        # The interpreter calls it with all frames, including those above the program's.
        sys.excepthook = _shortened(sys.excepthook)
        raise


def _shortened(hook: Callable[..., Any]) -> Callable[..., Any]:
    """An exception hook that leaves out the frames of this file."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        shortened = _without_own_frames(trace)
        hook(kind, error.with_traceback(shortened), shortened)

    return show


def _without_own_frames(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of this file."""
    while trace is not None and trace.tb_frame.f_code.co_filename != __file__:
        trace = trace.tb_next
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace
