"""``assistants-shim eject``: turns an assistant into native code."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from shim.assembly import declarations, models
from shim.assembly.declarations import ID
from shim.cli import printing, stored
from shim.migrate import preflight
from shim.migrate.eject import agents, request, responses
from shim.migrate.eject.program import Plan
from shim.migrate.eject.python import Module, Unreadable
from shim.settings import current_settings
from shim.wire.types import Json

WRITERS = {"responses": responses.render, "agents": agents.render}
WITH_FUNCTIONS = typer.Option(
    "--functions",
    metavar="FILE",
    help="A Python file with the functions that the assistant calls; what they use is copied, too. Default: "
    "ASSISTANT|FILE itself, if it is Python.",
)


def eject(
    source: Annotated[
        str,
        typer.Argument(
            metavar="ASSISTANT|FILE",
            help="An assistant's id; or a file that declares one; or a Python file that creates one.",
        ),
    ],
    style: Annotated[
        Literal["responses", "agents"],
        typer.Option("--style", help="Write for the Responses API, or for the Agents SDK (`openai-agents`)."),
    ] = "responses",
    is_async: Annotated[
        bool, typer.Option("--async", help="Write async code; code for the Agents SDK is always async.")
    ] = False,
    streamed: Annotated[bool, typer.Option("--stream", help="Return the answer piece by piece, as a stream.")] = False,
    functions: Annotated[Path | None, WITH_FUNCTIONS] = None,
    which: Annotated[
        str | None, typer.Option("--which", metavar="ID|NAME", help="Which assistant of the file, if it has several.")
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="The file to write. Default: print.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
) -> None:
    """Write native code for an assistant and the loop around it.  Your code is read, never run."""
    printing.check_new(to, force)
    try:
        assistant, place = _assistant(source, which)
        plan = _plan(
            assistant, functions or (Path(source) if source.endswith(".py") else None), style, is_async, streamed
        )
        text = WRITERS[style](plan)
    except Unreadable as problem:
        raise typer.BadParameter(str(problem), param_hint="ASSISTANT|FILE") from None
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
    _report(plan, place)


def _report(plan: Plan, place: str) -> None:
    """Print what is still to be written.  ``place``: where the assistant stands."""
    if plan.lacks_store:
        reason = "file_search has no vector store there, as the program adds it later or to its threads"
        typer.echo(f"{place}: {reason}: write its id where {request.UNKNOWN_STORE} stands", err=True)
    for name in plan.missing:
        typer.echo(f"{name}: no code was found, write it (or name its file with --functions)", err=True)
    for name, reason in plan.misfits.items():
        typer.echo(f"{name}: its call does not fit, change it in FUNCTIONS: {reason}", err=True)


def _plan(assistant: Json, file: Path | None, style: str, is_async: bool, streamed: bool) -> Plan:
    model_map = models.model_map(current_settings())
    sent_model = model_map.model_to_call(assistant["model"])
    for name in preflight.refused_parameters(assistant, sent_model):
        typer.echo(f"{name}: {sent_model} refuses it, so it is left out as the shim does", err=True)
        assistant = assistant | {name: None}
    body = request.of_assistant(assistant, model_map)
    title = " ".join((assistant["name"] or assistant["id"] or "Assistant").split()).replace('"', "'").replace("\\", "/")
    plan = Plan(title, body, is_async=is_async or style == "agents", streamed=streamed)
    if file is None:
        return plan
    copied = Module(_text(file), str(file)).copy(tool["name"] for tool in plan.function_tools)
    return Plan(title, body, copied, plan.is_async, streamed)


def _assistant(source: str, which: str | None) -> tuple[Json, str]:
    """The assistant, and its place."""
    if ID.fullmatch(source):
        with stored.client() as client:
            return client.beta.assistants.retrieve(source).to_dict(mode="json"), source
    path = Path(source)
    if path.suffix == ".py":
        creations = Module(_text(path), source).creations()
        assistants = [(request.assistant(each.arguments), f"{source}, line {each.line}") for each in creations]
    else:
        assistants = [(entry.body, f"{entry.file}, line {entry.line}") for entry in declarations.load(path)]
    fitting = [each for each in assistants if which is None or which in (each[0]["id"], each[0]["name"])]
    if len(fitting) != 1:
        names = ", ".join(str(each["name"] or each["id"] or "one without a name") for each, _ in assistants)
        raise Unreadable(f"{source} has {len(fitting)} such assistants: {names or 'none at all'}; say --which")
    return fitting[0]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Unreadable(f"{path}: {problem}") from None
