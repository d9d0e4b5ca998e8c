"""Whether a server really continues from a previous response: one rule, for the engine and for `doctor`.

For a server of a known kind the profile decides.  Any other server may copy `previous_response_id` and `store` from the
request without using them, and then the model would not see the conversation.  So it is tested once: whether it can
return a response that it made, and what it does when a request continues from an invented response id.
"""

from typing import Final, Literal

from shim.ports import Profile, Refusal
from shim.upstream import profiles
from shim.wire.types import Json

#: How a server treated an invented response id.  ``refused``: with a known error text, so a lost response will be
#: noticed.  ``left out``: it answered, with an echo without a previous response, so its echo can be trusted.
#: ``believed``: it answered as if the response existed, or without an echo.  ``unclear``: none of these.
Unknown = Literal["refused", "left out", "believed", "unclear"]
#: The smallest number of output tokens that upstream accepts.
TOKENS: Final = 16


def probe(model: str, unknown: str) -> Json:
    """A request that continues from the invented response id ``unknown``.  A server that looks for it refuses, at no
    cost.
    """
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say only: ok"}]}
    body = {"model": model, "input": [message], "max_output_tokens": TOKENS, "store": False}
    return body | {"previous_response_id": unknown}


def of_unknown(answer: Json | Refusal, unknown: str) -> Unknown:
    """How the server treated the invented id, according to its answer or refusal."""
    if isinstance(answer, Refusal):
        known = profiles.chain_is_lost(answer, unknown) and not profiles.never_chains(answer)
        return "refused" if known else "unclear"
    if answer.get("status") == "failed":
        return "unclear"
    return "left out" if answer.get("previous_response_id", unknown) != unknown else "believed"


def learned(profile: Profile, has_it: bool, unknown: Unknown) -> Profile:
    """The profile of a server with these test results.  ``has_it``: a response that it made could be fetched."""
    if profile.trusted or not profile.stores:
        return profile
    if not has_it or unknown in ("believed", "unclear"):
        return profiles.without_chains(profile)
    return profiles.proven(profile) if unknown == "refused" else profile
