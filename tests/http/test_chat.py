"""The bridge to Chat Completions where LiteLLM is not there.  With it: `tests/scenarios/completions`."""

import sys
from collections.abc import Iterator

import openai
import pytest

import shim
from shim.http import chat
from shim.settings import Settings, upstream_of


@pytest.fixture
def _no_litellm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "litellm", None)
    chat.litellm.cache_clear()
    yield
    chat.litellm.cache_clear()


@pytest.mark.usefixtures("_no_litellm")
@pytest.mark.parametrize("kind", [shim.OpenAI, shim.AsyncOpenAI])
def test_a_client_says_what_is_missing(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "chat+http://127.0.0.1:9/v1")
    with pytest.raises(openai.OpenAIError, match=r"assistants-shim\[chat\]"):
        kind(api_key="key")


def test_one_setting_says_where_and_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "chat+https://example.com/v1")
    chosen = Settings()
    assert (chosen.upstream, chosen.upstream_profile) == ("https://example.com/v1", "chat")
    assert upstream_of("https://example.com/v1") == {"upstream": "https://example.com/v1"}
    assert upstream_of(None) == {}
