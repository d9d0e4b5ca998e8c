"""The conclusions: the profile, how the shim will work there, and what to set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shim.assembly.upstream_profile import SANDBOX
from shim.cli.doctor.examined import ExaminedServer, Finding
from shim.engine.run import echo
from shim.ports import Profile
from shim.settings import Settings
from shim.upstream import chaining, profiles

Findings = Mapping[str, Finding]
#: What a server must do for the shim to work at all.
NEEDED: Final = ("reachable", "key accepted", "answers")


@dataclass(frozen=True, slots=True)
class Advice:
    """A setting, and why."""

    set: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ok``: the shim works there.  ``because``: why this profile.  ``mode``: how a thread is sent upstream.
    ``runs``: where runs without a stream are driven.
    """

    ok: bool
    profile: Profile
    because: str
    mode: str
    runs: str
    advice: tuple[Advice, ...]


CHAINED: Final = "chained: each call sends only what is new, with previous_response_id"
WHOLE: Final = "whole: each call sends the whole thread"
NO_STORE: Final = ", with store: false"
NO_STORE_LATER: Final = ", with store: false after the server has shown that it stores nothing"
THOUGHTS: Final = " and encrypted reasoning"
ALONE: Final = "in the server's own background"
HERE: Final = "in this program's worker"


def hindrance(findings: Findings) -> str | None:
    """The first probe whose failure keeps the shim from working."""
    return next((name for name in NEEDED if findings[name].state not in ("yes", "partly")), None)


def judge(address: str, settings: Settings, findings: Findings, server: ExaminedServer) -> Verdict:
    """``server``: the server with the results of the test."""
    profile = profiles.choose(address, settings.upstream_profile or (SANDBOX if address == SANDBOX else None))
    profile = profile if settings.store_responses else profiles.stateless(profile)
    ok = hindrance(findings) is None
    chains = _chains(profile, settings, server)
    background = settings.background == "always"
    advice = tuple(filter(None, (row(profile, settings, findings, server) for row in ADVICE))) if ok else ()
    return Verdict(
        ok,
        profile,
        _because(address, settings, profile),
        _mode(profile, settings, chains),
        ALONE if background and chains and findings["background"].state != "no" else HERE,
        advice,
    )


def _chains(profile: Profile, settings: Settings, server: ExaminedServer) -> bool:
    """Whether runs will be chained, by the engine's own rules."""
    second, first = server.second, server.first
    if second is None or not (profile.stores and settings.store_responses and server.store):
        return False
    profile = chaining.learned(profile, server.has_it, server.unknown)
    return (
        echo.may_chain(first, True, profile) and echo.of_response(second, str(first.get("id")), profile) == "continued"
    )


def _keeps(findings: Findings) -> bool:
    return findings["keeps responses"].state == "yes"


def _mode(profile: Profile, settings: Settings, chains: bool) -> str:
    if chains:
        return CHAINED
    never = not (profile.stores and settings.store_responses)
    return WHOLE + (THOUGHTS if profile.encrypted_reasoning else "") + (NO_STORE if never else NO_STORE_LATER)


def _because(address: str, settings: Settings, profile: Profile) -> str:
    if settings.upstream_profile is not None:
        return "named by SHIM_UPSTREAM_PROFILE"
    if profile.name == profiles.OTHER:
        return "its address is not known, so the echo of each answer decides whether to chain"
    return "recognised by its address"


def _kind(profile: Profile, settings: Settings, findings: Findings, server: ExaminedServer) -> Advice | None:
    # Some servers can be recognised by the owner of their models.
    owners = {str(each.get("owned_by")) for each in server.listed}
    known = next((name for owner, name in profiles.OWNERS.items() if owner in owners), None)
    if settings.upstream_profile or profile.name != profiles.OTHER or known is None:
        return None
    return Advice(
        f"SHIM_UPSTREAM_PROFILE={known}", "recognised by its list of models; with this setting nothing has to be tested"
    )


def _stateless(profile: Profile, settings: Settings, findings: Findings, server: ExaminedServer) -> Advice | None:
    if not (profile.stores and settings.store_responses) or findings["previous_response_id"].state != "no":
        return None
    if _kind(profile, settings, findings, server) is not None:
        return None
    return Advice("SHIM_STORE_RESPONSES=false", "it does not continue from previous responses, so none need be stored")


def _stateful(profile: Profile, settings: Settings, findings: Findings, server: ExaminedServer) -> Advice | None:
    meant = profile.stores or not settings.store_responses
    if meant or findings["previous_response_id"].state != "yes" or not _keeps(findings):
        return None
    return Advice(
        f"SHIM_UPSTREAM_PROFILE={profiles.OTHER}", f"it stores responses, which {profile.name} usually does not"
    )


def _unheard(profile: Profile, settings: Settings, findings: Findings, server: ExaminedServer) -> Advice | None:
    if not (profile.stores and settings.store_responses) or findings["says when one is lost"].state != "no":
        return None
    if profile.trusted and server.unknown == "believed":
        return Advice(f"SHIM_UPSTREAM_PROFILE={profiles.OTHER}", "it accepts an invented response id")
    why = "it accepts an invented response id, so none need be stored"
    if server.unknown != "believed":
        why = "its error for a lost response is not known, so a lost chain could not be healed"
    return Advice("SHIM_STORE_RESPONSES=false", why)


def _worker(profile: Profile, settings: Settings, findings: Findings, server: ExaminedServer) -> Advice | None:
    wanted = profile.background if settings.background == "auto" else settings.background == "always"
    if not wanted or findings["background"].state != "no":
        return None
    return Advice("SHIM_BACKGROUND=never", "it has no background mode for runs without a stream")


def _alone(profile: Profile, settings: Settings, findings: Findings, server: ExaminedServer) -> Advice | None:
    if profile.background or settings.background != "auto" or findings["background"].state != "yes":
        return None
    if not _chains(profile, settings, server):
        return None
    return Advice(
        "SHIM_BACKGROUND=always",
        "if your host stops the program between two requests: the server has a background mode",
    )


#: Each checks one reason to set something.
ADVICE: Final[tuple[Callable[[Profile, Settings, Findings, ExaminedServer], Advice | None], ...]] = (
    _kind,
    _stateless,
    _stateful,
    _unheard,
    _worker,
    _alone,
)
