"""Finds out whether a transaction was committed whose connection was lost meanwhile.

If a COMMIT gets no answer, the client cannot know its result, but PostgreSQL does: it stores the result of every recent
transaction by its number. https://www.postgresql.org/docs/15/functions-info.html#FUNCTIONS-TXID-SNAPSHOT
"""

import time
from typing import Final

import sqlalchemy as sa

from shim.store import dialects

#: The number of the current transaction, selected together with other values to save a round trip.
CURRENT: Final = sa.func.txid_current()
_ASSIGNED: Final = "SELECT txid_current_if_assigned()"
_FATE: Final = sa.select(sa.func.txid_status(sa.bindparam("number", type_=sa.BigInteger)))
#: Seconds between the attempts to query it: in total half of a lease, in which a server can be restarted.
PAUSES: Final = (0.0, 0.1, 0.4, 1.0, 2.0, 4.0, 8.0)
_KNOWN: Final = {"committed": True, "aborted": False}


def note(db: sa.Connection, number: int) -> None:
    """Store the number of the current transaction with its connection."""
    db.info[dialects.NUMBER] = number


def number(db: sa.Connection) -> int | None:
    """The number of the transaction that is about to be committed; None if there can be no doubt: on SQLite, and if
    nothing was written.
    """
    if dialects.lone_writer(db):
        return None
    noted: int | None = db.info.pop(dialects.NUMBER, None)
    return noted if noted is not None else db.exec_driver_sql(_ASSIGNED).scalar()


def was_committed(engine: sa.Engine, number: int, failures: tuple[type[Exception], ...]) -> bool | None:
    """Whether that transaction was committed; None if the server does not answer in time."""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            with engine.connect() as db:
                fate = str(db.execute(_FATE, {"number": number}).scalar())
        except failures:
            continue
        # The server may not have noticed yet that the connection is lost.
        if fate != "in progress":
            return _KNOWN.get(fate)
    return None
