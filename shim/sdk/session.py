"""``ShimSession``: a thread as a session of the Agents SDK."""

from typing import TYPE_CHECKING, Any

from shim.sdk.operator import context_of

if TYPE_CHECKING:
    import openai


class ShimSession:
    """A thread as a session of `openai-agents`: ``await Runner.run(agent, "Hello", session=ShimSession(thread_id))``.

    The agent's items are added to the thread, and the agent sees the thread's messages of assistants.  The thread must
    exist.  ``client``: a client of this package; without one an `AsyncOpenAI` is made when the session is first used.
    ``session_settings``: those of the Agents SDK; only ``limit``, the number of items, is used.

    Every method raises the API's error if there is no such thread, and methods that change the thread also if a run is
    active in it.
    """

    session_settings: Any = None

    def __init__(
        self,
        thread_id: str,
        client: "openai.AsyncOpenAI | openai.OpenAI | None" = None,
        *,
        session_settings: Any = None,
    ) -> None:
        self.session_id = thread_id
        self.session_settings = session_settings
        self._client = client

    async def get_items(self, limit: int | None = None) -> list[Any]:
        """The items of the thread, oldest first; with ``limit`` only the last ones."""
        from shim.engine.bridge import session

        if limit is None and self.session_settings is not None:
            limit = self.session_settings.limit
        context = self._context()
        return await context.store.read(session.listed, context, self.session_id, limit)  # type: ignore[no-any-return]

    async def add_items(self, items: list[Any]) -> None:
        """Add items at the end of the thread."""
        from shim.engine.bridge import session

        await session.add(self._context(), self.session_id, items)

    async def pop_item(self) -> Any | None:
        """Remove the last item and return it; None if there is none."""
        from shim.engine.bridge import session

        context = self._context()
        return await context.store.write(session.pop, context, self.session_id)

    async def clear_session(self) -> None:
        """Remove all messages and items of the thread.  The thread itself and its runs remain."""
        from shim.engine.bridge import session

        context = self._context()
        await context.store.write(session.clear, context, self.session_id)

    def _context(self) -> Any:
        if self._client is None:
            from shim.sdk.clients import AsyncOpenAI

            self._client = AsyncOpenAI()
        return context_of(self._client)
