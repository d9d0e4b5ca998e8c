"""What the engine's operations need from outside: ports, settings, and the state of this process."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final

from shim.engine.capabilities import Capabilities, of_model
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

NO_CALLS: Final[frozenset[Pair]] = frozenset()


async def no_wait(seconds: float) -> None:
    """A wait that ends at once, for tests without time."""


def no_pump(events: Any) -> None:
    """A pump for contexts in which no run is driven in the background."""
    raise NotImplementedError("this context drives no runs")


@dataclass(frozen=True, slots=True)
class Context:
    """Ports and the few facts that every operation needs.

    ``process_name`` returns the name of this process, which is stored in the runs that it drives (a forked process has
    another name); ``alive`` returns whether the process of such a name still runs. ``registry``: the runs that this
    process drives; ``run_lifetime``: seconds until an unfinished run expires. ``lease``: seconds after which a run may
    be taken over, unless its process has renewed the lease. ``max_file_bytes``: the largest file of code interpreter
    that is stored, in bytes; 0: none is stored. ``retention``: seconds after which an unused thread is erased,
    ``file_retention``: the same for a stored file; None: never. ``delete_responses``: whether responses of erased
    threads are deleted upstream. ``models``: maps the model that a run names to the model to call. ``refused_calls``:
    earlier calls that were refused, by a server's address and model. ``tokens`` counts the tokens of a text if upstream
    has no counting endpoint. ``capabilities``: what this process has learned about its servers. ``wait`` waits for a
    number of seconds. ``pump`` drives a run that was taken over from a process that has ended. ``files``: the
    assistants that files declare, by id, in their order. ``name``: the tenant's name, if it differs from the value in
    the store. ``unknown_threads``: whether an unknown thread id creates an empty thread. ``notices``: what was logged
    before. ``monitor`` is called for events in the life of runs, for logs and metrics.
    """

    store: Store
    upstream: Upstream
    clock: Clock
    ids: Ids
    process_name: Callable[[], str]
    alive: Callable[[str], bool]
    registry: Registry = field(default_factory=Registry)
    run_lifetime: int = objects.RUN_LIFETIME
    lease: float = 30.0
    max_file_bytes: int = 20_000_000
    retention: float | None = None
    file_retention: float | None = None
    delete_responses: bool = False
    models: ModelMap = field(default_factory=ModelMap)
    refused_calls: dict[tuple[str, str], set[Pair]] = field(default_factory=dict)
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
        """The tenant who owns the objects, as the store has it."""
        return self.store.tenant

    @property
    def declared(self) -> Mapping[str, Declared]:
        """The assistants that files declare for this tenant."""
        return {id: each for id, each in self.files.items() if each.belongs_to(self.tenant, self.name)}

    @property
    def owner(self) -> str:
        """The name of this process in the runs that it drives."""
        return self.process_name()

    def profile(self, model: str) -> Profile:
        """What upstream can do for a model, as far as this process knows."""
        return self.capabilities.adjusted(of_model(self.upstream.profile(), model))

    def refused(self, model: str) -> frozenset[str]:
        """The parameters that a model of this server has refused."""
        return self.capabilities.refused(of_model(self.upstream.profile(), model))

    def refuses(self, model: str, parameter: str) -> None:
        """Record that a model of this server has refused a parameter."""
        self.capabilities.refuses(of_model(self.upstream.profile(), model), parameter)

    def calls_as_text(self, model: str) -> Set[Pair]:
        """The earlier calls that a model of this server has refused and that are sent as text."""
        return self.refused_calls.get((self.upstream.profile().address, model), NO_CALLS)

    def refuses_calls(self, model: str, calls: Set[Pair]) -> None:
        """Record that a model of this server has refused earlier calls."""
        self.refused_calls.setdefault((self.upstream.profile().address, model), set()).update(calls)

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())


def require(value: Json | None, missing: ApiError) -> Json:
    """Return ``value``, or raise the error ``missing`` if it is None."""
    if value is None:
        raise missing
    return value


def without_nulls(request: Json, *but: str) -> Json:
    """The fields of a request that are not null: an explicit null means "not given"."""
    return {name: value for name, value in request.items() if value is not None and name not in but}
