"""What this process has found out about the servers that it talks to."""

import logging
import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final, Literal, NamedTuple

from shim.ports import Clock, Profile
from shim.store.learned import Learned
from shim.translate.models import Listed
from shim.upstream import chaining, profiles
from shim.upstream.chaining import Unknown

log = logging.getLogger("shim")
#: After this many lost chains in a row, requests to an unknown server are not chained any more.
MAX_LOSSES: Final = 2
#: How many of the latest stored responses are remembered; only their loss counts against their server.
MAX_RESPONSES: Final = 1000
#: How many addresses are remembered as looked up among the findings of earlier processes.
MAX_ADDRESSES: Final = 10_000


#: What can be learned: the server does not chain; how it treated an invented response id (``shown``); it has no
#: endpoint that counts tokens; it has no background mode, or none for streams; it no longer has the model; the model
#: refuses a parameter.
Fact = Literal["unchained", "shown", "uncounted", "foreground", "foreground_streams", "gone", "refuses"]


#: Seconds for which a fact is valid, if less than for others.  If it were wrong, the model would miss the conversation;
#: any other wrong fact costs a request or tokens.
VALIDITY: Final[dict[Fact, int]] = {"shown": 86_400}


class Finding(NamedTuple):
    """Something learned of the server and model at ``address``.  ``at``: when, in seconds since the epoch."""

    address: str
    fact: Fact
    value: str
    at: float


class Persistence(NamedTuple):
    """How findings are stored for later processes: they are valid for ``seconds``.  Addresses are stored as hashes,
    made with ``secret``; None: with the store's own secret, which is the value of ``fresh`` if the store has none yet.
    """

    seconds: int
    secret: str | None
    fresh: Callable[[], str]


