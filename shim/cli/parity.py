"""``assistants-shim parity``: compares models with recorded conversations."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

import shim
from shim.assembly import declarations
from shim.assembly.lined import Unusable
from shim.cli import printing, stored
from shim.migrate.exports import files
from shim.migrate.parity import comparison, numbers, page, reading, results
from shim.migrate.parity import prices as price_files
from shim.migrate.parity.conversations import run_parameters
from shim.migrate.parity.differences import ASPECTS
from shim.migrate.parity.prices import Price
from shim.migrate.parity.reading import Loaded
from shim.migrate.parity.results import Compared, Options, Report, Summary, Verdict
from shim.sdk.clients import OpenAI
from shim.settings import current_settings
from shim.store import survey
from shim.wire import encoding as text
from shim.wire.errors import ApiError
from shim.wire.types import Json

#: How many problems and turns are shown; all of them are in the reports.
SHOWN: Final = 20
SIGNS: Final[dict[Verdict, str]] = {
    "same": "[green]✔ same[/green]",
    "differs": "[yellow]! differs[/yellow]",
    "failed": "[red]✘ failed[/red]",
}


Fail = Literal["never", "failures", "differences"]
#: The verdicts with which the command exits with 1.
FAILING: Final[dict[Fail, tuple[Verdict, ...]]] = {
    "never": (),
    "failures": ("failed",),
    "differences": ("failed", "differs"),
}


Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="TRANSCRIPT|THREAD...",
        help="What `export --to ndjson` has written, or any other file or folder that `import` reads; or the id of "
        "a thread in the store.",
    ),
]
Models = Annotated[list[str], typer.Option("--model", help="A model to compare; may be given several times.")]
Assistant = Annotated[
    str | None,
    typer.Option(
        metavar="ID|FILE",
        help="The assistant whose instructions and tools are used: its id, or a file that declares it. Default: those "
        "of each recorded run.",
    ),
]
Html = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there, for people.")]
AsJson = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="The same, for programs.")]
PriceFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Prices of models in US dollars per million tokens: YAML, TOML or JSON. Without it costs are unknown.",
    ),
]
Runs = Annotated[int, typer.Option(min=1, help="How often each turn is run, as answers vary.")]
Limit = Annotated[int | None, typer.Option(min=1, help="The largest number of turns for each model.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Turns at one time.")]
Free = Annotated[
    bool, typer.Option("--free", help="Let each model continue from its own answers, not from the recorded ones.")
]
Placeholder = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT", help="The output of calls without a recording. Default: such a turn is cancelled there."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ASPECT",
        help=f"Aspects that do not count as a difference; may be given several times: {', '.join(ASPECTS)}.",
    ),
]
FailOn = Annotated[Fail, typer.Option(help="What makes the command exit with 1: never, failures, differences.")]
Encoding = Annotated[
    str | None, typer.Option(help="The encoding of files that are not in UTF-8 or UTF-16, such as `latin-1`.")
]
Tenant = Annotated[str | None, typer.Option(help="Only threads of this tenant, on a server with several tenants.")]


def parity(  # noqa: PLR0913  # each option is a parameter
    sources: Sources,
    models: Models,
    assistant: Assistant = None,
    html: Html = None,
    as_json: AsJson = None,
    prices: PriceFile = None,
    runs: Runs = 1,
    limit: Limit = None,
    jobs: Jobs = comparison.JOBS,
    free: Free = False,
    placeholder: Placeholder = None,
    ignore: Ignore = None,
    fail_on: FailOn = "never",
    encoding: Encoding = None,
    tenant: Tenant = None,
) -> None:
    """Send users' recorded questions to models, with recorded outputs of tools, and compare structure, tokens, cost and
    time.

    The models' answers must be paid for.  Nothing is written to the store.  Exits with 1 if nothing could be compared,
    and in the cases of --fail-on.
    """
    ignored = _aspects(ignore or [])
    for path in (html, as_json):
        _check_writable(path)
    options = Options(tuple(dict.fromkeys(models)), runs, free, assistant, placeholder, ignored)
    known = _assistants()
    more: dict[str, Any] = {
        "setting": None if assistant is None else _setting(assistant, known),
        "stored": [_stored(each, tenant) for each in sources if not Path(each).exists()],
        "prices": _prices(prices),
    }
    more |= {"known": known, "limit": limit, "jobs": jobs, "encoding": encoding}
    report = _compare([each for each in sources if Path(each).exists()], options, more)
    _write(report, html, as_json)
    _show(report, printing.screen())
    if not report.turns or report.count(*FAILING[fail_on]):
        raise typer.Exit(1)


def _check_writable(path: Path | None) -> None:
    """Check that the report can be written, before anything is paid for."""
    if path is not None and (path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK)):
        raise typer.BadParameter(f"{path} cannot be written", param_hint="--html and --json")


def _aspects(names: list[str]) -> tuple[str, ...]:
    for name in names:
        if name not in ASPECTS:
            raise typer.BadParameter(f"{name!r} is none of {', '.join(ASPECTS)}", param_hint="--ignore")
    return tuple(dict.fromkeys(names))


def _compare(paths: list[str], options: Options, more: dict[str, Any]) -> Report:
    screen = Console(stderr=True)
    with OpenAI() as client, _progress(screen) as progress, _quiet():
        begin = partial(_tell_problems, screen)
        return comparison.compare(paths, options, client, begin=begin, progress=progress, **more)


def _prices(path: Path | None) -> dict[str, Price]:
    try:
        return {} if path is None else price_files.read(path)
    except Unusable as problem:
        raise typer.BadParameter(str(problem), param_hint="--prices") from None


def _assistants() -> dict[str, Json]:
    """The assistants of the store and declared ones, by id."""
    stored_assistants = {body["id"]: body for body in stored.store().read(survey.assistants, None)}
    return stored_assistants | {
        id: each.body for id, each in declarations.declared(current_settings().assistants).items()
    }


def _setting(name: str, known: dict[str, Json]) -> Json:
    """The parameters of an assistant's runs."""
    if name in known:
        body = known[name]
    elif Path(name).is_file():
        entries = declarations.load(Path(name))
        if len(entries) != 1:
            raise typer.BadParameter(f"{name} declares {len(entries)} assistants", param_hint="--assistant")
        body = entries[0].body
    else:
        raise typer.BadParameter(f"there is neither an assistant nor a file {name}", param_hint="--assistant")
    return run_parameters(body) | {"tool_resources": body["tool_resources"] or {}}


