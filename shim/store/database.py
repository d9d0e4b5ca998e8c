"""The database behind the store port: transactions, in both colours, on one engine for each address."""

import asyncio
import contextvars
import json
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL

from shim.store import address, dialects, doubt, facts, failures, sealing, upgrade
from shim.store.gate import Gate
from shim.store.sealing import Seal
from shim.store.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")
#: Seconds between the attempts at a transaction that was lost, as when a server starts anew.
RETRIES: Final = doubt.PAUSES


class Database:
    """One database.  Nothing is opened, created or upgraded before the first transaction.

    Every method may be called from any thread and after a fork, and raises `StoreFailed`, `Gone`, or what the work
    raises.  Work may be called again when the connection was lost, so it changes nothing but the store.
    """

    def __init__(self, url: URL, connections: int = dialects.CONNECTIONS, seal: Seal | None = None) -> None:
        """``seal``: what contents are encrypted with."""
        self.url: Final = url
        #: Values are carried as they lie, whatever they are encrypted with.
        self.raw = False
        self._connections: Final = connections
        try:
            self._engine: Final = dialects.make_engine(url, connections)
        except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as problem:
            raise failures.explain(problem, url) from problem
        self._failures: Final = (sa.exc.SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error)
        sealing.use(self._engine, seal)
        self._ready = False
        # Whether what was deleted may still stand in the log, as somebody was reading it.
        self._unclean = False
        self._preparing = threading.Lock()
        self._turn = dialects.writers_turn(url)
        self.threads = self._some_threads()
        #: Told how many seconds each transaction has waited for its turn.
        self.waited: Callable[[float], None] = _untold
        self._gate: Final = Gate(self._engine.dispose, partial(_forget, weakref.ref(self)))
        weakref.finalize(self, self._engine.dispose)

    def of(self, tenant: str) -> "Transactions":
        """The transactions of a tenant."""
        return Transactions(self, tenant)

    def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction of the tenant in process; see `Transactions.read`."""
        return self.of("").read(work, *args, **kwargs)

    def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction of the tenant in process; see `Transactions.write`."""
        return self.of("").write(work, *args, **kwargs)

    def run(self, write: bool, tenant: str, work: Callable[[Tx], T]) -> T:
        """One transaction, tried again where its connection was lost."""
        asked = time.perf_counter()
        with self._gate.passing(), self._turn if write else nullcontext():
            self.waited(time.perf_counter() - asked)
            return self._run(write, tenant, work)

    def prepare(self) -> None:
        """Create the database or bring it up to date, unless that is done: what the first transaction would do."""
        with self._gate.passing():
            self._prepare()

    def close(self) -> None:
        """Close idle connections.  The database stays usable: whoever comes next opens new ones."""
        self._engine.dispose()

    def forget_connections(self) -> None:
        """In a forked child: what was inherited belongs to the parent and is left alone."""
        self._engine.dispose(close=False)
        self._preparing = threading.Lock()
        self._turn = dialects.writers_turn(self.url)
        self.threads = self._some_threads()

    def _some_threads(self) -> ThreadPoolExecutor:
        """For doors on asyncio: a thread for each connection, none before it is needed.

        Not those of the loop, which are the application's: when all of them wait for us, they have none left to work
        for us.
        """
        return ThreadPoolExecutor(self._connections, thread_name_prefix="shim-store")

    def _run(self, write: bool, tenant: str, work: Callable[[Tx], T]) -> T:
        if not self._ready:
            self._prepare()
        attempts = iter(RETRIES)
        while True:
            number: int | None = None
            try:
                with self._engine.connect() as db:
                    with db.begin():
                        dialects.begin(db, write=write)
                        result = work(Tx(db, tenant))
                        number = doubt.number(db) if write else None
                    if write and (self._unclean or dialects.erased(db)):
                        self._unclean = not dialects.scrub(db)
                    return result
            except self._failures as problem:
                lost = dialects.is_lost(problem)
                # A write that was lost as it ended may have been kept: to do it again could do it twice.
                committed = (
                    doubt.was_committed(self._engine, number, self._failures) if lost and number is not None else False
                )
                if committed:
                    return result
                pause = next(attempts, None) if lost and committed is False else None
                if pause is None:
                    raise failures.explain(problem, self.url, in_doubt=committed is None) from problem
            except json.JSONDecodeError as problem:
                raise failures.explain(problem, self.url) from problem
            time.sleep(pause)

    def _prepare(self) -> None:
        with self._preparing:
            if self._ready:
                return
            try:
                address.create_file(self.url)
                self._bring_up_to_date(address.describe(self.url))
            except (*self._failures, OSError) as problem:
                raise failures.explain(problem, self.url) from problem
            self._ready = True

    def _bring_up_to_date(self, place: str) -> None:
        """Tables and key fit, or nothing is written."""
        if self.raw:
            upgrade.bring_up_to_date(self._engine, place)
            return
        with self._engine.connect() as db:
            known = facts.check_seal(db, place)
        upgrade.bring_up_to_date(self._engine, place)
        seal = sealing.of(self._engine)
        if seal is not None and not seal.plain and not known:
            with dialects.alone(self._engine) as db:
                if not facts.check_seal(db, place):
                    facts.note_seal(Tx(db, ""))


