"""Events of a run that wait while its store fails, and how long they are held.

A full disk, a locked file and a restarting server are temporary, and must not lose an answer that is arriving.  So
upstream is read to its end, no event is sent before it is stored, and at the end the run waits for the store for as
long as the lease; after that other processes may take it over anyway.
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
    """``events``: those that could not be stored yet.  ``can_wait``: the run has a pump, which can wait.  ``since``:
    when the store began to fail, None while it works; ``why``: its error.
    """

    context: Context
    run_id: str
    can_wait: bool = False
    events: list[Emitted] = field(default_factory=list)
    since: float | None = None
    tried: float = 0.0
    why: str = ""

    @property
    def waits(self) -> bool:
        """Whether the store failed a moment ago, so that it is too early to try again."""
        return self.since is not None and self.context.clock() < self.tried + PAUSE

    def pump_started(self) -> None:
        """Record that the run has a pump."""
        self.can_wait = True

    def pump_stopped(self) -> None:
        """Record that the pump stops: it waits for the store no longer."""
        self.can_wait = False

    def add(self, emitted: list[Emitted]) -> None:
        """Put events at the end."""
        self.events = [*self.events, *emitted]

    def take(self) -> list[Emitted]:
        """Remove all events and return them."""
        taken, self.events = self.events, []
        return taken

    def put_back(self, events: list[Emitted]) -> None:
        """Keep events that the store did not take."""
        self.events = events

    def failed(self, problem: StoreFailed, last: bool = False) -> None:
        """Record that the store failed.  ``last``: upstream's answer has ended.  Raises ``problem`` if waiting would
        not help, or has taken too long.
        """
        now = self.context.clock()
        if self.since is None:
            self.since = now
        if not self.can_wait or problem.passes == "never" or (last and now >= self.since + self.context.lease):
            raise problem
        self.tried, self.why = now, str(problem)

    def store_recovered(self) -> None:
        """Record that the store works again."""
        if self.since is not None:
            log.warning("run %s waited %.0f s: %s", self.run_id, self.context.clock() - self.since, self.why)
        self.since, self.events = None, []
