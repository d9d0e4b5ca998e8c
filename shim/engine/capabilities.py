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
#: Chains lost in a row, with none that held between them, after which an unknown server is not chained at any more.
ENOUGH: Final = 2
#: Responses whose loss says something of their server: the latest that it said it would keep.
LATEST: Final = 1000


class Capabilities:
    """Shared by all clients of a process; every method is safe in any thread.

    What is found out holds for a profile's ``address`` alone.  One organisation may have its responses kept and another
    not, behind the same URL; and a proxy may chain for one model and not for another.
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
        """The profile, less what the server has turned out not to do."""
        if profile.address in self._uncounted:
            profile = replace(profile, counts=False)
        if profile.address in self._foreground:
            profile = replace(profile, background=False)
        if profile.address in self._unchained:
            return profiles.without_chains(profile)
        shown = self._shown.get(profile.address)
        return profile if shown is None else chaining.learned(profile, True, shown)

    def must_show(self, profile: Profile) -> bool:
        """Whether the server has yet to show that it continues from responses."""
        return not profile.trusted and profile.address not in self._shown

    def shown(self, profile: Profile, unknown: Unknown) -> None:
        """The server has a response that it made, and has made this of one that never was."""
        self._shown[profile.address] = unknown

    def made(self, profile: Profile, response_id: str | None) -> None:
        """A server said that it keeps this response."""
        self._made.append((profile.address, response_id))

    def chained(self, profile: Profile) -> None:
        """A chain held."""
        self._lost.pop(profile.address, None)

    def lost(self, profile: Profile, response_id: str | None) -> None:
        """A chain was lost, as may happen anywhere; where it happens each time, nothing is kept.

        A thread that comes from another server, or was left alone for a month, has lost its chain without this server's
        fault: only what this one made lately counts.
        """
        if (profile.address, response_id) not in self._made:
            return
        self._lost[profile.address] = self._lost.get(profile.address, 0) + 1
        watched = not profile.trusted or profile.address in self._shown
        if watched and self._lost[profile.address] >= ENOUGH:
            self.unchained(profile)

    def must_list(self, profile: Profile, now: float) -> bool:
        """Whether the server's list of models has to be asked for, to be known."""
        return self._lists.get(profile.address, (0.0, None))[0] <= now

    def listed(self, profile: Profile, now: float) -> Listed | None:
        """The server's list of models, if it was had lately."""
        until, found = self._lists.get(profile.address, (0.0, None))
        return found if now < until else None

    def list(self, profile: Profile, found: Listed | None, until: float) -> None:
        """What the server lists, None if it could not be had; to be believed until then."""
        self._lists[profile.address] = until, found

    def gone(self, profile: Profile, model: str) -> None:
        """The server has refused a model that it had."""
        self._gone.add((profile.address, model))

    def is_gone(self, profile: Profile, model: str) -> bool:
        return (profile.address, model) in self._gone

    def uncounted(self, profile: Profile) -> None:
        """The server has no endpoint that counts tokens: it is not asked for it again."""
        self._uncounted.add(profile.address)

    def foreground(self, profile: Profile) -> None:
        """The server has no background: this process drives its runs from now on."""
        self._foreground.add(profile.address)

    def unchained(self, profile: Profile) -> None:
        """The server has shown that it does not chain: it gets the whole thread from now on, without asking first."""
        if profile.address not in self._unchained:
            self._unchained.add(profile.address)
            log.info("this server keeps no responses: each call says the whole thread from now on")
