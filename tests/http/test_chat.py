"""The bridge to Chat Completions without LiteLLM. With LiteLLM: `tests/scenarios/completions`."""

import sys
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import openai
import pytest

import shim
from shim.http import chat
from shim.http.guard import http
from shim.settings import Settings
from shim.upstream.profiles import upstream_of


@pytest.fixture
def _no_litellm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "litellm", None)
    chat.litellm.cache_clear()
    yield
    chat.litellm.cache_clear()


@pytest.mark.usefixtures("_no_litellm")
@pytest.mark.parametrize("kind", [shim.OpenAI, shim.AsyncOpenAI])
def test_a_client_names_the_missing_package(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "chat+http://127.0.0.1:9/v1")
    with pytest.raises(openai.OpenAIError, match=r"assistants-shim\[chat\]"):
        kind(api_key="key")


def test_one_setting_selects_server_and_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "chat+https://example.com/v1")
    chosen = Settings()
    assert (chosen.upstream, chosen.upstream_profile) == ("https://example.com/v1", "chat")
    assert upstream_of("https://example.com/v1") == {"upstream": "https://example.com/v1"}
    assert upstream_of(None) == {}


class Body(http.SyncByteStream, http.AsyncByteStream):  # type: ignore[misc,name-defined]
    """The body of the server's answer, which never delivers any bytes."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in ():
            yield chunk

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


ASKED = http.Request("POST", "http://127.0.0.1/v1/chat/completions")
REQUEST = {"model": "chatty", "input": "Hi", "stream": True}


def test_an_unread_answer_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = Body()

    def responses(client: Any, **_: Any) -> Any:
        client._client.send(ASKED, stream=True)
        return iter(())

    monkeypatch.setattr(chat, "litellm", lambda: SimpleNamespace(responses=responses))
    network = http.Client(transport=http.MockTransport(lambda _: http.Response(200, stream=body)))
    client = openai.OpenAI(api_key="key", http_client=network)
    request = http.Request("POST", "http://127.0.0.1/v1/responses", json=REQUEST)
    answer = chat.bridged(client).send(request, stream=True)
    assert not body.closed
    answer.close()
    assert body.closed


async def test_an_unread_async_answer_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    body = Body()

    async def nothing() -> AsyncIterator[Any]:
        for event in ():
            yield event

    async def responses(client: Any, **_: Any) -> Any:
        await client._client.send(ASKED, stream=True)
        return nothing()

    monkeypatch.setattr(chat, "litellm", lambda: SimpleNamespace(aresponses=responses))
    network = http.AsyncClient(transport=http.MockTransport(lambda _: http.Response(200, stream=body)))
    client = openai.AsyncOpenAI(api_key="key", http_client=network)
    request = http.Request("POST", "http://127.0.0.1/v1/responses", json=REQUEST)
    answer = await chat.bridged(client).send(request, stream=True)
    assert not body.closed
    await answer.aclose()
    assert body.closed
