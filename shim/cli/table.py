"""The commands: one row each."""

import platform
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Final

import openai
import typer
from pydantic import ValidationError

import shim
from shim.assembly.declarations import Unusable
from shim.cli import assistants, keys, threads
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
from shim.store.errors import StoreFailed
from shim.wire.errors import ApiError

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
#: Commands whose line ends in somebody else's options: what follows the first argument is not ours to read.
PASSED_ON: Final = {"run": {"allow_interspersed_args": False, "ignore_unknown_options": True}}


def app() -> typer.Typer:
    """The command line with a command for each row."""
    made = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    made.callback()(_common)
    groups = {name: typer.Typer(no_args_is_help=True, help=text) for name, text in GROUPS.items()}
    for name, command in COMMANDS.items():
        group, _, own = name.rpartition(" ")
        place = groups[group] if group else made
        place.command(own, context_settings=PASSED_ON.get(name))(_plain_spoken(command))
    for name, group_of in groups.items():
        made.add_typer(group_of, name=name)
    return made


def _plain_spoken(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, which says in a sentence what is wrong with the store or the settings, and exits with 1."""

    @wraps(command)
    def spoken(*given: Any, **named: Any) -> Any:
        try:
            return command(*given, **named)
        except (StoreFailed, openai.OpenAIError, ApiError, Unusable) as problem:
            typer.echo(str(problem), err=True)
        except ValidationError as wrong:
            for each in wrong.errors():
                typer.echo(f"SHIM_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}", err=True)
        raise typer.Exit(1)

    return spoken


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(
            f"assistants-shim {shim.__version__} (openai {openai.__version__}, Python {platform.python_version()})"
        )
        raise typer.Exit


def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Keeps OpenAI Assistants API applications running on the Responses API."""
