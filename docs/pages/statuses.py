"""The life of runs, steps and messages, from its tables."""

from typing import Final, get_args

from docs.pages.marks import code, page, table
from shim import lifecycle

INTRODUCTION: Final = """
What can happen to a run in each status, and its status afterwards. The engine and the store use this table: a change is
written only if the run still has a status in which it is allowed. A status without entries in its row is final.
"""
#: The meaning of each happening.
HAPPENINGS: Final[dict[str, str]] = {
    "began": "upstream works on it",
    "action_required": "the model calls functions of the application",
    "answered": "the application submitted their outputs",
    "cancel": "somebody cancels it",
    "stopped": "the cancelled work has stopped",
    "finished": "the answer is complete",
    "cut_short": "the answer was cut, by a token limit or a filter",
    "failed": "upstream refused, failed or could not be reached",
    "lapsed": "its lifetime has passed: ten minutes after its creation, unless `SHIM_RUN_LIFETIME` sets another",
}
STAMPS: Final = """
The timestamp that each status sets. `expires_at` is null in every final status.
"""
ENDS: Final = """
The status that a step and a message get that are still open when their run ends with the status in the first column.
"""


def print_page() -> str:
    grid = [
        (code(status), *(code(row[what]) if what in row else "" for what in HAPPENINGS))
        for status, row in lifecycle.AFTER.items()
    ]
    ends = [(code(status), code(lifecycle.STEP_END[status][0]), _message(status)) for status in lifecycle.STEP_END]
    return page(
        "Statuses",
        INTRODUCTION,
        f"```mermaid\n{lifecycle.mermaid()}\n```",
        table(("", *map(code, HAPPENINGS)), grid),
        table(("happening", "meaning"), [(code(name), text) for name, text in HAPPENINGS.items()]),
        "## Timestamps",
        STAMPS,
        table(("status", "sets"), [(code(status), code(stamp)) for status, stamp in lifecycle.STAMP.items()]),
        "## Steps and messages at the end",
        ENDS,
        table(("run", "open step", "open message"), ends),
        f"Statuses of a run: {_all(lifecycle.RunStatus)}. Of a step: {_all(lifecycle.StepStatus)}. "
        f"Of a message: {_all(lifecycle.MessageStatus)}.",
    )


def _message(status: lifecycle.RunStatus) -> str:
    reason = lifecycle.MESSAGE_END.get(status)
    return f"`incomplete`, reason `{reason}`" if reason else "`completed`"


def _all(statuses: object) -> str:
    return ", ".join(code(status) for status in get_args(statuses))
