"""The world as the engine's operations see it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shim.engine.capabilities import Capabilities
from shim.engine.notices import Notices
from shim.engine.registry import Registry
from shim.ports import Clock, Declared, Ids, Monitor, Profile, Pump, Upstream, Wait, unmonitored
from shim.store.tx import Store
from shim.translate import estimate
from shim.translate.history import Pair
from shim.translate.models import ModelMap
from shim.wire import objects
from shim.wire.errors import ApiError
from shim.wire.types import Json


async def no_wait(seconds: float) -> None:
    """For a world without time."""


def no_pump(events: Any) -> None:
    """For a world in which nothing is driven beside the caller."""
    raise NotImplementedError("this world drives no runs")


@dataclass(frozen=True, slots=True)
class Context:
    """Ports and the few facts that every operation needs.

    ``me`` names this process in the runs that it drives (a forked one has another name); ``alive`` says of such a name
    whether its process still is.
    ``registry``: the runs that this process drives; ``run_lifetime``: seconds until an unfinished run lapses.
    ``lease``: seconds for which a process may be trusted to drive a run without renewing that.
    ``keep_bytes``: the largest file made by code that is kept; 0 keeps none.
    ``retention``: seconds after which a thread that nobody used is erased, ``file_retention``: a kept file; None keeps
    them.  ``delete_responses``: upstream is to forget what is erased here.
    ``models``: which one to call for the one that a run names.  ``learned``: parameters that were refused, by
    a server's address and its model.  ``unheard``: calls of the past that were refused, likewise.
    ``tokens`` counts those of a text, where upstream counts none.  ``capabilities``: what this process has
    found out about its servers.  ``wait`` lets so many seconds pass.  ``pump`` drives a run that was taken over from a
    process that is gone.
    ``files``: the assistants that files declare, by id, in their order.  ``name``: what the tenant is called, if
    that is not what stands in the store.
    ``unknown_threads``: whether a thread id that is not known here begins an empty thread.  ``notices``: what was
    logged before.
    ``monitor`` hears what becomes of runs.
    """

    store: Store
    upstream: Upstream
    clock: Clock
    ids: Ids
    me: Callable[[], str]
    alive: Callable[[str], bool]
    registry: Registry = field(default_factory=Registry)
    run_lifetime: int = objects.RUN_LIFETIME
    lease: float = 30.0
    keep_bytes: int = 20_000_000
    retention: float | None = None
    file_retention: float | None = None
    delete_responses: bool = False
    models: ModelMap = field(default_factory=ModelMap)
    learned: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    unheard: dict[tuple[str, str], set[Pair]] = field(default_factory=dict)
    tokens: Callable[[str], int] = estimate.plain
    capabilities: Capabilities = field(default_factory=Capabilities)
    wait: Wait = no_wait
    pump: Pump = no_pump
    files: Mapping[str, Declared] = field(default_factory=dict)
    name: str = ""
    unknown_threads: bool = False
    notices: Notices = field(default_factory=Notices)
    monitor: Monitor = unmonitored

    @property
    def tenant(self) -> str:
        """Whose objects these are: the store's tenant."""
        return self.store.tenant

    @property
    def declared(self) -> Mapping[str, Declared]:
        """The assistants that files declare for this tenant; those of others are not there."""
        return {id: each for id, each in self.files.items() if each.belongs_to(self.tenant, self.name)}

    @property
    def owner(self) -> str:
        """The name of this process in the runs that it drives."""
        return self.me()

    def profile(self, model: str) -> Profile:
        """What upstream can do for a model, as far as is known by now."""
        profile = self.upstream.profile()
        return self.capabilities.seen(replace(profile, address=f"{profile.address} {model}"))

    def refused(self, model: str) -> set[str]:
        """The parameters that a model of this server is known to refuse, to be added to."""
        return self.learned.setdefault((self.upstream.profile().address, model), set())

    def told_as_text(self, model: str) -> set[Pair]:
        """The calls that a model of this server is known to refuse, to be added to."""
        return self.unheard.setdefault((self.upstream.profile().address, model), set())

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
