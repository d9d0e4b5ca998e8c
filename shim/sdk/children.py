"""Python processes that a program starts after `shim.install`: the shim is installed in them, too.

A child reads the environment when it starts: through `PYTHONPATH` it finds ``startup/sitecustomize.py``, which installs
the shim as soon as the child imports `openai`.  A forked process needs none of that.  The shim cannot be installed in a
child with an environment of its own, or with Python options that ignore the environment; a warning is logged when it is
started.
"""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

log = logging.getLogger("shim")

#: The variable that makes a child install the shim; `startup/sitecustomize.py` reads it.
MARK: Final = "SHIM_INSTALLED"
PATH: Final = "PYTHONPATH"
STARTUP: Final = str(Path(__file__).parent / "startup")
ROOT: Final = str(Path(__file__).parents[2])
#: Events of `sys.audit` that start a process: the positions of executable, arguments and environment among their
#: values.
STARTS: Final[dict[str, tuple[int, int, int]]] = {
    "subprocess.Popen": (0, 1, 3),
    "os.exec": (0, 1, 2),
    "os.posix_spawn": (0, 1, 2),
    "os.spawn": (1, 2, 3),
}
#: Options with which Python ignores its environment, or runs no sitecustomize.
IGNORES_ENVIRONMENT: Final = frozenset("IES")
#: Options that end the list of options.
LAST: Final = frozenset("cm")
#: Options whose value follows them.
VALUED: Final = frozenset("WX")

_state: Final = {"watching": False, "active": False, "warned": False}


def enable() -> None:
    """Install the shim in Python processes that are started from now on.  Logged once, in the first process."""
    _state["active"] = True
    if MARK not in os.environ:
        log.info("the shim is installed in Python processes that this program starts, too")
    os.environ[MARK] = f"{sys.prefix}{os.pathsep}{ROOT}"
    os.environ[PATH] = os.pathsep.join([STARTUP, *_others(os.environ.get(PATH, ""))])
    if sys.flags.ignore_environment or sys.flags.no_site:
        # multiprocessing passes the options of this process on.
        _warn(f"{sys.executable} with -I, -E or -S")
    if not _state["watching"]:
        _state["watching"] = True
        sys.addaudithook(_watch)


def disable() -> None:
    """Undo `enable`."""
    _state["active"] = False
    os.environ.pop(MARK, None)
    if STARTUP in os.environ.get(PATH, ""):
        os.environ[PATH] = os.pathsep.join(_others(os.environ[PATH]))
        if not os.environ[PATH]:
            del os.environ[PATH]


def _others(path: str) -> list[str]:
    return [folder for folder in path.split(os.pathsep) if folder and folder != STARTUP]


def _watch(event: str, values: tuple[Any, ...]) -> None:
    positions = STARTS.get(event)
    if positions is None or not _state["active"] or _state["warned"]:
        return
    executable, arguments, environment = (values[position] for position in positions)
    command_line = [
        os.fsdecode(argument) for argument in ([arguments] if isinstance(arguments, (str, bytes)) else arguments)
    ]
    called = os.fsdecode(executable or command_line[0])
    if is_python(called) and is_out_of_reach(command_line, environment):
        _warn(" ".join([called, *command_line[1:]])[:200])


def _warn(command: str) -> None:
    if not _state["warned"]:
        _state["warned"] = True
        log.warning(
            "the shim cannot be installed in a process that is started without this environment, or with options that "
            "ignore it (-I, -E, -S): its calls of the Assistants API go to the network. Start it with the environment "
            "of this process, or as `python -m shim FILE`. Process: %s",
            command,
        )


def is_python(executable: str) -> bool:
    """Whether a program is a Python interpreter, according to its name."""
    return executable == sys.executable or Path(executable).name.lower().startswith(("python", "pypy"))


def is_out_of_reach(command_line: Sequence[str], environment: Mapping[Any, Any] | None) -> bool:
    """Whether a Python with this command line and environment (None: this process's own) does not run the
    sitecustomize.
    """
    if environment is not None:
        variables = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
        if MARK not in variables or STARTUP not in variables.get(PATH, "").split(os.pathsep):
            return True
    return not IGNORES_ENVIRONMENT.isdisjoint(_options(command_line[1:]))


def _options(arguments: Sequence[str]) -> str:
    """The letters of Python's own options at the beginning of a command line."""
    letters, rest = "", iter(arguments)
    for argument in rest:
        if not argument.startswith("-") or argument == "-":
            break
        if argument.startswith("--"):
            continue
        for index, letter in enumerate(argument[1:], start=1):
            if letter in LAST:
                return letters
            if letter in VALUED:
                if argument[index + 1 :] == "":
                    next(rest, None)
                break
            letters += letter
    return letters
