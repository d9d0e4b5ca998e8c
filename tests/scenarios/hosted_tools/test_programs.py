"""The programs of the old API's guides to file search and code interpreter, with only the import changed."""

from pathlib import Path
from typing import Any

import pytest

PROGRAMS = Path(__file__).with_name("programs")
IMPORT = "from openai import AssistantEventHandler, OpenAI"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a program offline, in a folder of its own; returns what it printed."""
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.chdir(tmp_path)

    def run(name: str) -> str:
        source = (PROGRAMS / name).read_text()
        assert source.count("openai") == source.count(IMPORT) == 1
        scope: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(source.replace("from openai import", "from shim import"), name, "exec"), scope)
        scope["client"].close()
        return capsys.readouterr().out

    return run


def test_the_financial_analyst(run: Any, tmp_path: Path) -> None:
    for name, content in (
        ("goog-10k.txt", "GOOG earned 307 billion dollars in 2023."),
        ("brka-10k.txt", "Berkshire owns a railway."),
        ("aapl-10k.txt", "AAPL had 15 billion shares outstanding in October 2023."),
    ):
        (tmp_path / name).write_text(content)
    seen = run("financial_analyst.py")
    assert seen.startswith("completed\nFileCounts(cancelled=0, completed=2")
    assert "assistant > file_search" in seen
    assert "AAPL had 15 billion shares outstanding in October 2023[0]" in seen
    assert "[0] aapl-10k.txt" in seen
    assert "GOOG earned 307 billion dollars in 2023[0]" in seen
    assert "[0] goog-10k.txt" in seen
    assert "†" not in seen
    assert seen.endswith("message_creation completed\ntool_calls completed\n")


def test_the_data_visualizer(run: Any, tmp_path: Path) -> None:
    (tmp_path / "revenue.csv").write_text("year,revenue\n2022,10\n2023,12\n")
    seen = run("data_visualizer.py")
    assert "assistant > code_interpreter" in seen
    assert "print(1200 + 34)" in seen
    assert "output >\n\n1234\n" in seen
    assert "(sandbox:/mnt/data/answer.txt)" in seen
    assert "saved answer.txt" in seen
    assert (tmp_path / "answer.txt").read_text() == "1234\n"
    assert (tmp_path / "my-image.png").read_bytes().startswith(b"\x89PNG")