@dataclass(frozen=True, slots=True)
class Transactions:
    """The transactions of one tenant."""

    database: Database
    tenant: str

    def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """``work(tx, ...)`` in a transaction that sees one state of the database throughout."""
        return self.database.run(False, self.tenant, lambda tx: work(tx, *args, **kwargs))

    def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """``work(tx, ...)`` in a transaction: committed when it returns, rolled back when it raises."""
        return self.database.run(True, self.tenant, lambda tx: work(tx, *args, **kwargs))


def _untold(seconds: float) -> None:
    """Nobody asks how long transactions wait."""


def _forget(database: "weakref.ref[Database]") -> None:
    found = database()
    if found is not None:
        found.forget_connections()


_databases: "Final[weakref.WeakValueDictionary[tuple[URL, tuple[str, ...]], Database]]" = weakref.WeakValueDictionary()


def database(url: str | None = None, connections: int = dialects.CONNECTIONS, keys: tuple[str, ...] = ()) -> Database:
    """The database at ``url``, the same object for the same address; None is a file in the user's own data folder.

    ``connections`` is how many a server is asked for at one time; whoever comes first decides.  ``keys`` encrypt its
    contents, see `shim.store.sealing`.  It lives as long as somebody holds it; then its connections are closed.  Raises
    `StoreFailed` for an unusable URL or key.
    """
    found = address.resolve(url)
    made = _databases.get((found, keys))
    if made is None:
        made = Database(found, connections, Seal(keys) if keys else None)
    return _databases.setdefault((found, keys), made)


class SyncStore:
    """The store port for blocking doors: a transaction blocks, and the coroutine never suspends."""

    def __init__(self, database: Database, tenant: str = "") -> None:
        self.database: Final = database
        self.tenant: Final = tenant
        self._mine: Final = database.of(tenant)

    def of(self, tenant: str) -> "SyncStore":
        return SyncStore(self.database, tenant)

    async def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        return self._mine.read(work, *args, **kwargs)

    async def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        return self._mine.write(work, *args, **kwargs)


class AsyncStore:
    """The store port for doors on asyncio: each transaction runs in a thread, in the caller's context."""

    def __init__(self, database: Database, tenant: str = "") -> None:
        self.database: Final = database
        self.tenant: Final = tenant
        self._mine: Final = database.of(tenant)

    def of(self, tenant: str) -> "AsyncStore":
        return AsyncStore(self.database, tenant)

    async def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        return await _in_thread(self.database.threads, partial(self._mine.read, work, *args, **kwargs), False)

    async def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        return await _in_thread(self.database.threads, partial(self._mine.write, work, *args, **kwargs), True)


async def _in_thread(threads: ThreadPoolExecutor, transaction: Callable[[], T], write: bool) -> T:
    """Like `asyncio.to_thread`, but a cancelled task never leaves its transaction alone.

    A write that was committed returns its result all the same, so that whoever asked for it can drive or undo what is
    in the store now; the cancellation comes again at the next thing that the task waits for, if there is one.  A
    transaction that failed, or only read, has changed nothing: then the task is cancelled as soon as it has ended.
    """
    context = contextvars.copy_context()
    future = asyncio.get_running_loop().run_in_executor(threads, context.run, transaction)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if future.cancelled() or not await _outlived(future):
            raise
        # Its failure, if any, is of no use to a cancelled task, but asyncio complains of one that nobody looked at.
        if future.exception() is not None or not write:
            raise
        _cancel_later(asyncio.current_task())
        return future.result()


async def _outlived(future: "asyncio.Future[Any]") -> bool:
    """Wait for a transaction, however often the task is cancelled meanwhile; whether it came to an end."""
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])
    return not future.cancelled()


def _cancel_later(task: "asyncio.Task[Any] | None") -> None:
    """Cancel the task once it waits again.  A task that has ended by then keeps its result."""
    if task is not None:
        if sys.version_info >= (3, 11):
            task.uncancel()
        asyncio.get_running_loop().call_soon(task.cancel)
