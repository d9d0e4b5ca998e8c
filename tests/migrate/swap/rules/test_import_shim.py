"""The undo of ``import shim as openai``."""

import pytest

from shim.migrate.swap.rules import UNDO
from tests.migrate.swap.rewritten import notes, swapped

CHANGED = {
    "import shim as openai": "import openai",
    "import shim as o  # o": "import openai as o  # o",
    "import os, shim as openai": "import os, openai",
}
KEPT = [
    "import shim",
    "import shim, os",
    "import shim.migrate as m",
    "import shimmer as openai",
    "import openai",
    "# shim",
]


@pytest.mark.parametrize("code", CHANGED)
def test_the_import_is_swapped_back(code: str) -> None:
    assert swapped(code, UNDO) == CHANGED[code]
    assert swapped(CHANGED[code], UNDO) == CHANGED[code]


@pytest.mark.parametrize("code", KEPT)
def test_other_imports_stay_unchanged(code: str) -> None:
    assert (swapped(code, UNDO), notes(code, UNDO)) == (code, [])
