"""What only a server does: go away, and come back.  The rest of the suite runs on it as on SQLite."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from shim.store import assistants, failures
from shim.store.address import resolve
from shim.store.database import AsyncStore, Database, database
from shim.store.errors import StoreFailed
from tests.store.conftest import POSTGRES
from tests.store.things import assistant

needs_server = pytest.mark.skipif(not POSTGRES, reason="SHIM_TEST_POSTGRES holds no URL")


def cut(db: sa.Connection) -> None:
    """Let the server end this very connection, as when it restarts."""
    db.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_lost_connection_fails_one_transaction(base: Database) -> None:
    base.write(assistants.insert, "", assistant(1))
    with pytest.raises(StoreFailed):
        base.write(cut)
    assert base.read(assistants.get, "", "asst_1") == assistant(1)


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_an_idle_connection_that_was_lost_is_not_noticed(base: Database) -> None:
    base.write(assistants.insert, "", assistant(1))
    mine = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")
    server = sa.create_engine(resolve(POSTGRES), poolclass=sa.NullPool)
    with server.connect() as db:
        db.execute(mine, {"name": base.url.query["application_name"]})
    assert base.read(assistants.get, "", "asst_1") == assistant(1)


@needs_server
@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
async def test_a_crowd_of_either_colour_shares_a_few_connections(address: str) -> None:
    base = database(address, connections=3)

    def look(db: sa.Connection) -> int:
        db.exec_driver_sql("SELECT pg_sleep(0.01)")
        mine = "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')"
        return int(db.exec_driver_sql(mine).scalar_one())

    with ThreadPoolExecutor(20) as pool:
        most = [*pool.map(lambda _: base.read(look), range(40))]
    most += await asyncio.gather(*(AsyncStore(base).read(look) for _ in range(40)))
    assert len(most) == 80
    assert 1 <= max(most) <= 3
    base.close()


@needs_server
def test_a_server_that_is_not_there() -> None:
    base = database("postgresql://me:s3cret@127.0.0.1:9/shim")
    with pytest.raises(StoreFailed, match=r"127\.0\.0\.1/shim does not answer\. Is the server running\?") as caught:
        base.read(lambda db: None)
    assert "s3cret" not in str(caught.value)


def test_what_a_server_says_of_values_is_kept_out() -> None:
    said = 'duplicate key value violates "a_b_unique"\nDETAIL:  Key (tenant, id)=(me, x) already exists.'
    problem = sa.exc.IntegrityError("INSERT", {}, Exception(said))
    explained = failures.explain(problem, resolve("postgresql://h/d"))
    assert str(explained) == 'The store postgresql://h/d failed: duplicate key value violates "a_b_unique"'
