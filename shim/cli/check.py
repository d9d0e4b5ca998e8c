"""``assistants-shim check``: reports what will not work before the program is run."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import openai
import typer
from rich.markup import escape

from shim.assembly import declarations, models
from shim.cli import printing, stored
from shim.migrate import preflight
from shim.migrate.preflight import Finding, Subject
from shim.settings import current_settings
from shim.store import survey

SIGNS: Final = {
    "error": "[red]✘ error[/red]",
    "warning": "[yellow]! warning[/yellow]",
    "note": "[dim]· note[/dim]",
}


def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]",
            help="Files or folders that declare assistants. Default: SHIM_ASSISTANTS and the store.",
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not check models, files and vector stores upstream.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Check assistants and threads: retired models, parameters, files, vector stores, functions' schemas, containers.

    Exits with 1 if there is an error.  Upstream's objects are checked if OPENAI_API_KEY is set; nothing is changed.
    """
    settings = current_settings()
    subjects = list(_declared(files) if files else _everything(settings.assistants))
    with_upstream = not offline and bool(os.environ.get("OPENAI_API_KEY") or settings.upstream)
    with stored.client() as client:
        fetch = (lambda path: _fetch(client, path)) if with_upstream else None
        context = preflight.CheckContext(models.model_map(settings), models.today(), fetch)
        findings = list(preflight.check(subjects, context))
    if as_json:
        printing.print_json(
            {"checked": len(subjects), "upstream": with_upstream, "findings": [asdict(each) for each in findings]}
        )
    else:
        _show(findings, len(subjects), with_upstream)
    if any(each.level == "error" or (strict and each.level == "warning") for each in findings):
        raise typer.Exit(1)


def _declared(files: list[Path]) -> Iterator[Subject]:
    for entry in declarations.load(*files):
        yield Subject(entry.body, f"{entry.file}:{entry.line}" if entry.line else str(entry.file))


def _everything(where: str | None) -> Iterator[Subject]:
    declared = list(_declared([Path(where).expanduser()])) if where else []
    yield from declared
    known = {subject.body["id"] for subject in declared}
    for body in stored.store().read(survey.assistants, None):
        if body["id"] not in known:
            yield Subject(body, "store")
    for row in stored.store().read(survey.threads, None):
        if row.body["tool_resources"]:
            yield Subject(row.body, "store")


def _fetch(client: openai.OpenAI, path: str) -> preflight.UpstreamObject:
    """Retrieve an object from upstream."""
    try:
        body: Any = client.get(path, cast_to=object)
    except openai.NotFoundError:
        return None
    except openai.APIError as problem:
        return printing.one_line(problem.message, 200)
    return body if isinstance(body, dict) else "the answer is no object"


def _show(findings: list[Finding], count: int, with_upstream: bool) -> None:
    out = printing.screen()
    shown = printing.table("", "id", "field", "what", "where")
    for each in findings:
        shown.add_row(SIGNS[each.level], each.id, escape(each.field), escape(each.text), escape(each.place))
    if findings:
        out.print(shown)
        out.print()
    levels = [each.level for each in findings]
    out.print(
        f"{count} assistants and threads checked: {levels.count('error')} errors, {levels.count('warning')} warnings"
        + ("" if with_upstream else ". Upstream was not checked")
    )
