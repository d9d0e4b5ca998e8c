"""The official SDK for Node with the server: its stream helper and its polling helper.

`make node` installs the SDK; without it, or without Node, the tests are skipped, unless REQUIRE_NODE=1.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from shim.server.keyring import Keyring
from shim.settings import current_settings
from shim.store.database import database
from tests.docs.blocks import blocks
from tests.scenarios.doors.talking import carry_out, secret
from tests.server.scripts import TIME, WEATHER
from tests.server.served import PATIENCE, served

HERE = Path(__file__).parent / "node"
#: Read at import, before the fixtures change the environment.
REQUIRED = os.environ.get("REQUIRE_NODE") == "1"
NODE = shutil.which("node") or "node"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (shutil.which("node") and (HERE / "node_modules" / "openai").is_dir()):
        problem = f"no Node, or no SDK in {HERE}: `make node` installs it"
        pytest.fail(problem) if REQUIRED else pytest.skip(problem)
    database = tmp_path_factory.mktemp("node") / "shim.db"
    with served(upstream="sandbox", database_url=f"sqlite:///{database}") as found:
        yield f"{found}/v1"


def run(*arguments: str, program: str | None = None) -> str:
    ran = subprocess.run(
        [NODE, *arguments], input=program, capture_output=True, text=True, cwd=HERE, timeout=PATIENCE, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


@pytest.fixture(scope="module")
def result() -> str:
    return secret()


@pytest.fixture(scope="module")
def report(url: str, result: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("talk.mjs", url, result))
    return found


def test_the_installed_sdk_is_the_pinned_version(report: dict[str, Any]) -> None:
    pinned = json.loads((HERE / "package.json").read_text())["dependencies"]["openai"]
    assert report["version"] == pinned


def test_a_streamed_tool_loop(report: dict[str, Any], url: str, result: str) -> None:
    seen = report["streamed"]
    assert (seen["calls"], seen["status"]) == (["get_weather", "get_time"], "completed")
    assert seen["text"] == seen["last"]
    assert f"get_weather: {result}" in seen["text"]
    assert f"get_time: {result}" in seen["text"]
    assert seen["usage"]["total_tokens"] > 0
    with openai.OpenAI(base_url=url, api_key="test", max_retries=0) as client:
        helper = client.beta.assistants.create(model="gpt-4o", instructions="Be brief.", tools=[WEATHER, TIME])
        text: Any = [{"role": "user", "content": 'get_weather {"city": "Oslo"} then get_time'}]
        thread = client.beta.threads.create(messages=text)
        functions = {"get_weather": lambda _: f"get_weather: {result}", "get_time": lambda _: f"get_time: {result}"}
        same = carry_out(client, "stream", thread.id, helper.id, functions)
    assert seen["rounds"] == [[name for name, _ in events] for events in same.rounds]


def test_a_polled_tool_loop(report: dict[str, Any], result: str) -> None:
    seen = report["polled"]
    assert seen["statuses"] == ["requires_action", "requires_action", "completed"]
    assert f"get_time: {result}" in seen["last"]
    assert seen["wait"] == "20", "without it the helper sleeps five seconds between two looks"
    assert seen["usage"]["total_tokens"] == report["streamed"]["usage"]["total_tokens"]


def test_a_tenant_of_the_server_gets_the_same_results(report: dict[str, Any], result: str) -> None:
    key = Keyring(database(current_settings().database_url)).issue("acme", 1).secret
    with served(upstream="sandbox", auth="keys") as found:
        mine = json.loads(run("talk.mjs", f"{found}/v1", result, key))
    assert mine == report


def test_errors_and_calls_that_are_passed_on(report: dict[str, Any]) -> None:
    message = "No thread found with id 'thread_nobody'."
    assert report["refused"] == {"kind": "NotFoundError", "status": 404, "message": message}
    assert "gpt-4o" in report["models"]


def test_the_program_of_the_page(url: str) -> None:
    (program,) = blocks("docs/how-to/serve.md", "js")
    printed = run("--input-type=module", "-", program=program.replace("http://127.0.0.1:8787/v1", url))
    assert "What is a shim?" in printed
