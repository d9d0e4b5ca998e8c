"""What each kind of server can do, from the profiles."""

import dataclasses
import re
from typing import Final

from docs.pages.marks import cell, code, page, table
from shim.ports import Profile
from shim.upstream.profiles import CHAT, HOSTS, LOST_WORDS, OTHER, PROFILES

INTRODUCTION: Final = """
What each kind of Responses server can do. A server is known by its address, or named by `SHIM_UPSTREAM_PROFILE`. One
that is neither is `other`: before its first chain it is asked once whether it still has a response that it made, and
what it does with a response id that never was. One that looks for responses is chained; one that takes any id, or shows
nothing, gets the whole thread each time. `assistants-shim doctor` asks the same and goes by the same rule.
"""
LOST: Final = """
How servers say that they no longer have, or never had, the response that a run continues. The run is then replayed from
the thread's own transcript, in the same call, once.
"""
#: What servers are called, and what a reader should know of them besides what the profile says.
SERVERS: Final[dict[str, tuple[str, str]]] = {
    "openai": (
        "OpenAI",
        "An organisation with zero data retention is noticed and told everything each time; "
        "`SHIM_STORE_RESPONSES=false` saves it the first question.",
    ),
    "azure": (
        "Azure OpenAI",
        "Any of its base URLs will do: Responses are asked for under `/openai/v1`. Names of models "
        "are names of deployments.",
    ),
    "ogx": (
        "OGX, Llama Stack",
        "It has a background of its own: `SHIM_BACKGROUND=always` uses it. No code interpreter.",
    ),
    "vllm": (
        "vLLM",
        "Keeps responses only if it was started with `VLLM_ENABLE_RESPONSES_API_STORE=1`; then "
        "`SHIM_UPSTREAM_PROFILE=other` has the shim use that.",
    ),
    "litellm": ("LiteLLM", "What it keeps depends on the provider behind it, so each model is watched by itself."),
    "ollama": ("Ollama", "It leaves `previous_response_id` out without a word, and takes no `tool_choice`."),
    "llamacpp": ("llama.cpp", "What does not fit into its context is left out from the oldest message on."),
    "lmstudio": (
        "LM Studio",
        "Arguments of functions come in one piece. Of its background nothing is known, so it is not used.",
    ),
    "openrouter": ("OpenRouter", "Stateless, whatever the provider behind it."),
    "chat": (
        "Chat Completions alone",
        "`SHIM_UPSTREAM=chat+URL`, and the extra `chat`: [below](#a-server-that-speaks-chat-completions-alone).",
    ),
    "other": (
        "any other",
        "Chained once it has shown that it looks for previous responses; each answer that says otherwise counts.",
    ),
}
#: Fields of a profile that are no facts about a kind of server.
UNSHOWN: Final = ("name", "address", "always")
#: Where the table of servers stands in a page that is written by hand.
BETWEEN: Final = re.compile(r"(<!-- servers -->\n).*?(\n<!-- /servers -->)", re.DOTALL)


def within(text: str) -> str:
    """A text with the table of servers between its two marks."""
    headings = ("server", "profile", "known by", "threads", "runs without a stream", "")
    rows = [
        (name, code(key), _known(key), _told(PROFILES[key]), _run(PROFILES[key]), cell(more))
        for key, (name, more) in SERVERS.items()
    ]
    return BETWEEN.sub(lambda marks: f"{marks[1]}\n{table(headings, rows)}\n{marks[2]}", text)


def _known(name: str) -> str:
    if name == OTHER:
        return "no other row"
    shown = [re.sub(r"\\|\$|\(:443\)\?", "", host) for host, known in HOSTS.items() if known == name]
    if name == CHAT:
        return "`chat+` before its address, or its name in `SHIM_UPSTREAM_PROFILE`"
    return ", ".join(map(code, shown)) or "its name in `SHIM_UPSTREAM_PROFILE`; unnamed it is watched like any other"


def _told(profile: Profile) -> str:
    if profile.stores:
        return "chained" if profile.trusted else "chained, once it has shown that it can"
    return "whole each time"


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
        table(("said by", "words"), [(who, code(words)) for who, words in LOST_WORDS.items()]),
    )


def _able(profile: Profile, names: list[str]) -> list[str]:
    values = [getattr(profile, name) for name in names]
    return [("yes" if value else "no") if isinstance(value, bool) else code(value) for value in values]
