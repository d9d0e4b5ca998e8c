"""Whether a server really continues from a previous response: one rule, for the engine and for `doctor`.

A server of a known kind is believed.  Any other may repeat `previous_response_id` and `store` from the request without
looking at them, and then the model would have forgotten the conversation.  So it has to show two things, once: that it
still has a response that it made, and what it does when a request continues from a response that never was.
"""

from typing import Final, Literal

from shim.ports import Profile, Refusal
from shim.upstream import profiles
from shim.wire.types import Json

#: What a server made of a response id that nobody ever had.  ``refused``: it looked for it, in words that are known, so
#: a lost response will be noticed.  ``left out``: it answered, and said that it continued from nothing; its echo can be
#: trusted.  ``believed``: it answered as if it had that response, or says nothing of it.  ``unclear``: none of these.
Unknown = Literal["refused", "left out", "believed", "unclear"]
#: The least that upstream takes.
TOKENS: Final = 16


def question(model: str, unknown: str) -> Json:
    """A request that continues from the response ``unknown``, which never was.  Who looks for it refuses at no cost."""
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say only: ok"}]}
    asked = {"model": model, "input": [message], "max_output_tokens": TOKENS, "store": False}
    return asked | {"previous_response_id": unknown}


def of_unknown(answer: Json | Refusal, unknown: str) -> Unknown:
    """What an answer to such a request shows."""
    if isinstance(answer, Refusal):
        known = profiles.chain_is_lost(answer, unknown) and not profiles.never_chains(answer)
        return "refused" if known else "unclear"
    if answer.get("status") == "failed":
        return "unclear"
    return "left out" if answer.get("previous_response_id", unknown) != unknown else "believed"


def learned(profile: Profile, has_it: bool, unknown: Unknown) -> Profile:
    """The profile of a server that has shown this.  ``has_it``: a response that it made could be fetched."""
    if profile.trusted or not profile.stores:
        return profile
    if not has_it or unknown in ("believed", "unclear"):
        return profiles.without_chains(profile)
    return profiles.proven(profile) if unknown == "refused" else profile
