"""What may happen to a run, a step, a message, and the status of each afterwards.

The whole life of the three objects is in these tables: the engine calls `after`, the store's compare-and-set `before`,
the documentation `mermaid`.  A status that is not a key of its table is final.
"""

from collections.abc import Mapping
from typing import Final, Literal

RunStatus = Literal[
    "queued",
    "in_progress",
    "requires_action",
    "cancelling",
    "cancelled",
    "failed",
    "completed",
    "incomplete",
    "expired",
]
Happening = Literal[
    "began", "action_required", "answered", "cancel", "stopped", "finished", "cut_short", "failed", "lapsed"
]
StepStatus = Literal["in_progress", "cancelled", "failed", "completed", "expired"]
MessageStatus = Literal["in_progress", "incomplete", "completed"]

#: Run: status, what happens, status afterwards.
AFTER: Final[Mapping[RunStatus, Mapping[Happening, RunStatus]]] = {
    "queued": {"began": "in_progress", "cancel": "cancelling", "failed": "failed", "lapsed": "expired"},
    "in_progress": {
        "action_required": "requires_action",
        "finished": "completed",
        "cut_short": "incomplete",
        "cancel": "cancelling",
        "failed": "failed",
        "lapsed": "expired",
    },
    "requires_action": {"answered": "queued", "cancel": "cancelling", "failed": "failed", "lapsed": "expired"},
    # An answer that was complete when the request to cancel came is stored, as it was; calls that nobody will answer
    # are not.
    "cancelling": {
        "stopped": "cancelled",
        "action_required": "cancelled",
        "cut_short": "cancelled",
        "finished": "completed",
        "failed": "failed",
        "lapsed": "expired",
    },
}

#: The run's timestamp that a status sets.  In the recordings an expired run has ``completed_at``, and so has an
#: incomplete one.
STAMP: Final[Mapping[RunStatus, str]] = {
    "in_progress": "started_at",
    "completed": "completed_at",
    "incomplete": "completed_at",
    "expired": "completed_at",
    "cancelled": "cancelled_at",
    "failed": "failed_at",
}

#: The status of a step, and of a message, that is still open when its run ends in this way.
STEP_END: Final[Mapping[RunStatus, tuple[StepStatus, str]]] = {
    "completed": ("completed", "completed_at"),
    "incomplete": ("completed", "completed_at"),
    "cancelled": ("cancelled", "cancelled_at"),
    "failed": ("failed", "failed_at"),
    "expired": ("expired", "expired_at"),
}
MESSAGE_END: Final[Mapping[RunStatus, str]] = {
    "incomplete": "max_tokens",
    "cancelled": "run_cancelled",
    "failed": "run_failed",
    "expired": "run_expired",
}

ACTIVE: Final[frozenset[RunStatus]] = frozenset(AFTER)


class Impossible(ValueError):
    """This cannot happen to a run in its status."""


def after(status: RunStatus, happening: Happening) -> RunStatus:
    """The status of a run in ``status`` once ``happening`` has happened.  Raises `Impossible`."""
    try:
        return AFTER[status][happening]
    except KeyError:
        raise Impossible(f"a run that is {status} cannot have {happening}") from None


def before(happening: Happening) -> frozenset[RunStatus]:
    """The statuses in which ``happening`` is allowed: the WHERE of the store's compare-and-set."""
    return frozenset(status for status, row in AFTER.items() if happening in row)


def mermaid() -> str:
    """The table as a Mermaid state diagram."""
    arrows = [f"    {status} --> {then}: {what}" for status, row in AFTER.items() for what, then in row.items()]
    return "\n".join(["stateDiagram-v2", "    [*] --> queued", *arrows])
