"""The world as the engine's operations see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shim.ports import Clock, Ids, Store, Upstream
from shim.wire.errors import ApiError

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """Ports and the few facts that every operation needs.

    ``me`` names this process in the runs that it drives (a forked one has another name); ``alive`` says of such a name
    whether its process still is.
    ``stopping`` holds the ids of runs that this process drives and somebody cancelled: their pumps look there at each
    read.
    """

    store: Store
    upstream: Upstream
    clock: Clock
    ids: Ids
    me: Callable[[], str]
    alive: Callable[[str], bool]
    tenant: str = ""
    stopping: set[str] = field(default_factory=set)

    @property
    def owner(self) -> str:
        """The name of this process in the runs that it drives."""
        return self.me()

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())


def known(found: Json | None, missing: ApiError) -> Json:
    """What was found, or the error that says it was not."""
    if found is None:
        raise missing
    return found


def given(request: Json, *but: str) -> Json:
    """The fields of a request that say something: an explicit null means "not given"."""
    return {name: value for name, value in request.items() if value is not None and name not in but}
