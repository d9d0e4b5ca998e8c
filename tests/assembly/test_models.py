"""The effects of SHIM_MODEL_MAP and of the table of retired models on a program."""

import json
from pathlib import Path
from typing import Any

import pytest

from shim import OpenAI
from shim.assembly import models
from shim.http import offline
from shim.sandbox import Sandbox
from shim.translate.models import LARGE, RETIRED
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.talking import carry_out

GONE, LATER = "gpt-4-1106-preview", "gpt-4o"
WAYS = {"sync": "poll", "async": "stream"}


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A server for this test alone; warnings that were already logged for another server are forgotten."""
    made = Sandbox(models=["mine"], retired={GONE: "2026-10-23"})
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setattr(offline, "sandbox", lambda: made)
    monkeypatch.setattr("shim.engine.run.naming._logged", set())
    return made


def bodies_to(sandbox: Sandbox, path: str) -> list[Any]:
    return [each.body for each in sandbox.requests if each.path == f"/v1{path}"]


def played(colour: str, model: str, **more: Any) -> Any:
    """A run of an assistant with that model, on a thread with one question."""
    with opened(colour) as client:
        helper = client.beta.assistants.create(model=model)
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
        return carry_out(client, WAYS[colour], thread.id, helper.id, {}, **more).run


@pytest.mark.parametrize("colour", COLOURS)
def test_a_retired_model_is_answered_by_its_successor(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, colour: str
) -> None:
    """One warning is logged, and parameters that the successor refuses are left out; the run shows the model's old
    name.
    """
    for _ in range(2):
        run = played(colour, GONE, temperature=0.2)
        assert (run["status"], run["model"], run["temperature"]) == ("completed", GONE, 0.2)
    bodies = bodies_to(sandbox, "/responses")
    assert [body["model"] for body in bodies] == [LARGE] * 3
    assert ["temperature" in body for body in bodies] == [True, False, False]
    assert len(bodies_to(sandbox, "/models")) == 1
    assert [line for line in caplog.messages if GONE in line] == [
        f"model {GONE} is answered by {LARGE}; SHIM_MODEL_MAP chooses another model, `off` turns this off"
    ]
    assert [line for line in caplog.messages if "temperature" in line] == [
        f"model {LARGE} refuses temperature: it is left out from now on"
    ]


def test_a_model_that_exists_needs_no_request_for_the_list_of_models(sandbox: Sandbox) -> None:
    assert played("sync", LATER)["status"] == "completed"
    assert [(each.method, each.path) for each in sandbox.requests] == [("POST", "/v1/responses")]


def test_a_retirement_that_upstream_has_postponed(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the table the model is gone at this date; the server still lists it without a shutdown date,
    and serves it.
    """
    monkeypatch.setattr(models, "today", lambda: "2030-01-01")
    assert played("sync", LATER)["model"] == LATER
    assert [body["model"] for body in bodies_to(sandbox, "/responses")] == [LATER]


@pytest.mark.parametrize("way", ["inline", "file"])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_users_own_map(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, colour: str, way: str
) -> None:
    given = json.dumps({GONE: "mine", "ft:gpt-3.5-turbo*": "gpt-4o", "ft:*": "mine", "gpt-4-turbo": None})
    (tmp_path / "models.json").write_text(given)
    monkeypatch.setenv("SHIM_MODEL_MAP", given if way == "inline" else str(tmp_path / "models.json"))
    models = [GONE, "ft:gpt-3.5-turbo-0125:us:x:1", "ft:gpt-4:us:x:2", "gpt-4-turbo", "gpt-4"]
    assert [played(colour, model)["model"] for model in models] == models
    assert [body["model"] for body in bodies_to(sandbox, "/responses")] == [
        "mine",
        "gpt-4o",
        "mine",
        "gpt-4-turbo",
        LARGE,
    ]


def test_the_map_can_be_turned_off(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SHIM_MODEL_MAP", "off")
    run = played("sync", GONE)
    assert (run["status"], run["last_error"]["message"]) == ("failed", f"The requested model '{GONE}' does not exist.")
    assert [body["model"] for body in bodies_to(sandbox, "/responses")] == [GONE]
    (line,) = [line for line in caplog.messages if GONE in line]
    assert line.startswith(f"upstream has no model {GONE}, shut down on 2026-10-23: SHIM_MODEL_MAP")


#: A setting, and a part of its error message.
UNREADABLE = [
    ("/no/such/file.json", "neither JSON nor the path of a JSON file"),
    ("{broken", "neither JSON nor the path of a JSON file"),
    ('{"gpt-4": 4}', "no JSON object from model names to model names"),
    ('{"gpt-4": ""}', "no JSON object from model names to model names"),
]


@pytest.mark.parametrize("given, message", UNREADABLE)
def test_a_map_that_cannot_be_read_is_an_error_at_once(
    monkeypatch: pytest.MonkeyPatch, given: str, message: str
) -> None:
    monkeypatch.setenv("SHIM_MODEL_MAP", given)
    with pytest.raises(ValueError, match=f"SHIM_MODEL_MAP is {message}"):
        OpenAI(api_key="test")


def test_a_json_list_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text("[]")
    monkeypatch.setenv("SHIM_MODEL_MAP", str(tmp_path / "models.json"))
    with pytest.raises(ValueError, match="no JSON object"):
        OpenAI(api_key="test")


def test_the_default_map_is_the_table_of_retired_models(monkeypatch: pytest.MonkeyPatch) -> None:
    from shim.settings import current_settings

    made = models.model_map(current_settings())
    assert {model: made.successor(model) for model in RETIRED} == {name: row.successor for name, row in RETIRED.items()}
    assert made.model_to_call(GONE) == LARGE
