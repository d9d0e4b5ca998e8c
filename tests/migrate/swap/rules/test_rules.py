"""All rules: mostly statements that must not change; a swap and its undo give the original text."""

import pytest

from shim.migrate.swap.rules import UNDO
from tests.migrate.swap.rewritten import swapped
from tests.migrate.swap.rules import (
    test_from_openai,
    test_from_shim,
    test_import_openai,
    test_import_shim,
    test_private_modules,
)

TABLES = (test_from_openai, test_from_shim, test_import_openai, test_import_shim, test_private_modules)


def test_more_examples_stay_than_change() -> None:
    assert sum(len(each.KEPT) for each in TABLES) > 1.5 * sum(len(each.CHANGED) for each in TABLES)


@pytest.mark.parametrize(
    "code",
    [
        *(f"{old}\n{rest}\n" for old, rest, _ in test_import_openai.CHANGED if "as openai" not in old),
        *test_from_openai.CHANGED,
    ],
)
def test_a_swap_and_its_undo_change_nothing(code: str) -> None:
    assert swapped(swapped(code), UNDO) == code
