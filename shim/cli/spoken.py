"""What every command does: it says in a sentence what is wrong, and which version this is."""

import platform
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import openai
import typer
from pydantic import ValidationError

import shim
from shim.assembly.declarations import Unusable
from shim.store.errors import StoreFailed
from shim.wire.errors import ApiError


def alone(name: str, command: Callable[..., Any]) -> typer.Typer:
    """The command line with no more than one command, for a process that lives long."""
    made = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
    made.callback()(common)
    made.command(name)(plainly(command))
    return made


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
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


def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Keeps OpenAI Assistants API applications running on the Responses API."""
