"""What each kind of server can do, from the profiles."""

import dataclasses
import re
from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.ports import Profile
from shim.upstream.profiles import CHAT, HOSTS, LOST_PHRASES, OTHER, PROFILES

INTRODUCTION: Final = """
What each kind of Responses server can do. The shim recognises a server by its address, or `SHIM_UPSTREAM_PROFILE` names
it. Any other server has the profile `other`: before its first chain the shim checks once whether the server still has a
response that it made, and how it answers a response id that does not exist. A server that looks responses up is
chained. A server that accepts any id, or whose answers show neither, gets the whole thread each time. `assistants-shim
doctor` makes the same checks and uses the same rule.
"""
LOST: Final = """
How servers report that they no longer have, or never had, the response that a run continues. The run is then replayed
from the thread's own transcript, in the same call, once.
"""
#: The names of servers, and remarks that do not follow from their profiles.
SERVERS: Final[dict[str, tuple[str, str]]] = {
    "openai": (
        "OpenAI",
        "An organisation with zero data retention is detected, and gets the whole thread each time; "
        "`SHIM_STORE_RESPONSES=false` saves the check.",
    ),
    "azure": (
        "Azure OpenAI",
        "Any of its base URLs works: Responses are requested under `/openai/v1`. Names of models "
        "are names of deployments.",
    ),
    "ogx": (
        "OGX, Llama Stack",
        "It has its own background mode: `SHIM_BACKGROUND=always` uses it. No code interpreter.",
    ),
    "vllm": (
        "vLLM",
        "Stores responses only if it was started with `VLLM_ENABLE_RESPONSES_API_STORE=1`; then "
        "`SHIM_UPSTREAM_PROFILE=other` makes the shim use them.",
    ),
    "litellm": (
        "LiteLLM",
        "Whether it stores responses depends on the provider behind it, so each model is checked separately.",
    ),
    "ollama": ("Ollama", "It ignores `previous_response_id` without an error, and does not support `tool_choice`."),
    "llamacpp": ("llama.cpp", "Where a thread does not fit into its context, the oldest messages are left out."),
    "lmstudio": (
        "LM Studio",
        "Arguments of functions come in one event. Whether it has a background mode is unknown, so none is used.",
    ),
    "openrouter": ("OpenRouter", "Stores no responses, whatever the provider behind it."),
    "chat": (
        "Chat Completions alone",
        "`SHIM_UPSTREAM=chat+URL`, and the extra `chat`: [below](#a-server-that-speaks-chat-completions-alone).",
    ),
    "other": (
        "any other",
        "Chained after the check has shown that it looks previous responses up, until an answer shows the opposite.",
    ),
}
#: Fields of a profile that describe no property of a kind of server, or only a detail of another one.
UNSHOWN: Final = ("name", "address", "always", "background_streams")
#: Where the table of servers stands in a page that is written by hand.
BETWEEN: Final = re.compile(r"(<!-- servers -->\n).*?(\n<!-- /servers -->)", re.DOTALL)


def within(text: str) -> str:
    """A text with the table of servers between its two marks."""
    headings = ("server", "profile", "known by", "threads", "runs without a stream", "")
    rows = [
        (name, code(key), _known(key), _chaining(PROFILES[key]), _run(PROFILES[key]), cell(more))
        for key, (name, more) in SERVERS.items()
    ]
    return BETWEEN.sub(lambda marks: f"{marks[1]}\n{table(headings, rows)}\n{marks[2]}", text)


def _known(name: str) -> str:
    if name == OTHER:
        return "no other row"
    shown = [re.sub(r"\\|\$|\(:443\)\?", "", host) for host, known in HOSTS.items() if known == name]
    if name == CHAT:
        return "`chat+` before its address, or its name in `SHIM_UPSTREAM_PROFILE`"
    return ", ".join(map(code, shown)) or "its name in `SHIM_UPSTREAM_PROFILE`; without it, treated as `other`"


def _chaining(profile: Profile) -> str:
    if profile.stores:
        return "chained" if profile.trusted else "chained, after a check"
    return "whole thread each time"


def _run(profile: Profile) -> str:
    return "the program's worker" + (
        "; upstream's background for models that take minutes" if profile.background else ""
    )


def print_page() -> str:
    names = [field.name for field in dataclasses.fields(Profile) if field.name not in UNSHOWN]
    return page(
        "Upstreams",
        INTRODUCTION,
        table(("profile", *map(code, names)), [(code(name), *_able(row, names)) for name, row in PROFILES.items()]),
        "## Known addresses",
        table(("host and port match", "profile"), [(code(host), code(name)) for host, name in HOSTS.items()]),
        "## Lost chains",
        LOST,
        table(("said by", "words"), [(server, code(phrase)) for server, phrase in LOST_PHRASES.items()]),
    )


def _able(profile: Profile, names: list[str]) -> list[str]:
    values = [getattr(profile, name) for name in names]
    return [("yes" if value else "no") if isinstance(value, bool) else code(value) for value in values]
