"""The unit of work: an open transaction with its tenant; and the port that opens transactions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

import sqlalchemy as sa
from typing_extensions import Self

P = ParamSpec("P")
T = TypeVar("T")
Work = TypeVar("Work", bound=Callable[..., Any])
#: The most rows that brief work reads or writes of one kind.
FEW: Final = 50
#: The attributes that mark brief work, and that of it which is urgent.
_MARK: Final = "__shim_brief__"
_URGENT: Final = "__shim_urgent__"


class Lengthy(Exception):
    """A brief transaction would take long, or would have to wait.  It was rolled back and is repeated in a thread."""


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction.  Every query of the store takes one, and reads and writes only objects of ``tenant``.

    ``brief``: everything else of the process waits for it, see `brief`.
    """

    db: sa.Connection
    tenant: str
    brief: bool = False

    def expect(self, rows: float) -> None:
        """Called by work whose number of rows depends on data, before it reads or writes them.  Raises `Lengthy` if
        these are too many for brief work.
        """
        if self.brief and rows > FEW:
            raise Lengthy


def brief(work: Work) -> Work:
    """Mark work that takes a few statements and bounded rows: about a millisecond.

    On SQLite an async door runs it on its event loop: to hand it to a thread costs more than the work itself, as the
    thread needs the interpreter again after each statement.  Where the number of rows depends on data, it calls
    `Tx.expect`.
    """
    setattr(work, _MARK, True)
    return work


def is_brief(work: Callable[..., Any]) -> bool:
    """Whether the work is marked by `brief`."""
    return cast(bool, getattr(work, _MARK, False))


def urgent(work: Work) -> Work:
    """Mark brief work for which a stream under way waits: on an event loop it comes before other brief work."""
    setattr(work, _URGENT, True)
    return brief(work)


def is_urgent(work: Callable[..., Any]) -> bool:
    """Whether the work is marked by `urgent`."""
    return cast(bool, getattr(work, _URGENT, False))


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
