"""``assistants-shim usage``: sums of tokens."""

import re
from dataclasses import asdict
from datetime import datetime, timezone
from enum import Enum
from typing import Annotated

import typer

from shim.assembly import ledger
from shim.cli import printing, stored


class By(str, Enum):
    """By what the sums are grouped."""

    thread = "thread"
    assistant = "assistant"
    model = "model"
    day = "day"

    def __str__(self) -> str:
        return self.value


def usage(
    by: Annotated[By, typer.Option(help="By what the sums are grouped.")] = By.day,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="From this day on, in UTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    tenant: Annotated[
        str | None, typer.Option(help="The tenant whose usage, on a server with several tenants.")
    ] = None,
) -> None:
    """Sum up the tokens of all responses, as upstream has counted them, by day, model, assistant or thread."""
    totals = stored.store().read(ledger.usage, tenant, by.value, _seconds(since))
    if as_json:
        printing.print_json([asdict(each) | {"total_tokens": each.total_tokens} for each in totals])
        return
    columns = ("responses", "in", "of these cached", "out", "of these reasoning", "total")
    shown = printing.table(by.value, *columns, right=columns)
    rows = [_numbers(each) for each in totals]
    for each, numbers in zip(totals, rows, strict=True):
        shown.add_row(each.key, *(f"{number:,}" for number in numbers))
    if len(rows) > 1:
        sums = [sum(column) for column in zip(*rows, strict=True)]
        shown.add_section()
        shown.add_row("all", *(f"{number:,}" for number in sums), style="bold")
    printing.screen().print(shown if totals else "No tokens were used.")


def _numbers(one: ledger.Usage) -> tuple[int, ...]:
    tokens = one.input_tokens, one.cached_tokens, one.output_tokens, one.reasoning_tokens
    return (one.responses, *tokens, one.total_tokens)


def _seconds(day: str | None) -> int:
    if day is None:
        return 0
    if re.fullmatch(r"\d{4}-\d\d-\d\d", day) is None:
        raise typer.BadParameter(f"{day!r} is no day of the form YYYY-MM-DD", param_hint="--since")
    try:
        return int(datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp())
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--since") from None
