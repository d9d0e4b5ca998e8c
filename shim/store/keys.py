"""API keys of the server's callers, as keyed hashes, and the secret with which they are hashed."""

from typing import Final, Literal, NamedTuple

import sqlalchemy as sa

from shim.store import rows, schema
from shim.store.schema import facts, keys
from shim.store.tx import Tx, brief

#: ``issued``: made by this server; ``named``: a key of the upstream's that was given a tenant's name.
Kind = Literal["issued", "named"]
#: The secret's name in the table of facts.
SECRET: Final = "key_secret"


class Key(NamedTuple):
    """A key.  ``tenant``: the owner of the objects that it gives access to; ``label``: the tenant's name; ``hint``: the
    key's last characters.

    Times are in seconds since the epoch; ``revoked_at`` is None while the key is valid.
    """

    id: str
    tenant: str
    label: str
    kind: Kind
    hint: str
    created_at: int
    revoked_at: int | None


_columns: Final = [keys.c[name] for name in Key._fields]
_BY_DIGEST: Final = sa.select(*_columns).where(rows.matching(keys, "digest"))
_ALL: Final = sa.select(*_columns).order_by(keys.c.seq)
_TENANT: Final = sa.select(keys.c.tenant).where(rows.matching(keys, "label")).order_by(keys.c.seq).limit(1)
_REVOKE: Final = keys.update().where(rows.matching(keys, "id"), keys.c.revoked_at.is_(None))
_SECRET: Final = sa.select(facts.c.value).where(rows.matching(facts, "tenant", "name"))
#: Tables with objects of tenants.
_OWNED: Final = (schema.assistants, schema.threads, schema.upstream_objects)


def secret(tx: Tx, fresh: str) -> str:
    """The secret of this store; ``fresh`` is stored if there is none yet.  Concurrent callers all get the same one."""
    rows.add_new(tx.db, facts, {"tenant": "", "name": SECRET, "value": fresh}, "name")
    value: str = tx.db.execute(_SECRET, {"for_tenant": "", "for_name": SECRET}).scalar_one()
    return value


def known_secret(tx: Tx) -> str | None:
    """The secret of this store, if it has one."""
    value: str | None = tx.db.execute(_SECRET, {"for_tenant": "", "for_name": SECRET}).scalar()
    return value


def add(tx: Tx, key: Key, digest: str) -> bool:
    """Add a key; False if there is one with that digest already."""
    if find(tx, digest) is not None:
        return False
    rows.add(tx.db, keys, {**key._asdict(), "digest": digest})
    return True


@brief
def find(tx: Tx, digest: str) -> Key | None:
    """The key with a digest, revoked or not."""
    row = tx.db.execute(_BY_DIGEST, {"for_digest": digest}).first()
    return None if row is None else Key._make(row)


def listing(tx: Tx) -> list[Key]:
    """All keys, the oldest first."""
    return [Key._make(row) for row in tx.db.execute(_ALL)]


def revoke(tx: Tx, id: str, now: int) -> bool:
    """Revoke a key; False if there is no valid key with that id."""
    return tx.db.execute(_REVOKE, {"for_id": id, "revoked_at": now}).rowcount > 0


@brief
def tenant_of(tx: Tx, label: str) -> str | None:
    """The tenant with a name: that of its first key, valid or not."""
    tenant: str | None = tx.db.execute(_TENANT, {"for_label": label}).scalar()
    return tenant


def has_objects(tx: Tx) -> bool:
    """Whether the tenant has any objects."""
    return any(
        tx.db.execute(sa.select(table.c.seq).where(table.c.tenant == tx.tenant).limit(1)).first() is not None
        for table in _OWNED
    )
