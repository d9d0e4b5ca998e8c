"""What the store raises.  Everything else that comes out of a transaction was raised by the work itself."""


class StoreFailed(Exception):
    """The database cannot be used: missing, broken, locked, full, read-only, unreachable or too new.

    The message is one or two English sentences for the person who runs the program.  It never holds a password.
    """


class ActiveRun(Exception):
    """The thread already has an active run; ``run_id`` names it."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"the thread has an active run: {run_id}")
        self.run_id = run_id


class NoSuchCursor(Exception):
    """``after`` or ``before`` names an object that is not in the list; ``id`` is what was given."""

    def __init__(self, id: str) -> None:
        super().__init__(f"no such object in the list: {id}")
        self.id = id


class Gone(Exception):
    """The thread was deleted meanwhile, so nothing can be added to it.  The transaction left no trace."""
