"""The pages about platforms: their programs run if their packages are installed, and the settings in them exist."""

import ast
import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shim import OpenAI
from shim.sandbox.http import running
from shim.settings import names
from tests.docs.blocks import ROOT, blocks

FOLDER = "docs/how-to/platforms"
PAGES = sorted((ROOT / FOLDER).glob("*.md"))
#: The program of one request to a serverless function. The process ends at once, as on such a host, without any
#: cleanup.
REQUEST = """
import json, os, sys
from handler import handler
print(handler({"body": sys.argv[1]}, None)["body"], flush=True)
os._exit(0)
"""


def programs(page: str) -> list[str]:
    return blocks(f"{FOLDER}/{page}.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_exist_and_programs_are_python(page: Path) -> None:
    settings = set(re.findall(r"\bSHIM_[A-Z_]+\b", page.read_text()))
    assert settings
    assert settings <= set(names())
    for program in programs(page.stem):
        ast.parse(program)


async def test_a_web_server_streams_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    (program,) = programs("web-servers")
    page: dict[str, Any] = {}
    exec(compile(program, "app.py", "exec"), page)
    assistant = await page["client"].beta.assistants.create(model="gpt-4o")
    incoming = [{"type": "http.request", "body": json.dumps({"assistant_id": assistant.id, "text": "Hello"}).encode()}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not incoming:
            await asyncio.Event().wait()
        return incoming.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/chat", "headers": [], "query_string": b""}
    async with page["lifespan"](page["app"]):
        await page["app"](scope, receive, send)
    assert dict(sent[0]["headers"])[b"x-thread-id"].startswith(b"thread_")
    assert b"Hello" in b"".join(message.get("body", b"") for message in sent)


def test_a_function_whose_process_ends_with_each_request(tmp_path: Path) -> None:
    """The run continues upstream meanwhile, and another process fetches its answer."""
    (program,) = programs("serverless")
    (tmp_path / "handler.py").write_text(program)
    (tmp_path / "assistants.yaml").write_text("id: asst_old\nmodel: gpt-4o\n")
    with running() as url:
        environment = os.environ | {
            "OPENAI_API_KEY": "test",
            "OPENAI_BASE_URL": url,
            "SHIM_UPSTREAM_PROFILE": "openai",
            "SHIM_DATABASE_URL": f"sqlite:///{tmp_path / 'shim.db'}",
            "SHIM_BACKGROUND": "always",
            "SHIM_ASSISTANTS": "assistants.yaml",
            "SHIM_EXIT_GRACE": "0",
            "PYTHONPATH": str(ROOT),
        }

        def request(body: dict[str, str]) -> dict[str, str]:
            command = [sys.executable, "-c", REQUEST, json.dumps(body)]
            ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stderr
            found: dict[str, str] = json.loads(ran.stdout)
            return found

        began = request({"assistant_id": "asst_old", "text": "Hello"})
        assert began["status"] in ("queued", "in_progress")
        polls = (request(began) for _ in range(50))
        ended = next(polled for polled in polls if polled["status"] not in ("queued", "in_progress"))
    assert (ended["status"], "Hello" in ended["text"]) == ("completed", True)


def test_a_task_that_is_delivered_twice_adds_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    *_, program = programs("celery")
    page: dict[str, Any] = {}
    exec(compile(program, "tasks.py", "exec"), page)
    with OpenAI(api_key="test") as client:
        thread = client.beta.threads.create()
        first, second = (page["say"](client, "task-1", thread.id, "Hello") for _ in range(2))
        assert first.id == second.id
        assert len(client.beta.threads.messages.list(thread.id).data) == 1


def test_a_cell_of_a_notebook(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    (program,) = programs("notebooks")
    page: dict[str, Any] = {}
    exec(compile(program, "cell", "exec"), page)
    page["client"].close()
    assert "Hello" in capsys.readouterr().out
