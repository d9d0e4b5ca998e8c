"""``assistants-shim run``: runs a program unchanged."""

from pathlib import Path
from typing import Annotated

import typer

from shim.cli import program


def run(
    application: Annotated[str, typer.Argument(metavar="APP", help="A Python file, or with -m a module.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[ARGUMENTS]", help="Its own arguments.")] = None,
    module: Annotated[bool, typer.Option("-m", help="APP is the name of a module, as for python -m.")] = False,
) -> None:
    """Run a Python program unchanged; the shim answers its calls of the Assistants API."""
    if module:
        program.run_module(application, arguments or [])
        return
    path = Path(application)
    if not path.exists():
        raise typer.BadParameter(f"there is no file {application!r}", param_hint="APP")
    program.run_file(path, arguments or [])
