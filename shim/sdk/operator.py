"""``client.shim``: functions for the operator of the program that the API never had.

Assistants and threads under chosen ids, and all threads of the store.  The functions block on the blocking clients and
are awaited on the async ones.  They use the store directly, in process.  Over HTTP callers cannot choose ids: the
operator of a server uses the commands of `assistants-shim`, or the operator's paths (`shim.server.operator`).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    import openai
    from openai.types.beta import Assistant, Thread
    from openai.types.beta.threads import Message
    from openai.types.responses import Response

    from shim.assembly.ledger import By, FoundMessage, ThreadSummary, Trace, Usage
    from shim.engine.bridge.transcript import Transcript
    from shim.store.tx import Tx

    #: A response, its id, or several of either.
    Native = Response | dict[str, Any] | str

P = ParamSpec("P")
T = TypeVar("T")


def _with_id(prefix: str, id: str) -> AbstractContextManager[None]:
    from shim.assembly import operator_ids

    return operator_ids.use(prefix, id)


def _ledger() -> Any:
    # Loaded when it is used, so that only importing the package does not load it.
    from shim.assembly import ledger

    return ledger


def context_of(client: Any) -> Any:
    """The context of the engine behind a client.  Raises TypeError for a client that has none."""
    transport = getattr(client._client, "_transport", None)
    engine = getattr(getattr(transport, "dispatcher", transport), "engine", None)
    if engine is None:
        raise TypeError("this client is not the shim's: make it with `from shim import OpenAI`, or `shim.install()`")
    return engine.context


def _bodies(natives: "Native | Sequence[Native]") -> list[Any]:
    several: list[Any] = [*natives] if isinstance(natives, (list, tuple)) else [natives]
    return [one if isinstance(one, (dict, str)) else one.to_dict(mode="json") for one in several]


def _messages(bodies: list[dict[str, Any]]) -> "list[Message]":
    from openai.types.beta.threads import Message

    return [Message.construct(**body) for body in bodies]


class Assistants:
    """``client.shim.assistants``"""

    def __init__(self, client: "openai.OpenAI") -> None:
        self._client = client

    def create(self, *, id: str, model: str, **fields: Any) -> "Assistant":
        """``client.beta.assistants.create`` under an id of your choice, which begins with ``asst_``.

        Raises ValueError for an id of another form, and `openai.BadRequestError` if this id exists already.
        """
        with _with_id("asst", id):
            return self._client.beta.assistants.create(model=model, **fields)


class Threads:
    """``client.shim.threads``"""

    def __init__(self, client: "openai.OpenAI") -> None:
        self._client = client

    def create(self, *, id: str, **fields: Any) -> "Thread":
        """``client.beta.threads.create`` (``messages``, ``metadata``, ``tool_resources``) under an id of your own, that
        begins with ``thread_``.

        Raises ValueError for an id of another form, and `openai.BadRequestError` if this id exists already.
        """
        with _with_id("thread", id):
            return self._client.beta.threads.create(**fields)

    def list(self, *, limit: int | None = None) -> "Sequence[ThreadSummary]":
        """The threads of the store, the newest first."""
        return self._read(_ledger().threads, limit)

    def search(self, words: str, *, limit: int = 20) -> "Sequence[FoundMessage]":
        """Messages whose text contains ``words``, in upper or lower case, the newest first."""
        return self._read(_ledger().search, words, limit)

    def export(self, thread_id: str) -> "Sequence[dict[str, Any]]":
        """A thread as objects of the API: itself, its messages, its runs, their steps."""
        return self._read(_ledger().export, thread_id)

    def trace(self, run_id: str) -> "Trace":
        """The requests to the Responses API that a run made, and the result of each."""
        trace: Trace = self._read(_ledger().trace, run_id)
        return trace

    def usage(self, by: "By" = "day", *, since: int = 0) -> "Sequence[Usage]":
        """Tokens by ``thread``, ``assistant``, ``model`` or ``day``, of responses that began at ``since`` or later."""
        return self._read(_ledger().usage, by, since)

    def _read(self, work: Callable[Concatenate["Tx", str | None, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        from shim.runtime import drive

        context = context_of(self._client)
        return drive.finish(context.store.read(work, context.tenant, *args, **kwargs))  # type: ignore[no-any-return]


class AsyncAssistants:
    """``client.shim.assistants`` of an async client."""

    def __init__(self, client: "openai.AsyncOpenAI") -> None:
        self._client = client

    async def create(self, *, id: str, model: str, **fields: Any) -> "Assistant":
        """As `Assistants.create`."""
        with _with_id("asst", id):
            return await self._client.beta.assistants.create(model=model, **fields)


class AsyncThreads:
    """``client.shim.threads`` of an async client."""

    def __init__(self, client: "openai.AsyncOpenAI") -> None:
        self._client = client

    async def create(self, *, id: str, **fields: Any) -> "Thread":
        """As `Threads.create`."""
        with _with_id("thread", id):
            return await self._client.beta.threads.create(**fields)

    async def list(self, *, limit: int | None = None) -> "Sequence[ThreadSummary]":
        """As `Threads.list`."""
        return await self._read(_ledger().threads, limit)

    async def search(self, words: str, *, limit: int = 20) -> "Sequence[FoundMessage]":
        """As `Threads.search`."""
        return await self._read(_ledger().search, words, limit)

    async def export(self, thread_id: str) -> "Sequence[dict[str, Any]]":
        """As `Threads.export`."""
        return await self._read(_ledger().export, thread_id)

    async def trace(self, run_id: str) -> "Trace":
        """As `Threads.trace`."""
        return await self._read(_ledger().trace, run_id)

    async def usage(self, by: "By" = "day", *, since: int = 0) -> "Sequence[Usage]":
        """As `Threads.usage`."""
        return await self._read(_ledger().usage, by, since)

    async def _read(self, work: Callable[Concatenate["Tx", str | None, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        context = context_of(self._client)
        return await context.store.read(work, context.tenant, *args, **kwargs)  # type: ignore[no-any-return]


class Shim:
    """``client.shim``"""

    def __init__(self, client: "openai.OpenAI") -> None:
        self._client = client
        self.assistants = Assistants(client)
        self.threads = Threads(client)

    def thread(self, thread_id: str) -> "Transcript":
        """The state of a thread for native calls that continue it: ``last_response_id``, ``input_items()`` and
        ``request(input)``, as they are at this moment.
        """
        from shim.engine.bridge import transcript
        from shim.runtime import drive

        context = context_of(self._client)
        result: Transcript = drive.finish(context.store.read(transcript.read, context, thread_id))
        return result

    def adopt(
        self, thread_id: str, response: "Native | Sequence[Native]", *, input: str | list[Any] | None = None
    ) -> "list[Message]":
        """Add a native response to the end of a thread, with the earlier responses of its chain that the thread does
        not have: questions, answers, calls and outputs.  Returns the messages that were added; what the thread already
        has is not added again.

        ``response``: the object, its id, or a sequence of these.  ``input``: the input of its request, if upstream does
        not store responses.  Raises ValueError for a response that has not ended, or whose input upstream does not
        have.
        """
        from shim.engine.bridge import adoption
        from shim.runtime import drive

        context = context_of(self._client)
        return _messages(drive.finish(adoption.adopt(context, thread_id, _bodies(response), input)))


class AsyncShim:
    """``client.shim`` of an async client."""

    def __init__(self, client: "openai.AsyncOpenAI") -> None:
        self._client = client
        self.assistants = AsyncAssistants(client)
        self.threads = AsyncThreads(client)

    async def thread(self, thread_id: str) -> "Transcript":
        """As `Shim.thread`."""
        from shim.engine.bridge import transcript

        context = context_of(self._client)
        return await context.store.read(transcript.read, context, thread_id)  # type: ignore[no-any-return]

    async def adopt(
        self, thread_id: str, response: "Native | Sequence[Native]", *, input: str | list[Any] | None = None
    ) -> "list[Message]":
        """As `Shim.adopt`."""
        from shim.engine.bridge import adoption

        return _messages(await adoption.adopt(context_of(self._client), thread_id, _bodies(response), input))


class WithShim:
    """A blocking client's property ``shim``."""

    @property
    def shim(self) -> Shim:
        """What the API never had: ids of one's own, all threads, tokens; see `shim.sdk.operator`."""
        client: Any = self
        return Shim(client)


class WithAsyncShim:
    """An async client's property ``shim``."""

    @property
    def shim(self) -> AsyncShim:
        """What the API never had: ids of one's own, all threads, tokens; see `shim.sdk.operator`."""
        client: Any = self
        return AsyncShim(client)
