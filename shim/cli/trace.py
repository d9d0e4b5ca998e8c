"""``assistants-shim trace``: a run's requests to upstream, and their responses."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.tree import Tree

from shim.assembly import ledger
from shim.cli import printing, stored
from shim.store.run_memory import Mark
from shim.wire import encoding
from shim.wire.types import Json


def trace(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")],
    full: Annotated[bool, typer.Option("--full", help="Show items whole, as JSON.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show the requests to the Responses API that a run made, and the result of each, as a tree."""
    try:
        trace = stored.store().read(ledger.trace, None, run)
    except ValueError as several:
        raise typer.BadParameter(str(several), param_hint="RUN") from None
    if as_json:
        printing.print_json(asdict(trace))
        return
    printing.screen().print(_tree(trace, full), highlight=False)


def _tree(trace: ledger.Trace, full: bool) -> Tree:
    tree = _root(trace.run)
    if not trace.rounds:
        tree.add("[dim]no response was started upstream[/dim]")
    for round in trace.rounds:
        for mark in round.marks:
            tree.add(_mark(mark))
        chained = f"previous_response_id {round.previous}" if round.previous else "the whole thread"
        when = printing.moment(round.created_at)
        request = tree.add(f"[cyan]POST /responses[/cyan]  [dim]{when}, {escape(chained)}[/dim]")
        for item in round.sent:
            request.add(f"→ {escape(_item_text(item, full))}")
        status = round.status or "not ended"
        answer = request.add(
            f"[green]{escape(round.response)}[/green] {escape(status)}  [dim]{_tokens(round.usage)}[/dim]"
        )
        for item in round.received:
            answer.add(f"← {escape(_item_text(item, full))}")
    for mark in trace.unanswered:
        tree.add(_mark(mark))
    return tree


def _root(run: Json) -> Tree:
    """The run itself: its status, its error, its tools."""
    tree = Tree(f"[bold]{run['id']}[/bold] {run['status']}  [dim]{escape(run['model'])}, {run['thread_id']}[/dim]")
    if run["last_error"]:
        tree.add(f"[red]{escape(run['last_error']['code'])}[/red] {escape(run['last_error']['message'])}")
    if run["tools"]:
        tree.add(f"tools: {escape(', '.join(map(_tool, run['tools'])))}")
    return tree


def _tool(tool: Json) -> str:
    """A tool by its type, a function by its name."""
    return str(tool["function"]["name"]) if tool["type"] == "function" else str(tool["type"])


def _mark(mark: Mark) -> str:
    return f"[yellow]{mark['kind']}[/yellow] {escape(mark['why'])}  [dim]{printing.moment(mark['at'])}[/dim]"


def _tokens(usage: Json | None) -> str:
    return f"{usage.get('input_tokens', 0)} tokens in, {usage.get('output_tokens', 0)} out" if usage else ""


def _item_text(item: Json, full: bool) -> str:
    """An item in one line."""
    if full:
        return encoding.indented(item).decode()
    kind = item.get("type", "message")
    if kind == "message":
        content = item.get("content") or ""
        parts = content if isinstance(content, list) else [{"text": content}]
        text = " ".join(part.get("text") or part.get("refusal") or f"({part.get('type')})" for part in parts)
        return printing.one_line(f"{item.get('role', '')}: {text}")
    if kind == "function_call":
        return printing.one_line(f"function_call {item.get('name')}({item.get('arguments')})  {item.get('call_id')}")
    if kind == "function_call_output":
        return printing.one_line(f"function_call_output {item.get('call_id')}: {item.get('output')}")
    return printing.one_line(f"{kind} {item.get('id') or ''}".strip())
