"""``from shim import <anything>`` and ``import shim as openai``."""

import importlib
import json
from typing import Any

import openai
import pytest
from openai._utils import LazyProxy

import shim
from shim.sandbox import Sandbox
from shim.sandbox.http import running
from tests.scenarios.doors.test_programs import run_program

CLIENTS = {"AsyncAzureOpenAI", "AsyncClient", "AsyncOpenAI", "AzureOpenAI", "Client", "OpenAI"}
#: The attributes of the SDK's clients, and those of them that the module has too: lazy proxies, which a check of their
#: type alone does not load.
HAD = {*dir(openai.OpenAI), *openai.OpenAI.__annotations__}
RESOURCES = {name for name, found in vars(openai).items() if issubclass(type(found), LazyProxy) and name in HAD}
#: The names for which the shim has its own object; every other name is the SDK's own object.
OURS = CLIENTS | RESOURCES
#: A module's own attributes.
OWN = {name for name in dir(openai) if name.startswith("__")}
PUBLIC = sorted({*openai.__all__, *dir(openai)} - OWN)
#: A program that uses the module instead of a client.
MODULE = """
import json, os
import shim as openai
openai.api_key, openai.base_url, openai.max_retries = "test", os.environ["URL"] + "/", 0
assert openai.api_key == "test" and not hasattr(openai, "no_such_name")
helper = openai.beta.assistants.create(model="gpt-4o")
thread = {"messages": [{"role": "user", "content": "Hello"}]}
run = openai.beta.threads.create_and_run_poll(assistant_id=helper.id, thread=thread)
message = openai.beta.threads.messages.list(run.thread_id).data[0]
answer = openai.responses.create(model="gpt-4o", input="Hi")
print(json.dumps([run.status, message.content[0].text.value, answer.status]))
"""


@pytest.mark.parametrize("name", [name for name in PUBLIC if not name.startswith("_")])
def test_every_name_of_openai_can_be_imported(name: str) -> None:
    scope: dict[str, Any] = {}
    try:
        theirs = getattr(openai, name)
    except AttributeError:
        pytest.skip(f"this SDK announces {name} and has it not")
    exec(f"from shim import {name}", scope)
    assert (scope[name] is not theirs) == (name in OURS)


def test_a_star_import_has_the_names_of_openai() -> None:
    theirs: dict[str, Any] = {}
    ours: dict[str, Any] = {}
    exec("from openai import *", theirs)
    exec("from shim import *", ours)
    assert set(theirs) <= set(ours)
    assert ours["OpenAI"] is shim.OpenAI


def test_dir_lists_the_names_of_openai() -> None:
    assert set(openai.__all__) <= set(dir(shim))
    with pytest.raises(AttributeError, match="no_such_name"):
        shim.no_such_name  # noqa: B018
    with pytest.raises(ImportError):
        exec("from shim import no_such_name")


@pytest.mark.parametrize("name", sorted(CLIENTS))
def test_our_clients_are_subclasses_of_theirs(name: str) -> None:
    assert issubclass(getattr(shim, name), getattr(openai, name))


@pytest.mark.parametrize(
    "name", ["types.beta", "types.beta.threads", "types.beta.assistant_stream_event", "resources.beta", "lib.streaming"]
)
def test_their_submodules_are_attributes(name: str) -> None:
    found: Any = shim
    for part in name.split("."):
        found = getattr(found, part)
    assert found is importlib.import_module(f"openai.{name}")


@pytest.mark.sdk("1.66")
def test_the_module_works_as_a_client() -> None:
    sandbox = Sandbox()
    with running(sandbox) as url:
        status, text, answered = run_program("-c", MODULE, URL=url)
    assert (status, answered) == ("completed", "completed")
    assert 'You said "Hello".' in str(text)
    assert [each.path for each in sandbox.requests] == ["/v1/responses"] * 2
    assert json.dumps(sandbox.requests[0].body["input"]) != json.dumps(sandbox.requests[1].body["input"])


@pytest.mark.parametrize("arguments", [{}, {"api_key": None}])
def test_a_client_without_a_key_raises_at_once(arguments: dict[str, Any]) -> None:
    for kind in (shim.OpenAI, shim.AsyncOpenAI):
        with pytest.raises(openai.OpenAIError, match="api_key"):
            kind(**arguments)
