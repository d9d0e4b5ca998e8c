"""The commands: one row each."""

from collections.abc import Callable
from typing import Any, Final

import typer

from shim.cli import assistants, common, keys, threads
from shim.cli.adopt import adopt
from shim.cli.check import check
from shim.cli.demo import demo
from shim.cli.doctor import doctor
from shim.cli.eject import eject
from shim.cli.export import export
from shim.cli.importing import import_
from shim.cli.keeping import seal, sweep
from shim.cli.migrate_store import migrate_store
from shim.cli.parity import parity
from shim.cli.run import run
from shim.cli.sandbox import sandbox
from shim.cli.scan import scan
from shim.cli.serve import serve
from shim.cli.swap import swap
from shim.cli.trace import trace
from shim.cli.usage import usage

#: Name on the command line: the function whose parameters are its options and whose docstring is its help.
#: A name of two words is a command of a group.
COMMANDS: Final[dict[str, Callable[..., Any]]] = {
    "adopt": adopt,
    "assistants list": assistants.listing,
    "assistants show": assistants.show,
    "assistants create": assistants.create,
    "assistants apply": assistants.apply,
    "assistants export": assistants.export,
    "assistants delete": assistants.delete,
    "check": check,
    "demo": demo,
    "doctor": doctor,
    "eject": eject,
    "export": export,
    "import": import_,
    "keys create": keys.create,
    "keys add": keys.add,
    "keys list": keys.listing,
    "keys revoke": keys.revoke,
    "keys grant": keys.grant,
    "migrate-store": migrate_store,
    "parity": parity,
    "run": run,
    "sandbox": sandbox,
    "scan": scan,
    "seal": seal,
    "serve": serve,
    "swap": swap,
    "sweep": sweep,
    "threads list": threads.listing,
    "threads show": threads.show,
    "threads search": threads.search,
    "threads export": threads.export,
    "threads delete": threads.delete,
    "trace": trace,
    "usage": usage,
}
GROUPS: Final = {
    "assistants": "Assistants: those of the store, and those that SHIM_ASSISTANTS declares.",
    "keys": "Keys: who may use a server, and as which tenant.",
    "threads": "Threads of the store.",
}
#: Commands that take another program's options: everything after the first argument is passed on.
PASSED_ON: Final = {"run": {"allow_interspersed_args": False, "ignore_unknown_options": True}}


def app() -> typer.Typer:
    """The command line with a command for each row."""
    made = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    made.callback()(common.global_options)
    groups = {name: typer.Typer(no_args_is_help=True, help=text) for name, text in GROUPS.items()}
    for name, command in COMMANDS.items():
        group, _, command_name = name.rpartition(" ")
        place = groups[group] if group else made
        place.command(command_name, context_settings=PASSED_ON.get(name))(common.with_plain_errors(command))
    for name, group_of in groups.items():
        made.add_typer(group_of, name=name)
    return made
