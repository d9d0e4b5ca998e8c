"""The unit of work: an open transaction together with the tenant for whom it is made, and who opens such."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from typing_extensions import Self

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction.  Every query of the store takes one, reads ``tenant``'s objects alone, and writes his."""

    db: sa.Connection
    tenant: str


class Store(Protocol):
    """Makes transactions for one tenant.  ``work`` is a plain function whose first argument is the transaction; it
    commits when it returns, and is rolled back when it raises.

    A port in both colours: behind a blocking client it blocks and never suspends.  Raises
    `shim.store.errors.StoreFailed` when the database cannot be used.
    """

    @property
    def tenant(self) -> str:
        """Whose objects these are; empty in process."""
        ...

    def of(self, tenant: str) -> Self:
        """The same database for another tenant."""
        ...

    async def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction that sees one state of the database throughout."""
        ...

    async def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction that may change something.  It may be tried again, so ``work`` changes nothing else."""
        ...
