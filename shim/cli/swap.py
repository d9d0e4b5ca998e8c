"""``assistants-shim swap``: swaps imports; shows a diff, or writes the files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from shim.cli import printing

if TYPE_CHECKING:
    from shim.migrate.swap.swapper import Plan

MISSING: Final = 'assistants-shim swap needs the extra "migrate": pip install "assistants-shim[server,migrate]"'
COLOURS: Final = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}


def swap(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders of your project.")],
    write: Annotated[bool, typer.Option("--write", help="Change the files. Without it only a diff is shown.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Swap back, from shim to openai.")] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Leave out files and folders, such as `tests/*`."),
    ] = None,
) -> None:
    """Swap the imports of the SDK's clients for the shim's, in Python files and notebooks; --undo swaps back.

    Only import statements are changed.  Code that is not understood is not changed, but reported.
    """
    try:
        from shim.migrate.swap import swapper
    except ModuleNotFoundError as missing:
        if missing.name != "libcst":
            raise
        typer.echo(MISSING, err=True)
        raise typer.Exit(2) from None
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"there is no {path}", param_hint="PATH")
    plan = swapper.plan(paths, exclude or (), undo)
    failed = _write(plan) if write else _show(plan)
    _report(plan, write, failed)
    if failed:
        raise typer.Exit(1)


def _show(plan: "Plan") -> int:
    for change in plan.changes:
        for line in change.diff():
            typer.secho(line, fg=COLOURS.get(line[0]), nl=False)
    return 0


def _write(plan: "Plan") -> int:
    """Write all changes; returns how many could not be written."""
    from shim.migrate.swap import swapper

    failed = 0
    for change in plan.changes:
        try:
            swapper.write(change)
        except (OSError, swapper.Changed) as problem:
            failed += 1
            typer.echo(f"{change.path} was not changed: {problem}", err=True)
    return failed


def _report(plan: "Plan", write: bool, failed: int) -> None:
    out = printing.screen()
    for path, note in plan.notes:
        out.print(f"[yellow]left[/yellow] {escape(f'{path}:{note.line}: {note.why}')}", soft_wrap=True)
    for path, why in plan.skipped:
        out.print(f"[dim]skipped[/dim] {escape(f'{path}: {why}')}", soft_wrap=True)
    count = len(plan.changes) - failed
    if write:
        out.print(f"{count} of {plan.files} files were changed.")
    elif count:
        out.print(f"{count} of {plan.files} files would be changed: --write changes them.")
    else:
        out.print(f"{plan.files} files: nothing to change.")
