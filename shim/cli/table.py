"""The commands: one row each.  Only the module of the command that is called is imported."""

from collections.abc import Callable, Iterable, Sequence
from pkgutil import resolve_name
from typing import Any, Final

import typer

from shim.cli import common

#: Name on the command line: the module in this package and its function, whose parameters are the command's options and
#: whose docstring is its help.  A name of two words is a command of a group.
COMMANDS: Final = {
    "adopt": "adopt:adopt",
    "assistants list": "assistants:listing",
    "assistants show": "assistants:show",
    "assistants create": "assistants:create",
    "assistants apply": "assistants:apply",
    "assistants export": "assistants:export",
    "assistants delete": "assistants:delete",
    "check": "check:check",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "eject": "eject:eject",
    "export": "export:export",
    "import": "importing:import_",
    "keys create": "keys:create",
    "keys add": "keys:add",
    "keys list": "keys:listing",
    "keys revoke": "keys:revoke",
    "keys grant": "keys:grant",
    "migrate-store": "migrate_store:migrate_store",
    "parity": "parity:parity",
    "run": "run:run",
    "sandbox": "sandbox:sandbox",
    "scan": "scan:scan",
    "seal": "keeping:seal",
    "serve": "serve:serve",
    "swap": "swap:swap",
    "sweep": "keeping:sweep",
    "threads list": "threads:listing",
    "threads show": "threads:show",
    "threads search": "threads:search",
    "threads export": "threads:export",
    "threads delete": "threads:delete",
    "trace": "trace:trace",
    "usage": "usage:usage",
}
GROUPS: Final = {
    "assistants": "Assistants: those of the store, and those that SHIM_ASSISTANTS declares.",
    "keys": "Keys: who may use a server, and as which tenant.",
    "threads": "Threads of the store.",
}
#: Commands that take another program's options: everything after the first argument is passed on.
PASSED_ON: Final = {"run": {"allow_interspersed_args": False, "ignore_unknown_options": True}}


#: Options that need no command.
WITHOUT_COMMAND: Final = ("--version",)


def command(name: str) -> Callable[..., Any]:
    """The function of a row."""
    function: Callable[..., Any] = resolve_name(f"{__package__}.{COMMANDS[name]}")
    return function


def app(arguments: Sequence[str] = ()) -> typer.Typer:
    """The command line.  ``arguments``: those that it will be called with; if they begin with a command, it has only
    that one.
    """
    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(common.global_options)
    groups: dict[str, typer.Typer] = {}
    for name in _needed(arguments):
        group, _, command_name = name.rpartition(" ")
        if group and group not in groups:
            groups[group] = typer.Typer(no_args_is_help=True, help=GROUPS[group])
        parent = groups[group] if group else app
        parent.command(command_name, context_settings=PASSED_ON.get(name))(common.with_plain_errors(command(name)))
    for name, group_of in groups.items():
        app.add_typer(group_of, name=name)
    return app


def _needed(arguments: Sequence[str]) -> Iterable[str]:
    """The rows that a command line needs: one, none, or, for a page of help or an unknown command, all."""
    first = arguments[0] if arguments else ""
    if first in WITHOUT_COMMAND:
        return ()
    called = [name for name in (first, " ".join(arguments[:2])) if name in COMMANDS]
    return called or COMMANDS
