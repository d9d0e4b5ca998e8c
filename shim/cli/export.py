"""``assistants-shim export``: exports threads from the store."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import track

from shim.assembly import ledger
from shim.cli import stored
from shim.migrate.exports import conversations, files
from shim.migrate.exports.memory import Memory
from shim.sdk.clients import OpenAI
from shim.sdk.operator import context_of
from shim.store import threads
from shim.store.tx import Tx
from shim.wire.types import Json

#: Verdicts of threads that were not exported completely.
FAILED = ("changed", "gone", "refused")


def export(
    to: Annotated[
        Literal["conversations", "ndjson", "markdown"],
        typer.Option(
            "--to",
            help="`conversations`: a conversation of the Conversations API for each thread, on the server that the "
            "settings name. `ndjson`: a file for each thread, as `import` reads it. `markdown`: a file for each "
            "thread, for people.",
        ),
    ],
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID...]", help="Which threads. Default: all.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="The folder for the files. With `conversations`: the file with the conversation of each thread, so "
            "that an interrupted export can continue and a later one adds what is new. "
            "Default: `threads`, or `conversations.ndjson`.",
        ),
    ] = None,
    tenant: Annotated[
        str | None, typer.Option(help="Only threads of this tenant, on a server with several tenants.")
    ] = None,
) -> None:
    """Export threads.  A later export adds only what is new."""
    wanted = ids or [each.id for each in reversed(stored.store().read(ledger.threads, tenant))]
    if to == "conversations":
        _to_conversations(wanted, out or Path("conversations.ndjson"), tenant)
    else:
        _to_files(wanted, out or Path("threads"), to, tenant)


def _to_files(wanted: list[str], folder: Path, form: str, tenant: str | None) -> None:
    base, written = stored.store(), 0
    for id in _progress(wanted):
        written += files.write(folder, form, base.read(stored.exported, tenant, id))
    typer.echo(f"{written} threads written to {folder}, {len(wanted) - written} unchanged")


def _to_conversations(wanted: list[str], path: Path, tenant: str | None) -> None:
    base = stored.store()
    try:
        memory = Memory(path)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--out") from None
    counts: Counter[str] = Counter()
    # After a lost answer the conversation is checked before the request is repeated, so there must be no automatic
    # retries.
    with OpenAI(max_retries=0) as client:
        exporter = conversations.Exporter(context_of(client).upstream, memory)
        for id in _progress(wanted):
            items, metadata = base.read(_contents, tenant, id)
            outcome = exporter.export(id, items, metadata)
            counts[outcome.verdict] += 1
            counts["items"] += outcome.items
            if outcome.verdict in FAILED:
                meaning = conversations.VERDICTS[outcome.verdict]
                typer.echo(f"{id}: {meaning}{f' ({outcome.detail})' if outcome.detail else ''}", err=True)
    summary = ", ".join(f"{counts[verdict]} {verdict}" for verdict in conversations.VERDICTS if counts[verdict])
    typer.echo(f"{summary or 'no threads'}; {counts['items']} items added; {path} has the conversation of each thread")
    if any(counts[verdict] for verdict in FAILED):
        raise typer.Exit(1)


def _contents(tx: Tx, tenant: str | None, id: str) -> tuple[list[Json], dict[str, str]]:
    tenant_tx = replace(tx, tenant=stored.owner(tx, tenant, id))
    thread = threads.get(tenant_tx, id) or {}
    return conversations.items_of(tenant_tx, id), thread.get("metadata") or {}


def _progress(wanted: list[str]) -> Any:
    return track(wanted, "exporting", console=Console(stderr=True), transient=True)
