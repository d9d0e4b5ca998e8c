"""Every cassette is replayed to every kind of client that makes its requests: each request is in the cassette, and the
application receives the expected results.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

import shim
from cassettes import application, record, tape
from cassettes.application import Transcript
from cassettes.scenarios import SCENARIOS
from tests.cassettes import expected

#: How a scenario is replayed: how the cassette was recorded, whether the run is streamed, the setting of background
#: mode. A polled run without background mode is streamed from upstream as well.
DOORS = {
    "streamed": ("streamed", True, "auto"),
    "worked": ("streamed", False, "never"),
    "background": ("background", False, "always"),
}


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> tuple[str, bool, str]:
    found: tuple[str, bool, str] = DOORS[request.param]
    return found


@pytest.fixture
def played(name: str, door: tuple[str, bool, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The cassette while it is replayed."""
    path = tape.file(name, door[0])
    if not path.exists():
        pytest.skip(f"{path.name} was not recorded")
    monkeypatch.setenv("SHIM_UPSTREAM_PROFILE", tape.read(path)["origin"]["profile"])
    monkeypatch.setenv("SHIM_BACKGROUND", door[2])
    for setting, value in record.SETTINGS.items():
        monkeypatch.setenv(setting, value)
    with tape.play(path) as cassette:
        yield cassette


def _arguments(name: str) -> dict[str, Any]:
    scenario = SCENARIOS[name]
    return {"base_url": tape.BASE_URL, "api_key": scenario.key, "max_retries": scenario.max_retries}


@pytest.mark.parametrize("name", SCENARIOS)
def test_played_to_a_blocking_client(name: str, door: tuple[str, bool, str], played: Any) -> None:
    with shim.OpenAI(**_arguments(name)) as client:
        seen = application.run(client, SCENARIOS[name], door[1])
    _check(name, door, seen, played)


@pytest.mark.parametrize("name", SCENARIOS)
async def test_played_to_an_async_client(name: str, door: tuple[str, bool, str], played: Any) -> None:
    async with shim.AsyncOpenAI(**_arguments(name)) as client:
        seen = await application.run_async(client, SCENARIOS[name], door[1])
    _check(name, door, seen, played)


def _check(name: str, door: tuple[str, bool, str], seen: Transcript, played: Any) -> None:
    assert played.all_played, "the cassette holds requests that were not made"
    cassette = tape.read(tape.file(name, door[0]))
    refused = expected.REFUSED.get(name)
    if door[2] == "never" and refused:
        # Such a run is answered before the request to upstream is sent.
        assert (seen.refused, seen.runs) == (None, [("failed", "server_error")])
        return
    assert seen.refused == refused
    assert seen.runs == expected.ENDS.get(name, expected.WELL)
    assert seen.texts == expected.texts(cassette)
    assert seen.rounds == expected.rounds(cassette)
    assert seen.steps == expected.steps(cassette)
    assert seen.cited == expected.cited(cassette)
    assert seen.files == expected.files(cassette)
    assert seen.events == (expected.EVENTS[name] if door[1] else [])


def test_every_scenario_has_an_expected_sequence() -> None:
    assert set(expected.EVENTS) == set(SCENARIOS)


def test_a_request_that_is_not_in_the_cassette_gets_no_answer() -> None:
    """Some versions of the SDK raise vcrpy's error, others report it as a broken connection."""
    with tape.play(tape.file("text", "streamed")) as cassette, shim.OpenAI(**_arguments("text")) as client:
        try:
            seen = application.run(client, SCENARIOS["one-call"], streamed=True)
        except CannotOverwriteExistingCassetteException:
            seen = Transcript()
    assert seen.texts == []
    assert cassette.play_count == 0
