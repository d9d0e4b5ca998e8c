"""The unit of work: an open transaction with its tenant; and the port that opens transactions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from typing_extensions import Self

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction.  Every query of the store takes one, and reads and writes only objects of ``tenant``."""

    db: sa.Connection
    tenant: str


class Store(Protocol):
    """Makes transactions for one tenant.  ``work`` is a plain function whose first argument is the transaction; it
    commits when it returns, and is rolled back when it raises.

    A port for blocking and async clients: behind a blocking client it blocks and never suspends.  Raises
    `shim.store.errors.StoreFailed` if the database cannot be used.
    """

    @property
    def tenant(self) -> str:
        """The owner of the objects; empty in process."""
        ...

    def of(self, tenant: str) -> Self:
        """The same database for another tenant."""
        ...

    async def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a transaction that sees one state of the database throughout."""
        ...

    async def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a transaction that may change the store.  It may be repeated, so ``work`` must change nothing else."""
        ...
