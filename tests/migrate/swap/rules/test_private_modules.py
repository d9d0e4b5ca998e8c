"""Clients imported from undocumented modules."""

import pytest

from tests.migrate.swap.rewritten import notes, swapped

CHANGED = {
    "from openai.lib.azure import AzureOpenAI": "from shim import AzureOpenAI",
    "from openai._client import OpenAI as O, AsyncOpenAI": "from shim import OpenAI as O, AsyncOpenAI",
}
KEPT = [
    "from openai.lib.azure import AzureADTokenProvider",
    "from openai._types import NOT_GIVEN",
    "from openai.types.beta import Assistant",
    "from .lib.azure import AzureOpenAI",
]


@pytest.mark.parametrize("code", CHANGED)
def test_the_import_is_swapped(code: str) -> None:
    assert swapped(code) == CHANGED[code]


@pytest.mark.parametrize("code", KEPT)
def test_other_imports_stay_unchanged(code: str) -> None:
    assert (swapped(code), notes(code)) == (code, [])


def test_an_import_of_clients_and_other_names_is_left_and_named() -> None:
    code = "from openai.lib.azure import AzureOpenAI, AzureADTokenProvider\n"
    assert swapped(code) == code
    assert notes(code) == [
        (1, "it takes clients and AzureADTokenProvider in one statement from a private module; write two statements")
    ]
