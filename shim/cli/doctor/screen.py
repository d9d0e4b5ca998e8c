"""The result of the test, as text for people and as JSON for programs."""

import dataclasses
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shim.cli.doctor.examined import ExaminedServer, Finding, State
from shim.cli.doctor.verdict import Verdict, hindrance
from shim.wire import encoding

#: A sign and a colour for each state; the sign alone tells them apart, too.
SIGNS: Final[dict[State, str]] = {
    "yes": "[green]✔ yes[/green]",
    "partly": "[yellow]~ partly[/yellow]",
    "no": "[red]✘ no[/red]",
    "untried": "[dim]· not tried[/dim]",
}
#: The largest number of columns.
WIDTH: Final = 110
#: The largest number of characters of a server's message.
LONGEST: Final = 300


def announcement(address: str, calls: int, cap: int) -> str:
    """The announcement of the test, with its largest cost."""
    return (
        f"[bold]{escape(address)}[/bold]\n[dim]at most {calls} calls of a model, of a line each and {cap} tokens out; "
        "what it stores is deleted[/dim]"
    )


def show(console: Console, server: ExaminedServer, findings: dict[str, Finding], judged: Verdict) -> None:
    """Print a table of the findings, and the conclusions."""
    console.width = min(console.width, WIDTH)
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, finding in findings.items():
        table.add_row(name, SIGNS[finding.state], f"[dim]{escape(_short(finding.words))}[/dim]")
    console.print()
    console.print(table)
    console.print()
    _conclude(console, findings, judged)
    console.print(f"[dim]{server.calls} calls, {server.tokens[0]} tokens in, {server.tokens[1]} out[/dim]")


def _conclude(console: Console, findings: dict[str, Finding], judged: Verdict) -> None:
    if (name := hindrance(findings)) is not None:
        console.print(
            f"[bold red]The shim cannot work there as it is[/bold red]: {name}: {escape(findings[name].words)}"
        )
        return
    rows = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    rows.add_column(no_wrap=True)
    rows.add_column()
    rows.add_row("profile", f"[bold]{judged.profile.name}[/bold]: {judged.because}")
    rows.add_row("threads", judged.mode)
    rows.add_row("runs", f"without a stream: {judged.runs}")
    for advice in judged.advice:
        rows.add_row("set", f"[bold cyan]{escape(advice.set)}[/bold cyan]: {escape(advice.why)}")
    if not judged.advice:
        rows.add_row("set", "nothing needs to be set")
    console.print("[bold green]The shim works there.[/bold green]")
    console.print(rows)


def as_json(address: str, server: ExaminedServer, findings: dict[str, Finding], judged: Verdict) -> str:
    """Everything as JSON; the keys are the table's names with underscores."""
    profile = dataclasses.asdict(judged.profile)
    del profile["address"]
    report = {
        "upstream": address,
        "model": server.model,
        "ok": judged.ok,
        "findings": {name.replace(" ", "_"): dataclasses.asdict(finding) for name, finding in findings.items()},
        "profile": profile,
        "because": judged.because,
        "mode": judged.mode,
        "runs": judged.runs,
        "advice": [dataclasses.asdict(advice) for advice in judged.advice],
        "cost": {"calls": server.calls, "input_tokens": server.tokens[0], "output_tokens": server.tokens[1]},
        "deleted": server.deleted,
        "left": server.stored,
    }
    return encoding.indented(report).decode()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
