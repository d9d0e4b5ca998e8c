"""How commands print: tables, times, texts in one line, and JSON for programs."""

from datetime import datetime, timezone
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from shim.wire import encoding

#: The most columns that are used.
WIDTH = 140


def moment(seconds: int | float | None) -> str:
    """A time for the eye, in UTC."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M")


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table; columns named in ``right`` hold numbers, and ids are never broken over lines."""
    made = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for column in columns:
        wraps = column in ("name", "text", "metadata", "what", "model")
        made.add_column(column, justify="right" if column in right else "left", no_wrap=not wraps, overflow="fold")
    return made


def screen() -> Console:
    """Where tables go: as wide as the terminal, and wide enough for ids where there is none."""
    made = Console()
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made


def print_json(value: Any) -> None:
    """For programs."""
    typer.echo(encoding.indented(value).decode())


def one_line(text: str, most: int = 100) -> str:
    """The beginning of a text."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
