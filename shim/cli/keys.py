"""``assistants-shim keys``: keys of a server's callers, with their tenants."""

import sys
import time
from typing import Annotated, Final

import typer
from rich.markup import escape

from shim.cli import printing, stored
from shim.server.keyring import NAME, Keyring
from shim.settings import current_settings
from shim.store import keys, upstream_objects

TENANT: Final = typer.Option("--tenant", metavar="T", help="The tenant's name: letters, digits and `._@-`.")
AS_JSON: Final = typer.Option("--json", help="As JSON, for programs.")
ONCE: Final = "This is the key of {label}. It will not be shown again:"
#: The API's collection of an object, by the prefix of its id.
KINDS: Final = {
    "file-": "files",
    "vs_": "vector_stores",
    "resp_": "responses",
    "conv_": "conversations",
    "cntr_": "containers",
    "upload_": "uploads",
}


def create(tenant: Annotated[str, TENANT], as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Make a key for a tenant of a server that runs with `--auth keys`.  The store has only a hash of it."""
    issued = _ring().issue(_checked(tenant), int(time.time()))
    if as_json:
        printing.print_json({"id": issued.row.id, "tenant": issued.row.label, "key": issued.secret})
        return
    typer.echo(ONCE.format(label=issued.row.label), err=True)
    typer.echo(issued.secret)
    typer.echo(f"Its id is {issued.row.id}: `assistants-shim keys revoke {issued.row.id}` ends it.", err=True)


def add(
    tenant: Annotated[str, TENANT],
    organization: Annotated[str, typer.Option(help="The value that callers send as OpenAI-Organization.")] = "",
    project: Annotated[str, typer.Option(help="The value that callers send as OpenAI-Project.")] = "",
) -> None:
    """Assign a key of the upstream's, read from standard input, to a tenant, for a server that runs with `--auth
    pass-through`.  All keys of a tenant see the same objects.  The store has only a hash of it.
    """
    label = _checked(tenant)
    key = typer.prompt("The key", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    if not key.strip():
        raise typer.BadParameter("there is no key on standard input", param_hint="--tenant")
    headers = {"authorization": f"Bearer {key.strip()}", "openai-organization": organization, "openai-project": project}
    row = _ring().name(label, headers, int(time.time()))
    if row is None:
        typer.echo("This key already belongs to a tenant, or has objects that it would no longer see.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{row.id}: the key that ends in {row.hint} is {label}'s key from now on")


def listing(as_json: Annotated[bool, AS_JSON] = False) -> None:
    """List all keys, the oldest first: their tenants and last characters, and never the keys."""
    rows = stored.store().read(keys.listing)
    if as_json:
        printing.print_json([each._asdict() for each in rows])
        return
    shown = printing.table("id", "tenant", "kind", "ends in", "created", "revoked")
    for each in rows:
        times = (printing.moment(each.created_at), printing.moment(each.revoked_at))
        shown.add_row(*map(escape, (each.id, each.label, each.kind, each.hint, *times)))
    printing.screen().print(shown if rows else "There are no keys yet.")


def revoke(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Which ones: `keys list` shows them.")],
) -> None:
    """Revoke keys: the next request with one of them is refused.  The objects of their tenants are not deleted."""
    missing = [id for id in ids if not stored.store().write(keys.revoke, id, int(time.time()))]
    for id in ids:
        typer.echo(f"{id}: there is no such key, or it was revoked before" if id in missing else f"revoked {id}")
    if missing:
        raise typer.Exit(1)


def grant(
    tenant: Annotated[str, TENANT],
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Files, vector stores and so on, by their ids.")],
) -> None:
    """Let a tenant use objects that exist upstream already, on a server that runs with `--auth keys`."""
    base = stored.store()
    owner = base.read(keys.tenant_of, _checked(tenant))
    if owner is None:
        raise typer.BadParameter(f"{tenant} has no key yet", param_hint="--tenant")
    kinds = {id: next((kind for start, kind in KINDS.items() if id.startswith(start)), None) for id in ids}
    if odd := [id for id, kind in kinds.items() if kind is None]:
        raise typer.BadParameter(f"{odd[0]!r} begins with none of {', '.join(KINDS)}", param_hint="ID")
    for id, kind in kinds.items():
        base.of(owner).write(upstream_objects.note, str(kind), id, int(time.time()))
        typer.echo(f"{tenant} may use {id}")


def _ring() -> Keyring:
    secret = current_settings().key_secret
    return Keyring(stored.store(), secret.get_secret_value() if secret else None)


def _checked(tenant: str) -> str:
    if NAME.fullmatch(tenant) is None:
        raise typer.BadParameter(
            "a name has up to 64 letters, digits and `._@-`, begins with a letter or a digit, and not with `key-`",
            param_hint="--tenant",
        )
    return tenant
