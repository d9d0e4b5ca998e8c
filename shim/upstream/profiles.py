"""What each kind of Responses server can do, and how it words its refusals."""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from shim.ports import Profile, Refusal

#: Errors for a chain that upstream no longer has, or never had: by code, else by text.
LOST_CODES: Final = frozenset({"previous_response_not_found", "data_residency_mismatch"})
#: One row for each error text, with the servers that use it.
LOST_PHRASES: Final[dict[str, str]] = {
    "OpenAI, Azure": r"Previous response with id '[^']*' not found",
    "OGX": r"Response (with id )?'?\S+?'? (was )?not found",
    "vLLM": r"Response with id '?\S+?'? not found",
    "LM Studio": r"Prediction history node with id '[^']*' not found",
    "an id of another server": r"Invalid '(previous_)?response_id'",
    "OGX, of a response that is not finished": r"Cannot use an? \w+ (background )?response as previous_response_id",
    "a chain whose calls are gone": r"No tool call found for function call output",
    "a chain with a call that nobody answered": r"No tool output found for (function|tool) call",
    "a chain whose items were not kept": r"Item with id '[^']*' not found",
    "a chain with half of what belongs together": r"was provided without its required ",
    "a chain through a container that is dead": r"container (with id )?(\S+ )?"
    r"((is|has|was) (been )?(expired|deleted)|not found)",
}
#: Error texts of a server that does not chain at all.
NEVER_PHRASES: Final[dict[str, str]] = {
    "organisations with zero data retention, xAI": r"Previous response cannot be used for this organization",
    "llama.cpp": r"does not support '?previous_response_id",
    "OpenRouter and other proxies": r"(unsupported|unknown|unrecognized|not (permitted|allowed|supported)).*"
    r"previous_response_id|previous_response_id\W.*(not (permitted|allowed|supported)|unsupported|must be null)",
}
_LOST: Final = re.compile("|".join(LOST_PHRASES.values()), re.IGNORECASE)
_NEVER: Final = re.compile("|".join(NEVER_PHRASES.values()), re.IGNORECASE)
#: Statuses of refusals that concern the request; None is an error inside a stream.
REQUEST_STATUSES: Final = frozenset({None, 400, 403, 404, 409, 410, 422})
#: The parameter that chains: after any error about it, the request is sent without it.
CHAIN: Final = "previous_response_id"
#: Error texts of a server that refuses `store: true`.
NO_STORE: Final = re.compile(
    r"(?i)(?<!vector )(?<!vector_)\bstore\b(=true)?\W.*(not supported|must be( set to)? false|expected false)"
)
#: Error texts of a server that has no background mode, or not for this organisation.
NO_BACKGROUND: Final = re.compile(
    r"(?i)\bbackground\b.*(not (supported|permitted|allowed)|unsupported|requires|must be)"
    r"|(unsupported|unknown|unrecognized|not( yet)? support)\b.*\bbackground\b"
)
#: Those among them of a server whose background mode does not stream.
NO_BACKGROUND_STREAM: Final = re.compile(r"(?i)\bstream\b.*\bbackground\b|\bbackground\b.*\bstream\b")
#: Error texts of a server, or a model, that does not stream, or not for this organisation; and their statuses.
NO_STREAM: Final = re.compile(
    r"(?i)\bto stream\b.*\bmodel"
    r"|\bstream(ing)?\b\W.*(not (supported|permitted|allowed|available)|unsupported|does not support"
    r"|must be( set to)? false|expected false)"
    r"|(unsupported|unknown|unrecognized|does(n't| not) support|cannot)\b.*\bstream(ing)?\b"
)
STREAM_STATUSES: Final = frozenset({400, 403, 404, 405, 422, 501})
#: Errors for reasoning that upstream cannot read: it was encrypted for another organisation, or its next item is
#: missing.
UNREADABLE_CODES: Final = frozenset({"invalid_encrypted_content"})
UNREADABLE: Final = re.compile(
    r"(?i)encrypted content .*could not be (verified|decrypted)"
    r"|of type 'reasoning' was provided without its required following item"
)
#: The parameter that a server names if it does not support such items.
THOUGHT: Final = re.compile(r"(?i)\b(reasoning|encrypted_content)\b")
#: Errors of models that do not reason, for a request for encrypted reasoning.
NO_ENCRYPTION: Final = re.compile(r"(?i)encrypted content is not supported")


