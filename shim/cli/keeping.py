"""``assistants-shim sweep`` and ``assistants-shim seal``: delete old data, and encrypt stored contents."""

from typing import Annotated, Any

import typer

from shim.runtime import drive
from shim.sdk.clients import OpenAI
from shim.settings import current_settings
from shim.store import address, facts
from shim.store.database import Database
from shim.store.sealing import Seal

#: How many rows are rewritten at a time.
BATCH = 200


def sweep() -> None:
    """Erase threads and files that are older than the settings allow.

    SHIM_RETENTION_DAYS and SHIM_KEEP_FILE_DAYS are the limits.  Programs also do this once an hour.
    """
    settings = current_settings()
    # A key is needed only if responses must be deleted upstream.
    with OpenAI() if settings.delete_responses else OpenAI(api_key="none") as client:
        transport: Any = client._client._transport
        drive.finish(transport.dispatcher.engine.sweep(raises=True))
    typer.echo("swept")


def seal(
    plain: Annotated[bool, typer.Option("--plain", help="Decrypt everything instead, to go on without a key.")] = False,
) -> None:
    """Encrypt all contents of the store with the first key in SHIM_ENCRYPTION_KEY.

    Do this when the first key is set, and before an old one is removed.  Stop the programs that use the store first.
    """
    settings = current_settings()
    if not settings.keys:
        raise typer.BadParameter("it is not set", param_hint="SHIM_ENCRYPTION_KEY")
    base = Database(address.resolve(settings.database_url), seal=Seal(settings.keys, plain=plain))
    count = _rewrite(base)
    base.write(facts.note_seal)
    base.close()
    typer.echo(f"{'decrypted' if plain else 'encrypted'} {count} rows")


def _rewrite(base: Database) -> int:
    count = 0
    for table in facts.sealed_tables():
        after: int | None = 0
        while after is not None:
            after, done = base.write(facts.seal_again, table, after, BATCH)
            count += done
    return count
