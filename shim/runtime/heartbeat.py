"""The heartbeat: while a process drives runs it renews their leases, so that others leave them alone.

One daemon thread a process, whatever the colour of its clients; a process that dies stops renewing, and that is how
other machines know.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Final

from shim.engine.context import Context
from shim.store import runs
from shim.store.database import Database
from shim.store.errors import StoreFailed

#: Beats in the time of one lease.
BEATS: Final = 3
#: Seconds between two looks for what is to be erased.
SWEEP: Final = 3600.0


class Heart:
    """Renews the leases of the runs that one engine drives."""

    def __init__(self, world: Context, database: Database) -> None:
        self._world, self._database = world, database
        self._beating: dict[int, object] = {}
        self._swept: float | None = None

    def beat(self) -> None:
        """Begin, unless that is done.  A forked process begins anew."""
        pid = os.getpid()
        if pid in self._beating:
            return
        # Of several who come at once one begins; without a lock, which might be held as the process forks.
        mine = object()
        if self._beating.setdefault(pid, mine) is mine:
            threading.Thread(target=self._go_on, name="shim-heart", daemon=True).start()

    def may_sweep(self) -> bool:
        """Whether it is time to erase what was kept for long enough: when a process begins, and once an hour."""
        world, now = self._world, time.monotonic()
        wanted = world.retention is not None or world.file_retention is not None or world.delete_responses
        if not wanted or (self._swept is not None and now - self._swept < SWEEP):
            return False
        self._swept = now
        return True

    def renew(self) -> None:
        """Prolong every lease once.  Who finds that his run was ended, taken or cancelled elsewhere is told."""
        world = self._world
        for run_id in world.running.ids():
            until = world.clock() + world.lease
            if not self._database.write(runs.renew, world.tenant, run_id, world.owner, until):
                world.running.tell(run_id)

    def _go_on(self, wait: Callable[[float], None] = time.sleep) -> None:
        while True:
            wait(self._world.lease / BEATS)
            try:
                self.renew()
            except StoreFailed:
                # The run's own pump meets the same store, and tells.
                continue
