"""Reads the beginning of an answer: whether upstream continues from the previous response.

A server may refuse the chain inside its stream, or ignore it without an error; then only its echo of
`previous_response_id` shows that.  No event is sent to a reader before this is known.
"""

from collections.abc import Iterable
from typing import Final, Literal

from shim.ports import Profile, Refusal
from shim.translate import failures
from shim.upstream import profiles
from shim.wire.types import Json

#: ``continued``: upstream continues from the previous response.  ``lost``: it no longer has it.  ``never``: it does not
#: chain at all.  ``ignored``: it ignored ``previous_response_id``.
Verdict = Literal["continued", "lost", "never", "ignored"]
#: The keys of an event that has content of the answer.
CONTENT_KEYS: Final = frozenset({"item", "part", "delta", "text"})


def verdict(events: Iterable[Json], previous: str, profile: Profile, opened: bool) -> Verdict | None:
    """What the events before the first content show about the chain from ``previous``; None while they show nothing.

    ``opened``: an earlier event had the right echo, but the response may still fail.
    """
    refusals = [(event, _refusal(event)) for event in events]
    # One read may contain both a response with the right echo and its refusal.
    losses = (loss for _, refusal in refusals if refusal is not None and (loss := _loss(refusal, previous)) is not None)
    if (result := next(losses, None)) is not None or opened:
        return result
    for event in (event for event, refusal in refusals if refusal is None):
        if (response := event.get("response")) is not None:
            return of_response(response, previous, profile)
        if not profile.trusted and not CONTENT_KEYS.isdisjoint(event):
            # There was content, but no echo before it.
            return "ignored"
    return None


def refused_at_once(events: Iterable[Json]) -> Refusal | None:
    """The refusal with which an answer begins; None if content comes first, or there is no refusal."""
    for event in events:
        if (refusal := _refusal(event)) is not None:
            return refusal
        if not CONTENT_KEYS.isdisjoint(event):
            return None
    return None


def of_response(response: Json, previous: str, profile: Profile) -> Verdict:
    """The same for a response object.  If it has no echo, the profile decides."""
    if response.get("status") == "failed" and (loss := _loss(_of_failed(response), previous)) is not None:
        return loss
    echo = response.get("previous_response_id", previous if profile.trusted else None)
    return "continued" if echo == previous else "ignored"


def is_lost(response: Json) -> bool:
    """Whether a response failed because the previous one was lost, as in a background mode that looks for it late."""
    return _loss(_of_failed(response), response.get("previous_response_id")) is not None


def may_chain(response: Json, store_requested: bool, profile: Profile) -> bool:
    """Whether a response may be chained from: the request had ``store: true``, and the response does not contradict it.

    A server whose response has no ``store`` is tested before a request chains (`proof`).
    """
    return store_requested and profile.stores and response.get("store") in (True, None)


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
