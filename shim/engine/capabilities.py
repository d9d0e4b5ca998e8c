"""What this process has found out about the servers that it talks to."""

import logging
from collections import deque
from dataclasses import replace
from typing import Final

from shim.ports import Profile
from shim.translate.models import Listed
from shim.upstream import chaining, profiles
from shim.upstream.chaining import Unknown

log = logging.getLogger("shim")
#: After this many lost chains in a row, requests to an unknown server are not chained any more.
ENOUGH: Final = 2
#: How many of the latest stored responses are remembered; only their loss counts against their server.
LATEST: Final = 1000


class Capabilities:
    """Shared by all clients of a process; every method is safe in any thread.

    What is learned is valid for a profile's ``address`` only: behind the same URL, responses of one organisation may be
    stored and those of another not, and a proxy may chain for one model and not for another.
    """

    def __init__(self) -> None:
        self._lost: dict[str, int] = {}
        self._unchained: set[str] = set()
        self._shown: dict[str, Unknown] = {}
        self._uncounted: set[str] = set()
        self._foreground: set[str] = set()
        self._made: deque[tuple[str, str | None]] = deque(maxlen=LATEST)
        self._lists: dict[str, tuple[float, Listed | None]] = {}
        self._gone: set[tuple[str, str]] = set()

    def seen(self, profile: Profile) -> Profile:
        """The profile without the capabilities that the server has turned out not to have."""
        if profile.address in self._uncounted:
            profile = replace(profile, counts=False)
        if profile.address in self._foreground:
            profile = replace(profile, background=False)
        if profile.address in self._unchained:
            return profiles.without_chains(profile)
        shown = self._shown.get(profile.address)
        return profile if shown is None else chaining.learned(profile, True, shown)

    def must_show(self, profile: Profile) -> bool:
        """Whether the server must still be tested before a request chains from a response."""
        return not profile.trusted and profile.address not in self._shown

    def shown(self, profile: Profile, unknown: Unknown) -> None:
        """Record a test: the server returned a response that it had made; ``unknown``: how it treated an invented
        response id.
        """
        self._shown[profile.address] = unknown

    def made(self, profile: Profile, response_id: str | None) -> None:
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
        watched = not profile.trusted or profile.address in self._shown
        if watched and self._lost[profile.address] >= ENOUGH:
            self.unchained(profile)

    def must_list(self, profile: Profile, now: float) -> bool:
        """Whether the server's list of models must be fetched."""
        return self._lists.get(profile.address, (0.0, None))[0] <= now

    def listed(self, profile: Profile, now: float) -> Listed | None:
        """The server's list of models, if it was fetched recently."""
        until, found = self._lists.get(profile.address, (0.0, None))
        return found if now < until else None

    def list(self, profile: Profile, found: Listed | None, until: float) -> None:
        """Record the server's list of models, None if it could not be fetched; it is valid until ``until``."""
        self._lists[profile.address] = until, found

    def gone(self, profile: Profile, model: str) -> None:
        """Record that the server has refused a model that it used to have."""
        self._gone.add((profile.address, model))

    def is_gone(self, profile: Profile, model: str) -> bool:
        return (profile.address, model) in self._gone

    def uncounted(self, profile: Profile) -> None:
        """Record that the server has no endpoint that counts tokens; it is not called again."""
        self._uncounted.add(profile.address)

    def foreground(self, profile: Profile) -> None:
        """Record that the server has no background mode: a process drives its runs from now on."""
        self._foreground.add(profile.address)

    def unchained(self, profile: Profile) -> None:
        """Record that the server does not chain: it gets the whole thread from now on, without a test."""
        if profile.address not in self._unchained:
            self._unchained.add(profile.address)
            log.info("this server stores no responses: each call sends the whole thread from now on")
