"""The exceptions of the store."""

from typing import get_args

import pytest

from shim.store.errors import ActiveRun, Gone, NoSuchCursor, Passes, StoreFailed


def test_a_failure_is_permanent_by_default() -> None:
    assert StoreFailed("The disk is full.").passes == "never"
    assert str(StoreFailed("The disk is full.")) == "The disk is full."


@pytest.mark.parametrize("passes", get_args(Passes))
def test_a_failure_has_the_condition_under_which_it_passes(passes: Passes) -> None:
    failure = StoreFailed("The database is locked.", passes)
    assert (str(failure), failure.passes) == ("The database is locked.", passes)


@pytest.mark.parametrize("id", ["run_1", "", "\0", "\ud800", "é"])
def test_the_id_in_an_error_is_unchanged(id: str) -> None:
    active, cursor = ActiveRun(id), NoSuchCursor(id)
    assert (active.run_id, cursor.id) == (id, id)
    assert str(active).endswith(id)
    assert str(cursor).endswith(id)


@pytest.mark.parametrize("other", [ActiveRun, NoSuchCursor, Gone])
def test_a_refusal_is_not_a_failure_of_the_database(other: type[Exception]) -> None:
    assert not issubclass(other, StoreFailed)
    assert not issubclass(StoreFailed, other)
