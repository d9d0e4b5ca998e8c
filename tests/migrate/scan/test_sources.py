"""One file: its language is selected by its name, and no content raises an exception."""

from pathlib import Path

import pytest

from shim.migrate.scan import sources
from tests.migrate.scan.found import ASSISTANT, STORE, THREAD

CONFIGURED = {
    ".env": (f"ASSISTANT_ID={ASSISTANT}\nOPENAI_MODEL=gpt-4\n", ["assistant-id", "retired-model"]),
    "a.yaml": (
        f"assistant: {ASSISTANT}\nmodel: gpt-4o\nstore: {STORE}\n",
        ["assistant-id", "retired-model", "upstream-id"],
    ),
    "b.json": (f'{{"thread": "{THREAD}", "model": "gpt-4"}}', ["thread-id"]),
    "c.toml": ("url = 'https://api.openai.com/v1/assistants'", ["raw-http"]),
    "d.yaml": ("model: gpt-4\n", []),
    "e.yaml": (f"store: {STORE}\n", []),
    "f.js": (
        f"const a = '{ASSISTANT}'; openai.beta.threads.create({{model: 'gpt-4'}})",
        ["assistant-id", "other-language", "retired-model"],
    ),
}


@pytest.mark.parametrize("name", CONFIGURED)
def test_configuration_and_code(tmp_path: Path, name: str) -> None:
    text, rules = CONFIGURED[name]
    (tmp_path / name).write_text(text)
    assert sorted(each.rule for each in sources.scan(tmp_path / name).findings) == rules


def test_invalid_python_is_searched_with_patterns(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("import openai\nprint 'x'\nrun = client.beta.threads.runs.create()\n")
    found = sources.scan(tmp_path / "old.py").findings
    assert [(each.rule, each.place.line, each.text) for each in found] == [
        ("not-parsed", 2, "print 'x'"),
        ("call", 3, "run = client.beta.threads.runs.create()"),
    ]


def test_invalid_python_without_a_match_has_no_finding(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("print 'beta'\n")
    report = sources.scan(tmp_path / "old.py")
    assert (report.findings, report.skipped, report.files) == ([], [], 1)


def test_code_nested_too_deeply_is_named(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text("x = client.beta" + "(1)" * 3000 + "\n")
    report = sources.scan(tmp_path / "deep.py")
    assert len(report.skipped) + report.files == 1


def test_warnings_of_the_parser_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = '\\d'\nclient.beta.threads.create()\n")
    assert [each.rule for each in sources.scan(tmp_path / "a.py").findings] == ["call"]
