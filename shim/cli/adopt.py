"""``assistants-shim adopt``: the assistants that a project names, as a file to fill in."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from shim.assembly.declarations import ID
from shim.cli import printing
from shim.migrate import adopt as adopting


def adopt(
    where: Annotated[
        list[str], typer.Argument(metavar="PATH|ID...", help="Files or folders of your project, and assistants' ids.")
    ],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The file to write.")] = Path("assistants.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
) -> None:
    """Find assistants' ids in .env files, configuration and code, and write a file of assistants to fill in."""
    ids = [argument for argument in where if ID.fullmatch(argument)]
    paths = [Path(argument) for argument in where if not ID.fullmatch(argument)]
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"there is no {path}, and an id begins with asst_", param_hint="PATH|ID")
    printing.check_new(to, force)
    result = adopting.adopt(paths, ids)
    if not result.assistants:
        typer.echo("No assistant's id was found.", err=True)
        _print_variables(result.id_variables, where)
        raise typer.Exit(1)
    to.write_text(adopting.render(result.assistants, str(to)), encoding="utf-8")
    _show(result.assistants)
    count = len(result.assistants)
    typer.echo(f"\n{count} assistants in {to}: fill in what is unknown, then `assistants-shim check {to}`")
    _print_variables(result.id_variables, where)


def _print_variables(id_variables: dict[str, adopting.Place], where: list[str]) -> None:
    """Print which variables and secrets contain an id that was not found."""
    if id_variables:
        names = ", ".join(f"{name} ({location})" for name, location in id_variables.items())
        typer.echo(f"An id is in {names}. Set that, or name the id:", err=True)
        typer.echo(f"  assistants-shim adopt {' '.join(where)} asst_...", err=True)


def _show(assistants: list[adopting.Adopted]) -> None:
    shown = printing.table("id", "found", "tools seen", "model seen")
    for each in assistants:
        places = "\n".join(map(str, each.places)) or "command line"
        tools = "\n".join([*each.hosted, *each.functions]) or "none"
        of_setups = (setup.values["model"] for setup in each.setups if "model" in setup.values)
        models = "\n".join(dict.fromkeys([*of_setups, *each.models])) or "none"
        shown.add_row(each.id, escape(places), escape(tools), escape(models))
    printing.screen().print(shown)
