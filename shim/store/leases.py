"""The leases of all runs that one process drives, of all tenants: renewed and read in one statement."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa

from shim.store import schema
from shim.store.schema import runs
from shim.store.tx import Tx

#: A tenant and the id of one of the tenant's runs.
Which = tuple[str, str]


class Standing(NamedTuple):
    """The state of a run for its driver: its status and owner, which show whether it was ended, cancelled or taken
    over, and when it expires.
    """

    id: str
    status: str
    owner: str | None
    expires_at: int | None


_which: Final = sa.tuple_(runs.c.tenant, runs.c.id)
_several: Final = sa.and_(_which.in_(sa.bindparam("which", expanding=True)), schema.ACTIVE)
_RENEW: Final = runs.update().where(_several, runs.c.status != "cancelling", runs.c.owner == sa.bindparam("by"))
_STANDINGS: Final = sa.select(runs.c.tenant, *(runs.c[name] for name in Standing._fields)).where(_several)


def renew(tx: Tx, which: Sequence[Which], owner: str, lease_until: float) -> int:
    """Renew the leases of this owner, all in one statement; returns how many.  A run that has ended, is being
    cancelled, or was taken over is not changed.
    """
    return tx.db.execute(_RENEW, {"which": list(which), "by": owner, "lease_until": lease_until}).rowcount


def standings(tx: Tx, which: Sequence[Which]) -> dict[Which, Standing]:
    """The state of the active ones among these runs, in one statement."""
    return {(row[0], row[1]): Standing._make(row[1:]) for row in tx.db.execute(_STANDINGS, {"which": list(which)})}
