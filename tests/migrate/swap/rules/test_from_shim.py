"""The undo of ``from shim import ...``."""

import pytest

from shim.migrate.swap.rules import UNDO
from tests.migrate.swap.rewritten import notes, swapped

CHANGED = {
    "from shim import OpenAI": "from openai import OpenAI",
    "from shim import (  # x\n    OpenAI as O,\n)": "from openai import (  # x\n    OpenAI as O,\n)",
    "from shim import beta": "from openai import beta",
    "from shim import *": "from openai import *",
    "from shim.types.beta import Assistant": "from openai.types.beta import Assistant",
}
KEPT = [
    "from .shim import OpenAI",
    "from app.shim import OpenAI",
    "from shimmer import OpenAI",
    "from openai import OpenAI",
    "x = 'shim'",
    "import shim",
]
LEFT = {
    "from shim import install": "openai has no install",
    "from shim import OpenAI, install, uninstall": "openai has no install, uninstall",
    "from shim.migrate import Importer": "openai has no module migrate",
    "from shim.no.such import thing": "openai has no module no.such",
}


@pytest.mark.parametrize("code", CHANGED)
def test_the_import_is_swapped_back(code: str) -> None:
    assert swapped(code, UNDO) == CHANGED[code]


@pytest.mark.parametrize("code", KEPT)
def test_other_imports_stay_unchanged(code: str) -> None:
    assert (swapped(code, UNDO), notes(code, UNDO)) == (code, [])


@pytest.mark.parametrize("code", LEFT)
def test_names_that_only_the_shim_has_are_left_and_named(code: str) -> None:
    assert swapped(code, UNDO) == code
    assert notes(code, UNDO) == [(1, LEFT[code])]