def chain_is_lost(refusal: Refusal, previous: str | None = None) -> bool:
    """Whether upstream refused because it cannot continue from ``previous``; then the whole thread is sent again.

    With a known text the status does not matter, as proxies may change any status to 500.  In an unknown text the id
    itself is sufficient, as only `previous_response_id` contains it.
    """
    known = refusal.code in LOST_CODES or refusal.param == CHAIN
    mentions_id = refusal.status in REQUEST_STATUSES and bool(previous) and str(previous) in refusal.message
    return known or mentions_id or bool(_LOST.search(refusal.message)) or never_chains(refusal)


def never_chains(refusal: Refusal) -> bool:
    """Whether the refusal concerns the server or the organisation, and not one response."""
    refuses_parameter = refusal.param == CHAIN and refusal.code in ("unsupported_parameter", "unknown_parameter")
    return refuses_parameter or bool(_NEVER.search(refusal.message))


#: Codes and texts of a server that has no such model.
NO_MODEL_CODES: Final = frozenset({"model_not_found", "model_not_available"})
NO_MODEL: Final = re.compile(
    r"(?i)\bmodel\b.{0,200}(does not exist|not found|not exist|unknown)|unknown model|no such model"
)


def has_no_model(refusal: Refusal) -> bool:
    """Whether upstream refused because it has no such model."""
    if refusal.status not in (None, 400, 404, 422):
        return False
    return refusal.code in NO_MODEL_CODES or bool(refusal.code is None and NO_MODEL.search(refusal.message))


def cannot_store(refusal: Refusal) -> bool:
    """Whether upstream refused because of `store: true`."""
    return refusal.status in REQUEST_STATUSES and (refusal.param == "store" or bool(NO_STORE.search(refusal.message)))


def cannot_read_reasoning(refusal: Refusal) -> bool:
    """Whether upstream refused because of encrypted reasoning in the input."""
    if refusal.code in UNREADABLE_CODES or UNREADABLE.search(refusal.message):
        return True
    other = (refusal.param or "").startswith("reasoning")
    return refusal.status in (400, 422) and not other and bool(THOUGHT.search(refusal.message))


def cannot_encrypt(refusal: Refusal) -> bool:
    """Whether upstream refused because the model does not reason, or the server does not support encrypted
    reasoning.
    """
    names_it = (refusal.param or "").startswith("include") or "reasoning.encrypted_content" in refusal.message
    return names_it or bool(NO_ENCRYPTION.search(refusal.message))


def cannot_background(refusal: Refusal) -> bool:
    """Whether upstream refused because of `background: true`."""
    return refusal.status in REQUEST_STATUSES and (
        refusal.param == "background" or bool(NO_BACKGROUND.search(refusal.message))
    )


def cannot_stream_background(refusal: Refusal) -> bool:
    """Whether upstream refused because of `background: true` together with `stream: true`."""
    return cannot_background(refusal) and bool(NO_BACKGROUND_STREAM.search(refusal.message))


def cannot_stream(refusal: Refusal) -> bool:
    """Whether upstream refused because of `stream: true`."""
    if refusal.status not in STREAM_STATUSES or refusal.param not in (None, "stream"):
        return False
    return refusal.param == "stream" or bool(NO_STREAM.search(refusal.message))


#: Errors for a conversation that is too long: by code, else by text.
LONG_CODE: Final = "context_length_exceeded"
LONG_PHRASES: Final[dict[str, str]] = {
    "OpenAI": r"exceeds the context window",
    "vLLM, Azure, others that copy the older API": r"maximum context length is",
    "llama.cpp": r"exceeds the available context size",
    "Anthropic behind a proxy": r"prompt is too long: \d+ tokens",
}
_LONG: Final = re.compile("|".join(LONG_PHRASES.values()), re.IGNORECASE)


