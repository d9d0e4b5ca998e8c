"""Whether a transaction was committed if its connection was lost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from shim.store import dialects, doubt
from shim.store.database import Database

NUMBER = 7
Fate = Callable[[int], str | None]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that the code requested; the test does not really pause."""
    made: list[float] = []
    monkeypatch.setattr("shim.store.doubt.time.sleep", made.append)
    return made


@contextmanager
def server(fate: Fate) -> Iterator[sa.Engine]:
    """A database that reports the given state of a transaction."""

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        connection.create_function("txid_status", 1, fate)
        return connection

    engine = sa.create_engine("sqlite://", creator=connected, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    "fate, expected",
    [("committed", True), ("aborted", False), (None, None), ("", None), ("COMMITTED", None)],
)
def test_the_first_final_answer_is_used(fate: str | None, expected: bool | None, pauses: list[float]) -> None:
    queried: list[int] = []

    def fate_of(number: int) -> str | None:
        queried.append(number)
        return fate

    with server(fate_of) as engine:
        assert doubt.was_committed(engine, NUMBER, ()) is expected
    assert queried == [NUMBER]
    assert pauses == [0.0]


@pytest.mark.parametrize("end, expected", [("committed", True), ("aborted", False)])
def test_a_transaction_in_progress_is_queried_again(end: str, expected: bool, pauses: list[float]) -> None:
    fates = iter(["in progress", "in progress", end])
    with server(lambda _: next(fates)) as engine:
        assert doubt.was_committed(engine, NUMBER, ()) is expected
    assert pauses == list(doubt.PAUSES[:3])


def test_a_transaction_that_stays_in_progress_is_unknown(pauses: list[float]) -> None:
    with server(lambda _: "in progress") as engine:
        assert doubt.was_committed(engine, NUMBER, ()) is None
    assert pauses == list(doubt.PAUSES)


def test_a_failed_query_is_repeated(pauses: list[float]) -> None:
    def fate_of(_: int) -> str:
        if len(pauses) < 3:
            raise KeyError
        return "committed"

    with server(fate_of) as engine:
        assert doubt.was_committed(engine, NUMBER, (sa.exc.OperationalError,)) is True
    assert len(pauses) == 3


def test_another_failure_is_not_hidden(pauses: list[float]) -> None:
    def fate_of(_: int) -> str:
        raise KeyError

    with server(fate_of) as engine, pytest.raises(sa.exc.OperationalError):
        doubt.was_committed(engine, NUMBER, (sa.exc.IntegrityError,))
    assert pauses == [0.0]


def test_a_transaction_without_writes_is_never_in_doubt(base: Database) -> None:
    with base._engine.connect() as db:
        assert doubt.number(db) is None


def test_a_noted_number_is_returned_once_and_only_if_the_outcome_can_be_in_doubt(base: Database) -> None:
    with base._engine.connect() as db:
        doubt.note(db, NUMBER)
        assert doubt.number(db) == (None if dialects.lone_writer(db) else NUMBER)
        assert doubt.number(db) is None
        db.info.pop(dialects.NUMBER, None)


def test_a_server_knows_the_outcome_of_a_transaction(base: Database) -> None:
    if base._engine.dialect.name == "sqlite":
        pytest.skip("nothing is in doubt there")
    for end, expected in (("commit", True), ("rollback", False)):
        with base._engine.connect() as db:
            assigned = db.execute(sa.select(doubt.CURRENT)).scalar_one()
            assert doubt.number(db) == assigned
            getattr(db, end)()
        assert doubt.was_committed(base._engine, assigned, ()) is expected
