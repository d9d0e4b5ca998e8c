"""``assistants-shim serve`` accepts only this machine unless an option allows others, and refuses itself
as upstream.
"""

from typing import Any

import pytest
from typer.testing import CliRunner

from shim.cli import table
from shim.server import run
from shim.settings import Settings

Served = list[tuple[str, int, Settings, bool]]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    found: Served = []

    def serve(binding: run.Binding, chosen: Settings, allow_remote: bool, listening: Any) -> None:
        found.append((binding.host, binding.port, chosen, allow_remote))
        listening(f"http://{binding.host}:{binding.port}/v1")

    monkeypatch.setattr(run, "serve", serve)
    return found


def invoke(*arguments: str) -> tuple[int, str]:
    # Wide enough that no sentence is wrapped.
    shown = CliRunner(env={"COLUMNS": "400", "TERM": "dumb", "NO_COLOR": "1"}).invoke(
        table.app(), ["serve", *arguments]
    )
    return shown.exit_code, shown.output


def test_its_output_and_its_address(served: Served) -> None:
    assert invoke("--upstream", "sandbox") == (0, "http://127.0.0.1:8787/v1, upstream sandbox; Ctrl-C ends it\n")
    ((host, port, chosen, allow_remote),) = served
    assert (host, port, chosen.upstream, allow_remote) == ("127.0.0.1", 8787, "sandbox", False)


def test_the_upstream_is_set_by_option_or_environment(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [invoke()[1]]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8321/v1")
    outputs.append(invoke()[1])
    monkeypatch.setenv("SHIM_UPSTREAM", "http://127.0.0.1:11434/v1")
    outputs.append(invoke()[1])
    outputs.append(invoke("--upstream", "https://llm.example/v1")[1])
    assert [line.split()[2].rstrip(";") for line in outputs] == [
        "https://api.openai.com/v1",
        "http://127.0.0.1:8321/v1",
        "http://127.0.0.1:11434/v1",
        "https://llm.example/v1",
    ]
    assert [chosen.upstream for _, _, chosen, _ in served] == [
        None,
        None,
        "http://127.0.0.1:11434/v1",
        "https://llm.example/v1",
    ]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "shim.example"])
def test_other_machines_are_served_if_callers_are_identified(served: Served, host: str) -> None:
    for more in ((), ("--allow-remote",), ("--auth", "open")):
        code, shown = invoke("--host", host, *more)
        assert (code, served) == (2, [])
        assert f"{host} is not a loopback address," in shown
        assert "--auth pass-through" in shown
    for auth in ("pass-through", "keys"):
        assert invoke("--host", host, "--auth", auth)[0] == 0
    assert [(each[0], each[2].auth, each[3]) for each in served] == [(host, "pass-through", True), (host, "keys", True)]


def test_other_host_names_are_served_if_callers_are_identified(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = invoke("--allow-remote")
    assert (code, served) == (2, [])
    assert "Add --auth pass-through or --auth keys." in shown
    monkeypatch.setenv("SHIM_AUTH", "keys")
    assert invoke("--allow-remote")[0] == 0
    assert served[0][3] is True


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_this_machine_needs_no_key(served: Served, host: str) -> None:
    assert invoke("--host", host)[0] == 0
    assert served[0][0] == host


@pytest.mark.parametrize("upstream", ["http://localhost:8787/v1", "http://127.0.0.1:8787", "http://[::1]:8787/v1"])
def test_the_server_refuses_itself_as_upstream(served: Served, monkeypatch: pytest.MonkeyPatch, upstream: str) -> None:
    code, shown = invoke("--upstream", upstream)
    assert (code, served) == (2, [])
    assert f"{upstream} is this server's own address: it would send its requests to itself." in shown
    assert invoke("--upstream", upstream, "--port", "8788")[0] == 0
    monkeypatch.setenv("OPENAI_BASE_URL", upstream)
    assert invoke()[0] == 2


def test_an_upstream_that_is_not_a_url(served: Served) -> None:
    code, shown = invoke("--upstream", "localhost:8321")
    assert (code, served) == (2, [])
    assert "'localhost:8321' is neither a URL nor `sandbox`" in shown
