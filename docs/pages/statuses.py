"""The life of runs, steps and messages, from its tables."""

from typing import Final, get_args

from docs.pages.marks import code, page, table
from shim import lifecycle

INTRODUCTION: Final = """
What may happen to a run in which status, and where it stands afterwards. The engine asks this table, and so does the
database: a change is written only if the run still has a status in which it may happen. A status without a row is an
end.
"""
#: What each happening is.
HAPPENINGS: Final[dict[str, str]] = {
    "began": "upstream works on it",
    "asked": "the model calls functions of the application",
    "answered": "the application submitted their outputs",
    "cancel": "somebody cancels it",
    "stopped": "the cancelled work has stopped",
    "finished": "the answer is complete",
    "cut_short": "the answer was cut, by a token limit or a filter",
    "failed": "upstream refused, failed or could not be reached",
    "lapsed": "its time is over: ten minutes after its creation, unless `SHIM_RUN_LIFETIME` says otherwise",
}
STAMPS: Final = """
The timestamp that a status sets. `expires_at` is null after every end.
"""
ENDS: Final = """
What becomes of a step, and of a message, that is still open when its run ends so.
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
