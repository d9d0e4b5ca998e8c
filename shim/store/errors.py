"""The exceptions of the store.  Any other exception of a transaction was raised by the work itself."""

from typing import Literal

#: Whether a failure can pass: never, after somebody has corrected something, or by itself.
Passes = Literal["never", "by help", "by itself"]


class StoreFailed(Exception):
    """The database cannot be used: missing, broken, locked, full, read-only, unreachable or too new.

    The message is one or two English sentences for the person who runs the program.  It never contains a password.  An
    active run waits if the failure ``passes``; a caller's SDK is told to retry if it passes by itself.
    """

    def __init__(self, message: str, passes: Passes = "never") -> None:
        super().__init__(message)
        self.passes: Passes = passes


class ActiveRun(Exception):
    """The thread already has an active run, ``run_id``."""

    def __init__(self, run_id: str) -> None:
        super().__init__(f"the thread has an active run: {run_id}")
        self.run_id = run_id


class NoSuchCursor(Exception):
    """``after`` or ``before`` is the id of an object that is not in the list: ``id``."""

    def __init__(self, id: str) -> None:
        super().__init__(f"no such object in the list: {id}")
        self.id = id


class Gone(Exception):
    """The thread was deleted meanwhile, so nothing can be added to it.  The transaction was rolled back."""
