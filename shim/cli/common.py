"""Common to all commands: errors as one sentence, and `--version`."""

import platform
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import openai
import typer

import shim
from shim.assembly.lined import Unusable
from shim.store.errors import StoreFailed
from shim.wire.errors import ApiError


def with_plain_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, with errors of the store or the settings printed as one sentence and exit status 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (StoreFailed, openai.OpenAIError, ApiError, Unusable) as problem:
            typer.echo(str(problem), err=True)
        raise typer.Exit(1)

    return run


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(
            f"assistants-shim {shim.__version__} (openai {openai.__version__}, Python {platform.python_version()})"
        )
        raise typer.Exit


def global_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Keeps OpenAI Assistants API applications running on the Responses API."""
