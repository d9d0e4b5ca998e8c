"""Runs on a Chat Completions server that is not part of the project; `test_ogx` states where it is found."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

import shim
from tests.listening import free_port
from tests.scenarios.completions.talking import TOOLS, asking, loop, texts_of
from tests.scenarios.upstreams.servers import FOLDER

if find_spec("litellm") is None and not os.environ.get("REQUIRE_LITELLM"):
    pytest.skip("LiteLLM is not installed", allow_module_level=True)

SERVER = FOLDER / "fakechat.py"
BOTH = "Please call get_weather and get_clock"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if not SERVER.is_file():
        pytest.skip(f"no {SERVER}")
    port = free_port()
    with subprocess.Popen([sys.executable, str(SERVER), str(port)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("READY")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


@pytest.fixture
def client(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("SHIM_UPSTREAM", f"chat+{url}")
    with shim.OpenAI(api_key="sk-mine", max_retries=0) as made:
        yield made


def test_a_conversation_with_functions(client: Any) -> None:
    assistant = client.beta.assistants.create(model="fake-chat", instructions="Be kind.", tools=TOOLS).id
    thread = client.beta.threads.create(messages=asking(BOTH))
    events = loop(client, thread.id, assistant)
    assert events[-1].event == "thread.run.completed"
    results = "get_weather=get_weather says 0 ; get_clock=get_clock says 1"
    assert texts_of(client, thread.id) == [BOTH, f"Tool results: {results}"]
    run = client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=assistant, additional_messages=asking("recall")
    )
    assert run.usage.prompt_tokens > 0
    summary = "messages=7 roles=system,user,assistant,tool,tool,assistant,user"
    assert texts_of(client, thread.id)[-1] == f"{summary} first_user={BOTH!r}"


def test_an_incomplete_answer_and_an_error(client: Any) -> None:
    assistant = client.beta.assistants.create(model="fake-chat").id
    settings = {"assistant_id": assistant, "max_completion_tokens": 16}
    run = client.beta.threads.create_and_run_poll(thread={"messages": asking("word " * 20)}, **settings)
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    run = client.beta.threads.create_and_run_poll(thread={"messages": asking("FAIL 500")}, **settings)
    assert (run.status, run.last_error.message) == ("failed", "fake model failure 500")
