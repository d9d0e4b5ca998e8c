"""``assistants-shim import``."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shim.cli import table
from tests.scenarios.imports import exported


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(table.app(), ["import", *map(str, arguments)])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "all.jsonl"
    made.write_text("".join(json.dumps(value) + "\n" for value in exported.everything()))
    return made


def batch(result: Result) -> str:
    return next(line.split()[1] for line in result.stdout.splitlines() if line.startswith("batch "))


def test_an_import_is_made_listed_and_undone(path: Path) -> None:
    first = invoke(path)
    assert first.exit_code == 0, first.output
    rows = {line.split()[1]: line.split()[3] for line in first.stdout.splitlines() if line.startswith("│")}
    assert rows == {"assistants": "1", "threads": "1", "messages": "6", "runs": "2", "steps": "3"}
    assert "nothing new" in invoke(path).stdout
    assert batch(first) in invoke("--list").stdout.split(), "an id that is cut cannot be undone"
    undone = invoke("--undo", batch(first))
    assert (undone.exit_code, undone.stdout) == (0, "removed 1 threads and 1 assistants\n")
    assert invoke("--undo", batch(first)).exit_code == 1


def test_a_dry_run(path: Path) -> None:
    tried = invoke("--dry-run", path)
    assert tried.exit_code == 0
    assert "would be added" in tried.stdout
    assert "batch" not in tried.stdout


def test_problems_are_printed_with_their_line_counted_and_in_the_report(path: Path, tmp_path: Path) -> None:
    with path.open("a") as file:
        file.write("oops\n" * 30)
    result = invoke(path, "--report", tmp_path / "report.jsonl")
    assert result.exit_code == 1
    assert "all.jsonl:14: not valid JSON" in result.stderr
    assert "more problems" in result.stderr
    assert "refused 30: not valid JSON" in result.stdout
    *problems, report = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert len(problems) == 30
    assert problems[0]["place"].endswith("all.jsonl:14")
    assert report["added"]["messages"] == 6
    assert report["batch"] == batch(result)


@pytest.mark.parametrize(
    "arguments, why",
    [
        ((), "nothing to import"),
        (("--map", "role", "x.csv"), "FIELD=COLUMN"),
        (("none.jsonl",), "none.jsonl"),
        (("--undo", "imp_none"), "knows no import imp_none"),
        (("--encoding", "klingon", "PATH"), "klingon"),
    ],
)
def test_usage_errors_are_one_sentence(arguments: tuple[str, ...], why: str, path: Path) -> None:
    result = invoke(*(path if argument == "PATH" else argument for argument in arguments))
    assert result.exit_code in (1, 2)
    assert why in result.output
    assert "Traceback" not in result.output


def test_strict_writes_nothing(path: Path) -> None:
    with path.open("a") as file:
        file.write("oops\n")
    assert invoke("--strict", path).exit_code == 1
    assert invoke("--list").stdout.count("imp_") == 0
