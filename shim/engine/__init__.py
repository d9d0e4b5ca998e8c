"""What each call of the old API does.  Written once, for both colours: it awaits its ports and nothing else."""

import logging
from dataclasses import dataclass, replace

from shim.engine import leads, learned, retention
from shim.engine.api import replayed, routes
from shim.engine.capabilities import Capabilities
from shim.engine.context import Context
from shim.engine.idempotency import Repeated
from shim.engine.protocol import Reply, Request, error_reply, our_failure
from shim.engine.registry import Registry
from shim.engine.run import launch, refresh
from shim.ports import Refusal, Upstream
from shim.store.errors import Gone, StoreFailed
from shim.wire.errors import ApiError, error

__all__ = ["Capabilities", "Context", "Engine", "Registry", "Reply", "Request"]

log = logging.getLogger("shim")


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers requests.  Safe to share between threads and tasks.

    What must survive the process is in the store.  The context also has the state of this process alone: the runs that
    it drives, and what it has learned about servers and models.
    """

    context: Context

    def of(self, tenant: str, upstream: Upstream | None = None, name: str = "") -> "Engine":
        """An engine for the objects of one tenant.  ``upstream``: the port for this tenant's calls, if it differs from
        the common one; ``name``: the tenant's name.
        """
        store, upstream = self.context.store.of(tenant), upstream or self.context.upstream
        return Engine(replace(self.context, store=store, upstream=upstream, name=name))

    async def handle(self, request: Request) -> Reply:
        """The answer to ``request``, errors included.  The door must pump a reply's ``events`` to their end."""
        route = routes.find(request.method, request.path)
        if route is None:
            return error_reply(_no_route(request))
        operation, ids = route
        leads.of_headers(self.context, request.headers.get("openai-beta", ""))
        try:
            await learned.load(self.context)
            if ids and request.path.startswith("threads/") and operation not in routes.REFRESHING:
                await refresh.thread(self.context, ids[0])
            return await self._idempotent(operation, request, ids)
        except ApiError as problem:
            await leads.of_error(self.context, problem)
            return error_reply(problem)
        except Refusal as refusal:
            leads.of_refusal(self.context, refusal)
            return error_reply(launch.api_error(refusal))
        except Gone:
            return error_reply(error("no_thread", id=ids[0]))
        except Exception as problem:
            if not isinstance(problem, StoreFailed):
                log.exception("a mistake of this program, not of its caller")
            return error_reply(our_failure(problem))

    def passed_on(self, path: str, status: int) -> None:
        """Log what helps if upstream's answer to a call that was passed on shows that a file or vector store is
        missing.
        """
        leads.of_path(self.context, path, status)

    async def sweep(self, raises: bool = False) -> None:
        """Erase threads and files whose retention time is over.  A failure of the store is raised as `StoreFailed` if
        ``raises``, else logged.
        """
        await retention.sweep(self.context, raises)

    async def _idempotent(self, operation: routes.Operation, request: Request, ids: list[str]) -> Reply:
        while True:
            try:
                return await operation(self.context, request, *ids)
            except Repeated as before:
                if (known := await replayed.reply(self.context, request, before)) is not None:
                    return known


def _no_route(request: Request) -> ApiError:
    """The error for a path that does not exist, or that has no such method."""
    allowed = routes.methods(request.path)
    problem = error(
        "method_not_allowed" if allowed else "not_found_path", method=request.method, path=f"/{request.path}"
    )
    problem.headers |= {"allow": ", ".join(allowed)} if allowed else {}
    return problem
