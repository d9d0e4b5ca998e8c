"""The exceptions of the store."""

from typing import get_args

import pytest

from shim.store.errors import ActiveRun, Gone, NoSuchCursor, Passes, StoreFailed


def test_a_failure_does_not_pass_unless_it_says_so() -> None:
    assert StoreFailed("The disk is full.").passes == "never"
    assert str(StoreFailed("The disk is full.")) == "The disk is full."


@pytest.mark.parametrize("passes", get_args(Passes))
def test_a_failure_says_what_it_passes_by(passes: Passes) -> None:
    failure = StoreFailed("The database is locked.", passes)
    assert (str(failure), failure.passes) == ("The database is locked.", passes)


@pytest.mark.parametrize("id", ["run_1", "", "\0", "\ud800", "é"])
def test_what_is_in_the_way_is_named_as_it_was_given(id: str) -> None:
    active, cursor = ActiveRun(id), NoSuchCursor(id)
    assert (active.run_id, cursor.id) == (id, id)
    assert str(active).endswith(id)
    assert str(cursor).endswith(id)


@pytest.mark.parametrize("other", [ActiveRun, NoSuchCursor, Gone])
def test_a_refusal_is_no_failure_of_the_database(other: type[Exception]) -> None:
    assert not issubclass(other, StoreFailed)
    assert not issubclass(StoreFailed, other)
