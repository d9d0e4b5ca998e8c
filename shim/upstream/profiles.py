"""What each kind of Responses server can do, and how it words its refusals."""

import re
from typing import Final
from urllib.parse import urlsplit

from shim.ports import Profile, Refusal

#: A chain that upstream no longer has, or never had: by code, else by words.
LOST_CODES: Final = frozenset({"previous_response_not_found"})
#: One row a wording: who says it so.
LOST_WORDS: Final[dict[str, str]] = {
    "OpenAI, Azure": r"Previous response with id '[^']*' not found",
    "organisations with zero data retention, xAI": r"Previous response cannot be used for this organization",
    "OGX": r"Response (with id )?'?\S+?'? (was )?not found",
    "vLLM": r"Response with id '?\S+?'? not found",
    "llama.cpp": r"does not support 'previous_response_id'",
    "OpenRouter and other proxies": r"[Uu]nsupported (parameter|value):? '?`?previous_response_id",
    "a chain whose calls are gone": r"No tool call found for function call output",
}
_LOST: Final = re.compile("|".join(LOST_WORDS.values()))
#: Statuses with which a lost chain may come; None is an error inside a stream.
LOST_STATUSES: Final = frozenset({None, 400, 404, 422})


def chain_is_lost(refusal: Refusal) -> bool:
    """Whether upstream refused because it cannot continue from the previous response; then the thread is told anew."""
    if refusal.status not in LOST_STATUSES:
        return False
    return refusal.code in LOST_CODES or bool(_LOST.search(refusal.message))


#: Statuses that are the request's own fault, to be told to the caller as they came.
FAULTS: Final = frozenset({400, 401, 403, 404, 413, 422})
#: Codes among them that end a run as failed, as the old API accepted such runs.
RUN_FAULTS: Final = frozenset({"context_length_exceeded", "insufficient_quota"})


def is_callers_fault(refusal: Refusal) -> bool:
    """Whether the caller gets upstream's refusal at once, and no run."""
    return refusal.status in FAULTS and refusal.code not in RUN_FAULTS


PROFILES: Final[dict[str, Profile]] = {
    "openai": Profile("openai", background=True, encrypted_reasoning=True),
    "azure": Profile("azure", background=True, encrypted_reasoning=True),
    "sandbox": Profile("sandbox", encrypted_reasoning=True),
    "ogx": Profile("ogx"),
    "vllm": Profile("vllm", stores=False),
    "ollama": Profile("ollama", stores=False),
    "llamacpp": Profile("llamacpp", stores=False),
    "lmstudio": Profile("lmstudio"),
    "litellm": Profile("litellm"),
    "openrouter": Profile("openrouter", stores=False),
    "other": Profile("other"),
}
#: Hosts, with a port where only that tells, by which a server is known.
HOSTS: Final[dict[str, str]] = {
    r"api\.openai\.com(:443)?$": "openai",
    r"\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)(:443)?$": "azure",
    r"openrouter\.ai(:443)?$": "openrouter",
    r":11434$": "ollama",
    r":1234$": "lmstudio",
    r":8321$": "ogx",
}


def choose(base_url: str, named: str | None = None) -> Profile:
    """The profile of the server at ``base_url``, unless the settings name it.  An unknown server is watched, not
    trusted: its echo tells whether it keeps what it answers.
    """
    if named is not None:
        return PROFILES[named]
    host = urlsplit(base_url).netloc.rpartition("@")[2]
    return PROFILES[next((name for known, name in HOSTS.items() if re.search(known, host)), "other")]
