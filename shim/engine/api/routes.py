"""Every call that is ours: the old API's 23 routes, and four for files and stores that its tools work on.

What has no row here goes to the real network untouched.
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
    # Files that code wrote, which upstream knows within their container alone.
    ("GET", "files/{file_id}"): files.retrieve,
    ("GET", "files/{file_id}/content"): files.content,
    ("DELETE", "files/{file_id}"): files.delete,
    # Upstream's own, but assistants that search the store must hear of its end.
    ("DELETE", "vector_stores/{vector_store_id}"): vector_stores.delete,
}
#: The first segment of every path that is ours, known or not: an unknown one is the API's 404, never the network's.
OURS: Final = ("assistants", "threads")
#: The same rows as they are looked up: a ``*`` where an id stands.
_BY_SHAPE: Final = {
    (method, tuple("*" if part.startswith("{") else part for part in path.split("/"))): operation
    for (method, path), operation in ROUTES.items()
}


#: Calls of other APIs that are ours by a row above.
_GUESTS: Final = re.compile(rf"(GET|DELETE) files/{container_files.PREFIX}.*|DELETE vector_stores/[^/]+/?")
#: The end of the path of a file of upstream's.
_FILE: Final = re.compile(r"^(?!.*vector_stores/)(?:.*/)?(files/file-[^/]+(?:/content)?)$")
#: How other APIs are called; whatever else callers make up is one of many.
_PLAIN: Final = re.compile(
    "audio|batches|chat|completions|containers|conversations|embeddings|evals|files|fine_tuning|images|models|"
    "moderations|organization|realtime|responses|uploads|vector_stores|videos"
)
#: Objects that the SDK polls; without a header that says otherwise it does so once a second.
_POLLED: Final = re.compile(r"GET (vector_stores|files|batches|uploads)/.+")


def is_ours(method: str, path: str) -> bool:
    """Whether a call (its path below the base URL's, without a leading slash) is answered here."""
    return path.partition("/")[0] in OURS or _GUESTS.fullmatch(f"{method} {path}") is not None


def is_polled(method: str, path: str) -> bool:
    """Whether a call that is not ours looks at something that changes, and is asked for again and again."""
    return _POLLED.fullmatch(f"{method} {path}") is not None


def imported_file(method: str, path: str, status: int) -> str | None:
    """The path of ours for a file that upstream does not have (``status`` of its answer), as the store may have it from
    an import; None for any other call.
    """
    found = _FILE.search(path) if (method, status) == ("GET", 404) else None
    return found[1] if found else None


def named(method: str, path: str) -> str:
    """What a call is, without its ids: a row of `ROUTES`, or what a path of another API begins with."""
    if is_ours(method, path):
        parts = [part for part in path.split("/") if part]
        shape = "/".join("{id}" if index % 2 else part for index, part in enumerate(parts))
        # `threads/runs` has a name where ids stand.
        shape = "threads/runs" if path.strip("/") == "threads/runs" else shape
        return shape if find(method, path) else "unknown"
    first = path.partition("/")[0]
    return first if _PLAIN.fullmatch(first) else "other"


def starts_run(method: str, path: str) -> bool:
    """Whether a call begins a run or lets one go on."""
    operation, _ = find(method, path) or (None, [])
    return operation in (runs.create, runs.create_with_thread, tool_outputs.submit)


def polled_run(request: Request) -> str | None:
    """The run whose end the SDK's polling helpers wait for, unless their caller has said how often to look.

    Source of the headers: ``runs.poll`` in the SDKs of Python and Node.
    """
    helped = request.headers.get("x-stainless-poll-helper") == "true"
    if not helped or "x-stainless-custom-poll-interval" in request.headers:
        return None
    operation, ids = find(request.method, request.path) or (None, [])
    return ids[1] if operation is runs.retrieve else None


def methods(path: str) -> list[str]:
    """The methods that a path of ours takes; none where there is no such path."""
    return sorted({method for method, _ in ROUTES if find(method, path)})


def find(method: str, path: str) -> tuple[Operation, list[str]] | None:
    """The operation of a call and the ids of its path; None when there is no such route."""
    # An empty part is none: `/threads//messages` is `/threads/messages`, as it was.
    parts = tuple(part for part in path.split("/") if part)
    if operation := _BY_SHAPE.get((method, parts)):
        return operation, []
    # Every second part of a path is an id.
    shape = tuple("*" if index % 2 else part for index, part in enumerate(parts))
    operation = _BY_SHAPE.get((method, shape))
    ids = list(parts[1::2])
    return (operation, ids) if operation and all(map(is_possible, ids)) else None
