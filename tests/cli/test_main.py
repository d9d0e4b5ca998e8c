"""The command line: its table, its version, and its error when the extra is missing."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import shim
from shim import cli
from shim.cli import table
from shim.cli.demo import demo

ROOT = Path(shim.__file__).parents[1]


def test_every_command_is_a_row_with_a_help() -> None:
    shown = CliRunner().invoke(table.app(), ["--help"], catch_exceptions=False)
    assert shown.exit_code == 0
    assert {"demo", "sandbox"} <= set(table.COMMANDS)
    for name in table.COMMANDS:
        assert name.split()[0] in shown.output
        assert table.command(name).__doc__


@pytest.mark.parametrize("name", sorted(table.COMMANDS))
def test_every_command_has_a_help_page(name: str) -> None:
    assert CliRunner().invoke(table.app(), [*name.split(), "--help"], catch_exceptions=False).exit_code == 0


def test_the_version_names_the_sdk() -> None:
    shown = CliRunner().invoke(table.app(), ["--version"], catch_exceptions=False)
    assert shown.output.startswith(f"assistants-shim {shim.__version__} (openai ")


def test_the_module_is_the_command_line() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "shim", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert shown.stdout.startswith("assistants-shim ")


@pytest.mark.parametrize("name", cli.EXTRA)
def test_a_missing_extra_is_one_clear_sentence(name: str) -> None:
    # In another process, as unloading these modules here would affect other tests.
    program = f"import sys; sys.modules[{name!r}] = None; from shim.cli import main; main()"
    left = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (left.returncode, left.stdout, left.stderr) == (2, "", f"{cli.MISSING}\n")


def test_another_missing_module_is_not_reported_as_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["assistants-shim", "demo"])
    monkeypatch.setitem(sys.modules, "shim.cli.demo", None)
    with pytest.raises(ModuleNotFoundError):
        cli.main()


@pytest.mark.parametrize(
    "line, commands",
    [
        ("scan src --json", ["scan"]),
        ("threads list --json", ["threads list"]),
        ("threads", list(table.COMMANDS)),
        ("threads lst", list(table.COMMANDS)),
        ("--help", list(table.COMMANDS)),
        ("", list(table.COMMANDS)),
        ("--version", []),
    ],
)
def test_only_the_command_that_is_called_is_loaded(
    line: str, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(table, "command", lambda name: loaded.append(name) or demo)
    table.app(line.split())
    assert loaded == commands