def is_too_long(refusal: Refusal) -> bool:
    """Whether upstream refused because the conversation does not fit into the model's context."""
    return refusal.code == LONG_CODE or (
        refusal.status in (None, 400, 413, 422) and bool(_LONG.search(refusal.message))
    )


#: Statuses of faulty requests, which are passed on to the caller.
FAULTS: Final = frozenset({400, 401, 403, 404, 413, 422})
#: Codes among them with which the run fails instead, as the old API accepted such runs.
RUN_FAULTS: Final = frozenset({LONG_CODE, "insufficient_quota"})


def is_callers_fault(refusal: Refusal) -> bool:
    """Whether the caller gets upstream's refusal as an HTTP error, and no run."""
    return refusal.status in FAULTS and refusal.code not in RUN_FAULTS and not is_too_long(refusal)


#: An unknown server.
OTHER: Final = "other"
#: A server that has only Chat Completions.
CHAT: Final = "chat"
PROFILES: Final[dict[str, Profile]] = {
    "openai": Profile("openai", background=True, encrypted_reasoning=True, counts=True, official=True),
    "azure": Profile("azure", background=True, encrypted_reasoning=True, counts=True),
    "sandbox": Profile("sandbox", background=True, encrypted_reasoning=True, counts=True, official=True),
    "ogx": Profile("ogx", background_streams=False),
    "vllm": Profile("vllm", stores=False),
    "ollama": Profile("ollama", stores=False),
    "llamacpp": Profile("llamacpp", stores=False),
    "lmstudio": Profile("lmstudio"),
    # Whether LiteLLM stores responses depends on the provider behind it.
    "litellm": Profile("litellm", trusted=False, counts=True),
    "openrouter": Profile("openrouter", stores=False),
    CHAT: Profile(CHAT, stores=False),
    OTHER: Profile(OTHER, trusted=False, counts=True),
}
#: Owners of models by which a server can be recognised.
OWNERS: Final[dict[str, str]] = {
    "llamacpp": "llamacpp",
    "ogx": "ogx",
    "vllm": "vllm",
    "library": "ollama",
    "organization_owner": "lmstudio",
}
#: Hosts or ports by which a server is recognised.
HOSTS: Final[dict[str, str]] = {
    r"api\.openai\.com(:443)?$": "openai",
    r"\.(openai|cognitiveservices|services\.ai)\.azure\.(com|us|cn)(:443)?$": "azure",
    r"openrouter\.ai(:443)?$": "openrouter",
    r":11434$": "ollama",
    r":1234$": "lmstudio",
    r":4000$": "litellm",
    r":8321$": "ogx",
}


def stateless(profile: Profile) -> Profile:
    """The profile of the same server if it must store nothing.  An unknown server may be a gateway to OpenAI: encrypted
    reasoning is requested from it, too, until it refuses.
    """
    thinks = profile.encrypted_reasoning or not profile.trusted
    return replace(profile, stores=False, background=False, encrypted_reasoning=thinks)


def without_chains(profile: Profile) -> Profile:
    """The profile of the same server after it has shown that it does not continue from previous responses."""
    return replace(profile, stores=False, background=False)


def proven(profile: Profile) -> Profile:
    """The profile of the same server after it has shown that it looks for previous responses: its echo is not needed
    any more.
    """
    return replace(profile, trusted=True)


def choose(base_url: str, profile_name: str | None = None) -> Profile:
    """The profile of the server at ``base_url``, or the one that the settings name.  An unknown server is not trusted:
    its echo shows whether it stores a response.
    """
    if profile_name is not None:
        return PROFILES[profile_name]
    host = urlsplit(base_url).netloc.rpartition("@")[2]
    return PROFILES[next((name for known, name in HOSTS.items() if re.search(known, host)), OTHER)]


#: The prefix of the address of a server that has only Chat Completions.
CHAT_SCHEME: Final = f"{CHAT}+"


def upstream_of(address: str | None) -> dict[str, str]:
    """The settings for an upstream's address: ``chat+https://host/v1`` also sets the kind of server."""
    if address is None:
        return {}
    if address.startswith(CHAT_SCHEME):
        return {"upstream": address.removeprefix(CHAT_SCHEME), "upstream_profile": CHAT}
    return {"upstream": address}
