"""``assistants-shim parity``: recorded conversations are replayed to models that answer differently."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shim import OpenAI
from shim.cli import table
from shim.http import offline
from tests.migrate.parity.candidates import Candidates, recorded

PARIS, ROME = 'get_weather {"city": "Paris"}', 'get_weather {"city": "Rome"}'
#: The user's questions, and calls of a model that differ from the recorded ones.
UPSTREAM = {
    "gpt-same": lambda text: text,
    "gpt-rome": lambda text: text.replace("Paris", "Rome"),
    "gpt-idle": lambda text: text.replace(PARIS, ""),
    "gpt-other": lambda text: text.replace(PARIS, f"{PARIS} then get_time"),
    "gpt-uncited": lambda text: f"{text} uncited",
    "gpt-broken": lambda text: f"{text} fail-early",
}


@pytest.fixture
def upstream(monkeypatch: pytest.MonkeyPatch) -> Candidates:
    made = Candidates(**UPSTREAM)
    monkeypatch.setattr(offline, "sandbox", lambda: made)
    return made


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upstream: Candidates) -> Iterator[OpenAI]:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.chdir(tmp_path)
    with OpenAI() as made:
        yield made


def output_of(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(table.app(), list(arguments))
    assert result.exit_code == code, result.output
    return " ".join(result.output.replace("│", " ").split())


def compared(*arguments: str, code: int = 0) -> Any:
    output_of("parity", "--json", "report.json", *arguments, code=code)
    return json.loads(Path("report.json").read_text())


COUNTS = ("same", "differs", "failed", "stopped")
EXPECTED = {
    "recorded": (0, 0, 0, 0),
    "gpt-same": (3, 0, 0, 0),
    "gpt-rome": (2, 1, 0, 0),
    "gpt-idle": (2, 1, 0, 0),
    "gpt-other": (2, 1, 0, 1),
    "gpt-uncited": (3, 0, 0, 0),
    "gpt-broken": (0, 0, 3, 0),
    "no-such-model": (0, 0, 3, 0),
}


def test_exported_conversations_are_compared(client: OpenAI, upstream: Candidates) -> None:
    thread_id = recorded(client, "Hello.", PARIS, "And now?")
    before = output_of("usage"), output_of("threads", "list"), output_of("threads", "export", thread_id)
    output_of("export", "--to", "ndjson")
    remaining = upstream.remaining()
    assert len(remaining) == 4
    report = compared(
        "threads", thread_id, *(argument for name in EXPECTED if "-" in name for argument in ("--model", name))
    )
    assert {each["name"]: tuple(each[name] for name in COUNTS) for each in report["summary"]} == EXPECTED
    _, paris, _ = report["turns"]
    found = {each["model"]: each for each in paris["candidates"]}
    assert found["gpt-rome"]["differences"] == [
        {"aspect": "arguments", "what": "get_weather: city", "recorded": '"Paris"', "candidate": '"Rome"'}
    ]
    assert [(call["match"], call["output"]) for call in found["gpt-rome"]["calls"]] == [("differ", "sunny")]
    assert found["gpt-same"]["answer"]["text"] == paris["recorded"]["text"]
    missing = found["gpt-idle"]["differences"][0]
    assert (missing["what"], missing["recorded"]) == ("missing call", 'get_weather({"city":"Paris"})')
    assert found["gpt-other"]["stopped"] == "no recording: get_time"
    assert [call["match"] for call in found["gpt-other"]["calls"]] == ["equal", "none"]
    assert found["gpt-broken"]["answer"]["error"]["code"] == "server_error"
    assert found["no-such-model"]["answer"]["error"]["code"] == "model_not_found"
    # Each turn is sent with the recorded history, including calls and outputs, independent of the model's earlier
    # answers.
    request = next(body["input"] for body in upstream.bodies["gpt-rome"] if "And now?" in str(body["input"][-1]))
    kinds = ["user", "assistant", "user", "function_call", "function_call_output", "assistant", "user"]
    assert [item.get("role") or item["type"] for item in request] == kinds
    assert '"Paris"' in request[3]["arguments"]
    # The comparison leaves nothing in the store and nothing upstream.
    assert (output_of("usage"), output_of("threads", "list"), output_of("threads", "export", thread_id)) == before
    assert len(upstream.begun) > 20
    assert upstream.remaining() == remaining


def test_a_stored_thread_continued_with_the_models_own_answers(client: OpenAI, upstream: Candidates) -> None:
    thread_id = recorded(client, PARIS, "And now?")
    report = compared(thread_id, "--model", "gpt-rome", "--free", "--runs", "2")
    assert [each["answers"] for each in report["summary"]] == [2, 4]
    assert [each["repetition"] for each in report["turns"][1]["candidates"]] == [1, 2]
    # It is one conversation, chained upstream: the second question continues from the model's own first answer.
    last = [body for body in upstream.bodies["gpt-rome"] if "And now?" in str(body["input"])]
    assert all(body["previous_response_id"] and len(body["input"]) == 1 for body in last)
    assert '"Rome"' in report["turns"][1]["candidates"][0]["answer"]["text"]
    # The conversation continues after a turn that was stopped.
    one, other = compared(thread_id, "--model", "gpt-other", "--free")["turns"]
    assert (one["candidates"][0]["stopped"], other["verdict"]) == ("no recording: get_time", "same")
    assert compared(thread_id, "--model", "gpt-same", "--limit", "1")["summary"][1]["answers"] == 1


def test_a_placeholder_is_sent_where_no_output_is_recorded(client: OpenAI) -> None:
    report = compared(recorded(client, PARIS), "--model", "gpt-other", "--placeholder", "closed")
    (found,) = report["turns"][0]["candidates"]
    assert (found["stopped"], [call["output"] for call in found["calls"]]) == (None, ["sunny", "closed"])
    assert 'get_time returned "closed"' in found["answer"]["text"]
    assert [each["what"] for each in found["differences"]] == ["extra call"]


def test_exit_codes_are_for_ci(client: OpenAI) -> None:
    thread_id = recorded(client, PARIS)
    arguments = ("parity", thread_id, "--model")
    output_of(*arguments, "gpt-same", "--fail-on", "differences")
    output_of(*arguments, "gpt-rome", "--fail-on", "failures")
    assert "! differs gpt-rome get_weather: city: " in output_of(
        *arguments, "gpt-rome", "--fail-on", "differences", code=1
    )
    output_of(*arguments, "gpt-rome", "--fail-on", "differences", "--ignore", "arguments")
    assert "✘ failed gpt-broken" in output_of(*arguments, "gpt-broken", "--fail-on", "failures", code=1)
    assert "✘ failed gpt-broken" in output_of(*arguments, "gpt-broken")
    assert "'taste' is none of status, calls" in output_of(*arguments, "gpt-same", "--ignore", "taste", code=2)
    assert "neither a file nor a thread thread_none" in output_of(
        "parity", "thread_none", "--model", "gpt-same", code=2
    )
    assert "neither an assistant nor a file asst_none" in output_of(
        *arguments, "gpt-same", "--assistant", "asst_none", code=2
    )
    assert "nowhere/a.html cannot be written" in output_of(*arguments, "gpt-same", "--html", "nowhere/a.html", code=2)
    assert "Missing option '--model'" in output_of("parity", thread_id, code=2)


def test_costs_and_times_are_computed_from_known_values(client: OpenAI) -> None:
    thread_id = recorded(client, "Hello.")
    Path("prices.toml").write_text('["gpt-4o"]\ninput = 1000\noutput = 2000\n["gpt-same"]\ninput = 10\noutput = 20\n')
    priced = ("--prices", "prices.toml", "--model", "gpt-same", "--model", "gpt-rome")
    before, same, rome = compared(thread_id, *priced)["summary"]
    tokens = same["tokens"]
    assert before["cost"] == pytest.approx((tokens["prompt"] * 1000 + tokens["completion"] * 2000) / 1e6)
    assert same["cost"] == pytest.approx(before["cost"] / 100)
    assert (rome["cost"], rome["cost_unknown"]) == (None, 1)
    assert before["first"] is None
    assert 0 < same["first"]["p50"] <= same["total"]["p50"]
    Path("prices.toml").write_text("[gpt-same]\ninput = 1\n")
    assert "prices.toml:1: gpt-same: prices are" in output_of("parity", thread_id, *priced, code=2)


def test_the_assistant_can_be_another(client: OpenAI, upstream: Candidates) -> None:
    thread_id = recorded(client, PARIS)
    Path("helper.yaml").write_text("id: asst_helper\nmodel: gpt-4o\ninstructions: Be rude.\n")
    report = compared(thread_id, "--model", "gpt-same", "--assistant", "helper.yaml")
    (body,) = upstream.bodies["gpt-same"]
    assert (body["instructions"], body.get("tools")) == ("Be rude.", None)
    assert report["turns"][0]["candidates"][0]["differences"][0]["what"] == "missing call"
    helper = client.beta.assistants.create(model="gpt-4o", instructions="Be kind.")
    compared(thread_id, "--model", "gpt-same", "--assistant", helper.id)
    assert upstream.bodies["gpt-same"][-1]["instructions"] == "Be kind."


def test_invalid_parts_of_a_transcript_are_named_and_left_out(client: OpenAI, tmp_path: Path) -> None:
    """Transcripts from other sources: rows without runs, an invalid line, a conversation without a question, and an
    attack.
    """
    rows = [
        {"thread_id": "a", "role": "user", "content": "<script>alert(1)</script>"},
        {"thread_id": "a", "role": "assistant", "content": "<img src=x onerror=alert(2)>"},
        {"thread_id": "b", "role": "assistant", "content": "Anybody here?"},
    ]
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    output = output_of("parity", "theirs", "--model", "gpt-same", "--html", "report.html", "--json", "report.json")
    assert "rows.jsonl:4: not valid JSON" in output
    assert "b: no message of a user: skipped" in output
    assert "a, turn 1: no run is recorded" in output
    assert "1 conversation, 1 turn; this report does not say which answer is right" in output
    report = json.loads(Path("report.json").read_text())
    assert [each["code"] for each in report["problems"]] == ["broken_json", "no_run", "no_question"]
    (turn,) = report["turns"]
    assert (turn["thread"], turn["recorded"]["status"], turn["recorded"]["calls"]) == ("a", None, None)
    html = Path("report.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    (folder / "rows.jsonl").write_text("{broken\n")
    assert "There is nothing to compare." in output_of("parity", "theirs", "--model", "gpt-same", code=1)
    assert client.shim.threads.list() == []


@pytest.mark.sdk("1.66")
def test_citations_are_compared(client: OpenAI) -> None:
    file = client.files.create(file=("tea.txt", b"Tea is made of leaves."), purpose="assistants")
    store = client.vector_stores.create(file_ids=[file.id])
    resources = {"file_search": {"vector_store_ids": [store.id]}}
    thread_id = recorded(client, "What is tea made of?", tools=[{"type": "file_search"}], tool_resources=resources)
    (turn,) = compared(thread_id, "--model", "gpt-same", "--model", "gpt-uncited")["turns"]
    assert turn["recorded"]["cited"] == [file.id]
    assert turn["recorded"]["hosted"] == ["file_search"]
    same, uncited = turn["candidates"]
    assert (same["verdict"], same["answer"]["cited"]) == ("same", [file.id])
    assert uncited["differences"] == [
        {"aspect": "citations", "what": "cited files", "recorded": file.id, "candidate": "–"}
    ]


def test_a_model_that_never_stops_calling_functions_is_stopped(client: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    thread_id = recorded(client, f"{PARIS} then get_time")
    (turn,) = compared(thread_id, "--model", "gpt-same")["turns"]
    assert (turn["verdict"], len(turn["candidates"][0]["calls"])) == ("same", 2)
    monkeypatch.setattr("shim.migrate.parity.replay.ROUNDS", 1)
    (found,) = compared(thread_id, "--model", "gpt-same")["turns"][0]["candidates"]
    assert (found["stopped"], len(found["calls"])) == ("more than 1 rounds of calls", 1)
    assert found["answer"]["status"] == "cancelled"


def test_a_turn_that_the_shim_refuses_has_failed(client: OpenAI, tmp_path: Path) -> None:
    """A recording may contain values that a request may not; the other turns are still sent."""
    thread_id = recorded(client, "Hello.", "And now?")
    output_of("export", "--to", "ndjson")
    path = tmp_path / f"threads/{thread_id}.ndjson"
    path.write_text(path.read_text().replace('"max_completion_tokens":null', '"max_completion_tokens":1', 1))
    one, other = compared("threads", "--model", "gpt-same")["turns"]
    assert one["candidates"][0]["answer"]["error"]["message"].startswith("Error code: 400")
    assert (one["verdict"], other["verdict"]) == ("failed", "same")
