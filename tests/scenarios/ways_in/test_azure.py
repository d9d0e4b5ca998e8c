"""Azure's clients: their URLs, keys and tokens, and a deployment's name for a model."""

from collections.abc import Iterator
from typing import Any

import pytest

from shim import AsyncAzureOpenAI, AzureOpenAI
from tests.scenarios.doors.colours import ASYNC, COLOURS
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.ways_in.conversation import DEPLOYMENT, converse, either, server

Json = dict[str, Any]
#: Arguments that name the Azure resource; each is a function of the host.
PLACES = {
    "endpoint": lambda host: {"azure_endpoint": f"http://{host}"},
    "endpoint with a slash": lambda host: {"azure_endpoint": f"http://{host}/"},
    "deployment": lambda host: {"azure_endpoint": f"http://{host}", "azure_deployment": DEPLOYMENT},
    "base_url": lambda host: {"base_url": f"http://{host}/openai"},
    "base_url of v1": lambda host: {"base_url": f"http://{host}/openai/v1/"},
}
VERSION = "2024-05-01-preview"


@pytest.fixture
def azure() -> Iterator[Loopback]:
    with server() as found:
        yield found


def talk(azure: Loopback, colour: str, **options: Any) -> list[Request]:
    """The requests of a conversation, all of which went to Responses."""
    options = {"api_version": VERSION, "api_key": "azure-key", "max_retries": 0} | options
    with either(colour, AzureOpenAI, AsyncAzureOpenAI, **options) as client:
        assert converse(client, DEPLOYMENT)
    assert [(each.method, each.path) for each in azure.requests] == [("POST", "/openai/v1/responses")] * 2
    assert {body["model"] for body in azure.bodies} == {DEPLOYMENT}
    return azure.requests


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    "place",
    # With a deployment, the first SDKs put calls about assistants below the deployment's path.
    [pytest.param(name, marks=pytest.mark.sdk("1.66") if name == "deployment" else ()) for name in PLACES],
)
def test_every_way_to_name_the_resource(azure: Loopback, place: str, colour: str) -> None:
    for request in talk(azure, colour, **PLACES[place](azure.host)):
        assert request.header("api-key") == "azure-key"
        # The first SDKs send the key in two headers.
        assert request.header("authorization") in (None, "Bearer azure-key")


@pytest.mark.parametrize("colour", COLOURS)
def test_a_token_is_sent_instead_of_a_key(azure: Loopback, colour: str) -> None:
    options = {"azure_endpoint": f"http://{azure.host}", "api_key": None, "azure_ad_token": "entra-token"}
    for request in talk(azure, colour, **options):
        assert request.header("authorization") == "Bearer entra-token"
        assert request.header("api-key") is None


@pytest.mark.parametrize("colour", [*COLOURS, "awaited"])
def test_a_token_provider_is_called_for_each_request(azure: Loopback, colour: str) -> None:
    tokens_provided: list[str] = []

    def provide() -> str:
        tokens_provided.append(f"token-{len(tokens_provided)}")
        return tokens_provided[-1]

    async def provide_awaited() -> str:
        return provide()

    provider = provide_awaited if colour == "awaited" else provide
    options = {"azure_endpoint": f"http://{azure.host}", "api_key": None, "azure_ad_token_provider": provider}
    one, two = talk(azure, ASYNC if colour == "awaited" else colour, **options)
    tokens = [str(request.header("authorization")).removeprefix("Bearer ") for request in (one, two)]
    assert tokens[0] in tokens_provided
    assert tokens[1] in tokens_provided
    assert tokens[0] != tokens[1]


def test_settings_from_the_environment(azure: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "from-the-environment")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"http://{azure.host}")
    monkeypatch.setenv("OPENAI_API_VERSION", VERSION)
    with AzureOpenAI() as client:
        assert converse(client, DEPLOYMENT)
    assert {request.header("api-key") for request in azure.requests} == {"from-the-environment"}


@pytest.mark.sdk("1.66")
@pytest.mark.parametrize("colour", COLOURS)
def test_other_calls_go_to_their_usual_urls(colour: str) -> None:
    with Loopback(answer=lambda request: Reply.json({"id": "1", "choices": []})) as azure:
        options: Json = {
            "azure_endpoint": f"http://{azure.host}",
            "azure_deployment": DEPLOYMENT,
            "api_key": "azure-key",
        }
        with either(colour, AzureOpenAI, AsyncAzureOpenAI, api_version=VERSION, **options) as client:
            client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
            client.files.list()
    paths = [request.path for request in azure.requests]
    assert paths == [
        f"/openai/deployments/{DEPLOYMENT}/chat/completions?api-version={VERSION}",
        f"/openai/files?api-version={VERSION}",
    ]


@pytest.mark.parametrize("colour", COLOURS)
def test_another_upstream_behind_azures_client(azure: Loopback, colour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", azure.url)
    options = {"azure_endpoint": "http://127.0.0.1:9", "api_key": "azure-key"}
    with either(colour, AzureOpenAI, AsyncAzureOpenAI, api_version=VERSION, **options) as client:
        assert converse(client)
    assert {request.path.partition("?")[0] for request in azure.requests} == {"/v1/responses"}


def test_azures_client_with_the_sandbox() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIM_UPSTREAM", "sandbox")
        with AzureOpenAI(api_version=VERSION, azure_endpoint="http://127.0.0.1:9", api_key="none") as client:
            assert converse(client)
