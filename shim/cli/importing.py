"""``assistants-shim import``: imports threads and assistants, and undoes an import."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shim.cli import printing
from shim.migrate.imports import Endpoint, Importer, Refused, Report, undo
from shim.migrate.imports.report import PROBLEMS, Problem
from shim.settings import current_settings
from shim.store import imports
from shim.store.database import Database, database
from shim.wire import encoding

#: How many problems are shown; all of them are in the file of `--report`.
SHOWN: Final = 20
THREAD_ID: Final = re.compile(r"\bthread_[A-Za-z0-9_-]+")
COLUMNS: Final = typer.Option(
    "--map", metavar="FIELD=COLUMN", help="The column of a CSV file that has a field of a message; may be given often."
)


class Live(NamedTuple):
    """The endpoint, and the threads to fetch."""

    endpoint: Endpoint
    thread_ids: list[str]


def import_(  # noqa: PLR0913  # each option is a parameter
    paths: Annotated[list[Path] | None, typer.Argument(metavar="FILE|DIR...", help="What to import.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; print what would be imported.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if anything would be refused.")] = False,
    columns: Annotated[list[str] | None, COLUMNS] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The encoding of files that are not in UTF-8 or UTF-16, such as `latin-1`.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report there as JSON, with every problem.")
    ] = None,
    from_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Fetch threads from an endpoint that still has the old API.")
    ] = None,
    thread_ids: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --from-url: a file that contains the ids of the threads.")
    ] = None,
    key_env: Annotated[
        str, typer.Option(metavar="NAME", help="With --from-url: the environment variable that holds the key.")
    ] = "OPENAI_API_KEY",
    api_version: Annotated[str | None, typer.Option(help="With --from-url: the `api-version`, for Azure.")] = None,
    undo: Annotated[
        str | None, typer.Option(metavar="BATCH", help="Undo an import: remove the threads that it added.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="With --undo: threads that were used since, too.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show the imports that the store knows.")] = False,
    tenant: Annotated[str, typer.Option(help="The threads' tenant, on a server with several tenants.")] = "",
) -> None:
    """Import assistants, threads, messages, runs, steps and files under their own ids, from exports of many shapes."""
    if listed:
        _list(tenant)
    elif undo is not None:
        _undo(undo, tenant, force)
    elif not paths and from_url is None:
        raise typer.BadParameter("nothing to import", param_hint="FILE|DIR")
    else:
        live = None if from_url is None else _live(from_url, thread_ids, key_env, api_version)
        options = {"tenant": tenant, "dry_run": dry_run, "strict": strict, "encoding": encoding}
        _import(paths or [], live, report, columns=_map(columns), **options)


def _map(columns: list[str] | None) -> dict[str, str]:
    pairs = [column.partition("=") for column in columns or []]
    wrong = [name for name, equals, column in pairs if not (name and equals and column)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is not of the form FIELD=COLUMN", param_hint="--map")
    return {name: column for name, _, column in pairs}


def _live(url: str, thread_ids: Path | None, key_env: str, version: str | None) -> Live:
    """The endpoint, and the threads to fetch: all ids in the file, which may contain other text."""
    if thread_ids is None or not thread_ids.is_file():
        raise typer.BadParameter("the file is not there", param_hint="--thread-ids")
    ids = dict.fromkeys(THREAD_ID.findall(thread_ids.read_text(encoding="utf-8", errors="replace")))
    if not ids:
        raise typer.BadParameter("the file contains no id of a thread", param_hint="--thread-ids")
    key = os.environ.get(key_env)
    if not key:
        raise typer.BadParameter(f"the environment does not have {key_env}", param_hint="--key-env")
    return Live(Endpoint(url, key, version), list(ids))


def _import(paths: list[Path], live: Live | None, report: Path | None, **options: Any) -> None:
    screen = Console(stderr=True)
    with _problems(report, screen) as (note, written), _progress(screen) as progress:
        importer = Importer(problem=note, progress=progress, **options)
        try:
            if live is not None:
                importer.fetch(*live)
            importer.read(*paths)
            imported = importer.finish()
        except (Refused, OSError, LookupError) as problem:
            screen.print(str(problem), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(1) from None
        finally:
            importer.close()
            if live is not None:
                live.endpoint.close()
            if written is not None:
                written.write(encoding.text(importer.report.as_json()) + "\n")
    _show(imported)
    if imported.refused:
        raise typer.Exit(1)


@contextmanager
def _problems(report: Path | None, screen: Console) -> Iterator[tuple[Any, Any]]:
    """Show the first problems, and write all of them: one a line, the report itself last."""
    written = report.open("w", encoding="utf-8", errors="backslashreplace") if report is not None else None
    shown = 0

    def note(problem: Problem) -> None:
        nonlocal shown
        shown += 1
        if shown <= SHOWN:
            screen.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        if shown == SHOWN + 1:
            screen.print("more problems are counted below; --report lists each of them", markup=False)
        if written is not None:
            each = {"code": problem.code, "level": problem.level, "place": str(problem.place), "detail": problem.detail}
            written.write(encoding.text(each) + "\n")

    try:
        yield note, written
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

        def note(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total, rate=""), time.monotonic()
            task, began = tasks[what]
            unit, size = units[what]
            rate = done / size / max(time.monotonic() - began, 0.001)
            bars.update(task, completed=done, rate=f"{rate:,.0f} {unit}/s")

        yield note


def _show(report: Report) -> None:
    table = Table("", "would be added" if report.dry_run else "added", "already there", "replaced")
    for kind in dict.fromkeys([*report.added, *report.already_stored, *report.replaced]):
        table.add_row(
            kind, *(f"{counter[kind]:,}" for counter in (report.added, report.already_stored, report.replaced))
        )
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
    settings = current_settings()
    return database(settings.database_url, keys=settings.keys)


def _list(tenant: str) -> None:
    table = printing.table("batch", "began", "state", "added", "from")
    for one in _database().of(tenant).read(imports.listing):
        counts = ", ".join(f"{count:,} {kind}" for kind, count in one.counts.items())
        state, began = "whole" if one.finished_at else "interrupted", printing.moment(one.created_at)
        table.add_row(one.batch, began, state, counts, escape(", ".join(one.sources)))
    printing.screen().print(table)


def _undo(batch: str, tenant: str, force: bool) -> None:
    undone = undo.undo(
        _database(), batch, tenant=tenant, force=force, delete_upstream=current_settings().delete_responses
    )
    typer.echo(f"removed {undone.threads:,} threads and {undone.assistants:,} assistants")
    if undone.changed:
        typer.echo(f"kept {len(undone.changed):,} threads that were used since (--force removes them):", err=True)
        for thread_id in undone.changed[:SHOWN]:
            typer.echo(thread_id, err=True)
        raise typer.Exit(1)