def _stored(id: str, tenant: str | None) -> Loaded:
    base = stored.store()
    try:
        return reading.stored(base, base.read(stored.owner, tenant, id), id)
    except ApiError:
        raise typer.BadParameter(f"there is neither a file nor a thread {id}", param_hint="TRANSCRIPT|THREAD") from None


@contextmanager
def _progress(screen: Console) -> Iterator[Any]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("asking", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress log lines about runs: the report has the same information, and the settings that they name have no
    effect here.
    """
    log = logging.getLogger("shim")
    log.addFilter(_is_news)
    try:
        yield
    finally:
        log.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return "SHIM_MODEL_MAP" not in str(record.msg)


def _tell_problems(screen: Console, loaded: Loaded) -> None:
    for each in loaded.problems[:SHOWN]:
        screen.print(str(each), markup=False, highlight=False, soft_wrap=True)
    if len(loaded.problems) > SHOWN:
        screen.print(f"and {len(loaded.problems) - SHOWN} more problems, all of them in the reports", markup=False)


def _write(report: Report, html: Path | None, as_json: Path | None) -> None:
    """Write each report completely or not at all."""
    if html is not None:
        files.replace(html, text.utf8(page.page(report, shim.__version__)))
    if as_json is not None:
        files.replace(as_json, text.indented(results.as_json(report, shim.__version__)))


def _show(report: Report, out: Console) -> None:
    summaries = report.summaries()
    if not report.turns:
        out.print("There is nothing to compare.")
        return
    out.print(_sums(summaries))
    out.print()
    differing = [each for each in report.turns if each.verdict != "same"]
    for each in differing[:SHOWN]:
        out.print(_turn(each))
    if len(differing) > SHOWN:
        out.print(f"and {len(differing) - SHOWN} more turns, all of them in the reports")
    conversations = len({each.conversation.id for each in report.turns})
    compared = f"{numbers.count(conversations, 'conversation')}, {numbers.count(len(report.turns), 'turn')}"
    out.print(f"{compared}; this report does not say which answer is right")


def _sums(summaries: Sequence[Summary]) -> Table:
    counted = ("answers", "same", "differ", "failed", "tokens in", "cached", "out", "reasoning", "cost", "words")
    times = ("first word", "whole answer")
    shown = printing.table("model", *counted, *times, right=(*counted, *times))
    for each in summaries:
        recorded = each is summaries[0]
        figures = () if recorded else (each.same, each.differs, each.failed)
        counts = (str(each.answers), *(map(str, figures) if figures else ("", "", "")))
        tokens = (numbers.tokens(each, kind) for kind in ("prompt", "cached", "completion", "reasoning"))
        name = f"recorded ({', '.join(each.models) or numbers.UNKNOWN})" if recorded else each.name
        sizes = numbers.cost(each), numbers.number(each.words), numbers.spread(each.first), numbers.spread(each.total)
        shown.add_row(escape(name), *counts, *tokens, *sizes)
    return shown


def _turn(compared: Compared) -> str:
    """Print a turn whose answer differs from the recorded one, with the first differences."""
    question = escape(printing.one_line(compared.turn.question, 80))
    lines = [f"[bold]{escape(compared.conversation.name)}[/bold], turn {compared.turn.number}: {question}"]
    for judged in compared.candidates:
        if judged.verdict == "same":
            continue
        differences = [f"{each.what}: {each.recorded} → {each.candidate}" for each in judged.differences]
        why = [judged.result.stopped] if judged.result.stopped else []
        error = (judged.result.answer.error or {}).get("message")
        detail = printing.one_line("; ".join([*why, *([error] if error else []), *differences]), 160)
        lines.append(f"  {SIGNS[judged.verdict]} {escape(judged.result.model)}  {escape(detail)}")
    return "\n".join(lines)
