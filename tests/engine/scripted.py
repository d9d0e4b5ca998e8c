"""A harness for the engine: a real store, a scripted upstream, a clock that tests set, ids that are numbers."""

import json
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from shim.assembly import ledger
from shim.engine import Context, Engine, Reply, Request
from shim.engine.protocol import DONE, Emitted, Events
from shim.ports import Call, Listener, Profile, Refusal
from shim.runtime import drive
from shim.store.database import Database, SyncStore
from shim.store.errors import StoreFailed
from tests.translate.upstream_events import added, created, done, ended

Json = dict[str, Any]
#: The result of one network read: events, a failure, or an action in the meantime.
Read = list[Json] | Refusal | Callable[[], Any]
#: Upstream's reaction to a request: an answer in reads, a failure, or a function of the body that returns one of these.
Scripted = Iterable[Read] | Refusal | Callable[[Json], Any]


UNKNOWN = Refusal(404, "No such response.")


class Answer:
    """An open answer.  ``taken``: the reads that the listener has taken."""

    def __init__(self, reads: Iterable[Read]) -> None:
        self.reads, self.closed, self.interrupted = deque(reads), 0, False
        self.listener: Listener = lambda _: False
        self.taken: list[list[Json]] = []

    def listen(self, listener: Listener) -> None:
        self.listener = listener

    async def events(self) -> AsyncGenerator[list[Json], None]:
        while self.reads and not self.interrupted:
            read = self.reads.popleft()
            if isinstance(read, Refusal):
                raise read
            if callable(read):
                read()
            elif self.listener(read):
                self.taken.append(read)
            else:
                yield read

    async def close(self) -> None:
        self.closed += 1

    def interrupt(self) -> None:
        self.interrupted = True


