"""Lists, as recorded: see section 3 of the facts about the Assistants API, and for before with limit our own choice."""

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from shim.store import assistants, messages, rows, runs, steps, threads
from shim.store.errors import NoSuchCursor
from shim.store.schema import metadata
from shim.store.tx import Tx
from tests.store.things import Any_Store, assistant, ids, message, run, step, thread


def three(tx: Tx) -> None:
    for n in (1, 2, 3):
        assistants.insert(tx, assistant(n))


@pytest.mark.parametrize(
    "limit,order,after,before,expected,more",
    [
        (20, "desc", None, None, "321", False),
        (20, "asc", None, None, "123", False),
        (3, "desc", None, None, "321", False),
        (2, "desc", None, None, "32", True),
        (20, "desc", "3", None, "21", False),
        (1, "desc", "3", None, "2", True),
        (20, "desc", "1", None, "", False),
        (20, "asc", "1", None, "23", False),
        (20, "desc", None, "2", "3", False),
        (20, "desc", None, "1", "32", False),
        (20, "desc", None, "3", "", False),
        (1, "desc", None, "1", "2", True),
        (1, "asc", None, "3", "2", True),
        (20, "desc", "3", "1", "2", False),
        (20, "desc", "1", "3", "", False),
    ],
)
async def test_page(
    store: Any_Store, limit: int, order: rows.Order, after: str | None, before: str | None, expected: str, more: bool
) -> None:
    await store.write(three)
    after, before = after and f"asst_{after}", before and f"asst_{before}"
    found = await store.read(assistants.page, limit, order, after, before)
    assert (ids(found.data), found.has_more) == ([f"asst_{n}" for n in expected], more)


async def test_an_empty_list(store: Any_Store) -> None:
    assert await store.read(assistants.page, 20, "desc") == ([], False)


async def test_unknown_cursors_are_named(store: Any_Store) -> None:
    await store.write(three)
    for after, before in (("asst_9", None), (None, "asst_9"), ("asst_1", "asst_9")):
        with pytest.raises(NoSuchCursor) as caught:
            await store.read(assistants.page, 20, "desc", after, before)
        assert caught.value.id == "asst_9"
    with pytest.raises(NoSuchCursor):
        await store.of("other").read(assistants.page, 20, "desc", "asst_1")


async def test_a_cursor_of_another_thread_is_unknown(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        for n in (1, 2):
            threads.insert(tx, thread(n))
            messages.insert(tx, message(n, n))
            runs.insert(tx, run(n, n), {}, None, None)
            steps.save(tx, step(n, n, n))

    await store.write(work)
    for resource, scope, cursor in (
        (messages, "thread_1", "msg_2"),
        (runs, "thread_1", "run_2"),
        (steps, "run_1", "step_2"),
    ):
        with pytest.raises(NoSuchCursor):
            await store.read(resource.page, scope, 20, "desc", cursor)


@given(total=st.integers(0, 12), limit=st.integers(1, 5), order=st.sampled_from(["asc", "desc"]))
def test_walking_either_way_shows_everything_once(total: int, limit: int, order: rows.Order) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as db:
        metadata.create_all(db)
        for n in range(total):
            assistants.insert(Tx(db, ""), assistant(n))
        assert walk(Tx(db, ""), limit, order, "after") == walk(Tx(db, ""), limit, order, "before")
        assert len(walk(Tx(db, ""), limit, order, "after")) == total
    engine.dispose()


def walk(tx: Tx, limit: int, order: rows.Order, way: str) -> list[str]:
    if way == "after":
        step = assistants.page(tx, limit, order)
        seen = ids(step.data)
        while step.has_more:
            step = assistants.page(tx, limit, order, after=seen[-1])
            seen += ids(step.data)
        return seen
    opposite: rows.Order = "desc" if order == "asc" else "asc"
    seen = ids(assistants.page(tx, 1, opposite).data)
    while seen:
        step = assistants.page(tx, limit, order, before=seen[0])
        seen = ids(step.data) + seen
        if not step.has_more:
            break
    return seen
