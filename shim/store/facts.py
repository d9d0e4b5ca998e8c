"""Facts about the store itself: whether it is encrypted, and with which key."""

from typing import Final

import sqlalchemy as sa

from shim.store import dialects, sealing
from shim.store.errors import StoreFailed
from shim.store.schema import facts
from shim.store.tx import Tx

SEAL: Final = "seal"
#: The text that is stored encrypted; a key that decrypts it is the store's.
PLAINTEXT: Final = "assistants-shim"
_HINT: Final = "Nothing was changed."
_VALUE: Final = sa.select(facts.c.value).where(facts.c.name == SEAL)


def check_seal(db: sa.Connection, shown_url: str) -> bool:
    """Whether the store is encrypted.  Raises `StoreFailed` if it is encrypted with another key, or no key is given."""
    sealed = db.execute(_VALUE).scalar() if sa.inspect(db).has_table(facts.name) else None
    if sealed is None:
        return False
    seal = sealing.of(db)
    if seal is None:
        raise StoreFailed(f"The store {shown_url} is encrypted: set SHIM_ENCRYPTION_KEY to its key. {_HINT}")
    try:
        opens = seal.open(sealed) == PLAINTEXT
    except StoreFailed:
        opens = False
    if not opens:
        raise StoreFailed(
            f"The store {shown_url} is encrypted with another key than SHIM_ENCRYPTION_KEY holds. {_HINT}"
        )
    return True


def note_seal(tx: Tx) -> None:
    """Store the fact that the store is encrypted with the current key, or that it is not encrypted."""
    seal = sealing.of(tx.db)
    tx.db.execute(facts.delete().where(facts.c.name == SEAL))
    if seal is not None and not seal.plain:
        tx.db.execute(facts.insert(), {"tenant": "", "name": SEAL, "value": seal.close(PLAINTEXT)})


def seal_again(tx: Tx, table: sa.Table, after: int, most: int) -> tuple[int | None, int]:
    """Encrypt the contents of some rows again with the connection's key: those after ``after``, at most ``most``.

    Returns the last row's ``seq``, None if there was none, and the number of rows.
    """
    dialects.erasing(tx.db)
    names = [column.name for column in table.c if isinstance(column.type, (sealing.Text, sealing.File))]
    statement = sa.select(table.c.seq, *(table.c[name] for name in names)).where(table.c.seq > after)
    rows = tx.db.execute(statement.order_by(table.c.seq).limit(most).with_for_update()).all()
    for row in rows:
        values = dict(zip(names, row[1:], strict=True))
        tx.db.execute(table.update().where(table.c.seq == row[0]).values(values))
    return (int(rows[-1][0]) if rows else None), len(rows)


def sealed_tables() -> list[sa.Table]:
    """The tables with encrypted columns."""
    kinds = (sealing.Text, sealing.File)
    tables = facts.metadata.sorted_tables
    return [table for table in tables if any(isinstance(column.type, kinds) for column in table.c)]
