"""The next step after an error: one log line for the operator.  What the caller gets stays the
API's own.

For an id from before the API was shut down, a file or vector store that upstream does not have, and names of the API's
first version there is a replacement or a command that helps, and the API's error names neither.
"""

import re
from typing import Final

from shim.engine.context import Context
from shim.ports import Refusal
from shim.store import threads
from shim.store.errors import StoreFailed
from shim.wire.errors import ApiError

#: Objects that the shim itself stores, by the prefix of their ids.
ELSEWHERE: Final[dict[str, str]] = {
    "asst": "assistant %s is not in this store: objects from before 2026-08-26 are not here unless created or "
    "imported. `assistants-shim assistants create --id %s --model MODEL` makes it, SHIM_ASSISTANTS=FILE declares it; "
    "see docs/how-to/bring-your-assistants.md",
    "thread": "thread %s is not in this store: objects from before 2026-08-26 are not here unless created or "
    "imported. With SHIM_UNKNOWN_THREADS=create a call that writes into %s, runs it or lists its messages creates it "
    "empty, if it is an id of the API's form; see docs/how-to/old-thread-ids.md",
}
#: Objects that upstream stores, by the prefix of their ids.
UPSTREAM: Final[dict[str, str]] = {
    "file": "file %s is not known upstream: it was deleted, or belongs to another project than this key. Upload it "
    "again and replace this id by the new one (`assistants-shim check` finds every place); see "
    "docs/how-to/bring-your-assistants.md",
    "vs": "vector store %s is not known upstream: it has expired, was deleted, or belongs to another project than this "
    "key. Make a new one and replace this id by its id (`assistants-shim check` finds every place); see "
    "docs/how-to/bring-your-assistants.md",
}
#: Names of the API's first version: the parameter of an error, the value that it names, and what to write instead.
LEFTOVERS: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"(.*\.)?file_ids",
        "",
        "`file_ids` of assistants and messages ended with version 1: an assistant has `tool_resources` "
        "(`code_interpreter.file_ids`, `file_search.vector_store_ids`), a message has `attachments`",
    ),
    (r"(.*\.)?tools.*", "retrieval", "the tool `retrieval` of version 1 is `file_search` since"),
    (r"(.*\.)?tool_choice.*", "retrieval", "the tool `retrieval` of version 1 is `file_search` since"),
)
VERSION_1: Final = (
    "a caller sends `OpenAI-Beta: assistants=v1`: it is answered in version 2, where `retrieval` is `file_search` "
    "and `file_ids` are `tool_resources` and `attachments`"
)
PAGE: Final = "; see docs/how-to/bring-your-assistants.md"
#: A program tries to change a declared assistant: many programs configure their assistant when they start.
DECLARED: Final = (
    "%s A program that changes its assistant itself needs it in the store: `assistants-shim assistants apply FILE`, "
    "and SHIM_ASSISTANTS without it"
)
_ID: Final = re.compile(r"\b(asst|thread)_[A-Za-z0-9_-]+")
_UPSTREAM_ID: Final = re.compile(r"\b(file|vs)[-_][A-Za-z0-9_-]{4,}")
#: The end of a path with exactly one such id: with two ids, a 404 would not show which of them is unknown.
_PASSED_ON: Final = re.compile(
    r"^(?!.*/vector_stores/[^/]+/[^/]+/).*/(?:files|vector_stores)/((file|vs)[-_][A-Za-z0-9_-]{4,})"
    r"(?:/(?:content|search|files|file_batches))?$"
)
_NOT_THERE: Final = re.compile(r"(?i)not found|no such|does not exist|no .* found|could not find|unknown")
#: Names that begin like an id but are none.
_FIELD_NAMES: Final = re.compile(r"(file|vs)_(search|ids?|data|url|citation|path)\b")


async def of_error(context: Context, problem: ApiError) -> None:
    """Log what helps after an error of the shim's own."""
    match = _ID.search(problem.message) if problem.status == 404 else None
    if match is not None:
        if not await _was_deleted(context, match[0]):
            context.notices.warn(("missing", match[0]), ELSEWHERE[match[1]], *[match[0]] * 2)
    elif problem.code == "declared_assistant":
        context.notices.warn(("declared", problem.message), DECLARED + PAGE, problem.message)
    elif (hint := leftover(problem)) is not None:
        context.notices.warn(("leftover", hint), "%s", hint + PAGE)


async def _was_deleted(context: Context, id: str) -> bool:
    """Whether it was a thread of this store; then it was deleted on purpose, and nothing is logged."""
    try:
        return id in await context.store.read(threads.with_tombstone, [id])
    except StoreFailed:
        return False


def leftover(problem: ApiError) -> str | None:
    """What to write instead of a name of version 1, if the error is about one."""
    for param, value, successor in LEFTOVERS:
        if re.fullmatch(param, problem.param or "") and f"'{value}'" in problem.message + "''":
            return successor
    return None


def of_refusal(context: Context, refusal: Refusal) -> None:
    """Log what helps if upstream refuses a request because it does not have a file or a vector store."""
    if refusal.status in (400, 404) and _NOT_THERE.search(refusal.message):
        for each in _UPSTREAM_ID.finditer(refusal.message):
            if _FIELD_NAMES.fullmatch(each[0]) is None:
                context.notices.warn(("missing", each[0]), UPSTREAM[each[1]], each[0])


def of_path(context: Context, path: str, status: int) -> None:
    """Log what helps if a call that is passed on names a file or a vector store that upstream does not have."""
    if status == 404 and (match := _PASSED_ON.search(path)) is not None:
        context.notices.warn(("missing", match[1]), UPSTREAM[match[2]], match[1])


def of_headers(context: Context, beta: str) -> None:
    """Log that a client sends the header of version 1."""
    if "assistants=v1" in beta:
        context.notices.warn(("leftover", "assistants=v1"), "%s", VERSION_1 + PAGE)
