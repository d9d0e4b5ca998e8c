"""The runs that this process drives right now.

Whoever ends a run from outside (cancel, delete, expiry) tells it here; its pump is then interrupted where it waits for
upstream, looks into the store, and does what it finds there.
"""

from collections.abc import Callable
from typing import Final

from shim.ports import Answer

#: What is called, from any thread, when a run is no longer driven.
Ring = Callable[[], None]

#: Seconds between two questions about a run in upstream's background.
FIRST_WAIT: Final = 0.25
LAST_WAIT: Final = 1.0


class Running:
    """Shared by all clients of a process; every method is safe in any thread."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer | None] = {}
        self._told: set[str] = set()
        self._asked: dict[str, tuple[float, float]] = {}
        self._rings: dict[str, list[Ring]] = {}
        self._forsaken: dict[str, str | None] = {}

    def enter(self, run_id: str, answer: Answer | None) -> None:
        """This process drives the run, and now waits for that answer (None: for none yet)."""
        self._forsaken.pop(run_id, None)
        self._answers[run_id] = answer

    def leave(self, run_id: str) -> None:
        self._answers.pop(run_id, None)
        self._told.discard(run_id)
        self._asked.pop(run_id, None)
        for ring in self._rings.pop(run_id, ()):
            ring()

    def watch(self, run_id: str, ring: Ring) -> bool:
        """Have ``ring`` called once when the run is done or wants something; False when it is not driven here."""
        self._rings.setdefault(run_id, []).append(ring)
        if run_id in self._answers:
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
        self._answers, self._told, self._asked, self._rings, self._forsaken = {}, set(), {}, {}, {}

    def forsake(self, run_id: str, response_id: str | None) -> None:
        """This process drives the run no more, and could not write that down; nor, perhaps, which response was its
        last.
        """
        self._forsaken[run_id] = response_id

    def forsaken(self, run_id: str) -> bool:
        return run_id in self._forsaken

    def last_response(self, run_id: str) -> str | None:
        """That of a run that was forsaken."""
        return self._forsaken.get(run_id)

    def ids(self) -> list[str]:
        """The runs that this process drives, for whoever renews their leases."""
        return list(self._answers)

    def tell(self, run_id: str) -> None:
        """Something happened to the run in the store.  Nothing to do when another process drives it: that one looks."""
        self._forsaken.pop(run_id, None)
        if run_id in self._answers:
            self._told.add(run_id)
            if (answer := self._answers.get(run_id)) is not None:
                answer.interrupt()

    def may_ask(self, run_id: str, now: float) -> bool:
        """Whether upstream may be asked about a run in its background: often at first, then once a second.

        Readers share this, however many they are.
        """
        due, wait = self._asked.get(run_id, (0.0, FIRST_WAIT))
        if now < due:
            return False
        self._asked[run_id] = now + wait, min(wait * 2, LAST_WAIT)
        return True

    def told(self, run_id: str) -> bool:
        """Whether the run's pump shall look into the store."""
        return run_id in self._told
