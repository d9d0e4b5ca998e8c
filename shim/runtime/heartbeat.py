"""The heartbeat: renews the leases of the runs that this process drives, and checks whether they are to go on.

One daemon thread for each database while runs are driven, whatever the colour of the clients, and one statement for all
runs; without runs there is no thread.  A process that dies stops renewing, and that is how other machines know.  A run
that was cancelled or taken elsewhere, or whose time is over, is interrupted where it waits for upstream, be upstream
silent or not.
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

#: Beats in the time of one lease.
BEATS: Final = 3
#: Seconds between two looks.
LOOK: Final = 0.5
#: Looks without a run after which the thread ends; the next run begins a new one.
IDLE: Final = 4
#: Seconds between two looks for what is to be erased.
SWEEP: Final = 3600.0
#: Tenants of which it is remembered when that was.
MANY: Final = 10_000


class Heartbeat:
    """Renews the leases of the runs that one engine drives."""

    def __init__(self, world: Context, database: Database) -> None:
        self._world, self._database = world, database
        self._beating: dict[int, object] = {}
        self._swept: dict[str, float] = {}
        world.registry.entered = self.beat

    def beat(self) -> None:
        """Begin, unless that is done: a run has entered the registry.  A forked process begins anew."""
        pid = os.getpid()
        if pid in self._beating:
            return
        # Of several who come at once one begins; without a lock, which might be held as the process forks.
        mine = object()
        if self._beating.setdefault(pid, mine) is mine:
            threading.Thread(target=self._go_on, name="shim-heartbeat", daemon=True).start()

    def may_sweep(self, tenant: str) -> bool:
        """Whether it is time to erase what was kept for long enough: when a process first sees a tenant, and once an
        hour.
        """
        world, now = self._world, time.monotonic()
        wanted = world.retention is not None or world.file_retention is not None or world.delete_responses
        if not wanted or now - self._swept.get(tenant, -SWEEP) < SWEEP:
            return False
        if len(self._swept) >= MANY:
            self._swept.clear()
        self._swept[tenant] = now
        return True

    def renew(self) -> None:
        """Prolong every lease once."""
        world = self._world
        if driven := world.registry.runs():
            self._database.write(leases.renew, driven, world.owner, world.clock() + world.lease)

    def look(self) -> None:
        """Tell who drives a run that was ended, taken or cancelled elsewhere, or whose time is over."""
        world = self._world
        if not (driven := world.registry.runs()):
            return
        found = self._database.read(leases.standings, driven)
        now = world.clock()
        for which in driven:
            if self._is_over(found.get(which), now):
                world.registry.tell(which[1])

    def _is_over(self, run: Standing | None, now: float) -> bool:
        if run is None or run.status == "cancelling":
            return True
        taken = run.owner is not None and run.owner != self._world.owner
        return taken or (run.expires_at is not None and now >= run.expires_at)

    def _go_on(self, wait: Callable[[float], None] = time.sleep) -> None:
        renewed, idle = 0.0, 0
        while idle < IDLE:
            pause = self._world.lease / BEATS
            wait(min(LOOK, pause))
            with suppress(StoreFailed):
                # The run's own pump meets the same store, and tells.
                self.look()
                if time.monotonic() >= renewed + pause:
                    self.renew()
                    renewed = time.monotonic()
            idle = 0 if self._world.registry.runs() else idle + 1
        self._beating.pop(os.getpid(), None)
        if self._world.registry.runs():
            # It entered before the line above, and found a thread.
            self.beat()
