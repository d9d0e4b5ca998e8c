"""What the engine needs of the world: an upstream, a clock, ids.

Every port is ``async def``, in both colours: behind a blocking client the adapters block and never suspend
(`shim.runtime.drive`), behind an async one they await.  Whatever the engine does in the world goes through these
protocols, and through the store's, `shim.store.tx.Store`.  What it imports besides is pure: the translation, the
wire's shapes, and the store's queries, which it hands to that store.
"""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from shim.wire.types import Json


class Interruption:
    """Stops whoever waits for upstream on behalf of a run, wherever in its request that is.

    Every method is safe in any thread.  One that has happened stays so: what begins to wait later is stopped at once.
    """

    def __init__(self) -> None:
        self.happened = False
        self._stops: list[Callable[[], None]] = []

    def interrupt(self) -> None:
        """Stop what waits now.  Never raises."""
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
    """How the caller wants upstream to be called: what he gave with his own request.

    ``timeout`` is his HTTP library's, to be handed on as it is; None for that of the client.  ``interruption``: what
    ends the wait for an answer before upstream has begun it.  ``until``: when the run expires for which this is asked,
    in seconds since the epoch; None where there is none.
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

    ``stores``: answers can be chained by ``previous_response_id``.  ``background``: a response may run there while
    nobody waits; ``always``: every run is to.  ``encrypted_reasoning``: we can carry reasoning along, encrypted.
    ``trusted``: it is known to keep what it answers; any other server has to say so with each answer.  ``counts``: it
    may have an endpoint that counts a request's tokens.  ``official``: OpenAI's names mean OpenAI's models.
    ``address``: which server it is, asked as whom and for which model.
    """

    name: str
    stores: bool = True
    background: bool = False
    always: bool = False
    encrypted_reasoning: bool = False
    trusted: bool = True
    counts: bool = False
    official: bool = False
    address: str = ""


class Answer(Protocol):
    """One open response."""

    def events(self) -> AsyncGenerator[list[Json], None]:
        """The events of one network read at a time, in order.  Raises `Refusal` when the stream breaks."""
        ...

    async def close(self) -> None:
        """Let go of the connection.  Never raises."""
        ...

    def interrupt(self) -> None:
        """Make `events` come to an end soon, though upstream is silent.  Safe in any thread; never raises."""
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
        with a stream, from the one behind number ``after`` on, or all.  Raises `Refusal`.
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
        """Return once the store's files are indexed, or after a while all the same.  Raises `Refusal`."""
        ...

    def profile(self) -> Profile:
        """What this server can do."""
        ...


@dataclass(frozen=True, slots=True)
class Declared:
    """An assistant that a file of the user's declares.  ``body``: the object of the wire.  ``place``: the file and the
    line, as people write it.  ``tenants``: whose it is; none named: everybody's.
    """

    body: Json
    place: str
    tenants: tuple[str, ...] = ()

    def belongs_to(self, *names: str) -> bool:
        """Whether it is there for a tenant that goes by these names."""
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
        """Carry a run that nobody reads to its end, from now on, beside whoever asks for it."""
        ...


class Wait(Protocol):
    async def __call__(self, seconds: float, /) -> None:
        """Let so much time pass."""
        ...


#: What becomes of a run.  ``asking``: upstream is about to be asked, for the model that ``detail`` names; ``refused``:
#: it did not take that, with the status in ``detail``, empty where there was no answer; ``opened``: it answers, as the
#: response in ``detail``; ``first``: the first word of the answer; ``ended``: the run has ended or asks something, its
#: status in ``detail``; ``healed``: it is told anew, for the cause in ``detail``; ``taken_over``: from a process that
#: is gone.
Happening = Literal["asking", "refused", "opened", "first", "ended", "healed", "taken_over"]


class Monitor(Protocol):
    def __call__(self, what: Happening, run: Json, detail: str = "", /) -> None:
        """Hear of a run.  Called in the run's own task or thread; it must not wait, and not change what it sees."""
        ...


def unmonitored(what: Happening, run: Json, detail: str = "", /) -> None:
    """Nobody wants to hear of runs."""
