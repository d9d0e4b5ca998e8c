"""With `SHIM_UPSTREAM` every call of a client goes there: nothing reaches the server that its base URL names."""

from typing import Any

import openai
import pytest

import shim
from shim.http import readdressing
from shim.http.guard import http
from tests.scenarios.doors.loopback import Loopback, Reply, Request

BASES = {
    "https://api.openai.com/v1/": "/v1/",
    "http://localhost:9901/v1/": "/v1/",
    "https://x.openai.azure.com/openai/": "/openai/",
    "https://gateway/team/a/v1/": "/team/a/v1/",
}
UPSTREAM = http.URL("http://127.0.0.1:8321/base/v1")
#: Paths below a base, and below the upstream.
PATHS = {
    "files": "files",
    "files/file-1/content": "files/file-1/content",
    "vector_stores?limit=2&after=vs_1": "vector_stores?limit=2&after=vs_1",
    "files/a%2Fb?purpose=x%20y": "files/a%2Fb?purpose=x%20y",
    "responses?api-version=2024-05-01-preview": "responses",
    "deployments/gpt/chat/completions?api-version=1&x=2": "chat/completions?x=2",
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("path", PATHS)
def test_a_path_below_the_base_is_one_below_the_upstream(base: str, path: str) -> None:
    request = http.Request("GET", base + path, headers={"authorization": "Bearer x"})
    readdressing.to(UPSTREAM, lambda: http.URL(base), lambda: BASES[base])(request)
    assert str(request.url) == f"{UPSTREAM}/{PATHS[path]}"
    assert request.headers["host"] == "127.0.0.1:8321"


@pytest.mark.parametrize(
    "url", ["https://other.example/v1/files", "https://api.openai.com/v2/files", "http://api.openai.com/v1/x"]
)
def test_other_addresses_are_not_changed(url: str) -> None:
    request = http.Request("GET", url)
    readdressing.to(UPSTREAM, lambda: http.URL("https://api.openai.com/v1/"), lambda: "/v1/")(request)
    assert (str(request.url), request.headers["host"]) == (url, http.URL(url).host)


def _every_kind(client: Any) -> list[Any]:
    return [
        client.files.create(file=("a.txt", b"a"), purpose="assistants"),
        client.files.list(),
        client.vector_stores.create(name="v"),
        client.models.retrieve("gpt-4o"),
        client.responses.create(model="gpt-4o", input="Hello"),
    ]


@pytest.mark.parametrize("azure", [False, True])
async def test_no_call_reaches_the_base_url(monkeypatch: pytest.MonkeyPatch, azure: bool) -> None:
    kind = "AzureOpenAI" if azure else "OpenAI"
    with Loopback() as upstream, Loopback() as replaced:
        replaced.answer = lambda request: Reply.json({"error": {"message": "replaced"}}, 500)
        monkeypatch.setenv("SHIM_UPSTREAM", upstream.url)
        base = {"azure_endpoint": replaced.url, "api_version": "1"} if azure else {"base_url": replaced.url}
        with getattr(shim, kind)(api_key="x", max_retries=0, **base) as client:
            _every_kind(client)
            assert client.beta.threads.create(messages=[{"role": "user", "content": "x"}]).id
        async with getattr(shim, f"Async{kind}")(api_key="x", max_retries=0, **base) as client:
            for each in _every_kind(client):
                await each
    paths = [each.path.partition("?")[0].removeprefix("/v1/") for each in upstream.requests]
    assert paths == ["files", "files", "vector_stores", "models/gpt-4o", "responses"] * 2
    assert replaced.requests == []


def test_without_the_setting_the_base_url_is_used() -> None:
    def answer(request: Request) -> None:
        assert request.path.startswith("/v1/")

    with Loopback(answer=answer) as upstream, shim.OpenAI(base_url=upstream.url, api_key="x") as client:
        assert isinstance(client, openai.OpenAI)
        assert len(_every_kind(client)) == len(upstream.requests)
