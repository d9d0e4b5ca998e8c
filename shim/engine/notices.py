"""Notices that are logged once, however often their cause occurs."""

import logging
from typing import Final

log = logging.getLogger("shim")
# : How many subjects are remembered.  After that nothing more is logged, so that a caller who invents ids cannot fill
# log and memory.
MAX_SUBJECTS: Final = 1000


class Notices:
    """Lines in the log, each once for its subject.  Safe in any thread: at worst a line comes twice."""

    def __init__(self) -> None:
        self._logged: Final[set[tuple[str, ...]]] = set()

    def first(self, *subject: str) -> bool:
        """Whether ``subject`` has not been logged before, such as ``("thread", "thread_…")``."""
        if subject in self._logged or len(self._logged) >= MAX_SUBJECTS:
            return False
        self._logged.add(subject)
        return True

    def warn(self, subject: tuple[str, ...], text: str, *values: object) -> None:
        """Log a warning, unless the same subject was logged before."""
        if self.first(*subject):
            log.warning(text, *values)
