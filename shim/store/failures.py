"""Converts a driver's exceptions to a `StoreFailed` that says what happened and what to do.

The reference documentation shows the table.
"""

import json
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import URL

from shim.store import address
from shim.store.errors import Gone, Passes, StoreFailed


@dataclass(frozen=True, slots=True)
class Meaning:
    """``pieces`` of a driver's message, in lower case; the statement about the store, and what to do."""

    pieces: tuple[str, ...]
    state: str
    advice: str
    passes: Passes = "never"


#: The first row that fits is used.
MEANINGS: Final[tuple[Meaning, ...]] = (
    Meaning(
        ("not a database",),
        "is not an SQLite database",
        "Set SHIM_DATABASE_URL to another file, or move this one away.",
    ),
    Meaning(
        ("malformed",),
        "is damaged",
        "Stop the programs that use it, and restore it from a backup or repair it with `sqlite3 FILE .recover`.",
    ),
    Meaning(
        ("is full", "no space left", "could not extend file"),
        "has no room left on its disk",
        "Make room there; what was stored is safe.",
        "by help",
    ),
    Meaning(
        ("readonly database", "read-only", "operation not permitted"),
        "cannot be written: it is read-only",
        "Let this user write to the file and its folder, or set SHIM_DATABASE_URL to another place.",
        "by help",
    ),
    Meaning(
        ("permission denied",),
        "cannot be used: permission denied",
        "Give this user the permission, or set SHIM_DATABASE_URL to another place.",
    ),
    Meaning(
        ("is locked",),
        "was locked by another program for too long",
        "End the program that uses it; `fuser FILE` names it.",
        "by help",
    ),
    Meaning(
        ("unable to open", "not a directory", "file exists", "is a directory", "no such file"),
        "cannot be opened",
        "SHIM_DATABASE_URL must name a file in a folder that this user may write to.",
    ),
    Meaning(
        ("disk i/o error", "input/output error"),
        "cannot be read or written: its disk reports an error",
        "Look at the disk, and whether somebody replaced the file while it was in use.",
        "by help",
    ),
    Meaning(
        ("no such table", "no such column", "has no column"),
        "does not have the tables that it should have",
        "Restore it from a backup, or set SHIM_DATABASE_URL to another one.",
    ),
    Meaning(
        ("password authentication failed", "no password supplied", "no pg_hba.conf entry"),
        "refused the user name or the password",
        "Check both in SHIM_DATABASE_URL, and the server's pg_hba.conf.",
    ),
    Meaning(
        (
            "could not translate host",
            "name or service not known",
            "failed to resolve host",
            "name resolution",
            "nodename nor servname",
            "no address associated",
        ),
        "has a host name that cannot be resolved",
        "Check the host's name in SHIM_DATABASE_URL.",
    ),
    Meaning(
        ("does not exist",),
        "does not exist: its server has no such database, user or table",
        "Check SHIM_DATABASE_URL, or create the database with `createdb`.",
    ),
    Meaning(
        ("connection refused", "timeout expired", "no route to host", "starting up", "shutting down"),
        "does not answer",
        "Is the server running, and are host and port in SHIM_DATABASE_URL right?",
        "by itself",
    ),
    Meaning(
        ("too many clients", "too many connections", "remaining connection slots"),
        "has no connection left",
        "Lower SHIM_DATABASE_CONNECTIONS, or raise the server's max_connections.",
        "by itself",
    ),
    Meaning(
        ("queuepool limit",),
        "had no connection free for too long",
        "Raise SHIM_DATABASE_CONNECTIONS.",
        "by itself",
    ),
    Meaning(
        (
            "server closed the connection",
            "terminating connection",
            "connection is closed",
            "consuming input failed",
            "connection is lost",
            "sending query failed",
        ),
        "closed the connection",
        "It was tried again for some seconds; look at the server's log.",
        "by itself",
    ),
    Meaning(
        ("invalid connection option", "invalid sslmode", "invalid integer value", "invalid dsn"),
        "cannot be reached as its URL says: PostgreSQL knows no such option, or no such value of it",
        "Check the part after the ? in SHIM_DATABASE_URL.",
    ),
    Meaning(
        ("already exists",),
        "has tables with the same names that belong to another program",
        "Give it a database of its own in SHIM_DATABASE_URL.",
    ),
)

UNREADABLE: Final = (
    "contains a text that cannot be read. If it is encrypted, SHIM_ENCRYPTION_KEY must hold its key in every program "
    "that uses it; else it is damaged, and must be restored from a backup"
)
IN_DOUBT: Final = Meaning(
    (),
    "closed the connection during a commit, and does not say whether the change was stored",
    "Check whether the change is there before you repeat it.",
)

_FOREIGN_KEY: Final = ("foreign key constraint", "23503")


def explain(problem: Exception, url: URL, *, in_doubt: bool = False) -> Exception:
    """The exception to raise instead of ``problem``, which came from SQLAlchemy, a driver, Alembic, the file system, or
    the decoding of stored values.  ``in_doubt``: it is unknown whether a write was committed.
    """
    if isinstance(problem, sa.exc.IntegrityError) and _belongs_nowhere(problem):
        return Gone("the thread was deleted meanwhile")
    if isinstance(problem, ModuleNotFoundError):
        return StoreFailed(f"The store needs the package {problem.name!r}: pip install 'assistants-shim[postgres]'.")
    shown_url = address.describe(url)
    if isinstance(problem, json.JSONDecodeError):
        # Without its message, which quotes the value.
        return StoreFailed(f"The store {shown_url} {UNREADABLE}.")
    message = str(getattr(problem, "orig", None) or problem).strip()
    meaning = IN_DOUBT if in_doubt else _meaning(problem, message)
    if meaning is not None:
        return StoreFailed(f"The store {shown_url} {meaning.state}. {meaning.advice}", passes=meaning.passes)
    # After the first line PostgreSQL's message has values, and the statement.
    message = message.partition("\n")[0]
    for secret in address.secrets(url):
        message = message.replace(secret, "***")
    return StoreFailed(f"The store {shown_url} failed: {message}")


def _meaning(problem: Exception, message: str) -> Meaning | None:
    # PostgreSQL's message about a constraint contains values, and words that would match other rows.
    if isinstance(problem, sa.exc.IntegrityError):
        return None
    text = message.lower()
    return next((each for each in MEANINGS if any(piece in text for piece in each.pieces)), None)


def _belongs_nowhere(problem: sa.exc.IntegrityError) -> bool:
    message = str(problem.orig).lower(), getattr(problem.orig, "sqlstate", None)
    return _FOREIGN_KEY[0] in message[0] or message[1] == _FOREIGN_KEY[1]
