"""``assistants-shim migrate-store``: copies everything from one database to another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from shim.store import moving
from shim.store.database import Database, database
from shim.store.errors import StoreFailed


def migrate_store(
    source: Annotated[str, typer.Argument(metavar="SRC", help="The URL of the store to move.")],
    target: Annotated[
        str, typer.Argument(metavar="DST", help="The URL of an empty database, or of one that does not exist yet.")
    ],
) -> None:
    """Copy everything from SQLite to PostgreSQL, or from any store to another, and verify it.

    Stop the programs that use the store first.  It is not changed.  The target gets either all rows or none.
    """
    stores = _stores(source, target)
    _show(_moved(*stores))
    typer.echo(f"Everything was copied. From now on: SHIM_DATABASE_URL={_shown(target)}")


def _stores(source: str, target: str) -> tuple[Database, Database]:
    """Both databases, opened; an error names the argument."""
    with _errors_naming("SRC"):
        moved = _opened(source)
        moving.check_there(moved)
    with _errors_naming("DST"):
        destination = _opened(target)
    # The target is opened only after the source was found to be usable.
    for argument, base in (("SRC", moved), ("DST", destination)):
        with _errors_naming(argument):
            base.prepare()
    return moved, destination


def _opened(url: str) -> Database:
    opened = database(url)
    # Encrypted values are copied as they are, so no key is needed.
    opened.raw = True
    return opened


@contextmanager
def _errors_naming(argument: str) -> Iterator[None]:
    try:
        yield
    except StoreFailed as problem:
        raise typer.BadParameter(str(problem).replace("SHIM_DATABASE_URL", argument), param_hint=argument) from None


def _moved(source: Database, target: Database) -> dict[str, moving.Moved]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bars: dict[str, TaskID] = {}

        def note(table: str, done: int, total: int) -> None:
            if table not in bars:
                bars[table] = progress.add_task(table, total=total)
            progress.update(bars[table], completed=done)

        return moving.move(source, target, note)


def _show(moved: dict[str, moving.Moved]) -> None:
    table = Table("table", "rows", "checksum, the same in both")
    for name, result in moved.items():
        table.add_row(name, str(result.rows), result.checksum[:16])
    Console().print(table)


def _shown(url: str) -> str:
    """The address without its password."""
    return database(url).url.render_as_string(hide_password=True)
