"""The heartbeat: renews the leases of the runs that this process drives, and checks whether they are to go on.

There is one daemon thread for each database while runs are driven, for blocking and async clients, with one statement
for all runs; without runs there is no thread.  A process that dies stops renewing, which shows other machines that it
has ended.  A run that was cancelled or taken over elsewhere, or that has expired, is interrupted where it waits for
upstream, even if upstream is silent.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from shim.engine.context import Context
from shim.store import leases
from shim.store.database import Database
from shim.store.errors import StoreFailed
from shim.store.leases import Standing

#: How often a lease is renewed within its time.
BEATS: Final = 3
#: Seconds between two checks.
CHECK_INTERVAL: Final = 0.5
#: The number of checks without a run after which the thread ends; the next run starts a new one.
IDLE: Final = 4
#: Seconds between two sweeps, which erase old threads and files.
SWEEP: Final = 3600.0
#: How many tenants' last sweeps are remembered.
MAX_TENANTS: Final = 10_000


class Heartbeat:
    """Renews the leases of the runs that one engine drives."""

    def __init__(self, context: Context, database: Database) -> None:
        self._context, self._database = context, database
        self._beating: dict[int, object] = {}
        self._swept: dict[str, float] = {}
        context.registry.entered = self.beat

    def beat(self) -> None:
        """Start the thread, unless it runs; called when a run enters the registry.  A forked process starts its own."""
        pid = os.getpid()
        if pid in self._beating:
            return
        # Of several callers only one starts it.  No lock is used, as it might be held when the process forks.
        token = object()
        if self._beating.setdefault(pid, token) is token:
            threading.Thread(target=self._go_on, name="shim-heartbeat", daemon=True).start()

    def may_sweep(self, tenant: str) -> bool:
        """Whether it is time for a sweep: at a process's first call for a tenant, and once an hour."""
        context, now = self._context, time.monotonic()
        wanted = context.retention is not None or context.file_retention is not None or context.delete_responses
        if not wanted or now - self._swept.get(tenant, -SWEEP) < SWEEP:
            return False
        if len(self._swept) >= MAX_TENANTS:
            self._swept.clear()
        self._swept[tenant] = now
        return True

    def renew(self) -> None:
        """Renew all leases once."""
        context = self._context
        if driven := context.registry.runs():
            self._database.write(leases.renew, driven, context.owner, context.clock() + context.lease)

    def check(self) -> None:
        """Interrupt the runs that were ended, taken over or cancelled elsewhere, or that have expired."""
        context = self._context
        if not (driven := context.registry.runs()):
            return
        standings = self._database.read(leases.standings, driven)
        now = context.clock()
        for run in driven:
            if self._is_over(standings.get(run), now):
                context.registry.notify(run[1])

    def _is_over(self, run: Standing | None, now: float) -> bool:
        if run is None or run.status == "cancelling":
            return True
        taken = run.owner is not None and run.owner != self._context.owner
        return taken or (run.expires_at is not None and now >= run.expires_at)

    def _go_on(self, wait: Callable[[float], None] = time.sleep) -> None:
        renewed, idle = 0.0, 0
        while idle < IDLE:
            pause = self._context.lease / BEATS
            wait(min(CHECK_INTERVAL, pause))
            with suppress(StoreFailed):
                # The run's own pump uses the same store, and reports its failure.
                self.check()
                if time.monotonic() >= renewed + pause:
                    self.renew()
                    renewed = time.monotonic()
            idle = 0 if self._context.registry.runs() else idle + 1
        self._beating.pop(os.getpid(), None)
        if self._context.registry.runs():
            # A run entered before the line above and found this thread running.
            self.beat()
