"""``assistants-shim assistants``: those of the store, under their own ids."""

import difflib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml
from rich.markup import escape

from shim.assembly import declarations, operator_ids
from shim.cli import printing, stored
from shim.ports import Declared
from shim.sdk.clients import OpenAI
from shim.settings import current_settings
from shim.store import assistants as rows
from shim.wire import encoding
from shim.wire.types import Json

#: Fields of an assistant that are left out if they have their default.
BLANK: Final[Json] = {
    "name": None,
    "description": None,
    "instructions": None,
    "tools": [],
    "top_p": 1.0,
    "temperature": 1.0,
    "reasoning_effort": None,
    "tool_resources": {},
    "metadata": {},
    "response_format": "auto",
}
AS_JSON = typer.Option("--json", help="As JSON, for programs.")


def listing(as_json: Annotated[bool, AS_JSON] = False) -> None:
    """List all assistants, the newest first."""
    with stored.client() as client:
        assistants: list[Json] = [each.to_dict() for each in client.beta.assistants.list(limit=100)]
        declared = _declared(client)
    if as_json:
        printing.print_json(assistants)
        return
    shown = printing.table("id", "model", "name", "tools", "created", "declared in")
    for each in assistants:
        tools: Any = each["tools"]
        kinds = ", ".join(tool["function"]["name"] if tool["type"] == "function" else tool["type"] for tool in tools)
        place = declared[each["id"]].place if each["id"] in declared else ""
        cells = (each["id"], each["model"], each["name"] or "", printing.one_line(kinds, 40))
        shown.add_row(*(escape(str(cell)) for cell in (*cells, printing.moment(each["created_at"]), place)))
    printing.screen().print(shown if assistants else "There are no assistants yet.")


def show(id: Annotated[str, typer.Argument(metavar="ID", help="The assistant.")]) -> None:
    """Show an assistant as the API shows it, in JSON."""
    with stored.client() as client:
        printing.print_json(client.beta.assistants.retrieve(id).to_dict())


def create(  # each option is a parameter
    id: Annotated[str, typer.Option(help="Its id, such as the one that your application has in ASSISTANT_ID.")],
    model: Annotated[str, typer.Option(help="The model that it names.")],
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    instructions: Annotated[str | None, typer.Option(help="Its instructions.")] = None,
    instructions_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A text file with its instructions.")
    ] = None,
    tools_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A JSON file with its list of tools, as the API takes them.")
    ] = None,
) -> None:
    """Create an assistant under an id of your choice."""
    if instructions and instructions_file:
        raise typer.BadParameter("give one of the two", param_hint="--instructions and --instructions-file")
    text = _read(instructions_file, "--instructions-file").rstrip("\n") if instructions_file else instructions
    fields: Json = {"model": model, "name": name, "instructions": text}
    if tools_file:
        try:
            fields["tools"] = encoding.parsed(_read(tools_file, "--tools-file"))
        except ValueError as problem:
            raise typer.BadParameter(f"{tools_file}: {problem}", param_hint="--tools-file") from None
    with stored.client() as client:
        try:
            with operator_ids.use("asst", id):
                assistant = client.beta.assistants.create(
                    **{key: value for key, value in fields.items() if value is not None}
                )
        except ValueError as problem:
            raise typer.BadParameter(str(problem), param_hint="--id") from None
    typer.echo(f"created {assistant.id}")


def apply(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files, or folders of files.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the differences, and change nothing.")] = False,
) -> None:
    """Change the assistants of the store to what files declare, and show the changes.  A second time nothing changes.

    Assistants that a file declares for other tenants are left out: SHIM_TENANT is the tenant of this store.
    """
    tenant = current_settings().tenant
    base, counts = stored.store().of(tenant), {"created": 0, "changed": 0, "unchanged": 0}
    for entry in declarations.load(*files):
        if not entry.declared().belongs_to(tenant):
            printing.screen().print(f"{escape(entry.body['id'])} left out: it is {escape(', '.join(entry.tenants))}'s")
            continue
        before = base.read(rows.get, entry.body["id"])
        after = _dated(entry, before)
        what = "created" if before is None else "unchanged" if before == after else "changed"
        counts[what] += 1
        if what == "unchanged":
            continue
        _differ(entry.body["id"], what, before, after)
        if not dry_run:
            base.write(rows.insert if before is None else rows.save, after)
    summary = ", ".join(f"{number} {what}" for what, number in counts.items())
    typer.echo(f"{summary}{' (nothing was written)' if dry_run else ''}")


def _dated(entry: declarations.Entry, before: Json | None) -> Json:
    """If a file has no time of creation, the stored one is not changed."""
    if entry.dated:
        return entry.body
    return entry.body | {"created_at": before["created_at"] if before else int(time.time())}


def _differ(id: str, what: str, before: Json | None, after: Json) -> None:
    out = printing.screen()
    out.print(f"[bold]{escape(id)}[/bold] {what}")
    old = _written(before).splitlines() if before else []
    colours = {"+": "green", "-": "red"}
    for line in list(difflib.unified_diff(old, _written(after).splitlines(), lineterm="", n=1))[2:]:
        colour = colours.get(line[:1], "dim")
        out.print(f"  [{colour}]{escape(line)}[/{colour}]", highlight=False)


def export(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Which ones. Default: all.")] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="A file to write. Default: print.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it exists.")] = False,
) -> None:
    """Write assistants to a YAML file for SHIM_ASSISTANTS or `assistants apply`."""
    printing.check_new(to, force)
    with stored.client() as client:
        assistants = [client.beta.assistants.retrieve(id) for id in ids or []]
        if not ids:
            assistants = list(client.beta.assistants.list(limit=100, order="asc"))
        declared = _declared(client)
    text = yaml.dump(
        {"assistants": [_compact(each.to_dict()) | _whose(declared.get(each.id)) for each in assistants]},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
    )
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
        typer.echo(f"{printing.number(len(assistants), 'assistant')} in {to}")


def delete(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Which ones.")],
) -> None:
    """Delete assistants. Their threads and runs stay."""
    with stored.client() as client:
        for id in ids:
            client.beta.assistants.delete(id)
            typer.echo(f"deleted {id}")


def _declared(client: OpenAI) -> Mapping[str, Declared]:
    return client._client._transport.dispatcher.engine.context.declared  # type: ignore[attr-defined,no-any-return]


def _whose(declared: Declared | None) -> Json:
    return {"tenants": list(declared.tenants)} if declared and declared.tenants else {}


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, which are easy to edit."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def _written(body: Json) -> str:
    return yaml.dump(_compact(body), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _compact(body: Json) -> Json:
    """An assistant without default values."""
    return {key: value for key, value in body.items() if key != "object" and not (key in BLANK and value == BLANK[key])}


def _read(path: Path, option: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise typer.BadParameter(f"{path}: {problem}", param_hint=option) from None
