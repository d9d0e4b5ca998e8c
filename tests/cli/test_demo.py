"""The demo runs offline, leaves no files and is readable in a pipe."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from shim.cli import table
from shim.cli.demo import chain, screen
from shim.http import offline

ROUNDS = ["get_weather", "get_time"]


@pytest.fixture
def shown() -> Result:
    result = CliRunner().invoke(table.app(), ["demo"], catch_exceptions=False)
    assert result.exit_code == 0
    return result


def test_the_rounds_are_printed_in_order_with_arguments_and_outputs(shown: Result) -> None:
    rounds = re.findall(r"tool round (\d).*\n.*│ (\w+)\((.*)\)\n.*→ (.*)\n", shown.output)
    assert [(number, name) for number, name, _, _ in rounds] == [("1", "get_weather"), ("2", "get_time")]
    assert {arguments for _, _, arguments, _ in rounds} == {'{"city":"Paris"}'}
    assert [output for *_, output in rounds] == [
        '{"city": "Paris", "celsius": 19, "sky": "clear"}',
        '{"city": "Paris", "time": "14:05"}',
    ]


def test_there_is_one_stream_and_it_ends_with_completed(shown: Result) -> None:
    names = re.findall(r"^  (thread\.\S+)", shown.output, re.MULTILINE)
    assert names.count("thread.run.created") == 1
    assert names.count("thread.run.requires_action") == 2
    assert names[-1] == "thread.run.completed"


def test_the_chain_has_a_response_for_every_step(shown: Result) -> None:
    links = re.findall(r"(-|resp_…\w{6}) +→ (resp_…\w{6}) (.+?) *$", shown.output, re.MULTILINE)
    assert [sent for *_, sent in links] == ["the question", "an output", "an output"]
    assert [before for before, *_ in links] == ["-", *(after for _, after, _ in links[:-1])]
    assert "3 steps, 3 responses" in shown.output


def test_a_pipe_gets_no_colours_and_no_long_lines(shown: Result) -> None:
    assert "\x1b" not in shown.output
    assert max(map(len, shown.output.splitlines())) <= 100


def test_the_users_settings_and_database_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own.db"
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{own}")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "bad key")
    before = dict(os.environ)
    seen = len(offline.sandbox().requests)
    assert CliRunner().invoke(table.app(), ["demo"], catch_exceptions=False).exit_code == 0
    assert dict(os.environ) == before
    assert not own.exists()
    bodies = [each.body for each in offline.sandbox().requests[seen:] if each.method == "POST"]
    assert [body["model"] for body in bodies] == ["gpt-4o"] * 3


class _Delta:
    """A message delta with the fields that the screen reads."""

    object = "thread.message.delta"

    def __init__(self, text: str) -> None:
        part: Any = type("Part", (), {"type": "text", "text": type("Text", (), {"value": text})})
        self.delta = type("Delta", (), {"content": [part]})


def _event(text: str) -> Any:
    return type("Event", (), {"event": "thread.message.delta", "data": _Delta(text)})


def test_streamed_text_is_wrapped_in_its_column() -> None:
    console = Console(width=80, record=True, highlight=False, file=io.StringIO())
    shown = screen.Screen(console)
    words = ["word"] * 30
    for word in words:
        shown.event(_event(f"{word} "))
    shown.round([])
    first, *rest = console.export_text().splitlines()[:4]
    assert first.startswith("  thread.message.delta")
    assert all(line.startswith(" " * screen.MARGIN + "word") for line in rest if "word" in line)
    assert all(len(line) <= 80 for line in (first, *rest))


def test_every_kind_of_sent_item_has_a_description() -> None:
    assert set(chain.SENT) == {"message", "function_call_output"}


def test_ids_are_short_enough_to_compare() -> None:
    assert screen.short("resp_0123456789") == "resp_…456789"
    assert screen.short(None) == "-"
