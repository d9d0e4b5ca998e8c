"""``assistants-shim export``, with a store that has threads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shim import OpenAI
from shim.cli import table
from shim.store import threads
from shim.store.database import database
from tests.store.things import thread

TOOL: Any = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAI]:
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.chdir(tmp_path)
    with OpenAI() as made:
        yield made


def _thread_with(client: OpenAI, question: str) -> str:
    assistant = client.beta.assistants.create(model="gpt-4o", tools=[TOOL])
    thread = client.beta.threads.create(messages=[{"role": "user", "content": question}], metadata={"user": "ada"})
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    if run.required_action:
        call = run.required_action.submit_tool_outputs.tool_calls[0]
        client.beta.threads.runs.submit_tool_outputs_and_poll(
            run_id=run.id, thread_id=thread.id, tool_outputs=[{"tool_call_id": call.id, "output": "42"}]
        )
    return thread.id


def output_of(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(table.app(), ["export", *arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.replace("│", " ").split())


def test_an_exported_conversation_is_continued_natively(client: OpenAI) -> None:
    one, two = _thread_with(client, "My name is Ada."), _thread_with(client, "look_up, please")
    assert "2 created; 6 items added" in output_of("--to", "conversations")
    lines = [json.loads(line) for line in Path("conversations.ndjson").read_text().splitlines()]
    known = {line["thread_id"]: line["conversation_id"] for line in lines}
    assert list(known) == [one, two]
    for thread_id, question in ((one, 'user said "My name is Ada."'), (two, 'a tool returned "42"')):
        response = client.responses.create(model="gpt-4o", conversation=known[thread_id], input="What was said?")
        assert question in response.output_text
    assert client.conversations.retrieve(known[one]).metadata == {"thread_id": one, "user": "ada"}
    assert "2 unchanged; 0 items added" in output_of("--to", "conversations")
    client.beta.threads.messages.create(one, role="user", content="More.")
    assert "1 added; 1 items added" in output_of(one, "--to", "conversations")
    message = client.beta.threads.messages.list(two, order="asc").data[0]
    client.beta.threads.messages.delete(message.id, thread_id=two)
    output = output_of(two, "--to", "conversations", code=1)
    assert f"{two}: what was exported has changed in the thread since" in output
    assert "1 changed; 0 items added" in output


def test_files(client: OpenAI, tmp_path: Path) -> None:
    thread_id = _thread_with(client, "look_up, please")
    assert "1 threads written to threads, 0 unchanged" in output_of("--to", "ndjson")
    kinds = [json.loads(line)["object"] for line in Path(f"threads/{thread_id}.ndjson").read_text().splitlines()]
    assert kinds == ["thread", "thread.message", "thread.message", "thread.run", "thread.run.step", "thread.run.step"]
    assert "0 threads written to threads, 1 unchanged" in output_of("--to", "ndjson")
    output_of(thread_id, "--to", "markdown", "--out", "for people")
    assert "called `look_up({})`, which gave: 42" in Path(f"for people/{thread_id}.md").read_text()
    # `import` can read the output of `export`.
    other = CliRunner().invoke(table.app(), ["import", "threads"], env={"SHIM_DATABASE_URL": "sqlite:///other.db"})
    assert other.exit_code == 0, other.output
    assert database(f"sqlite:///{tmp_path / 'other.db'}").read(threads.get, thread_id)


def test_errors_of_the_export(client: OpenAI, tmp_path: Path) -> None:
    assert "No thread found with id 'thread_none'" in output_of("thread_none", "--to", "ndjson", code=1)
    Path("notes.txt").write_text("Milk, eggs.\n")
    assert "not written by an export" in output_of("--to", "conversations", "--out", "notes.txt", code=2)
    base = database(f"sqlite:///{tmp_path / 'shim.db'}")
    for tenant in ("a", "b"):
        base.of(tenant).write(threads.insert, thread(7))
    assert "several tenants" in output_of("thread_7", "--to", "conversations", code=2)
    assert "1 created" in output_of("thread_7", "--to", "conversations", "--tenant", "a")
    assert "no threads; 0 items added" in output_of("--to", "conversations", "--tenant", "nobody")
