"""``shim.install()``: clients that other code creates use the shim; after ``shim.uninstall()`` they do not."""

import copy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

import shim
from tests.scenarios.doors.colours import COLOURS
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.ways_in.conversation import DEPLOYMENT, converse, either, server

ROOT = Path(__file__).parents[2]
AZURE = {"api_version": "2024-05-01-preview"}


class Sdk(openai.OpenAI):
    """A client class of another package, whose constructor has other parameters."""

    def __init__(self, company: str, **given: Any) -> None:
        self.company = company
        super().__init__(default_headers={"x-company": company}, **given)


class AsyncSdk(openai.AsyncOpenAI):
    def __init__(self, company: str, **given: Any) -> None:
        self.company = company
        super().__init__(default_headers={"x-company": company}, **given)


@pytest.fixture
def upstream() -> Iterator[Loopback]:
    with server() as found:
        yield found


@pytest.fixture
def installed() -> Iterator[None]:
    shim.install()
    yield
    shim.uninstall()


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.usefixtures("installed")
def test_plain_clients(upstream: Loopback, colour: str) -> None:
    with either(colour, openai.OpenAI, openai.AsyncOpenAI, base_url=upstream.url, api_key="theirs") as client:
        assert converse(client)
    assert [request.path for request in upstream.requests] == ["/v1/responses"] * 2
    assert {request.header("authorization") for request in upstream.requests} == {"Bearer theirs"}


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.usefixtures("installed")
def test_azure_clients(upstream: Loopback, colour: str) -> None:
    given: Any = {"azure_endpoint": f"http://{upstream.host}", "api_key": "theirs", **AZURE}
    with either(colour, openai.AzureOpenAI, openai.AsyncAzureOpenAI, **given) as client:
        assert converse(client, DEPLOYMENT)
    assert [request.path for request in upstream.requests] == ["/openai/v1/responses"] * 2


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.usefixtures("installed")
def test_clients_of_other_classes(upstream: Loopback, colour: str) -> None:
    with either(colour, Sdk, AsyncSdk, company="ours", base_url=upstream.url, api_key="theirs") as client:
        assert converse(client)
        assert client.company == "ours"
    assert {request.header("x-company") for request in upstream.requests} == {"ours"}


@pytest.mark.usefixtures("installed")
def test_the_module_level_client(upstream: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "api_key", "module-key")
    monkeypatch.setattr(openai, "base_url", upstream.url)
    openai._reset_client()
    assert converse(openai)
    openai._reset_client()
    assert len(upstream.bodies) == 2


@pytest.mark.usefixtures("installed")
def test_the_shims_own_clients_are_set_up_once(upstream: Loopback) -> None:
    with shim.OpenAI(base_url=upstream.url, api_key="ours") as client:
        assert converse(client)
    assert len(upstream.requests) == 2


def test_installing_twice_is_undone_by_one_uninstall(upstream: Loopback) -> None:
    plain = openai.OpenAI.__init__, vars(openai.OpenAI).get("beta")
    shim.install()
    shim.install()
    shim.uninstall()
    assert (openai.OpenAI.__init__, vars(openai.OpenAI).get("beta")) == plain
    shim.uninstall()
    given: Any = {"base_url": upstream.url, "api_key": "theirs", "max_retries": 0}
    with openai.OpenAI(**given) as client, pytest.raises(openai.NotFoundError):
        client.beta.threads.create()
    assert [request.path for request in upstream.requests] == ["/v1/threads"]


def test_a_client_created_while_installed_works_afterwards(upstream: Loopback) -> None:
    shim.install()
    client = openai.OpenAI(base_url=upstream.url, api_key="theirs")
    shim.uninstall()
    assert converse(client)
    client.close()


def test_a_client_created_before_is_unchanged(upstream: Loopback) -> None:
    with openai.OpenAI(base_url=upstream.url, api_key="theirs", max_retries=0) as before:
        shim.install()
        try:
            with pytest.raises(openai.NotFoundError):
                before.beta.assistants.list()
        finally:
            shim.uninstall()


@pytest.mark.usefixtures("installed")
def test_offline_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with openai.OpenAI() as client:
        assert converse(client)


@pytest.mark.usefixtures("installed")
def test_a_plain_copy_of_a_client(upstream: Loopback) -> None:
    """Tracing libraries copy clients."""
    with openai.OpenAI(base_url=upstream.url, api_key="theirs") as client:
        assert converse(copy.copy(client))


def test_in_a_new_process_before_openai_is_used(tmp_path: Path) -> None:
    """For both orders of the two imports."""
    program = "import openai; from openai import OpenAI; import shim; shim.install(); "
    program += "print(OpenAI().beta.assistants.create(model='gpt-4o').object)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"SHIM_UPSTREAM": "sandbox", "SHIM_DATABASE_URL": f"sqlite:///{tmp_path}/shim.db", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "assistant\n", ran.stderr


@pytest.mark.usefixtures("installed")
def test_the_shims_additions_are_installed_as_well(upstream: Loopback) -> None:
    """On every new client, including those of other packages and Azure's, and only while the shim is installed."""
    azure = {**AZURE, "azure_endpoint": upstream.url, "api_key": "test"}
    for client in (
        openai.OpenAI(base_url=upstream.url, api_key="test"),
        Sdk("acme", base_url=upstream.url, api_key="test"),
        openai.AzureOpenAI(**azure),
        openai.OpenAI(base_url=upstream.url, api_key="test").with_options(timeout=3),
    ):
        made = client.shim.assistants.create(id=f"asst_{id(client)}", model="gpt-4o")
        assert client.beta.assistants.retrieve(made.id).model == "gpt-4o"
    shim.uninstall()
    assert not hasattr(openai.OpenAI, "shim")


@pytest.mark.usefixtures("installed")
async def test_the_shims_additions_are_installed_on_async_clients(upstream: Loopback) -> None:
    async with AsyncSdk("acme", base_url=upstream.url, api_key="test") as client:
        made = await client.shim.assistants.create(id="asst_ofanasyncone", model="gpt-4o")
        assert (await client.beta.assistants.retrieve(made.id)).model == "gpt-4o"
