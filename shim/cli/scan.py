"""``assistants-shim scan``: finds the uses of the Assistants API in a code base."""

from collections.abc import Iterable
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

import shim
from shim.cli import printing
from shim.migrate.scan import outputs, scanner
from shim.migrate.scan.findings import Finding, Report, worst
from shim.migrate.scan.rules import RULES, Verdict

#: The output formats.
Form = Literal["table", "json", "sarif", "markdown"]
#: The values of --fail-on, and the verdicts with which the command exits with 1.
Fail = Literal["human", "remark", "works", "never"]
FAILING: Final[dict[Fail, tuple[Verdict, ...]]] = {
    "human": ("human",),
    "remark": ("remark", "human"),
    "works": ("works", "remark", "human"),
    "never": (),
}
SIGNS: Final[dict[Verdict, str]] = {
    "works": "[green]✔ works[/green]",
    "remark": "[yellow]! remark[/yellow]",
    "human": "[red]✘ human[/red]",
}


def scan(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders of your project.")],
    form: Annotated[Form, typer.Option("--format", help="table, json, sarif or markdown.")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the findings to a file.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Leave out files and folders, such as `tests/*`."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="In the table, list every place, also those that work as they are.")
    ] = False,
    fail_on: Annotated[
        Fail,
        typer.Option(
            "--fail-on", help="The mildest finding that makes the command exit with 1: human, remark, works, never."
        ),
    ] = "human",
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Processes. Default: one for each processor.")
    ] = None,
) -> None:
    """Find every use of the Assistants API: Python by its syntax tree, other languages by patterns, ids and models.

    Nothing is changed or run.  Exits with 1 if a finding needs a human; `# shim: ignore` in the code excludes it.
    """
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"there is no {path}", param_hint="PATH")
    with _progress() as bar:
        task = bar.add_task("files", total=None)
        report = scanner.scan(paths, exclude or (), jobs, lambda done, of: bar.update(task, completed=done, total=of))
    if form == "table" and output is None:
        _table(report, everything, printing.screen())
    else:
        text = outputs.FORMATS[form](report, shim.__version__) if form != "table" else _plain(report)
        typer.echo(text, nl=False) if output is None else output.write_text(text, encoding="utf-8")
    if worst(report.findings) in FAILING[fail_on]:
        raise typer.Exit(1)


def _progress() -> Progress:
    """Progress on standard error, only in a terminal."""
    screen = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )


def _plain(report: Report) -> str:
    """The table as plain text: every place, without colours."""
    text = StringIO()
    _table(report, True, Console(file=text, width=printing.WIDTH))
    return text.getvalue()


def _table(report: Report, everything: bool, out: Console) -> None:
    shown = [each for each in report.findings if everything or each.verdict != "works"]
    for file, findings in groupby(shown, lambda each: each.file):
        out.print(f"[bold]{escape(file)}[/bold]", soft_wrap=True)
        out.print(_places(findings))
        out.print()
    if report.findings:
        kinds = printing.table("", "rule", "found", "page", right=("found",))
        for name, count in report.by_rule():
            kinds.add_row(SIGNS[RULES[name].verdict], name, str(count), f"docs/{RULES[name].page}")
        out.print(kinds)
        out.print()
    for skipped in report.skipped:
        out.print(f"[dim]skipped[/dim] {escape(skipped.file)}: {escape(skipped.why)}", soft_wrap=True)
    _sum_up(report, out)


def _places(findings: Iterable[Finding]) -> Table:
    """The places of one file."""
    places = printing.table("line", "", "rule", "what", right=("line",))
    places.show_header = False
    for each in findings:
        cell = "" if each.place.cell is None else f"cell {each.place.cell}: "
        what = escape(printing.one_line(f"{cell}{each.what}", 90))
        places.add_row(str(each.place.line), SIGNS[each.verdict], each.rule, what)
    return places


def _sum_up(report: Report, out: Console) -> None:
    more = f"; ignored by comments: {report.ignored}" if report.ignored else ""
    out.print(f"{outputs.summary(report)}{more}", soft_wrap=True)
