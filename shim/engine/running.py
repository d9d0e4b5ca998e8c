"""The runs that this process drives right now.

Whoever ends a run from outside (cancel, delete, expiry) tells it here; its pump is then interrupted where it waits for
upstream, looks into the store, and does what it finds there.
"""

from shim.ports import Answer


class Running:
    """Shared by all clients of a process; every method is safe in any thread."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer | None] = {}
        self._told: set[str] = set()

    def enter(self, run_id: str, answer: Answer | None) -> None:
        """This process drives the run, and now waits for that answer (None: for none yet)."""
        self._answers[run_id] = answer

    def leave(self, run_id: str) -> None:
        self._answers.pop(run_id, None)
        self._told.discard(run_id)

    def tell(self, run_id: str) -> None:
        """Something happened to the run in the store.  Nothing to do when another process drives it: that one looks."""
        if run_id in self._answers:
            self._told.add(run_id)
            if (answer := self._answers.get(run_id)) is not None:
                answer.interrupt()

    def told(self, run_id: str) -> bool:
        """Whether the run's pump shall look into the store."""
        return run_id in self._told
