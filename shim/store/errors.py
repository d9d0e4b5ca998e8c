"""What the store raises.  Everything else that comes out of a transaction was raised by the work itself."""

from typing import Literal

#: Whether a failure is over after a while: never, once somebody has helped, or by itself.
Passes = Literal["never", "by help", "by itself"]


class StoreFailed(Exception):
    """The database cannot be used: missing, broken, locked, full, read-only, unreachable or too new.

    The message is one or two English sentences for the person who runs the program.  It never holds a password.
    A run under way waits for what ``passes``; a caller is told to ask again where that is by itself.
    """

    def __init__(self, message: str, passes: Passes = "never") -> None:
        super().__init__(message)
        self.passes: Passes = passes


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
