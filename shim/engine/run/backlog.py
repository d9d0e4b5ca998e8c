"""Events of a run that wait while its store fails, and how long they are held.

A full disk, a file that somebody locks, a server that restarts: such things pass, and an answer that is on its way must
not be lost to them.  So upstream is read to its end, nothing is told that is not stored, and at the end the store is
given as long as the lease, after which others may take over the run anyway.
"""

import logging
from dataclasses import dataclass, field
from typing import Final

from shim.engine.context import Context
from shim.engine.protocol import Emitted
from shim.store.errors import StoreFailed

log = logging.getLogger("shim")
#: Seconds between two attempts.
PAUSE: Final = 1.0


@dataclass(slots=True)
class Backlog:
    """``events``: what could not be stored yet.  ``patient``: somebody pumps the run and can wait.  ``since``: when the
    store was first seen to fail, None while it works; ``why``, in its words.
    """

    world: Context
    run_id: str
    patient: bool = False
    events: list[Emitted] = field(default_factory=list)
    since: float | None = None
    tried: float = 0.0
    why: str = ""

    @property
    def waits(self) -> bool:
        """Whether the store failed a moment ago, and need not be asked again yet."""
        return self.since is not None and self.world.clock() < self.tried + PAUSE

    def failed(self, problem: StoreFailed, last: bool = False) -> None:
        """The store failed.  ``last``: there is nothing more to come from upstream.  Raises ``problem`` where waiting
        is of no use, or has taken too long.
        """
        now = self.world.clock()
        if self.since is None:
            self.since = now
        if not self.patient or problem.passes == "never" or (last and now >= self.since + self.world.lease):
            raise problem
        self.tried, self.why = now, str(problem)

    def over(self) -> None:
        """The store works."""
        if self.since is not None:
            log.warning("run %s waited %.0f s: %s", self.run_id, self.world.clock() - self.since, self.why)
        self.since = None
