"""The runs that this process drives right now.

A request that ends a run from outside (cancel, delete, expiry) reports that here.  The run's pump is then interrupted
where it waits for upstream, reads the run from the store, and acts accordingly.
"""

from collections.abc import Callable
from typing import Final, Protocol

#: A function that is called, from any thread, when a run has ended or requires an action.
Ring = Callable[[], None]
#: Returns whether the thread or event loop in which a run is driven still exists: a closed event loop drives nothing.
Alive = Callable[[], bool]


class Interruptible(Protocol):
    """A wait of a run that can be ended from outside."""

    def interrupt(self) -> None:
        """End the wait.  Safe in any thread; never raises."""
        ...


def no_heartbeat() -> None:
    """For registries without a heartbeat: nothing renews leases."""


def always_alive() -> Alive:
    """For a thread or an event loop that exists as long as its process."""
    return lambda: True


#: Seconds between two requests to upstream about a run in its background.
FIRST_WAIT: Final = 0.25
LAST_WAIT: Final = 1.0
#: How many background runs have the time of their last request remembered before old ones are dropped; and the seconds
#: after which one is old.
MAX_POLL_LIMITS: Final = 1000
MAX_AGE: Final = 60.0


class Registry:
    """Shared by all clients of a process; every method is safe in any thread."""

    def __init__(self, liveness: Callable[[], Alive] = always_alive) -> None:
        """``liveness`` returns a test for the thread or event loop in which it is called."""
        self._liveness = liveness
        self._waits: dict[str, tuple[Interruptible | None, Alive]] = {}
        self._tenants: dict[str, str] = {}
        self._notified: set[str] = set()
        self._poll_limits: dict[str, tuple[float, float]] = {}
        self._rings: dict[str, list[Ring]] = {}
        self._abandoned: dict[str, str | None] = {}
        #: Called when a run is entered: the heartbeat starts with it.
        self.entered: Callable[[], None] = no_heartbeat

    def enter(self, run_id: str, waits: Interruptible | None, tenant: str = "") -> None:
        """Enter a run that this process drives; ``waits``: what to interrupt when the run is changed from outside."""
        self._abandoned.pop(run_id, None)
        self._tenants[run_id] = tenant
        self._waits[run_id] = waits, self._liveness()
        self.entered()

    def leave(self, run_id: str) -> None:
        self._waits.pop(run_id, None)
        self._tenants.pop(run_id, None)
        self._notified.discard(run_id)
        self._poll_limits.pop(run_id, None)
        for ring in self._rings.pop(run_id, ()):
            ring()

    def watch(self, run_id: str, ring: Ring, tenant: str = "") -> bool:
        """Have ``ring`` called once when the run has ended or requires an action; False if it is not driven here, or
        belongs to another tenant.
        """
        self._rings.setdefault(run_id, []).append(ring)
        if self.drives(run_id) and self._tenants.get(run_id) == tenant:
            return True
        # It was never entered, or it left a moment ago, and ``ring`` may have been called.
        self.unwatch(run_id, ring)
        return False

    def unwatch(self, run_id: str, ring: Ring) -> None:
        """Undo `watch`: the caller no longer waits."""
        rings = self._rings.get(run_id, [])
        if ring in rings:
            rings.remove(ring)
        if not rings:
            self._rings.pop(run_id, None)

    def forget(self) -> None:
        """In a forked process: drop all runs, as the parent process drives them."""
        self._waits, self._tenants, self._notified, self._poll_limits, self._rings, self._abandoned = (
            {},
            {},
            set(),
            {},
            {},
            {},
        )

    def abandon(self, run_id: str, response_id: str | None) -> None:
        """Remember that this process stopped driving the run but could not store that, and perhaps not its last
        response either.
        """
        self._abandoned[run_id] = response_id

    def abandoned(self, run_id: str) -> bool:
        """Whether this process has stopped driving the run, or its thread or event loop no longer exists."""
        _, alive = self._waits.get(run_id, (None, None))
        return run_id in self._abandoned or (alive is not None and not alive())

    def drives(self, run_id: str) -> bool:
        """Whether this process drives the run right now."""
        return run_id in self._waits and not self.abandoned(run_id)

    def last_response(self, run_id: str) -> str | None:
        """The last response of a run that was abandoned."""
        return self._abandoned.get(run_id)

    def runs(self) -> list[tuple[str, str]]:
        """The tenants and ids of the runs that this process drives, for the heartbeat."""
        return [(self._tenants.get(run_id, ""), run_id) for run_id in list(self._waits) if not self.abandoned(run_id)]

    def notify(self, run_id: str) -> None:
        """Interrupt the run, as it was changed in the store. Nothing happens if another process drives it: that process
        checks the store itself.
        """
        self._abandoned.pop(run_id, None)
        if self.abandoned(run_id):
            # The thread or event loop that would be interrupted no longer exists.
            self.leave(run_id)
        elif run_id in self._waits:
            self._notified.add(run_id)
            waits, _ = self._waits.get(run_id, (None, None))
            if waits is not None:
                waits.interrupt()

    def may_poll(self, run_id: str, now: float) -> bool:
        """Whether upstream may be asked about a run in its background: often at first, then once a second.

        All readers of a run share this limit.
        """
        due, wait = self._poll_limits.get(run_id, (0.0, FIRST_WAIT))
        if now < due:
            return False
        if len(self._poll_limits) >= MAX_POLL_LIMITS:
            # A run that was not asked about for a while has probably ended; if not, its limit starts again.
            self._poll_limits = {known: when for known, when in self._poll_limits.items() if now < when[0] + MAX_AGE}
        self._poll_limits[run_id] = now + wait, min(wait * 2, LAST_WAIT)
        return True

    def is_notified(self, run_id: str) -> bool:
        """Whether the run's pump must read the run from the store, as it may have been changed."""
        return run_id in self._notified
