"""The profile of a client's upstream: what kind of server it is, and how runs use it."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from shim.ports import Profile
from shim.settings import Settings
from shim.upstream import caller, profiles

#: The value of `SHIM_UPSTREAM` for the offline server.
SANDBOX: Final = "sandbox"


def profile_of(client: Any, settings: Settings) -> Callable[[], Profile]:
    """The profile of a client's upstream, whose address may change during the client's life."""
    profile_name = settings.upstream_profile or (SANDBOX if settings.upstream == SANDBOX else None)

    @lru_cache(maxsize=8)
    def known_at(address: str) -> Profile:
        known = profiles.choose(address, profile_name)
        known = known if settings.store_responses else profiles.stateless(known)
        always = settings.background == "always"
        background = (always or (known.background and settings.background == "auto")) and known.stores
        return replace(known, background=background, always=always and background)

    def profile() -> Profile:
        address = settings.upstream or str(client.base_url)
        return replace(known_at(address), address=f"{address} {_credentials_digest(client)}")

    return profile


def _credentials_digest(client: Any) -> str:
    """Identifies the credentials: a text that is the same for equal credentials, in every process.  It stays in memory;
    what is stored is a keyed hash of it (`shim.engine.learned`).
    """
    identity = [str(getattr(client, name, None)) for name in ("api_key", "organization", "project")]
    return hashlib.sha256(repr((identity, sorted(caller.credentials().items()))).encode()).hexdigest()
