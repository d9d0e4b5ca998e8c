"""The tested server, and the requests that were sent to it."""

from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from shim.ports import Call, Refusal
from shim.runtime import drive
from shim.upstream.chaining import Unknown
from shim.upstream.responses import Upstream
from shim.wire import ids
from shim.wire.types import Json

T = TypeVar("T")
#: ``yes``, ``no``, ``partly`` (it works with restrictions), or not tried because another probe failed.
State = Literal["yes", "no", "partly", "untried"]
#: The largest number of tokens of an answer; the question can be answered with two.
CAP: Final = 128
SMALL_TALK: Final = "This is a test of the connection. Say only: ok"
#: Statuses for a wrong key, or one without permission.
SHUT: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one probe, with a short text."""

    state: State
    words: str


@dataclass(slots=True)
class ExaminedServer:
    """Sends requests to the server like a run, and counts calls and tokens.

    ``first``: the response to the first request.  ``events``: its events.  ``second``: the response that continued from
    it.  ``has_it``: whether the first one could be fetched.  ``unknown``: how an invented response id was treated.
    ``stored``: responses that may be stored there.  ``deleted``: how many of those were deleted.  ``store``: the value
    of ``store`` in requests; None: the field is not sent.
    """

    upstream: Upstream
    model: str | None = None
    listed: list[Json] = field(default_factory=list)
    first: Json = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    second: Json | None = None
    has_it: bool = False
    unknown: Unknown = "unclear"
    stored: list[str] = field(default_factory=list)
    store: bool | None = True
    deleted: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    calls: int = 0
    tokens: tuple[int, int] = (0, 0)

    def get(self, path: str) -> Json:
        """GET.  Raises `Refusal`."""
        return self._noted(lambda: self.upstream.call("GET", path))

    def post(self, path: str, body: Json) -> Json:
        """POST of a request that creates nothing.  Raises `Refusal`."""
        return self._noted(lambda: self.upstream.call("POST", path, body))

    def delete(self, path: str) -> Json:
        """DELETE.  Raises `Refusal`."""
        return self._noted(lambda: self.upstream.call("DELETE", path))

    def cancel(self, response_id: str) -> None:
        """Raises `Refusal`."""
        self._noted(lambda: self.upstream.cancel(response_id))

    def create(self, **more: Any) -> Json:
        """A small response.  Raises `Refusal`."""
        self.calls += 1
        return self._counted(self._noted(lambda: self.upstream.create(self._body(more), Call())))

    def stream(self, **more: Any) -> None:
        """A small response as a stream: its `events`, and `first`.  Raises `Refusal`, also for one inside of it."""
        self.calls += 1
        self.events = self._noted(lambda: self._read(self._body(more)))
        shown = [event["response"] for event in self.events if event.get("response")]
        self.first = self._counted(shown[-1] if shown else {})

    def _body(self, more: Json) -> Json:
        question = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": SMALL_TALK}]}
        store_field = {} if self.store is None else {"store": self.store and more.get("store", True)}
        fields = {name: value for name, value in more.items() if name != "store"}
        return {"model": self.model, "input": [question], "max_output_tokens": CAP} | store_field | fields

    async def _read(self, body: Json) -> list[Json]:
        answer = await self.upstream.stream(body, Call())
        try:
            async with aclosing(answer.events()) as batches:
                return [event async for batch in batches for event in batch]
        finally:
            await answer.close()

    def _counted(self, response: Json) -> Json:
        """Count the tokens of a response, and record it for deletion."""
        usage = response.get("usage") or {}
        spent = (usage.get("input_tokens") or 0, usage.get("output_tokens") or 0)
        self.tokens = (self.tokens[0] + spent[0], self.tokens[1] + spent[1])
        # A background response is stored for a while in any case.
        if response.get("id") and (response.get("store") is not False or response.get("background")):
            self.stored.append(response["id"])
        return response

    def _noted(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        try:
            return drive.finish(work())
        except Refusal as refusal:
            self.refusals.append(refusal)
            raise

    def clean_up(self) -> None:
        """Delete the stored responses; those that could not be deleted stay in `stored`."""
        self.stored = [response_id for response_id in dict.fromkeys(self.stored) if self._still_has(response_id)]

    def _still_has(self, response_id: str) -> bool:
        path = ids.path("responses", response_id)
        if self._refusal(self.delete, path) is None:
            self.deleted += 1
            return False
        # A 404 means that it was not stored; and some servers send an empty answer to a deletion.
        gone = self._refusal(self.get, path)
        return gone is None or gone.status != 404

    def _refusal(self, send: Callable[[str], Json], path: str) -> Refusal | None:
        try:
            send(path)
        except Refusal as refusal:
            return refusal
        return None
