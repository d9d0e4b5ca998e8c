"""The runs that this process drives right now.

Whoever ends a run from outside (cancel, delete, expiry) tells it here; its pump is then interrupted where it waits for
upstream, looks into the store, and does what it finds there.
"""

from collections.abc import Callable
from typing import Final, Protocol

#: What is called, from any thread, when a run is no longer driven.
Ring = Callable[[], None]
#: Says whether the place in which a run is driven still is: an event loop that is closed drives nothing any more.
Alive = Callable[[], bool]


class Interruptible(Protocol):
    """What a run waits for."""

    def interrupt(self) -> None:
        """End the wait.  Safe in any thread; never raises."""
        ...


def nobody() -> None:
    """Nobody renews leases."""


def anywhere() -> Alive:
    """For a place that lives as long as its process."""
    return lambda: True


#: Seconds between two questions about a run in upstream's background.
FIRST_WAIT: Final = 0.25
LAST_WAIT: Final = 1.0
#: Runs in the background of which it is remembered when they were asked about, before the old ones are dropped; and
#: the seconds after which one is old.
MANY: Final = 1000
OLD: Final = 60.0


class Registry:
    """Shared by all clients of a process; every method is safe in any thread."""

    def __init__(self, place: Callable[[], Alive] = anywhere) -> None:
        """``place`` tells of the place in which it is called."""
        self._place = place
        self._waits: dict[str, tuple[Interruptible | None, Alive]] = {}
        self._tenants: dict[str, str] = {}
        self._told: set[str] = set()
        self._asked: dict[str, tuple[float, float]] = {}
        self._rings: dict[str, list[Ring]] = {}
        self._forsaken: dict[str, str | None] = {}
        #: Called when a run has entered: whoever renews the leases begins with that.
        self.entered: Callable[[], None] = nobody

    def enter(self, run_id: str, waits: Interruptible | None, tenant: str = "") -> None:
        """This process drives the run of a tenant from here; ``waits``: what to interrupt when something happens to
        it.
        """
        self._forsaken.pop(run_id, None)
        self._tenants[run_id] = tenant
        self._waits[run_id] = waits, self._place()
        self.entered()

    def leave(self, run_id: str) -> None:
        self._waits.pop(run_id, None)
        self._tenants.pop(run_id, None)
        self._told.discard(run_id)
        self._asked.pop(run_id, None)
        for ring in self._rings.pop(run_id, ()):
            ring()

    def watch(self, run_id: str, ring: Ring, tenant: str = "") -> bool:
        """Have ``ring`` called once when the run is done or wants something; False when it is not driven here, or is
        somebody else's than the tenant's.
        """
        self._rings.setdefault(run_id, []).append(ring)
        if self.drives(run_id) and self._tenants.get(run_id) == tenant:
            return True
        # It never was, or it left a moment ago, and may have rung already.
        self.unwatch(run_id, ring)
        return False

    def unwatch(self, run_id: str, ring: Ring) -> None:
        """Nobody waits for it any more."""
        rings = self._rings.get(run_id, [])
        if ring in rings:
            rings.remove(ring)
        if not rings:
            self._rings.pop(run_id, None)

    def forget(self) -> None:
        """In a forked process: what was driven is the parent's to drive, to renew and to interrupt."""
        self._waits, self._tenants, self._told, self._asked, self._rings, self._forsaken = {}, {}, set(), {}, {}, {}

    def forsake(self, run_id: str, response_id: str | None) -> None:
        """This process drives the run no more, and could not write that down; nor, perhaps, which response was its
        last.
        """
        self._forsaken[run_id] = response_id

    def forsaken(self, run_id: str) -> bool:
        """Whether this process has let go of the run, or the place in which it drove the run is gone."""
        _, alive = self._waits.get(run_id, (None, None))
        return run_id in self._forsaken or (alive is not None and not alive())

    def drives(self, run_id: str) -> bool:
        """Whether this process drives the run right now."""
        return run_id in self._waits and not self.forsaken(run_id)

    def last_response(self, run_id: str) -> str | None:
        """That of a run that was forsaken."""
        return self._forsaken.get(run_id)

    def runs(self) -> list[tuple[str, str]]:
        """The tenants and ids of the runs that this process drives, for whoever renews their leases."""
        return [(self._tenants.get(run_id, ""), run_id) for run_id in list(self._waits) if not self.forsaken(run_id)]

    def tell(self, run_id: str) -> None:
        """Something happened to the run in the store.  Nothing to do when another process drives it: that one looks."""
        self._forsaken.pop(run_id, None)
        if self.forsaken(run_id):
            # Nobody is left who would hear of it.
            self.leave(run_id)
        elif run_id in self._waits:
            self._told.add(run_id)
            waits, _ = self._waits.get(run_id, (None, None))
            if waits is not None:
                waits.interrupt()

    def may_ask(self, run_id: str, now: float) -> bool:
        """Whether upstream may be asked about a run in its background: often at first, then once a second.

        Readers share this, however many they are.
        """
        due, wait = self._asked.get(run_id, (0.0, FIRST_WAIT))
        if now < due:
            return False
        if len(self._asked) >= MANY:
            # Those that nobody asked about for a while have ended, or are asked about anew.
            self._asked = {known: when for known, when in self._asked.items() if now < when[0] + OLD}
        self._asked[run_id] = now + wait, min(wait * 2, LAST_WAIT)
        return True

    def is_told(self, run_id: str) -> bool:
        """Whether the run's pump shall look into the store."""
        return run_id in self._told
