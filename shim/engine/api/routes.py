"""Every call that the shim answers: the old API's 23 routes, and four for files and vector stores of its tools.

A call without a row here is passed on to the network unchanged.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from shim.engine.api import assistants, files, messages, runs, steps, threads, tool_outputs, vector_stores
from shim.engine.protocol import Reply, Request
from shim.engine.run import container_files
from shim.wire.requests import is_possible

Operation = Callable[..., Awaitable[Reply]]

ROUTES: Final[dict[tuple[str, str], Operation]] = {
    ("GET", "assistants"): assistants.listing,
    ("POST", "assistants"): assistants.create,
    ("GET", "assistants/{assistant_id}"): assistants.retrieve,
    ("POST", "assistants/{assistant_id}"): assistants.update,
    ("DELETE", "assistants/{assistant_id}"): assistants.delete,
    ("POST", "threads"): threads.create,
    ("POST", "threads/runs"): runs.create_with_thread,
    ("GET", "threads/{thread_id}"): threads.retrieve,
    ("POST", "threads/{thread_id}"): threads.update,
    ("DELETE", "threads/{thread_id}"): threads.delete,
    ("GET", "threads/{thread_id}/messages"): messages.listing,
    ("POST", "threads/{thread_id}/messages"): messages.create,
    ("GET", "threads/{thread_id}/messages/{message_id}"): messages.retrieve,
    ("POST", "threads/{thread_id}/messages/{message_id}"): messages.update,
    ("DELETE", "threads/{thread_id}/messages/{message_id}"): messages.delete,
    ("GET", "threads/{thread_id}/runs"): runs.listing,
    ("POST", "threads/{thread_id}/runs"): runs.create,
    ("GET", "threads/{thread_id}/runs/{run_id}"): runs.retrieve,
    ("POST", "threads/{thread_id}/runs/{run_id}"): runs.update,
    ("POST", "threads/{thread_id}/runs/{run_id}/cancel"): runs.cancel,
    ("POST", "threads/{thread_id}/runs/{run_id}/submit_tool_outputs"): tool_outputs.submit,
    ("GET", "threads/{thread_id}/runs/{run_id}/steps"): steps.listing,
    ("GET", "threads/{thread_id}/runs/{run_id}/steps/{step_id}"): steps.retrieve,
    # Files that code interpreter wrote: upstream has them only within their container.
    ("GET", "files/{file_id}"): files.retrieve,
    ("GET", "files/{file_id}/content"): files.content,
    ("DELETE", "files/{file_id}"): files.delete,
    # Upstream deletes the vector store; the shim removes it from the assistants that name it.
    ("DELETE", "vector_stores/{vector_store_id}"): vector_stores.delete,
}
#: Calls of a thread that bring its active run up to date themselves, if there is one.
REFRESHING: Final = (runs.create,)
#: The first segment of every path that is never passed on: an unknown path below it gets the API's 404.
OURS: Final = ("assistants", "threads")
#: The same rows for looking them up, with a ``*`` in place of each id.
_BY_SHAPE: Final = {
    (method, tuple("*" if part.startswith("{") else part for part in path.split("/"))): operation
    for (method, path), operation in ROUTES.items()
}


#: Calls of other APIs that the shim answers, by the rows above.
_GUESTS: Final = re.compile(rf"(GET|DELETE) files/{container_files.PREFIX}.*|DELETE vector_stores/[^/]+/?")
#: The paths of a file of upstream's.
_FILE: Final = re.compile(r"^(?!.*vector_stores/)(?:.*/)?(files/file-[^/]+(?:/content)?)$")
#: The other APIs, by name for metrics; all other paths count as one.
_PLAIN: Final = re.compile(
    "audio|batches|chat|completions|containers|conversations|embeddings|evals|files|fine_tuning|images|models|"
    "moderations|organization|realtime|responses|uploads|vector_stores|videos"
)
#: Objects that the SDK polls: once a second, unless a header of the answer has another interval.
_POLLED: Final = re.compile(r"GET (vector_stores|files|batches|uploads)/.+")


def is_ours(method: str, path: str) -> bool:
    """Whether a call (its path below the base URL's, without a leading slash) is answered here."""
    return path.partition("/")[0] in OURS or _GUESTS.fullmatch(f"{method} {path}") is not None


def is_polled(method: str, path: str) -> bool:
    """Whether a call that is passed on reads an object that the SDK polls."""
    return _POLLED.fullmatch(f"{method} {path}") is not None


def imported_file(method: str, path: str, status: int) -> str | None:
    """The shim's own path for a file that upstream does not have, according to the ``status`` of its answer: the store
    may have it from an import.  None for any other call.
    """
    match = _FILE.search(path) if (method, status) == ("GET", 404) else None
    return match[1] if match else None


def name_of(method: str, path: str) -> str:
    """A call's name without ids: a row of `ROUTES`, or the first part of another API's path."""
    if is_ours(method, path):
        parts = [part for part in path.split("/") if part]
        shape = "/".join("{id}" if index % 2 else part for index, part in enumerate(parts))
        # `threads/runs` has a name where other paths have an id.
        shape = "threads/runs" if path.strip("/") == "threads/runs" else shape
        return shape if find(method, path) else "unknown"
    first = path.partition("/")[0]
    return first if _PLAIN.fullmatch(first) else "other"


def starts_run(method: str, path: str) -> bool:
    """Whether a call starts a run or continues one."""
    operation, _ = find(method, path) or (None, [])
    return operation in (runs.create, runs.create_with_thread, tool_outputs.submit)


def polled_run(request: Request) -> str | None:
    """The id of the run for whose end the SDK's polling helpers wait; None if their caller has set an interval.

    Source of the headers: ``runs.poll`` in the SDKs of Python and Node.
    """
    helped = request.headers.get("x-stainless-poll-helper") == "true"
    if not helped or "x-stainless-custom-poll-interval" in request.headers:
        return None
    operation, ids = find(request.method, request.path) or (None, [])
    return ids[1] if operation is runs.retrieve else None


def methods(path: str) -> list[str]:
    """The methods of one of the shim's paths; empty if there is no such path."""
    return sorted({method for method, _ in ROUTES if find(method, path)})


def find(method: str, path: str) -> tuple[Operation, list[str]] | None:
    """The operation of a call and the ids of its path; None when there is no such route."""
    # Empty parts are ignored: `/threads//messages` is `/threads/messages`, as it was.
    parts = tuple(part for part in path.split("/") if part)
    if operation := _BY_SHAPE.get((method, parts)):
        return operation, []
    # Every second part of a path is an id.
    shape = tuple("*" if index % 2 else part for index, part in enumerate(parts))
    operation = _BY_SHAPE.get((method, shape))
    ids = list(parts[1::2])
    return (operation, ids) if operation and all(map(is_possible, ids)) else None