class Capabilities:
    """Shared by all clients of a process; every method is safe in any thread.

    What is learned is valid for a profile's ``address`` only: behind the same URL, responses of one organisation may be
    stored and those of another not, and a proxy may chain for one model and not for another.  It is valid for a time,
    as servers change; without ``persistence``, until the process ends.
    """

    def __init__(self, clock: Clock = lambda: 0.0, persistence: Persistence | None = None) -> None:
        self._clock, self.persistence = clock, persistence
        self._found: dict[str, dict[tuple[Fact, str], float]] = {}
        self._earlier: dict[str, dict[tuple[Fact, str], float]] = {}
        self._digest: Callable[[str], str] = str
        self._news: list[Finding] = []
        self._loaded_addresses: set[str] = set()
        self.loaded = False
        self._lost: dict[str, int] = {}
        self._made: deque[tuple[str, str | None]] = deque(maxlen=MAX_RESPONSES)
        self._lists: dict[str, tuple[float, Listed | None]] = {}

    def take_over(self, learned: Iterable[Learned], digest: Callable[[str], str]) -> None:
        """Add the findings of earlier processes.  ``digest`` returns the hash under which an address is stored."""
        self._digest = digest
        self._loaded_addresses.clear()
        for each in learned:
            fact: Any = each.fact
            self._earlier.setdefault(each.server, {})[fact, each.value] = float(each.learned_at)
        self.loaded = True

    def news(self) -> list[Finding]:
        """The findings since the last call of this method."""
        if not self._news:
            return []
        news, self._news = self._news, []
        return news

    def still_new(self, findings: list[Finding]) -> None:
        """Return these findings with the next call of `news` again, as they could not be stored."""
        self._news = [*findings, *self._news][:MAX_RESPONSES]

    def _learn(self, address: str, fact: Fact, value: str = "") -> bool:
        """Record a fact; whether it is new."""
        if value in self._known(address, fact):
            return False
        now = self._clock()
        known = self._found.setdefault(address, {})
        # The latest value of a fact is the last one.
        known.pop((fact, value), None)
        known[fact, value] = now
        if self.persistence is not None:
            self._news.append(Finding(address, fact, value, now))
        return True

    def _known(self, address: str, fact: Fact) -> list[str]:
        """The values of a fact that are still valid, the latest last."""
        if self._earlier and address not in self._loaded_addresses:
            self._load_address(address)
        known = self._found.get(address)
        if not known:
            return []
        seconds = math.inf if self.persistence is None else min(self.persistence.seconds, VALIDITY.get(fact, math.inf))
        since = self._clock() - seconds
        return [value for (kind, value), at in list(known.items()) if kind == fact and at >= since]

    def _load_address(self, address: str) -> None:
        """Take over what earlier processes stored for an address."""
        if len(self._loaded_addresses) >= MAX_ADDRESSES:
            self._loaded_addresses.clear()
        self._loaded_addresses.add(address)
        findings = self._earlier.pop(self._digest(address), {})
        if findings:
            self._found[address] = findings | self._found.get(address, {})

    def adjusted(self, profile: Profile) -> Profile:
        """The profile without the capabilities that the server has turned out not to have."""
        if self._known(profile.address, "uncounted"):
            profile = replace(profile, counts=False)
        if self._known(profile.address, "foreground"):
            profile = replace(profile, background=False)
        if self._known(profile.address, "foreground_streams"):
            profile = replace(profile, background_streams=False)
        if self._known(profile.address, "unchained"):
            return profiles.without_chains(profile)
        shown: Any = self._known(profile.address, "shown")
        return chaining.learned(profile, True, shown[-1]) if shown else profile

    def must_test(self, profile: Profile) -> bool:
        """Whether the server must still be tested before a request chains from a response."""
        return not profile.trusted and not self._known(profile.address, "shown")

    def shown(self, profile: Profile, unknown: Unknown) -> None:
        """Record a test: the server returned a response that it had made; ``unknown``: how it treated an invented
        response id.
        """
        self._learn(profile.address, "shown", unknown)

    def remember_response(self, profile: Profile, response_id: str | None) -> None:
        """Record that a server answered that it stores this response."""
        self._made.append((profile.address, response_id))

    def chained(self, profile: Profile) -> None:
        """Record that a request continued from its previous response."""
        self._lost.pop(profile.address, None)

    def lost(self, profile: Profile, response_id: str | None) -> None:
        """Record that a chain was lost.  This may happen with any server; if it happens each time, the server stores
        nothing.

        The chain of a thread that comes from another server, or was not used for a month, does not count: only losses
        of responses that this server made recently do.
        """
        if (profile.address, response_id) not in self._made:
            return
        self._lost[profile.address] = self._lost.get(profile.address, 0) + 1
        watched = not profile.trusted or bool(self._known(profile.address, "shown"))
        if watched and self._lost[profile.address] >= MAX_LOSSES:
            self.unchained(profile)

    def must_list(self, profile: Profile, now: float) -> bool:
        """Whether the server's list of models must be fetched."""
        return self._lists.get(profile.address, (0.0, None))[0] <= now

    def listed(self, profile: Profile, now: float) -> Listed | None:
        """The server's list of models, if it was fetched recently."""
        until, models = self._lists.get(profile.address, (0.0, None))
        return models if now < until else None

    def list(self, profile: Profile, models: Listed | None, until: float) -> None:
        """Record the server's list of models, None if it could not be fetched; it is valid until ``until``."""
        self._lists[profile.address] = until, models

    def gone(self, profile: Profile, model: str) -> None:
        """Record that the server has refused a model that it used to have."""
        self._learn(of_model(profile, model).address, "gone")

    def is_gone(self, profile: Profile, model: str) -> bool:
        return bool(self._known(of_model(profile, model).address, "gone"))

    def uncounted(self, profile: Profile) -> None:
        """Record that the server has no endpoint that counts tokens; it is not called again."""
        self._learn(profile.address, "uncounted")

    def foreground(self, profile: Profile, streams_only: bool = False) -> None:
        """Record that the server has no background mode, or none for streams: a process drives such runs from now
        on.
        """
        self._learn(profile.address, "foreground_streams" if streams_only else "foreground")

    def unchained(self, profile: Profile) -> None:
        """Record that the server does not chain: it gets the whole thread from now on, without a test."""
        if self._learn(profile.address, "unchained"):
            log.info("this server stores no responses: each call sends the whole thread from now on")

    def refuses(self, profile: Profile, parameter: str) -> None:
        """Record that the model refuses a parameter: it is left out from now on."""
        self._learn(profile.address, "refuses", parameter)

    def refused(self, profile: Profile) -> frozenset[str]:
        """The parameters that the model has refused."""
        return frozenset(self._known(profile.address, "refuses"))


def of_model(profile: Profile, model: str) -> Profile:
    """The profile of a server for one model."""
    return replace(profile, address=f"{profile.address} {model}")
