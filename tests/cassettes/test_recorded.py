"""The folder has every scenario, with its source, and without secrets."""

import re
from pathlib import Path

import pytest

from cassettes import record, tape
from cassettes.scenarios import KEY, SCENARIOS, WAYS
from shim.sandbox import Sandbox
from shim.sandbox.http import running

ALL = [(name, way) for name in SCENARIOS for way in WAYS]
#: Signs of an unfiltered recording: header names and beginnings of values.
SECRETS = {
    "a key": r"sk-[A-Za-z0-9_-]",
    "a token": r"(?i)bearer",
    "an organisation": r"\borg-\w",
    "a project": r"\bproj_\w",
    "a header that names somebody": r"(?i)^ *(authorization|api-key|x-api-key|(set-)?cookie|openai-\w+|x-request-id|"
    r"user-agent|x-stainless-[\w-]+|cf-\w+|host|via|server):(?! assistants-shim)",
}


@pytest.mark.parametrize("path", sorted(tape.FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_a_cassette_names_its_source_and_has_no_secret(path: Path) -> None:
    text = path.read_text()
    body = text.partition("interactions:")[2]
    assert set(tape.read(path)["origin"]) == {"server", "profile", "recorded", "shim", "openai"}
    found = {what: re.findall(secret, body, re.MULTILINE) for what, secret in SECRETS.items()}
    assert {what: each for what, each in found.items() if each} == {}
    assert "127.0.0.1" not in text


def test_every_scenario_is_in_the_folder_and_nothing_else() -> None:
    assert sorted(tape.FOLDER.glob("*.yaml")) == sorted(tape.file(name, way) for name, way in ALL)


@pytest.mark.parametrize("name, way", ALL)
def test_a_new_recording_is_the_same(name: str, way: str, tmp_path: Path) -> None:
    """If this fails, run `make cassettes` and review the difference."""
    before = tape.read(tape.file(name, way))
    if not before["origin"]["server"].startswith("assistants-shim sandbox"):
        pytest.skip(f"recorded from {before['origin']['server']}")
    again = tmp_path / "again.yaml"
    assert record.from_sandbox(again, name, way)
    assert tape.read(again)["interactions"] == before["interactions"]


def test_the_filter_removes_the_key_from_headers_and_bodies(tmp_path: Path) -> None:
    """Recorded with a known key: it is in the request's header, and the sandbox repeats an invalid key in its error."""
    key = "sk-bad-" + "secret" * 4
    path = tmp_path / "secret.yaml"
    sandbox = Sandbox()
    with running(sandbox) as base_url:
        record.record(path, "text", "streamed", base_url, key, "org-secret", "openai")
    text = path.read_text()
    assert "code: 401" in text
    assert "secret" not in text
    assert "uthorization" not in text
    assert KEY not in text
    assert sandbox.requests, "nothing was recorded"


def test_a_cassette_that_has_not_changed_keeps_its_date(tmp_path: Path) -> None:
    path = tmp_path / "text.yaml"
    assert record.from_sandbox(path, "text", "streamed")
    dated = path.read_text().replace("recorded: '20", "recorded: '19")
    path.write_text(dated)
    assert not record.from_sandbox(path, "text", "streamed")
    assert path.read_text() == dated