@dataclass
class Upstream:
    """Answers requests with the next entry of the script."""

    script: deque[Scripted] = field(default_factory=deque)
    bodies: list[Json] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    #: The answers to GET requests for responses, by id: a response or a refusal.
    stored: dict[str, Json | Refusal] = field(default_factory=dict)
    retrieved: list[str] = field(default_factory=list)
    #: Streams that were resumed: the response's id, and the number of the last event before.
    resumed: list[tuple[str, int | None]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    uncancellable: Refusal | None = None
    #: Other calls, as (method, path, body).
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    #: The counting endpoint's answer: a number, or a failure.
    counting: Callable[[Json], int | Refusal] | None = None
    waited: list[str] = field(default_factory=list)
    failing: Refusal | None = None
    #: Called while a file is fetched.
    meanwhile: Callable[[], Any] = lambda: None
    can: Profile = Profile("scripted")  # noqa: RUF009 - it is frozen

    def _next(self, body: Json, call: Call) -> Any:
        self.bodies.append(body)
        self.headers.append(call.headers)
        answer = self.script.popleft()
        answer = answer(body) if callable(answer) else answer
        if isinstance(answer, Refusal):
            raise answer
        return answer

    async def stream(self, body: Json, call: Call) -> Answer:
        self.answers.append(Answer(self._next(body, call)))
        return self.answers[-1]

    async def resume(self, response_id: str, after: int | None, call: Call) -> Answer:
        self.resumed.append((response_id, after))
        self.answers.append(Answer(self._next({}, call)))
        return self.answers[-1]

    async def create(self, body: Json, call: Call) -> Json:
        answer: Json = self._next(body, call)
        return answer

    async def retrieve(self, response_id: str) -> Json:
        self.retrieved.append(response_id)
        found = self.stored.get(response_id, UNKNOWN)
        if isinstance(found, Refusal):
            raise found
        return found

    async def cancel(self, response_id: str) -> None:
        self.cancelled.append(response_id)
        if self.uncancellable is not None:
            raise self.uncancellable

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        self.calls.append((method, path, body))
        self._fail()
        if self.counting is not None and path == "/responses/input_tokens":
            counted = self.counting(body or {})
            if isinstance(counted, Refusal):
                raise counted
            return {"object": "response.input_tokens", "input_tokens": counted}
        return {"id": f"vs_{len(self.calls)}"}

    async def content(self, path: str, limit: int) -> bytes | None:
        self.calls.append(("GET", path, None))
        self._fail()
        self.meanwhile()
        return b"bytes" if limit >= 5 else None

    async def indexed(self, vector_store_id: str) -> None:
        self.waited.append(vector_store_id)
        self._fail()

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing

    def profile(self) -> Profile:
        return self.can


class Numbers:
    """Ids that are numbers, counted for each prefix."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(self, prefix: str) -> str:
        self._counts[prefix] += 1
        return f"{prefix}_{self._counts[prefix]}"


@dataclass
class Clock:
    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


class Lost(BaseException):
    """The process ends here."""


class Dead:
    """The store of a process that has died."""

    tenant = ""

    async def read(self, *work: Any) -> Any:
        raise StoreFailed("gone")

    write = read


class Meddled:
    """A store that calls a function once, right before a transaction."""

    def __init__(self, inner: Any, before: Callable[..., bool], do: Callable[[], Any]) -> None:
        self.inner, self.before, self.do = inner, before, do
        self.tenant = inner.tenant

    async def read(self, work: Any, *args: Any) -> Any:
        return await self.inner.read(work, *args)

    async def write(self, work: Any, *args: Any) -> Any:
        if self.before(work.__name__, *args):
            self.before = lambda *_: False
            self.do()
        return await self.inner.write(work, *args)


class Refused(Exception):
    """An answer that is an error: HTTP status and message."""

    def __init__(self, status: int, error: Json, headers: Any) -> None:
        super().__init__(error["message"])
        self.status, self.error, self.headers = status, error, headers


class Harness:
    """The engine and everything around it, with short methods for the calls of an application."""

    def __init__(self, base: Database, **more: Any) -> None:
        self.base, self.upstream, self.clock, self.living = base, Upstream(), Clock(), {"me"}
        more.setdefault("pump", carry)
        self.context = Context(
            SyncStore(base), self.upstream, self.clock, Numbers(), lambda: "me", self.living.__contains__, **more
        )
        self.engine = Engine(self.context)

    def elsewhere(self, name: str) -> "Harness":
        """Another process on the same store."""
        other = object.__new__(Harness)
        other.__dict__ |= self.__dict__
        other.context = replace(self.context, process_name=lambda: name, registry=type(self.context.registry)())
        other.engine = Engine(other.context)
        self.living.add(name)
        return other

    def meddle(self, before: Callable[..., bool], do: Callable[[], Any]) -> None:
        """Do something right before the first transaction for whose function name and arguments ``before`` is true."""
        object.__setattr__(self.context, "store", Meddled(self.context.store, before, do))

    def die(self) -> None:
        """Let this process die at once; for use in a script."""
        object.__setattr__(self.context, "store", Dead())
        self.living.discard(self.context.owner)
        raise Lost

    def script(self, *answers: Scripted) -> None:
        self.upstream.script.extend(answers)

    def reply(
        self, method: str, path: str, body: Json | None = None, query: Json | None = None, **headers: str
    ) -> Reply:
        raw = b"" if body is None else json.dumps(body).encode()
        request = Request(method, path, list((query or {}).items()), headers, raw)
        reply = drive.finish(self.engine.handle(request))
        if reply.status != 200:
            raise Refused(reply.status, json.loads(reply.body)["error"], reply.headers)
        return reply

    def call(self, method: str, path: str, body: Json | None = None, **query: str) -> Json:
        """The object that a call returns; a run that it starts is driven to its end."""
        reply = self.reply(method, path, body, query)
        pump(reply)
        found: Json = json.loads(reply.body)
        return found

    def post(self, path: str, **body: Any) -> Json:
        return self.call("POST", path, body)

    def get(self, path: str, **query: str) -> Json:
        return self.call("GET", path, **query)

    def delete(self, path: str) -> Json:
        return self.call("DELETE", path)

    def stream(self, path: str, **body: Any) -> list[Emitted]:
        return pump(self.reply("POST", path, body | {"stream": True}))

    # An application's usual calls.

    def assistant(self, **given: Any) -> str:
        return str(self.post("assistants", model="gpt-4o", **given)["id"])

    def thread(self, *texts: str) -> str:
        messages = [{"role": "user", "content": text} for text in texts]
        return str(self.post("threads", messages=messages)["id"])

    def message(self, thread: str, text: str) -> Json:
        return self.post(f"threads/{thread}/messages", role="user", content=text)

    def run(self, thread: str, answer: Scripted | None = None, **given: Any) -> list[Emitted]:
        """Stream a run of a thread, by a new assistant unless one is given."""
        if answer is not None:
            self.script(answer)
        given.setdefault("assistant_id", None)
        given["assistant_id"] = given["assistant_id"] or self.assistant()
        return self.stream(f"threads/{thread}/runs", **given)

    def submit(self, run: Json, answer: Scripted | None = None, **outputs: str) -> list[Emitted]:
        """Stream the next round of a run: outputs by call id."""
        if answer is not None:
            self.script(answer)
        given = [{"tool_call_id": call_id, "output": output} for call_id, output in outputs.items()]
        return self.stream(f"{place(run)}/submit_tool_outputs", tool_outputs=given)

    def messages(self, thread: str) -> list[str]:
        """All texts of a thread, oldest first."""
        listed = self.get(f"threads/{thread}/messages", order="asc")["data"]
        return ["".join(part["text"]["value"] for part in each["content"]) for each in listed]

    def marks(self, run_id: str) -> list[str]:
        """The marks of the run's answered requests, in order."""
        rounds = self.base.read(ledger.trace, "", run_id).rounds
        return [mark["kind"] for made in rounds for mark in made.marks]

    @property
    def sent(self) -> Json:
        """The body of the last request to upstream."""
        return self.upstream.bodies[-1]


def place(run: Json) -> str:
    return f"threads/{run['thread_id']}/runs/{run['id']}"


def carry(events: Events) -> None:
    """Drive a run that was taken over to its end at once."""
    for _ in drive.drain(events):
        pass


def pump(reply: Reply) -> list[Emitted]:
    """Drive a reply's run to its end; returns its events, which end with `done`."""
    if reply.afterwards is not None:
        drive.finish(reply.afterwards())
    if reply.events is None:
        return []
    emitted = [event for batch in drive.drain(reply.events) for event in batch]
    assert emitted[-1] == DONE
    assert emitted.count(DONE) == 1
    return emitted[:-1]


def answer(*items: Json, id: str = "resp_1", status: str = "completed", **response: Any) -> list[Read]:
    """A whole answer, with one network read for each event."""
    events = [created(id=id), *[event for item in items for event in (added(item), done(item))]]
    return [[event] for event in [*events, ended(*items, id=id, status=status, **response)]]


def inputs(body: Json) -> list[str]:
    """The input of a request in short form: texts as they are, calls and outputs by their ids."""
    names = {"function_call": "call", "function_call_output": "output", "reasoning": "thought"}
    return [
        f"{names[item['type']]} {item.get('call_id', '')}".strip()
        if item.get("type") in names
        else item["content"]
        if isinstance(item["content"], str)
        else "".join(part.get("text") or part.get("refusal") or part["type"] for part in item["content"])
        for item in body["input"]
    ]
