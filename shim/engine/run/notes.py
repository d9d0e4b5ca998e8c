"""What a run does upstream, and what the translation noticed and could not say in the old API's words: log lines for
whoever runs this.

No contents: names of events and models, ids, and where something differed.
"""

import logging
from typing import Final

from shim.ports import Refusal
from shim.translate.turn import Turn
from shim.wire.types import Json

log = logging.getLogger("shim")
#: What was logged before: the news is that there is such an event, not how often.
_told: Final[set[str]] = set()


def asking(run: Json, body: Json) -> None:
    """Log that upstream is about to be asked for a run."""
    model, previous = body.get("model"), body.get("previous_response_id")
    log.debug("run %s of thread %s: asking upstream for %s after %s", run["id"], run["thread_id"], model, previous)


def refused(run: Json, refusal: Refusal) -> None:
    """Log that upstream did not take the request."""
    log.debug("run %s of thread %s: upstream refused with %s", run["id"], run["thread_id"], refusal.status)


def opened(run: Json, response: Json) -> None:
    """Log which response upstream has begun."""
    log.debug("run %s of thread %s: upstream answers as %s", run["id"], run["thread_id"], response.get("id"))


def report(turn: Turn) -> None:
    """Log what a turn has met, at its end."""
    log.debug("run %s of thread %s: %s", turn.run["id"], turn.run["thread_id"], turn.run["status"])
    for kind in sorted(turn.unknown - _told):
        _told.add(kind)
        log.warning("upstream sent %.80r, which this version does not know: left out", kind)
    for difference in turn.differences:
        log.warning("run %s: %s", turn.run["id"], difference)
    turn.differences.clear()
