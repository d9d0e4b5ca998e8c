"""From what a driver raises to a `StoreFailed` that says what happened and what to do."""

import json
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import URL

from shim.store import address, dialects
from shim.store.errors import Gone, StoreFailed

#: A piece of the driver's message, in lower case, and what it means.  The first that fits is taken.
MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    ("not a database", "is not an SQLite database. Give another file, or move this one away"),
    ("malformed", "is damaged. Restore it from a backup, or repair it with `sqlite3 FILE .recover`"),
    ("is full", "has no room left on its disk"),
    ("no space left", "has no room left on its disk"),
    ("readonly database", "cannot be written: the file or its folder is read-only"),
    ("read-only", "cannot be written: it is read-only"),
    ("permission denied", "cannot be opened: permission denied"),
    ("is locked", "was locked by another program for too long"),
    ("unable to open", "cannot be opened. Is its folder there, and may it be written?"),
    ("disk i/o error", "cannot be read or written: its disk reports an error"),
    ("password authentication failed", "refused the user name or the password"),
    ("could not translate host", "has an address that is not known. Is its host spelled right?"),
    ("name or service not known", "has an address that is not known. Is its host spelled right?"),
    ("failed to resolve host", "has an address that is not known. Is its host spelled right?"),
    ("does not exist", "is not there: its server knows no such database, user or table"),
    ("connection refused", "does not answer. Is the server running?"),
    ("queuepool limit", "had no connection free for too long: see SHIM_DATABASE_CONNECTIONS"),
    ("server closed the connection", "closed the connection"),
    ("terminating connection", "closed the connection"),
    ("connection is closed", "closed the connection"),
    ("already exists", "holds tables of the same names that this store did not make. Give it a database of its own"),
)

UNREADABLE: Final = (
    "holds a text that cannot be read. If it is encrypted, SHIM_ENCRYPTION_KEY must hold its key in every program that "
    "uses it; else it is damaged, and a backup helps"
)
IN_DOUBT: Final = (
    "closed the connection as a change was being kept: whether it was is not known. Look before you repeat it"
)

_FOREIGN_KEY: Final = ("foreign key constraint", "23503")


def explain(problem: Exception, url: URL, *, ending: bool = False) -> Exception:
    """What to raise in place of ``problem``, which came out of SQLAlchemy, a driver, Alembic, the file system, or of
    reading what was stored.  ``ending``: a write was being committed.
    """
    if isinstance(problem, sa.exc.IntegrityError) and _belongs_nowhere(problem):
        return Gone("the thread was deleted meanwhile")
    if isinstance(problem, ModuleNotFoundError):
        return StoreFailed(f"The store needs the package {problem.name!r}: pip install 'assistants-shim[postgres]'.")
    if isinstance(problem, json.JSONDecodeError):
        # Not its words: they quote what was read.
        return StoreFailed(f"The store {address.describe(url)} {UNREADABLE}.")
    said = str(getattr(problem, "orig", None) or problem).strip().split("\nDETAIL:")[0]
    # What PostgreSQL says of a broken constraint holds values, and words that mean something else elsewhere.
    meanings = () if isinstance(problem, sa.exc.IntegrityError) else MEANINGS
    meaning = next((words for piece, words in meanings if piece in said.lower()), None)
    for secret in address.secrets(url):
        said = said.replace(secret, "***")
    place = address.describe(url)
    if ending and dialects.is_lost(problem):
        meaning = IN_DOUBT
    return StoreFailed(f"The store {place} {meaning}." if meaning else f"The store {place} failed: {said}")


def _belongs_nowhere(problem: sa.exc.IntegrityError) -> bool:
    said = str(problem.orig).lower(), getattr(problem.orig, "sqlstate", None)
    return _FOREIGN_KEY[0] in said[0] or said[1] == _FOREIGN_KEY[1]
