"""Commands with a store or a setting that cannot be used: they print one line, with exit status 1."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

import shim
from shim.cli import table
from shim.server import run
from tests.scenarios.store_failures.causes import FROM_THE_START

#: Wrong database URLs, and the error message.
WRONG = {
    "no URL": ("/home/me/shim.db", "cannot be read. SHIM_DATABASE_URL should look like sqlite:///"),
    "nothing": ("", "cannot be read. SHIM_DATABASE_URL should look like"),
    "too few slashes": ("sqlite://shim.db", "has too few slashes"),
    "in memory": ("sqlite:///:memory:", "cannot live in memory.*Give it a file"),
    "another kind": ("mysql://me:s3cret@h/d", "kind 'mysql'"),
    "another driver": ("postgresql+asyncpg://me:s3cret@h/d", "kind 'postgresql\\+asyncpg'"),
    "a port that is none": ("postgresql://me:s3cret@h:port/d", "cannot be read"),
    "an @ as it is": ("postgresql://me:s3@cret@h/d", "%40"),
    "a folder that cannot be": ("sqlite:////proc/nowhere/shim.db", "cannot be opened. SHIM_DATABASE|does not exist"),
    "an option that is none": ("postgresql://me:s3cret@127.0.0.1:9/d?sslmod=x", "no such option"),
    "nobody there": ("postgresql://me:s3cret@127.0.0.1:9/d", "127.0.0.1/d does not answer. Is the server running"),
    "an unknown host": ("postgresql://me:s3cret@nowhere.invalid/d", "has a host name that cannot be resolved"),
}
COMMANDS = {"serve": ("serve", "--port", "0", "--upstream", "sandbox"), "sweep": ("sweep",)}


@pytest.fixture(autouse=True)
def _nobody_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_RETENTION_DAYS", "1")
    monkeypatch.setattr(run, "serve", lambda *_: pytest.fail("it listens"))


def output_of(*arguments: str) -> str:
    """The line that a command prints before it fails."""
    shown = CliRunner(env={"COLUMNS": "400", "NO_COLOR": "1"}).invoke(table.app(), list(arguments))
    assert shown.exit_code == 1
    assert type(shown.exception) is SystemExit, shown.exception
    assert len(shown.output.strip().splitlines()) == 1
    return shown.output.strip()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_database_url(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url, words = WRONG[name]
    monkeypatch.setenv("SHIM_DATABASE_URL", url)
    for output in (output_of(*arguments) for arguments in COMMANDS.values()):
        assert re.search(words, output)
        assert "cret" not in output


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_argument_is_named(name: str) -> None:
    url, words = WRONG[name]
    runner = CliRunner(env={"COLUMNS": "400", "NO_COLOR": "1"})
    shown = runner.invoke(table.app(), ["migrate-store", url, "sqlite:////nowhere/else.db"])
    assert shown.exit_code == 2
    assert "Invalid value for SRC" in shown.output
    assert re.search(words.replace("SHIM_DATABASE_URL", "SRC").replace("SHIM_DATABASE", "SRC"), shown.output)
    assert "cret" not in shown.output


@pytest.mark.parametrize("name", WRONG)
def test_a_client_raises_the_same_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client raises it when it is created, if the URL alone is wrong; otherwise with the first call."""
    url, words = WRONG[name]
    monkeypatch.setenv("SHIM_DATABASE_URL", url)

    def use() -> None:
        with shim.OpenAI(api_key="test", max_retries=0) as client:
            client.beta.threads.create()

    with pytest.raises(shim.OpenAIError, match=words) as caught:
        use()
    assert "cret" not in f"{caught.value}"


def an_old_thread(path: Path) -> None:
    with shim.OpenAI(api_key="test") as client:
        client.beta.threads.create()
    with closing(sqlite3.connect(path)) as store, store:
        assert store.execute("UPDATE threads SET touched_at = 1").rowcount == 1


@pytest.mark.parametrize("cause", FROM_THE_START)
def test_a_file_that_cannot_be_used(cause: str, tmp_path: Path) -> None:
    """With a readable store `serve` starts, and `sweep` fails only when there is something to erase."""
    breaks, words = FROM_THE_START[cause]
    readable = cause in ("locked", "read-only")
    if readable:
        an_old_thread(tmp_path / "shim.db")
    with breaks(tmp_path / "shim.db"):
        for arguments in [COMMANDS["sweep"]] if readable else COMMANDS.values():
            assert re.search(words, output_of(*arguments))


def test_a_setting_with_an_invalid_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_LEASE", "long")
    assert output_of("sweep").startswith("SHIM_LEASE: Input should be a valid number")
