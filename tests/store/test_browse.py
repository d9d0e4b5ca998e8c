"""Lists for the pages that show the store."""

from typing import Any

import pytest

from shim.store import browse, messages, responses, runs, schema, steps, threads
from shim.store.browse import Hit, Part
from shim.store.tx import Tx
from tests.store.things import Any_Store, message, run, step, thread


def fill(tx: Tx) -> None:
    """Three threads; the first two have messages, and two runs with a step and a response."""
    for n in (1, 2, 3):
        threads.insert(tx, thread(n) | {"metadata": {"user": f"Ann{n}"} if n < 3 else None})
    for n, of, text in ((1, 1, "Straße"), (2, 1, "two"), (3, 2, "TWO ann1")):
        messages.insert(tx, message(n, of, 1 if n == 2 else None, text))
    for n in (1, 2):
        runs.insert(tx, run(n, 1, "completed"), {}, None, None)
        steps.save(tx, step(n, n))
        responses.insert(tx, f"resp_{n}", "thread_1", f"run_{n}", None, 1)


def ids(part: Part) -> list[str]:
    return [each.body["id"] for each in part.data]


async def test_pages_go_from_the_newest_to_the_oldest(store: Any_Store) -> None:
    await store.write(fill)
    await store.of("other").write(fill)
    first = await store.read(browse.newest, schema.threads, 2)
    assert ids(first) == ["thread_3", "thread_2"]
    await store.write(threads.insert, thread(4))
    rest = await store.read(browse.newest, schema.threads, 2, first.older)
    assert (ids(rest), rest.older) == (["thread_1"], None)
    exact = await store.read(browse.newest, schema.threads, 4)
    assert (len(exact.data), exact.older) == (4, None)
    assert (await store.of("nobody").read(browse.newest, schema.threads, 4)) == Part([], None)


@pytest.mark.parametrize(
    "equal, found",
    [({"thread_id": "thread_1"}, ["msg_2", "msg_1"]), ({"thread_id": None}, ["msg_3", "msg_2", "msg_1"])],
)
async def test_a_list_may_be_limited_to_one_thread(store: Any_Store, equal: dict[str, Any], found: list[str]) -> None:
    await store.write(fill)
    assert ids(await store.read(lambda tx: browse.newest(tx, schema.messages, 9, **equal))) == found


async def test_the_counts_shown_with_a_thread(store: Any_Store) -> None:
    await store.write(fill)
    await store.of("other").write(fill)
    found = await store.read(browse.around, ["thread_1", "thread_3", "thread_unknown"])
    assert set(found) == {"thread_1", "thread_3"}
    one, three = found["thread_1"], found["thread_3"]
    assert (one.messages, one.runs) == (2, 2)
    assert (one.first, one.last_run) == (message(1, 1, None, "Straße"), run(2, 1, "completed"))
    assert (three.messages, three.runs, three.first, three.last_run) == (0, 0, None, None)
    assert await store.read(browse.around, []) == {}


@pytest.mark.parametrize(
    "query, found",
    [
        ("ann", ["thread_2", "thread_1"]),
        ("USER=ANN1", ["thread_1"]),
        ("ann1", ["thread_1", "thread_2"]),
        ("STRASSE", ["thread_1"]),
        ("Two", ["thread_2", "thread_1"]),
        ("nowhere", []),
    ],
)
async def test_text_is_found_in_metadata_and_messages(store: Any_Store, query: str, found: list[str]) -> None:
    await store.write(fill)
    hits = await store.read(browse.find, query, 9, 99)
    assert [hit.thread_id for hit in hits.hits] == found
    assert hits.whole
    assert (await store.of("other").read(browse.find, query, 9, 99)).hits == []


async def test_a_hit_shows_the_text_around_the_match(store: Any_Store) -> None:
    await store.write(fill)
    found = await store.read(browse.find, "ann1", 9, 99)
    assert found.hits == [
        Hit("thread_1", None, {"user": "Ann1"}),
        Hit("thread_2", message(3, 2, None, "TWO ann1"), None),
    ]
    assert len((await store.read(browse.find, "ann", 1, 99)).hits) == 1
    await store.write(messages.insert, message(4, 1, None, "ann1 again"))
    assert await store.read(browse.find, "ann1", 9, 99) == found


@pytest.mark.parametrize("most, whole", [(2, False), (3, True)])
async def test_a_search_that_stops_early_reports_it(store: Any_Store, most: int, whole: bool) -> None:
    await store.write(fill)
    assert (await store.read(browse.find, "nowhere", 9, most)).whole is whole


async def test_the_thread_of_an_object(store: Any_Store) -> None:
    await store.write(fill)
    rows = [(schema.responses, "resp_2"), (schema.steps, "step_2"), (schema.messages, "msg_3")]
    for (table, id), home in zip(rows, ["run_2", "thread_1", "thread_2"], strict=True):
        assert await store.read(browse.home, table, id) == home
        assert await store.of("other").read(browse.home, table, id) is None
    assert await store.read(browse.home, schema.runs, "run_unknown") is None


async def test_the_objects_that_a_run_has_created(store: Any_Store) -> None:
    await store.write(fill)
    assert await store.read(browse.of_run, schema.messages, run(1)) == [message(2, 1, 1, "two")]
    assert await store.read(browse.of_run, schema.steps, run(2)) == [step(2, 2)]
    assert await store.read(browse.of_run, schema.steps, run(2, 2)) == []
    assert await store.of("other").read(browse.of_run, schema.steps, run(2)) == []
