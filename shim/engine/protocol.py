"""The request that a door passes to the engine, and the reply that it gets back."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from shim.ports import Call, Interruption
from shim.store.errors import StoreFailed
from shim.wire import encoding, sse
from shim.wire.errors import ApiError, error
from shim.wire.types import Json

Emitted = tuple[str, Json]
#: The events of a run in batches: those of one network read, already committed except deltas.
Events = AsyncGenerator[list[Emitted], None]
#: Work that is done after the answer was sent.
Work = Callable[[], Coroutine[Any, Any, None]]

#: The end of every stream, as an event among the others.
DONE: Final[Emitted] = ("done", {})
JSON_TYPE: Final = {"content-type": "application/json"}
SSE_TYPE: Final = {"content-type": "text/event-stream; charset=utf-8"}


class Outlet(Protocol):
    """Where the pump of a run puts its bytes for a reader."""

    def is_full(self) -> bool:
        """Whether the pump has to wait for the reader."""
        ...

    def put_now(self, chunk: bytes) -> None:
        """Add a chunk without a wait."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the old API.  ``path`` is the part after the base URL's path, without a leading slash.  ``timeout``:
    seconds that the caller waits for the answer, if known.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: Any = None

    def call(self, streamed: bool) -> Call:
        """Headers and timeout for upstream calls. If the caller does not read the run, the timeout applies only to this
        answer.
        """
        return Call(self.headers, self.timeout if streamed else None)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer.  ``events``: the events of a run, which the door must pump to their end with or without a reader.
    ``streamed``: they are the body of the answer, and ``body`` is empty.  ``interruption``: that of the run; after it
    the pump does not wait for a slow reader.  ``attach``: tells the run where its pump puts bytes, so that most text
    gets there without waking the pump.  ``afterwards``: work to be done when the answer has been sent.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    events: Events | None = None
    streamed: bool = False
    interruption: Interruption | None = None
    attach: Callable[[Outlet], None] | None = None
    afterwards: Work | None = None


def json_reply(
    body: Json, *, status: int = 200, events: Events | None = None, headers: Mapping[str, str] = {}
) -> Reply:
    """A JSON answer, indented by two spaces as the API's were; ``events``: a run that is pumped after the answer."""
    return Reply(status, JSON_TYPE | dict(headers), encoding.indented(body), events)


def stream_reply(
    events: Events, interruption: Interruption | None = None, attach: Callable[[Outlet], None] | None = None
) -> Reply:
    """A stream."""
    return Reply(200, SSE_TYPE, events=events, streamed=True, interruption=interruption, attach=attach)


def error_reply(problem: ApiError) -> Reply:
    """An error body."""
    return json_reply(problem.body, status=problem.status, headers=problem.headers)


def our_failure(problem: Exception) -> ApiError:
    """The error for a failure of the shim itself.  For a failure of the store it has the store's message, and it asks
    for a retry only if the failure can pass; the failed transaction had no effect, so nothing happens twice.
    """
    body = error("server_error")
    known = problem if isinstance(problem, StoreFailed) else None
    again = "true" if known and known.passes == "by itself" else "false"
    return ApiError(body.status, str(known or body.message), type=body.type, headers={"x-should-retry": again})


def encode(batch: Iterable[Emitted]) -> bytes:
    """A batch of events as server-sent events."""
    return b"".join([sse.DONE if name == "done" else sse.encode(name, data) for name, data in batch])
