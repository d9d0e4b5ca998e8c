"""A program's log lines about calls, the store and runs, never with contents."""

import logging
import re
from pathlib import Path

import openai._base_client as sdk
import pytest

import shim
from tests.scenarios.doors.colours import COLOURS
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.scenarios.ways_in.conversation import converse, either

LIBRARY = (getattr(sdk, "httpx2", None) or sdk.httpx).__name__
RUN = re.compile(r"run (run_\w+) of thread (thread_\w+): (.*)")


def lines(caplog: pytest.LogCaptureFixture, *names: str) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.name.partition(".")[0] in names]


@pytest.mark.parametrize("colour", COLOURS)
def test_only_calls_over_the_network_are_logged_as_calls(caplog: pytest.LogCaptureFixture, colour: str) -> None:
    with caplog.at_level(logging.INFO), Loopback() as server:
        options = {"base_url": server.url, "api_key": "key"}
        with either(colour, shim.OpenAI, shim.AsyncOpenAI, **options) as client:
            converse(client)
            client.models.list()
        call_lines = lines(caplog, LIBRARY)
        assert len(call_lines) == len(server.requests) == 3
    assert all(f" {server.url}/" in line for line in call_lines)
    assert not any("/threads" in line or "/assistants" in line for line in call_lines)


@pytest.mark.parametrize("colour", COLOURS)
def test_calls_to_the_sandbox_are_not_logged_as_calls(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, colour: str
) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    with caplog.at_level(logging.INFO), either(colour, shim.OpenAI, shim.AsyncOpenAI) as client:
        converse(client)
        client.models.list()
    assert lines(caplog, LIBRARY) == []


def test_a_new_store_is_logged_in_one_line(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "new" / "shim.db"
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{place}")
    before = logging.getLogger("alembic").level
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            with shim.OpenAI(api_key="key") as client:
                client.beta.threads.create()
    assert caplog.messages == [f"a new store was created: {place}"]
    assert logging.getLogger("alembic").level == before


@pytest.mark.parametrize("colour", COLOURS)
def test_debug_lines_name_each_run_and_its_upstream_calls(caplog: pytest.LogCaptureFixture, colour: str) -> None:
    with caplog.at_level(logging.DEBUG, "shim"), Loopback() as server:
        options = {"base_url": server.url, "api_key": "secret-key"}
        with either(colour, shim.OpenAI, shim.AsyncOpenAI, **options) as client:
            converse(client)
    found = [match.groups() for line in lines(caplog, "shim") if (match := RUN.fullmatch(line))]
    runs = list(dict.fromkeys(run for run, _, _ in found))
    assert len(runs) == 2
    assert len({thread for _, thread, _ in found}) == 1
    (first, second) = ([text for run, _, text in found if run == each] for each in runs)
    assert first[0] == "asking upstream for gpt-4o after None"
    (name,) = re.findall("upstream answers as (resp_.*)", first[1])
    assert second[0] == f"asking upstream for gpt-4o after {name}"
    assert (first[-1], second[-1]) == ("completed", "completed")
    for content in ("Good morning", "Be brief", "secret-key"):
        assert content not in caplog.text


def test_a_refusal_is_a_debug_line(caplog: pytest.LogCaptureFixture) -> None:
    def answer(request: object) -> Reply:
        return Reply.error(400, "Something about the contents.")

    caplog.set_level(logging.DEBUG, "shim")
    with Loopback(answer) as server, shim.OpenAI(base_url=server.url, api_key="key") as client:
        helper = client.beta.assistants.create(model="gpt-4o", instructions="Say hello.")
        client.beta.threads.create_and_run_poll(assistant_id=helper.id)
    texts = [match.group(3) for line in lines(caplog, "shim") if (match := RUN.fullmatch(line))]
    assert texts[-2:] == ["upstream refused with 400", "failed"]
    assert "contents" not in caplog.text
