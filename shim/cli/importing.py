"""``assistants-shim import``: threads and assistants from elsewhere, and taking an import back."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shim.migrate.imports import Importer, Refused, Report, undoing
from shim.migrate.imports.report import PROBLEMS, Problem
from shim.settings import settings
from shim.store import imports
from shim.store.database import Database, database

#: Problems that are shown as they come; all of them are in the file of `--report`.
SHOWN: Final = 20
COLUMNS: Final = typer.Option(
    "--map", metavar="FIELD=COLUMN", help="The column of a CSV file that has a field of a message; may be given often."
)


def import_(  # noqa: PLR0913  # each option is a parameter
    paths: Annotated[list[Path] | None, typer.Argument(metavar="FILE|DIR...", help="What to import.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, and say what would be.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if anything would be refused.")] = False,
    columns: Annotated[list[str] | None, COLUMNS] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The encoding of files that are not in UTF-8 or UTF-16, such as `latin-1`.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report there as JSON, with every problem.")
    ] = None,
    undo: Annotated[
        str | None, typer.Option(metavar="BATCH", help="Take an import back: remove the threads that it brought.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="With --undo: threads that were used since, too.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show the imports that the store knows.")] = False,
    tenant: Annotated[str, typer.Option(help="Whose the threads are, on a server with several tenants.")] = "",
) -> None:
    """Import assistants, threads, messages, runs, steps and files under their own ids, from exports of many shapes."""
    if listed:
        _list(tenant)
    elif undo is not None:
        _undo(undo, tenant, force)
    elif not paths:
        raise typer.BadParameter("nothing to import", param_hint="FILE|DIR")
    else:
        _import(paths, report, tenant=tenant, dry_run=dry_run, strict=strict, encoding=encoding, columns=_map(columns))


def _map(columns: list[str] | None) -> dict[str, str]:
    pairs = [given.partition("=") for given in columns or []]
    wrong = [name for name, equals, column in pairs if not (name and equals and column)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is not of the form FIELD=COLUMN", param_hint="--map")
    return {name: column for name, _, column in pairs}


def _import(paths: list[Path], report: Path | None, **options: Any) -> None:
    screen = Console(stderr=True)
    with _problems(report, screen) as (tell, written), _progress(screen) as progress:
        importer = Importer(problem=tell, progress=progress, **options)
        try:
            importer.read(*paths)
            found = importer.finish()
        except (Refused, OSError, LookupError) as problem:
            screen.print(str(problem), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
        finally:
            importer.close()
            if written is not None:
                written.write(json.dumps(importer.report.as_json(), ensure_ascii=False) + "\n")
    _show(found)
    if found.refused:
        raise typer.Exit(1)


@contextmanager
def _problems(report: Path | None, screen: Console) -> Iterator[tuple[Any, Any]]:
    """Show the first problems, and write all of them: one a line, the report itself last."""
    written = report.open("w", encoding="utf-8", errors="backslashreplace") if report is not None else None
    shown = 0

    def tell(problem: Problem) -> None:
        nonlocal shown
        shown += 1
        if shown <= SHOWN:
            screen.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        if shown == SHOWN + 1:
            screen.print("more problems are counted below, and told one by one with --report", markup=False)
        if written is not None:
            each = {"code": problem.code, "level": problem.level, "place": str(problem.place), "detail": problem.detail}
            written.write(json.dumps(each, ensure_ascii=False) + "\n")

    try:
        yield tell, written
    finally:
        if written is not None:
            written.close()


@contextmanager
def _progress(screen: Console) -> Iterator[Any]:
    """A bar for each half of the work, with its rate."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=screen) as bars:
        tasks: dict[str, Any] = {}
        units = {"reading": ("MB", 1e6), "writing": ("threads", 1.0)}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total, rate=""), time.monotonic()
            task, began = tasks[what]
            unit, size = units[what]
            rate = done / size / max(time.monotonic() - began, 0.001)
            bars.update(task, completed=done, rate=f"{rate:,.0f} {unit}/s")

        yield tell


def _show(report: Report) -> None:
    table = Table("", "would be added" if report.dry_run else "added", "already there", "replaced")
    for kind in dict.fromkeys([*report.added, *report.there, *report.replaced]):
        table.add_row(kind, *(f"{counter[kind]:,}" for counter in (report.added, report.there, report.replaced)))
    screen = Console()
    screen.print(table)
    for code, count in report.problems.items():
        level, sentence = PROBLEMS[code]
        screen.print(f"{level} {count:,}: {sentence}", markup=False, highlight=False, soft_wrap=True)
    if report.batch is not None:
        typer.echo(f"batch {report.batch}{' (continued)' if report.resumed else ''}")
    elif not report.dry_run:
        typer.echo("nothing new")


def _database() -> Database:
    chosen = settings()
    return database(chosen.database_url, keys=chosen.keys)


def _list(tenant: str) -> None:
    table = Table("batch", "began", "state", "added", "from")
    for one in _database().read(imports.listing, tenant):
        began = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.created_at))
        counts = ", ".join(f"{count:,} {kind}" for kind, count in one.counts.items())
        table.add_row(one.batch, began, "whole" if one.finished_at else "interrupted", counts, ", ".join(one.sources))
    Console().print(table)


def _undo(batch: str, tenant: str, force: bool) -> None:
    undone = undoing.undo(_database(), batch, tenant=tenant, force=force, tell_upstream=settings().delete_responses)
    typer.echo(f"removed {undone.threads:,} threads and {undone.assistants:,} assistants")
    if undone.kept:
        typer.echo(f"kept {len(undone.kept):,} threads that were used since (--force removes them):", err=True)
        for thread_id in undone.kept[:SHOWN]:
            typer.echo(thread_id, err=True)
        raise typer.Exit(1)
