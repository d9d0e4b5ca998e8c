"""The database behind the store port: transactions for blocking and async doors, with one SQLAlchemy engine for each
address.
"""

import json
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Concatenate, Final, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL

from shim.store import address, dialects, doubt, facts, failures, sealing, upgrade
from shim.store.gate import Gate
from shim.store.sealing import Seal
from shim.store.turns import Busy, Shares, Turn
from shim.store.tx import Lengthy, Tx, is_brief, is_urgent
from shim.store.uninterrupted import in_thread

P = ParamSpec("P")
T = TypeVar("T")
#: Seconds between the attempts at a transaction whose connection was lost, for example while a server restarts.
RETRIES: Final = doubt.PAUSES


class Database:
    """One database.  Nothing is opened, created or upgraded before the first transaction.

    Every method may be called from any thread and after a fork, and raises `StoreFailed`, `Gone`, or what the work
    raises.  Work is called again if the connection was lost, so it must change nothing but the store.
    """

    def __init__(self, url: URL, connections: int = dialects.CONNECTIONS, seal: Seal | None = None) -> None:
        """``seal`` encrypts contents."""
        self.url: Final = url
        #: A store for copying: stored values are read and written without decryption.
        self.raw = False
        self._connections: Final = connections
        try:
            self._engine: Final = dialects.make_engine(url, connections)
        except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as problem:
            raise failures.explain(problem, url) from problem
        self._failures: Final = (sa.exc.SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error)
        sealing.use(self._engine, seal)
        self._ready = False
        # Whether deleted contents may still be in the write-ahead log, as another process was reading it.
        self._unclean = False
        self._preparing = threading.Lock()
        self._turn = Turn()
        #: The time that brief work takes on each event loop.
        self.shares = Shares(self._turn)
        self.threads = self._some_threads()
        #: Whether brief work is done on event loops: not if each statement is a wait for a server.
        self.at_once: Final = dialects.is_sqlite(url)
        self._brief_writes = 0
        #: Called with the seconds that each transaction has waited for its turn.
        self.waited: Callable[[float], None] = _unobserved
        self._gate: Final = Gate(self._engine.dispose, partial(_forget, weakref.ref(self)))
        weakref.finalize(self, self._engine.dispose)

    def of(self, tenant: str) -> "Transactions":
        """The transactions of one tenant."""
        return Transactions(self, tenant)

    def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction of the tenant in process; see `Transactions.read`."""
        return self.of("").read(work, *args, **kwargs)

    def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """A transaction of the tenant in process; see `Transactions.write`."""
        return self.of("").write(work, *args, **kwargs)

    def run(self, write: bool, tenant: str, work: Callable[[Tx], T]) -> T:
        """Run one transaction, again if its connection was lost."""
        began = time.perf_counter()
        with self._gate.passing(), self._turn if write and self.at_once else nullcontext():
            self.waited(time.perf_counter() - began)
            return self._run(write, tenant, work)

    def attempt(self, write: bool, tenant: str, work: Callable[[Tx], T], asked: float) -> T:
        """Run brief work in one transaction of an SQLite database, if that is possible at once.  ``asked``: when its
        caller has asked for it, by `time.perf_counter`.

        Raises `Busy` while another writer is at work, and `Lengthy` if the work is not brief or the store fails: then
        `run` must do it.  In both cases nothing has been changed.
        """
        if not self._ready or (write and self._turn.hopeless):
            raise Lengthy
        with self._gate.passing(), self._turn.briefly() if write else nullcontext():
            try:
                with self._connection() as db:
                    with db.begin():
                        if not dialects.begin_briefly(db, write, self._turn.patience):
                            raise Busy
                        self.waited(time.perf_counter() - asked)
                        result = work(Tx(db, tenant, brief=True))
                    self._unclean |= dialects.erased(db)
            except (*self._failures, json.JSONDecodeError) as problem:
                self._turn.crowd()
                raise Lengthy from problem
        if write:
            self._check_log()
        return result

    def _check_log(self) -> None:
        """Let a thread move the pages of the write-ahead log into the database, now and then.  A connection that does
        this with its commits waits for the disk, and the event loop with it.
        """
        self._brief_writes += 1
        if self._unclean or self._brief_writes >= dialects.BRIEF_WRITES:
            self._brief_writes = 0
            # At the end of the process no thread starts any more, and the last connection does it.
            with suppress(RuntimeError):
                self.threads.submit(self._move_log)

    def _move_log(self) -> None:
        # Writers wait only while the log is emptied: what they erase meanwhile would count as gone from it.
        unclean = self._unclean
        turn = self._turn if unclean else nullcontext()
        with suppress(*self._failures), self._gate.passing(), turn, self._connection() as db:
            if unclean:
                self._unclean = not dialects.scrub(db)
            else:
                dialects.move_log(db)

    def prepare(self) -> None:
        """Create or upgrade the database, unless that is done, as the first transaction would do."""
        with self._gate.passing():
            self._prepare()

    def close(self) -> None:
        """Close idle connections.  The database stays usable: the next transaction opens a new one."""
        self._engine.dispose()

    def forget_connections(self) -> None:
        """In a forked child: drop the inherited connections without closing them, as they belong to the parent."""
        self._engine.dispose(close=False)
        self._preparing = threading.Lock()
        self._turn = Turn()
        self.shares = Shares(self._turn)
        self.threads = self._some_threads()

    def _some_threads(self) -> ThreadPoolExecutor:
        """Threads for async doors: one for each connection, started when needed.

        The loop's own executor is not used: if all its threads waited for a blocking call of the shim, none would be
        left for the shim's transactions.
        """
        return ThreadPoolExecutor(self._connections, thread_name_prefix="shim-store")

    def _run(self, write: bool, tenant: str, work: Callable[[Tx], T]) -> T:
        if not self._ready:
            self._prepare()
        attempts = iter(RETRIES)
        while True:
            number: int | None = None
            try:
                with self._connection() as db:
                    with db.begin():
                        dialects.begin(db, write=write)
                        result = work(Tx(db, tenant))
                        number = doubt.number(db) if write else None
                    if write and (self._unclean or dialects.erased(db)):
                        self._unclean = not dialects.scrub(db)
                    return result
            except self._failures as problem:
                lost = dialects.is_lost(problem)
                # If the connection was lost during the commit, the write may have been committed; repeating it could do
                # it twice.
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

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        pool = self._engine.pool
        with self._engine.connect() as db:
            try:
                yield db
            finally:
                if self._engine.pool is not pool and not db.invalidated:
                    # The database was closed meanwhile, and nobody would close this connection of its old pool.
                    db.detach()

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

    def _bring_up_to_date(self, shown_url: str) -> None:
        """Upgrade the tables and check the key; if either fails, nothing is written."""
        if self.raw:
            upgrade.bring_up_to_date(self._engine, shown_url)
            return
        with self._engine.connect() as db:
            known = facts.check_seal(db, shown_url)
        upgrade.bring_up_to_date(self._engine, shown_url)
        seal = sealing.of(self._engine)
        if seal is not None and not seal.plain and not known:
            with dialects.alone(self._engine) as db:
                if not facts.check_seal(db, shown_url):
                    facts.note_seal(Tx(db, ""))


@dataclass(frozen=True, slots=True)
class Transactions:
    """The transactions of one tenant."""

    database: Database
    tenant: str

    def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` in a transaction that sees one state of the database throughout."""
        return self.database.run(False, self.tenant, lambda tx: work(tx, *args, **kwargs))

    def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(tx, ...)`` in a transaction: committed when it returns, rolled back when it raises."""
        return self.database.run(True, self.tenant, lambda tx: work(tx, *args, **kwargs))

    def brief(
        self, write: bool, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[], T]:
        """An attempt to run brief work at once, for one caller; see `Database.attempt`."""
        asked = time.perf_counter()
        return lambda: self.database.attempt(write, self.tenant, lambda tx: work(tx, *args, **kwargs), asked)


def _unobserved(seconds: float) -> None:
    """Used without metrics."""


def _forget(database: "weakref.ref[Database]") -> None:
    open_database = database()
    if open_database is not None:
        open_database.forget_connections()


_databases: "Final[weakref.WeakValueDictionary[tuple[URL, tuple[str, ...]], Database]]" = weakref.WeakValueDictionary()


def database(url: str | None = None, connections: int = dialects.CONNECTIONS, keys: tuple[str, ...] = ()) -> Database:
    """The database at ``url``, the same object for the same address; None is a file in the user's own data folder.

    ``connections``: the largest number of connections to a server; the first caller's value is used.  ``keys`` encrypt
    its contents, see `shim.store.sealing`.  When nobody refers to the object any more, its connections are closed.
    Raises `StoreFailed` for an unusable URL or key.
    """
    resolved = address.resolve(url)
    opened = _databases.get((resolved, keys))
    if opened is None:
        opened = Database(resolved, connections, Seal(keys) if keys else None)
    return _databases.setdefault((resolved, keys), opened)


class SyncStore:
    """The store port for blocking doors: a transaction blocks, and the coroutine never suspends."""

    def __init__(self, database: Database, tenant: str = "") -> None:
        self.database: Final = database
        self.tenant: Final = tenant
        self._transactions: Final = database.of(tenant)

    def of(self, tenant: str) -> "SyncStore":
        return SyncStore(self.database, tenant)

    async def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        return self._transactions.read(work, *args, **kwargs)

    async def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        return self._transactions.write(work, *args, **kwargs)


class AsyncStore:
    """The store port for async doors.  A transaction runs in a thread, in the caller's context; brief work for SQLite
    runs on the event loop.
    """

    def __init__(self, database: Database, tenant: str = "") -> None:
        self.database: Final = database
        self.tenant: Final = tenant
        self._transactions: Final = database.of(tenant)

    def of(self, tenant: str) -> "AsyncStore":
        return AsyncStore(self.database, tenant)

    async def read(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        if self.database.at_once and is_brief(work):
            with suppress(Lengthy):
                return self._transactions.brief(False, work, *args, **kwargs)()
        return await in_thread(self.database.threads, partial(self._transactions.read, work, *args, **kwargs), False)

    async def write(self, work: "Callable[Concatenate[Tx, P], T]", *args: P.args, **kwargs: P.kwargs) -> T:
        if self.database.at_once and is_brief(work):
            with suppress(Lengthy):
                attempt = self._transactions.brief(True, work, *args, **kwargs)
                return await self.database.shares.here().run(attempt, is_urgent(work))
        return await in_thread(self.database.threads, partial(self._transactions.write, work, *args, **kwargs), True)
