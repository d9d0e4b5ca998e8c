"""Values of settings that cannot be used."""

import openai
import pytest

import shim

WRONG = {
    "SHIM_RUN_LIFETIME": ("abc", "valid integer"),
    "SHIM_BACKGROUND": ("maybe", "'auto', 'always' or 'never'"),
    "SHIM_UPSTREAM_PROFILE": ("zzz", "'zzz' is none of openai"),
    "SHIM_UPSTREAM": ("localhost:8000/v1", "neither `sandbox` nor an address that begins with http:// or https://"),
    "SHIM_LEASE": ("0", "greater than 0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_client_names_the_setting_that_cannot_be_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, words = WRONG[name]
    monkeypatch.setenv(name, value)
    for kind in (shim.OpenAI, shim.AsyncOpenAI):
        with pytest.raises(openai.OpenAIError) as refused:
            kind(api_key="x")
        assert str(refused.value).startswith(f"{name}: ")
        assert words in str(refused.value)
        assert "pydantic" not in str(refused.value)


def test_all_that_cannot_be_used_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, (value, _) in WRONG.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(openai.OpenAIError) as refused:
        shim.OpenAI(api_key="x")
    assert sorted(line.partition(":")[0] for line in str(refused.value).splitlines()) == sorted(WRONG)


@pytest.mark.parametrize(
    "address", ["sandbox", "http://localhost:8000/v1", "https://x/v1", "chat+http://localhost:8000/v1"]
)
def test_addresses_that_can_be_used(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", address)
    assert shim.settings.current_settings().upstream == address.removeprefix("chat+")
