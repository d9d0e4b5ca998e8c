"""Output of commands: tables, times, texts in one line, and JSON for programs."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from shim.wire import encoding

#: The largest number of columns.
WIDTH = 140


def moment(seconds: int | float | None) -> str:
    """A readable time, in UTC."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M")


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table; columns named in ``right`` are for numbers, and ids are never broken over lines."""
    new_table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in columns:
        wraps = column in ("name", "text", "metadata", "what", "model", "from")
        new_table.add_column(column, justify="right" if column in right else "left", no_wrap=not wraps, overflow="fold")
    return new_table


def screen() -> Console:
    """The console for tables: as wide as the terminal; without a terminal wide enough for ids."""
    console = Console()
    console.width = min(console.width, WIDTH) if console.is_terminal else WIDTH
    return console


def check_new(to: Path | None, force: bool) -> None:
    """Raises the error of a wrong option for a file that exists, unless it may be overwritten."""
    if to is not None and to.exists() and not force:
        raise typer.BadParameter(f"{to} exists already; --force overwrites it", param_hint="--to")


def number(count: int, noun: str) -> str:
    """``1 thread``, ``2 threads``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def print_json(value: Any) -> None:
    """Print JSON for programs."""
    typer.echo(encoding.indented(value).decode())


def one_line(text: str, most: int = 100) -> str:
    """The beginning of a text."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
