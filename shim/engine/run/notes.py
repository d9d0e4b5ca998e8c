"""Reports to the log and the monitor what a run does upstream, and events that the old API does not have.

No contents are logged, only names of events and models, ids, and paths of differences.
"""

import logging
from datetime import datetime, timezone
from typing import Final

from shim.engine.context import Context
from shim.ports import Refusal
from shim.translate.turn import Turn
from shim.wire.types import Json

log = logging.getLogger("shim")
#: The ``last_error`` of a run that failed by an internal error.
OURS: Final = "internal error of the shim, see the log of {}"
#: Kinds of unknown events that were logged: each is logged once.
_logged: Final[set[str]] = set()


def asking(context: Context, run: Json, body: Json) -> None:
    """Report that a request for a run is about to be sent upstream."""
    context.monitor("asking", run, str(body.get("model", "")))
    model, previous = body.get("model"), body.get("previous_response_id")
    log.debug("run %s of thread %s: asking upstream for %s after %s", run["id"], run["thread_id"], model, previous)


def refused(context: Context, run: Json, refusal: Refusal) -> None:
    """Report that upstream refused the request."""
    context.monitor("refused", run, str(refusal.status or ""))
    log.debug("run %s of thread %s: upstream refused with %s", run["id"], run["thread_id"], refusal.status)


def opened(context: Context, run: Json, response: Json) -> None:
    """Report which response upstream has started."""
    context.monitor("opened", run, str(response.get("id", "")))
    log.debug("run %s of thread %s: upstream answers as %s", run["id"], run["thread_id"], response.get("id"))


def report(context: Context, turn: Turn) -> None:
    """Report the end of a turn, and the unknown events and differences that occurred in it."""
    context.monitor("ended", turn.run, turn.run["status"])
    log.debug("run %s of thread %s: %s", turn.run["id"], turn.run["thread_id"], turn.run["status"])
    for kind in sorted(turn.unknown - _logged):
        _logged.add(kind)
        log.warning("upstream sent %.80r, which this version does not support: left out", kind)
    for difference in turn.differences:
        log.warning("run %s: %s", turn.run["id"], difference)
    turn.reported()


def internal_error(context: Context, run_id: str) -> str:
    """Log the current exception as an internal error, with its time; returns the run's ``last_error``, which has the
    same time.
    """
    when = datetime.fromtimestamp(context.now(), timezone.utc).isoformat()
    log.exception("internal error at %s, in run %s", when, run_id)
    return OURS.format(when)
