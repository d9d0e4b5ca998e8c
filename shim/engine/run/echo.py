"""How an answer begins: whether upstream speaks with the history that it was to chain from.

A server may refuse a chain inside its stream, or leave it out without a word; only its echo of `previous_response_id`
tells then.  Nobody may hear a word before that is settled.
"""

from collections.abc import Iterable
from typing import Final, Literal

from shim.ports import Profile, Refusal
from shim.translate import failures
from shim.upstream import profiles
from shim.wire.types import Json

#: ``held``: the chain holds.  ``lost``: upstream no longer has it.  ``never``: it chains for nobody.  ``ignored``: it
#: did not look.
Verdict = Literal["held", "lost", "never", "ignored"]
#: What an event holds that says something of the answer.
WORDS: Final = frozenset({"item", "part", "delta", "text"})


def verdict(events: Iterable[Json], previous: str, profile: Profile, opened: bool) -> Verdict | None:
    """What the events before any words say of the chain from ``previous``; None while they say nothing.

    ``opened``: a response has been shown and its echo was right, but it may fail yet.
    """
    refusals = [(event, _refusal(event)) for event in events]
    # One read may hold a response that looks well, and its refusal.
    losses = (loss for _, refusal in refusals if refusal is not None and (loss := _loss(refusal, previous)) is not None)
    if (found := next(losses, None)) is not None or opened:
        return found
    for event in (event for event, refusal in refusals if refusal is None):
        if (response := event.get("response")) is not None:
            return of_response(response, previous, profile)
        if not profile.trusted and not WORDS.isdisjoint(event):
            # No echo came before them.
            return "ignored"
    return None


def refused_at_once(events: Iterable[Json]) -> Refusal | None:
    """The refusal with which an answer begins; None if something of the answer comes before it, or no refusal does."""
    for event in events:
        if (refusal := _refusal(event)) is not None:
            return refusal
        if not WORDS.isdisjoint(event):
            return None
    return None


def of_response(response: Json, previous: str, profile: Profile) -> Verdict:
    """The same of a response object.  Where it has no echo, the profile decides."""
    if response.get("status") == "failed" and (loss := _loss(_of_failed(response), previous)) is not None:
        return loss
    echo = response.get("previous_response_id", previous if profile.trusted else None)
    return "held" if echo == previous else "ignored"


def is_lost(response: Json) -> bool:
    """Whether a response failed for want of the one before it, as in a background that looks for it late."""
    return _loss(_of_failed(response), response.get("previous_response_id")) is not None


def may_chain(response: Json, asked: bool, profile: Profile) -> bool:
    """Whether a response may be chained from: it was to be kept, and does not say otherwise.

    A server that says nothing has to show that it continues from responses before it is believed (`proof`).
    """
    return asked and profile.stores and response.get("store") in (True, None)


def _loss(refusal: Refusal, previous: str | None) -> Literal["lost", "never"] | None:
    if not profiles.chain_is_lost(refusal, previous):
        return None
    return "never" if profiles.never_chains(refusal) else "lost"


def _refusal(event: Json) -> Refusal | None:
    """The refusal in an ``error`` event, or in a response that failed at once."""
    if event["type"] == "error":
        return _of_error(failures.of_event(event))
    return _of_failed(event["response"]) if event["type"] == "response.failed" else None


def _of_failed(response: Json) -> Refusal:
    return _of_error(response.get("error") or {})


def _of_error(error: Json) -> Refusal:
    return Refusal(None, str(error.get("message") or ""), param=error.get("param"), code=error.get("code"))


def response_in(events: list[Json]) -> Json | None:
    """The first of the events' responses."""
    return next(filter(None, (event.get("response") for event in events)), None)
