"""The commands' store, and a client that uses it."""

import os
from typing import Any

import typer

from shim.assembly import ledger
from shim.sdk.clients import OpenAI
from shim.settings import current_settings
from shim.store.database import Database, database
from shim.store.tx import Tx


def store() -> Database:
    """The store that the settings name."""
    settings = current_settings()
    return database(settings.database_url, settings.database_connections, settings.keys)


def client() -> OpenAI:
    """A client that uses the store.  A key is needed only for calls to upstream."""
    return OpenAI() if os.environ.get("OPENAI_API_KEY") else OpenAI(api_key="none")


def owner(tx: Tx, tenant: str | None, id: str) -> str:
    """The tenant that has a thread.  Raises `typer.BadParameter` if several have it."""
    try:
        return ledger.owner(tx, tenant, "thread", id)
    except ValueError as several:
        raise typer.BadParameter(str(several), param_hint="--tenant") from None


def exported(tx: Tx, tenant: str | None, id: str) -> list[dict[str, Any]]:
    """A thread as objects of the API; see `owner`."""
    return ledger.export(tx, owner(tx, tenant, id), id)
