"""The commands: one row each."""

import platform
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Final

import openai
import typer
from pydantic import ValidationError

import shim
from shim.cli.demo import demo
from shim.cli.doctor import doctor
from shim.cli.importing import import_
from shim.cli.keeping import seal, sweep
from shim.cli.migrate_store import migrate_store
from shim.cli.run import run
from shim.cli.sandbox import sandbox
from shim.cli.serve import serve
from shim.store.errors import StoreFailed

#: Name on the command line: the function whose parameters are its options and whose docstring is its help.
COMMANDS: Final[dict[str, Callable[..., Any]]] = {
    "demo": demo,
    "doctor": doctor,
    "import": import_,
    "migrate-store": migrate_store,
    "run": run,
    "sandbox": sandbox,
    "seal": seal,
    "serve": serve,
    "sweep": sweep,
}
#: Commands whose line ends in somebody else's options: what follows the first argument is not ours to read.
PASSED_ON: Final = {"run": {"allow_interspersed_args": False, "ignore_unknown_options": True}}


def app() -> typer.Typer:
    """The command line with a command for each row."""
    made = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    made.callback()(_common)
    for name, command in COMMANDS.items():
        made.command(name, context_settings=PASSED_ON.get(name))(_plain_spoken(command))
    return made


def _plain_spoken(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, which says in a sentence what is wrong with the store or the settings, and exits with 1."""

    @wraps(command)
    def spoken(*given: Any, **named: Any) -> Any:
        try:
            return command(*given, **named)
        except (StoreFailed, openai.OpenAIError) as problem:
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
