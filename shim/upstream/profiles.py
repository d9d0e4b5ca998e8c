"""What each kind of Responses server can do, and how it words its refusals."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from shim.ports import Refusal

#: A chain that upstream no longer has, or never had: by code, else by words.
LOST_CODES: Final = frozenset({"previous_response_not_found"})
LOST_WORDS: Final = re.compile(
    r"Previous response with id '[^']*' not found"
    r"|Previous response cannot be used for this organization"
    r"|[Rr]esponse (with id )?'?\S+?'? (was )?not found"
    r"|does not support 'previous_response_id'"
    r"|[Uu]nsupported parameter:? '?previous_response_id"
    r"|No tool call found for function call output"
)


def chain_is_lost(refusal: Refusal) -> bool:
    """Whether upstream refused because it cannot continue from the previous response; then the thread is told anew."""
    if refusal.status is not None and refusal.status not in (400, 404, 422):
        return False
    return refusal.code in LOST_CODES or bool(LOST_WORDS.search(refusal.message))


#: Statuses that are the request's own fault, to be told to the caller as they came.
FAULTS: Final = frozenset({400, 401, 403, 404, 413, 422})
#: Codes among them that end a run as failed, as the old API accepted such runs.
RUN_FAULTS: Final = frozenset({"context_length_exceeded", "insufficient_quota"})


def is_callers_fault(refusal: Refusal) -> bool:
    """Whether the caller gets upstream's refusal at once, and no run."""
    return refusal.status in FAULTS and refusal.code not in RUN_FAULTS


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of server.  ``stores``: whether answers can be chained by ``previous_response_id``."""

    name: str
    stores: bool = True


PROFILES: Final[dict[str, Profile]] = {
    "openai": Profile("openai"),
    "sandbox": Profile("sandbox"),
    "stateless": Profile("stateless", stores=False),
}
Chooser = Callable[[Any], Profile]
