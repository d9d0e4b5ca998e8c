"""Which profile a server gets by its address, and which features remain if nothing is stored."""

from dataclasses import replace

import pytest

from shim.upstream.profiles import PROFILES, choose, proven, stateless, without_chains

ADDRESSES = {
    "https://api.openai.com/v1": "openai",
    "https://api.openai.com:443/v1/": "openai",
    "https://eu.api.openai.com/v1": "openai",
    "https://api.openai.com.example.org/v1": "other",
    "https://mine.openai.azure.com/": "azure",
    "https://mine.openai.azure.com/openai/deployments/gpt/": "azure",
    "https://mine.services.ai.azure.com/openai/v1": "azure",
    "https://mine.cognitiveservices.azure.com/": "azure",
    "https://mine.openai.azure.us/": "azure",
    "http://localhost:8321/v1": "ogx",
    "http://user:word@localhost:11434/v1": "ollama",
    "http://[::1]:11434/v1": "ollama",
    "http://127.0.0.1:1234/v1": "lmstudio",
    "http://litellm.internal:4000": "litellm",
    "https://openrouter.ai/api/v1": "openrouter",
    # vLLM and llama.cpp use ports that many other servers use.
    "http://127.0.0.1:8000/v1": "other",
    "http://127.0.0.1:8080/v1": "other",
    "https://api.x.ai/v1": "other",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_server_is_recognised_by_its_address(address: str) -> None:
    assert choose(address).name == ADDRESSES[address]
    assert choose(address, "vllm").name == "vllm"


#: Servers that are asked for encrypted reasoning if they store nothing; unknown ones may be gateways to OpenAI.
REASONING = {"openai", "azure", "sandbox", "litellm", "other"}


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_without_storing(name: str) -> None:
    """The other fields of the profile are unchanged."""
    profile = replace(PROFILES[name], address="http://x")
    nothing = {"stores": False, "background": False}
    assert without_chains(profile) == replace(profile, **nothing)
    thinks = {"encrypted_reasoning": name in REASONING}
    assert stateless(profile) == replace(profile, **nothing, **thinks)
    assert proven(profile) == replace(profile, trusted=True)
