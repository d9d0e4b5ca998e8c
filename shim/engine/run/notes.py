"""What the translation noticed and could not say in the old API's words, told to whoever runs this.

No contents: names of events, ids, and where something differed.
"""

import logging
from typing import Final

from shim.translate.turn import Turn

log = logging.getLogger("shim")
#: What was logged before: the news is that there is such an event, not how often.
_told: Final[set[str]] = set()


def report(turn: Turn) -> None:
    """Log what a turn has met, at its end."""
    for kind in sorted(turn.unknown - _told):
        _told.add(kind)
        log.warning("upstream sent %.80r, which this version does not know: left out", kind)
    for difference in turn.differences:
        log.warning("run %s: %s", turn.run["id"], difference)
    turn.differences.clear()
