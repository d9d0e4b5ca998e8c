"""Rows of any table: added, replaced, changed, removed; and lists divided into pages.

Pages are as recorded: see section 3 of the facts about the Assistants API; the behaviour of `before` with a limit is
the project's own choice.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from shim.store import assistants, messages, rows, runs, schema, steps, threads
from shim.store.database import Database
from shim.store.errors import NoSuchCursor
from shim.store.schema import metadata
from shim.store.tx import Tx
from tests.store.things import Any_Store, Json, assistant, ids, message, run, step, thread


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


@pytest.fixture(scope="module")
def engine() -> Iterator[sa.Engine]:
    made = sa.create_engine("sqlite://")
    with made.begin() as db:
        metadata.create_all(db)
    yield made
    made.dispose()


@given(total=st.integers(0, 12), limit=st.integers(1, 5), order=st.sampled_from(["asc", "desc"]))
def test_paging_in_either_direction_shows_every_row_once(
    engine: sa.Engine, total: int, limit: int, order: rows.Order
) -> None:
    with engine.connect() as db:
        for n in range(total):
            assistants.insert(Tx(db, ""), assistant(n))
        assert walk(Tx(db, ""), limit, order, "after") == walk(Tx(db, ""), limit, order, "before")
        assert len(walk(Tx(db, ""), limit, order, "after")) == total
        db.rollback()


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


MINE = {"tenant": "", "id": "asst_1"}


def body(tx: Tx, **where: str) -> Json | None:
    return rows.get(tx.db, schema.assistants, MINE | where)


def values(name: str, **more: str) -> Json:
    return {"id": "asst_1", "created_at": 1, "body": rows.dump({"name": name}), "batch": None, **more}


def test_a_row_is_found_only_if_all_conditions_match(base: Database) -> None:
    def work(tx: Tx) -> list[Json | None]:
        rows.add(tx.db, schema.assistants, {"tenant": "", **values("one")})
        return [body(tx), body(tx, id="asst_2"), body(tx, tenant="other"), body(tx, batch="x")]

    assert base.write(work) == [{"name": "one"}, None, None, None]


def test_a_sequence_number_is_never_used_twice(base: Database) -> None:
    def work(tx: Tx) -> list[int]:
        numbers = [rows.add(tx.db, schema.assistants, {"tenant": "", **values("one", id=f"asst_{n}")}) for n in (1, 2)]
        assert rows.remove(tx.db, schema.assistants, {"tenant": ""}) == 2
        return [*numbers, rows.add(tx.db, schema.assistants, {"tenant": "", **values("one")})]

    first, second, third = base.write(work)
    assert first < second < third


def test_an_object_is_replaced_in_place_or_added_at_the_end(base: Database) -> None:
    def work(tx: Tx) -> list[Any]:
        for tenant, name in (("", "one"), ("", "two"), ("other", "theirs")):
            rows.put(tx.db, schema.assistants, tenant, values(name))
        rows.put(tx.db, schema.assistants, "", values("new", id="asst_2"))
        rows.put(tx.db, schema.assistants, "", values("three"))
        page = assistants.page(tx, 9, "asc").data
        return [page, body(tx, tenant="other")]

    assert base.write(work) == [[{"name": "three"}, {"name": "new"}], {"name": "theirs"}]


def test_rows_are_changed_and_removed_only_if_all_conditions_match(base: Database) -> None:
    def work(tx: Tx) -> None:
        for tenant in ("", "other"):
            for n in (1, 2):
                rows.add(tx.db, schema.assistants, {"tenant": tenant, **values("one", id=f"asst_{n}", batch=f"b{n}")})
        changed = {"body": rows.dump({"name": "changed"})}
        assert rows.change(tx.db, schema.assistants, MINE | {"batch": "b2"}, changed) == 0
        assert rows.change(tx.db, schema.assistants, MINE, changed) == 1
        assert rows.change(tx.db, schema.assistants, {"tenant": "other"}, {"batch": None}) == 2
        assert [body(tx), body(tx, id="asst_2"), body(tx, tenant="other")] == [
            {"name": "changed"},
            {"name": "one"},
            {"name": "one"},
        ]
        assert rows.remove(tx.db, schema.assistants, MINE | {"batch": "b2"}) == 0
        assert rows.remove(tx.db, schema.assistants, {"tenant": ""}) == 2
        assert body(tx, tenant="other") == {"name": "one"}

    base.write(work)


def test_an_existing_row_is_not_replaced(base: Database) -> None:
    def work(tx: Tx) -> list[Any]:
        added = [
            rows.add_new(tx.db, schema.assistants, {"tenant": tenant, **values(name)})
            for tenant, name in (("", "one"), ("", "two"), ("other", "theirs"))
        ]
        return [added, body(tx), body(tx, tenant="other")]

    assert base.write(work) == [[True, False, True], {"name": "one"}, {"name": "theirs"}]


def test_rows_excluded_from_a_list_do_not_count_for_has_more(base: Database) -> None:
    def work(tx: Tx) -> list[Any]:
        three(tx)
        whole = {"tenant": ""}
        cut = rows.Cut(2, "asc", None, None)
        return [rows.page(tx.db, schema.assistants, whole, cut, but=but) for but in ([], ["asst_3"], ["asst_1"])]

    found = [(ids(page.data), page.has_more) for page in base.write(work)]
    assert found == [(["asst_1", "asst_2"], True), (["asst_1", "asst_2"], False), (["asst_2", "asst_3"], False)]


def test_cursors_of_the_whole_list_are_valid_for_a_filtered_one(base: Database) -> None:
    def work(tx: Tx) -> Any:
        for n, batch in ((1, "a"), (2, "b"), (3, "a")):
            assistants.insert(tx, assistant(n), batch)
        cut = rows.Cut(9, "asc", "asst_2", None)
        return rows.page(tx.db, schema.assistants, {"tenant": ""}, cut, {"batch": "a"})

    assert ids(base.write(work).data) == ["asst_3"]
