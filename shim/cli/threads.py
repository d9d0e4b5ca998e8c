"""``assistants-shim threads``: lists, shows, searches, exports and deletes threads."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from shim.assembly import ledger
from shim.cli import printing, stored
from shim.store import survey
from shim.wire import encoding

AS_JSON = typer.Option("--json", help="As JSON, for programs.")
THREAD = typer.Argument(metavar="ID", help="The thread.")
TENANT = typer.Option(help="Only threads of this tenant, on a server with several tenants. Default: all tenants.")


def listing(
    limit: Annotated[int, typer.Option(min=1, help="The largest number to list.")] = 50,
    as_json: Annotated[bool, AS_JSON] = False,
    tenant: Annotated[str | None, TENANT] = None,
) -> None:
    """List threads, the newest first."""
    threads = stored.store().read(ledger.threads, tenant, limit)
    if as_json:
        printing.print_json([asdict(each) for each in threads])
        return
    shown = printing.table("id", "created", "last used", "messages", "runs", "metadata", right=("messages", "runs"))
    for each in threads:
        about = printing.one_line(", ".join(f"{key}={value}" for key, value in each.metadata.items()), 50)
        times = printing.moment(each.created_at), printing.moment(each.last_used_at)
        shown.add_row(each.id, *times, str(each.messages), str(each.runs), escape(about))
    printing.screen().print(shown if threads else "There are no threads yet.")


def show(
    id: Annotated[str, THREAD],
    as_json: Annotated[bool, AS_JSON] = False,
    tenant: Annotated[str | None, TENANT] = None,
) -> None:
    """Show a thread's messages and runs."""
    objects = stored.store().read(stored.exported, tenant, id)
    if as_json:
        printing.print_json(objects)
        return
    out = printing.screen()
    out.print(f"[bold]{escape(id)}[/bold]  [dim]created {printing.moment(objects[0]['created_at'])}[/dim]")
    for each in sorted(objects[1:], key=lambda one: one["created_at"]):
        if each["object"] == "thread.message":
            colour = "cyan" if each["role"] == "user" else "green"
            out.print(
                f"\n[{colour}]{each['role']}[/{colour}]  [dim]{printing.moment(each['created_at'])}  {each['id']}[/dim]"
            )
            out.print(escape(survey.text_of(each)) or "[dim](no text)[/dim]", highlight=False)
        elif each["object"] == "thread.run":
            why = each["last_error"]["message"] if each["last_error"] else ""
            out.print(f"\n[dim]{each['id']} {each['status']}, {each['model']} {escape(why)}[/dim]", highlight=False)


def search(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Part of a message's text, in upper or lower case.")],
    limit: Annotated[int, typer.Option(min=1, help="The largest number to show.")] = 20,
    as_json: Annotated[bool, AS_JSON] = False,
    tenant: Annotated[str | None, TENANT] = None,
) -> None:
    """Find messages by their words, the newest first.  Exits with 1 if there is none."""
    hits = stored.store().read(ledger.search, tenant, words, limit)
    if as_json:
        printing.print_json([asdict(each) for each in hits])
    else:
        shown = printing.table("thread", "created", "role", "text")
        for each in hits:
            text = escape(_around(each.text, words))
            shown.add_row(each.thread_id, printing.moment(each.created_at), each.role, text)
        printing.screen().print(shown if hits else "No message has these words.")
    if not hits:
        raise typer.Exit(1)


def _around(text: str, words: str) -> str:
    """The part of the text around the words."""
    flat = " ".join(text.split())
    position = max(flat.casefold().find(words.casefold()), 0)
    start = max(position - 30, 0)
    return ("…" if start else "") + printing.one_line(flat[start:], 90)


def export(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Which ones. Default: all.")] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="A file to write. Default: print.")] = None,
    tenant: Annotated[str | None, TENANT] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
) -> None:
    """Write threads with their messages, runs and steps, one object of the API a line, as `import` reads them."""
    printing.check_new(to, force)
    base = stored.store()
    wanted = ids or [each.id for each in base.read(ledger.threads, tenant)]
    out = to.open("w", encoding="utf-8") if to else typer.get_text_stream("stdout")
    try:
        for id in wanted:
            for each in base.read(stored.exported, tenant, id):
                out.write(encoding.text(each) + "\n")
    finally:
        if to:
            out.close()
    if to:
        typer.echo(f"{printing.number(len(wanted), 'thread')} in {to}")


def delete(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Which ones.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete threads with all that belongs to them, for good."""
    if not yes:
        typer.confirm(f"Delete {len(ids)} threads with all messages and runs, for good?", abort=True)
    with stored.client() as client:
        for id in ids:
            client.beta.threads.delete(id)
            typer.echo(f"deleted {id}")
