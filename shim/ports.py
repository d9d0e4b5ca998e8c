"""What the engine needs from outside: an upstream, a clock, ids.

Every port is ``async def``, for blocking and async clients: behind a blocking client the adapters block and never
suspend (`shim.runtime.drive`), behind an async one they await.  All effects of the engine go through these protocols,
and through the store's, `shim.store.tx.Store`.  Its other imports are pure: the translation, the wire's shapes, and the
store's queries, which it passes to that store.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from shim.wire.types import Json


class Interruption:
    """Ends every wait for upstream that belongs to one run.

    Every method is safe in any thread.  After an interruption every later wait ends at once, too.
    """

    def __init__(self) -> None:
        self.happened = False
        self._stops: list[Callable[[], None]] = []

    def interrupt(self) -> None:
        """End all current and later waits.  Never raises."""
        self.happened = True
        for stop in list(self._stops):
            stop()

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """Within, ``stop`` is called when the interruption happens, from any thread, perhaps more than once."""
        self._stops.append(stop)
        try:
            if self.happened:
                stop()
            yield
        finally:
            self._stops.remove(stop)


@dataclass(frozen=True, slots=True)
class Call:
    """Options for upstream calls, from the caller's own request.

    ``timeout``: an object of the caller's HTTP library, passed on as it is; None for that of the client.
    ``interruption``: ends the wait for an answer before upstream has begun it.  ``until``: when the run expires for
    which this is asked, in seconds since the epoch; None where there is none.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: Any = None
    interruption: Interruption = field(default_factory=Interruption)
    until: float | None = None


@dataclass(eq=False)
class Refusal(Exception):
    """Upstream refused a request, failed, or could not be reached, before or while it answered.

    ``status`` is None when there was no HTTP answer (no connection, a broken stream).  ``body`` is the ``error``
    object of the answer where it had one: ``message``, ``type``, ``param``, ``code``.
    """

    status: int | None
    message: str
    type: str | None = None
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a kind of Responses server can do.

    ``stores``: answers can be chained by ``previous_response_id``.  ``background``: it has a background mode;
    ``background_streams``: a response there can be streamed, too; ``always``: every run must use that mode.
    ``encrypted_reasoning``: reasoning can be sent again, encrypted.  ``trusted``: it is known to store responses; for
    any other server ``store`` in each response decides.  ``counts``: it may have an endpoint that counts a request's
    tokens.  ``official``: OpenAI's model names mean OpenAI's models.  ``address``: identifies the server, the
    credentials and the model.
    """

    name: str
    stores: bool = True
    background: bool = False
    background_streams: bool = True
    always: bool = False
    encrypted_reasoning: bool = False
    trusted: bool = True
    counts: bool = False
    official: bool = False
    address: str = ""


#: Takes events in the event loop's own turn, without a wait.  Returns whether it has taken them; if not, it has changed
#: nothing.  What it raises is raised by `Answer.events`.
Listener = Callable[[list[Json]], bool]


class Answer(Protocol):
    """One open response."""

    def events(self) -> AsyncGenerator[list[Json], None]:
        """The events of one network read at a time, in order.  Raises `Refusal` when the stream breaks."""
        ...

    def listen(self, listener: Listener) -> None:
        """Offer the events of a network read to ``listener`` first, while `events` waits for them; those that it does
        not take are returned by `events`, in order.  Not every answer offers any.  Called before `events`.
        """
        ...

    async def close(self) -> None:
        """Release the connection.  Never raises."""
        ...

    def interrupt(self) -> None:
        """Make `events` end soon, even if upstream is silent.  Safe in any thread; never raises."""
        ...


class Upstream(Protocol):
    """A Responses server.

    `stream` and `create` end with a `Refusal` without a status when the call is interrupted.
    """

    async def stream(self, body: Json, call: Call) -> Answer:
        """POST /responses with ``stream: true``; returns once the server has answered 200.  Raises `Refusal`."""
        ...

    async def create(self, body: Json, call: Call) -> Json:
        """POST /responses; the response object.  Raises `Refusal`."""
        ...

    async def resume(self, response_id: str, after: int | None, call: Call) -> Answer:
        """GET /responses/{response_id} with ``stream=true``: the events of a response that was made in the background
        with a stream: those after number ``after``, or all.  Raises `Refusal`.
        """
        ...

    async def retrieve(self, response_id: str) -> Json:
        """GET /responses/{response_id}; the response object.  Raises `Refusal`."""
        ...

    async def cancel(self, response_id: str) -> None:
        """POST /responses/{response_id}/cancel.  Raises `Refusal`."""
        ...

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Any other call of the server's API, such as ``POST /vector_stores``; its JSON.  Raises `Refusal`."""
        ...

    async def content(self, path: str, limit: int) -> bytes | None:
        """The bytes of a file, such as ``/containers/{id}/files/{id}/content``; None if there are more than ``limit``,
        which are not read.  Raises `Refusal`.
        """
        ...

    async def indexed(self, vector_store_id: str) -> None:
        """Return when the vector store's files are indexed, or after about a minute.  Raises `Refusal`."""
        ...

    def profile(self) -> Profile:
        """What this server can do."""
        ...


@dataclass(frozen=True, slots=True)
class Declared:
    """An assistant that a file of the user's declares.  ``body``: the API's object.  ``place``: the file and the line,
    for messages.  ``tenants``: the tenants to whom it belongs; empty: all tenants.
    """

    body: Json
    place: str
    tenants: tuple[str, ...] = ()

    def belongs_to(self, *names: str) -> bool:
        """Whether it belongs to a tenant with one of these names."""
        return not self.tenants or any(name in self.tenants for name in names)


class Clock(Protocol):
    def __call__(self) -> float:
        """Seconds since the epoch."""
        ...


class Ids(Protocol):
    def __call__(self, prefix: str) -> str:
        """A fresh id: ``prefix``, an underscore and 24 letters or digits."""
        ...


class Pump(Protocol):
    def __call__(self, events: "AsyncGenerator[list[tuple[str, Json]], None]", /) -> None:
        """Start to drive a run without a reader to its end, in the background."""
        ...


class Wait(Protocol):
    async def __call__(self, seconds: float, /) -> None:
        """Wait for ``seconds``."""
        ...


#: Events in the life of a run.  ``asking``: a request is about to be sent upstream, ``detail``: the model; ``refused``:
#: upstream refused it, ``detail``: the status, empty if there was no answer; ``opened``: the answer has begun,
#: ``detail``: the response's id; ``first``: the first text of the answer; ``ended``: the run has ended or requires an
#: action, ``detail``: its status; ``healed``: the whole thread is sent again, ``detail``: the cause; ``taken_over``:
#: from a process that has ended.
Happening = Literal["asking", "refused", "opened", "first", "ended", "healed", "taken_over"]


class Monitor(Protocol):
    def __call__(self, what: Happening, run: Json, detail: str = "", /) -> None:
        """Receive an event of a run.  Called in the run's own task or thread; it must not wait, and not change its
        arguments.
        """
        ...


def unmonitored(what: Happening, run: Json, detail: str = "", /) -> None:
    """Without a monitor."""
