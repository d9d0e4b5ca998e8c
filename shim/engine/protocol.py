"""The request that a door passes to the engine, and the reply that it gets back."""

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shim.ports import Call, Interruption
from shim.store.errors import StoreFailed
from shim.wire import encoding, sse
from shim.wire.errors import ApiError, error
from shim.wire.types import Json

Emitted = tuple[str, Json]
#: What a run says, a batch at a time: the events of one network read, already committed but for deltas.
Events = AsyncGenerator[list[Emitted], None]
#: What is to be done beside whoever asked for it.
Work = Callable[[], Coroutine[Any, Any, None]]

#: The end of every stream, as an event among the others.
DONE: Final[Emitted] = ("done", {})
JSON_TYPE: Final = {"content-type": "application/json"}
SSE_TYPE: Final = {"content-type": "text/event-stream; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the old API.  ``path`` is what follows the base URL's path, without a leading slash.  ``timeout`` is
    how long its caller waits, if he said.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    timeout: Any = None

    def call(self, streamed: bool) -> Call:
        """How upstream is to be called for it.  A caller who does not read the run waits for the answer alone."""
        return Call(self.headers, self.timeout if streamed else None)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer.  ``events`` is the run that the door must pump to its end, whoever reads it; ``streamed`` says
    whether the caller wants to read it: then it is the body, and ``body`` is empty.  ``interruption`` is that of the
    run: once it has happened, nobody waits for a slow reader any more.  ``afterwards``: what is to be done when the
    answer is on its way.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    events: Events | None = None
    streamed: bool = False
    interruption: Interruption | None = None
    afterwards: Work | None = None


def json_reply(
    body: Json, *, status: int = 200, events: Events | None = None, headers: Mapping[str, str] = {}
) -> Reply:
    """A JSON answer, indented by two as the API's were; ``events`` goes on behind it."""
    return Reply(status, JSON_TYPE | dict(headers), encoding.indented(body), events)


def stream_reply(events: Events, interruption: Interruption | None = None) -> Reply:
    """A stream."""
    return Reply(200, SSE_TYPE, events=events, streamed=True, interruption=interruption)


def error_reply(problem: ApiError) -> Reply:
    """An error body."""
    return json_reply(problem.body, status=problem.status, headers=problem.headers)


def our_failure(problem: Exception) -> ApiError:
    """What a caller is told when it is us who failed.  A store says what is wrong with it, and trying again helps only
    where that is over by itself; what it could not keep it has not kept, so nothing happens twice.
    """
    body = error("server_error")
    known = problem if isinstance(problem, StoreFailed) else None
    again = "true" if known and known.passes == "by itself" else "false"
    return ApiError(body.status, str(known or body.message), type=body.type, headers={"x-should-retry": again})


def encode(batch: Iterable[Emitted]) -> bytes:
    """A batch of events on the wire."""
    return b"".join([sse.DONE if name == "done" else sse.encode(name, data) for name, data in batch])
