"""``assistants-shim threads``, ``trace`` and ``usage``, with a store that contains threads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import Result
from typer.testing import CliRunner

from shim import OpenAI
from shim.cli import table
from shim.http.offline import sandbox
from shim.store import threads
from shim.store.database import database
from tests.store.things import thread

TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}


class Life(NamedTuple):
    thread: str
    run: str


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """A thread with a run of two rounds."""
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'shim.db'}")
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.chdir(tmp_path)
    with OpenAI() as client:
        runs = client.beta.threads.runs
        helper = client.beta.assistants.create(model="gpt-4o", tools=[TOOL])  # type: ignore[list-item]
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "look_up the [red] Word"}])
        run = runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
        assert run.required_action
        outputs = [
            {"tool_call_id": call.id, "output": "42"} for call in run.required_action.submit_tool_outputs.tool_calls
        ]
        runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)  # type: ignore[arg-type]
        yield Life(thread.id, run.id)


def output_of(*arguments: str, code: int = 0, answer: str | None = None) -> str:
    result: Result = CliRunner().invoke(table.app(), list(arguments), input=answer)
    assert result.exit_code == code, result.output
    # Usage errors are printed in a box, and wrapped into several lines.
    return " ".join(result.output.replace("│", " ").split()) if code == 2 else result.output


def test_threads(life: Life) -> None:
    assert life.thread in output_of("threads", "list")
    (one,) = json.loads(output_of("threads", "list", "--json"))
    assert (one["id"], one["messages"], one["runs"]) == (life.thread, 2, 1)
    shown = output_of("threads", "show", life.thread)
    assert "look_up the [red] Word" in shown
    assert f"{life.run} completed, gpt-4o" in shown
    assert json.loads(output_of("threads", "show", life.thread, "--json"))[0]["id"] == life.thread
    assert "look_up the [red] Word" in output_of("threads", "search", "red] w")
    assert json.loads(output_of("threads", "search", "WORD", "--json"))[-1]["thread_id"] == life.thread
    assert "No message" in output_of("threads", "search", "nobody said so", code=1)
    assert "No thread found" in output_of("threads", "show", "thread_none", code=1)


def test_an_export_can_be_imported(life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1 thread in out.ndjson" in output_of("threads", "export", "--to", "out.ndjson")
    assert output_of("threads", "export", life.thread) == Path("out.ndjson").read_text()
    assert "exists already" in output_of("threads", "export", "--to", "out.ndjson", code=2)
    assert "1 thread in out.ndjson" in output_of("threads", "export", "--to", "out.ndjson", "--force")
    before = json.loads(output_of("threads", "show", life.thread, "--json"))
    assert "Aborted" in output_of("threads", "delete", life.thread, answer="n\n", code=1)
    assert output_of("threads", "delete", life.thread, "--yes") == f"deleted {life.thread}\n"
    assert output_of("threads", "list") == "There are no threads yet.\n"
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    output_of("import", "out.ndjson")
    after = json.loads(output_of("threads", "show", life.thread, "--json"))
    assert [each["id"] for each in after] == [each["id"] for each in before]


def test_a_run_is_traced(life: Life) -> None:
    shown = output_of("trace", life.run)
    assert shown.count("POST /responses") == 2
    assert "the whole thread" in shown
    assert "tools: look_up" in shown
    assert "previous_response_id resp_" in shown
    assert "→ user: look_up the [red] Word" in shown
    assert "← function_call look_up(" in shown
    assert "→ function_call_output call_" in shown
    assert '"type": "function_call_output"' in output_of("trace", life.run, "--full")
    traced = json.loads(output_of("trace", life.run, "--json"))
    assert [each["status"] for each in traced["rounds"]] == ["completed", "completed"]
    assert "No run found" in output_of("trace", "run_none", code=1)


def test_a_trace_shows_healed_calls(life: Life) -> None:
    sandbox().forget()
    with OpenAI() as client:
        client.beta.threads.messages.create(life.thread, role="user", content="And now?")
        assistant = client.beta.threads.runs.retrieve(life.run, thread_id=life.thread).assistant_id
        run = client.beta.threads.runs.create_and_poll(thread_id=life.thread, assistant_id=assistant)
    assert "healed upstream no longer has the previous response" in output_of("trace", run.id)
    (made,) = json.loads(output_of("trace", run.id, "--json"))["rounds"]
    assert [mark["kind"] for mark in made["marks"]] == ["healed"]
    assert made["sent"][0]["content"][0]["text"] == "look_up the [red] Word", "all of the thread is told"


@pytest.mark.parametrize("by", ["day", "model", "assistant", "thread"])
def test_tokens_are_summed(life: Life, by: str) -> None:
    (one,) = json.loads(output_of("usage", "--by", by, "--json"))
    assert one["responses"] == 2
    assert one["total_tokens"] == one["input_tokens"] + one["output_tokens"] > 0
    assert one["key"] in output_of("usage", "--by", by)
    assert output_of("usage", "--since", "2999-01-01") == "No tokens were used.\n"
    for wrong in ("tomorrow", "2024-13-01"):
        output_of("usage", "--since", wrong, code=2)


def test_a_thread_of_several_tenants(life: Life, tmp_path: Path) -> None:
    base = database(f"sqlite:///{tmp_path / 'shim.db'}")
    for tenant in ("one", "two"):
        base.of(tenant).write(threads.insert, thread(7))
    assert "name one of them" in output_of("threads", "show", "thread_7", code=2)
    assert "thread_7" in output_of("threads", "show", "thread_7", "--tenant", "two")
