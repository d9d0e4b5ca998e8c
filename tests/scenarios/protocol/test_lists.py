"""Lists: limit, order, cursors, the run's filter, order within one second, and the SDK's own paging."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest

from shim import AsyncOpenAI
from tests.scenarios.clients.talking import WEATHER, Talk
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.protocol.conftest import Raw

Json = dict[str, Any]


def ids(found: Any) -> list[str]:
    return [each.id for each in found.data]


@pytest.fixture
def thread(talk: Talk) -> Any:
    """A thread with seven messages, all created in the same second."""
    return talk.thread(*(f"Number {number}" for number in range(7)))


@pytest.fixture
def listed(talk: Talk, thread: Any) -> Callable[..., Any]:
    return lambda **given: talk.threads.messages.list(thread.id, **given)


def test_a_list_has_twenty_items_and_the_newest_first(talk: Talk) -> None:
    thread = talk.thread(*(f"Number {number}" for number in range(25)))
    found = talk.threads.messages.list(thread.id)
    assert (len(found.data), found.has_more) == (20, True)
    assert found.data[0].content[0].text.value == "Number 24"


def test_order_and_limit(listed: Callable[..., Any]) -> None:
    up, down = listed(order="asc"), listed(order="desc")
    assert ids(up) == ids(down)[::-1]
    assert [each.content[0].text.value for each in up.data] == [f"Number {number}" for number in range(7)]
    assert ids(listed(order="asc", limit=3)) == ids(up)[:3]
    assert len({each.created_at for each in up.data}) == 1, "the order holds within one second"
    assert [listed(limit=limit).has_more for limit in (6, 7, 8)] == [True, False, False]


def test_the_items_after_a_cursor(listed: Callable[..., Any]) -> None:
    whole = ids(listed())
    for place, id in enumerate(whole):
        found = listed(after=id, limit=2)
        assert ids(found) == whole[place + 1 : place + 3]
        assert found.has_more is (place + 3 < len(whole))


def test_the_items_before_a_cursor(listed: Callable[..., Any]) -> None:
    """The items before the cursor, in the list's order."""
    whole = ids(listed())
    for place, id in enumerate(whole):
        assert ids(listed(before=id)) == whole[:place]
    up = ids(listed(order="asc"))
    assert ids(listed(order="asc", before=up[3])) == up[:3]


def test_before_with_a_limit_gives_the_page_next_to_the_cursor(listed: Callable[..., Any]) -> None:
    whole = ids(listed())
    found = listed(before=whole[5], limit=2)
    assert (ids(found), found.has_more) == (whole[3:5], True)
    assert listed(before=whole[2], limit=2).has_more is False


def test_the_items_between_two_cursors(listed: Callable[..., Any]) -> None:
    whole = ids(listed())
    assert ids(listed(after=whole[1], before=whole[5])) == whole[2:5]


def test_the_page_object(talk: Talk, raw: Raw, thread: Any) -> None:
    _, page = raw("GET", f"/threads/{thread.id}/messages?limit=2")
    assert list(page) == ["object", "data", "first_id", "last_id", "has_more"]
    assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][1]["id"])
    empty = talk.threads.create()
    _, page = raw("GET", f"/threads/{empty.id}/messages")
    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    _, page = raw("GET", f"/threads/{thread.id}/messages?limit=&order=&after=&unknown=1")
    assert len(page["data"]) == 7


def test_messages_of_one_run(talk: Talk) -> None:
    run = talk.run(f"aloud {WEATHER}")
    done = talk.poll(talk.submit(run))
    talk.threads.runs.create_and_poll(
        thread_id=run.thread_id, assistant_id=run.assistant_id, additional_messages=[{"role": "user", "content": "x"}]
    )
    found = talk.threads.messages.list(run.thread_id, run_id=done.id, order="asc")
    assert [each.run_id for each in found.data] == [done.id] * 2
    assert len(talk.messages(run)) == 5
    first = talk.threads.messages.list(run.thread_id, run_id=done.id, order="asc", limit=1)
    assert (ids(first), first.has_more) == (ids(found)[:1], True)
    assert ids(talk.threads.messages.list(run.thread_id, run_id="run_nothing")) == []


def test_the_other_lists(talk: Talk) -> None:
    """Lists of assistants, runs and steps have pages, too."""
    run = talk.run(f"{WEATHER} then get_time")
    run = talk.poll(talk.submit(talk.poll(talk.submit(run))))
    again = {"thread_id": run.thread_id, "assistant_id": run.assistant_id}
    runs = [run.id, *(talk.threads.runs.create_and_poll(**again, instructions="x").id for _ in range(2))]
    for _ in range(2):
        talk.assistant()
    given = {"run_id": run.id, "thread_id": run.thread_id}
    for found in (
        talk.client.beta.assistants.list,
        lambda **more: talk.threads.runs.list(run.thread_id, **more),
        lambda **more: talk.threads.runs.steps.list(**given, **more),
    ):
        whole = ids(found())
        assert len(whole) == 3
        assert ids(found(order="asc")) == whole[::-1]
        assert ids(found(after=whole[0], limit=1)) == whole[1:2]
        assert ids(found(before=whole[2])) == whole[:2]
        assert [each.id for each in found(limit=1)] == whole
    assert ids(talk.threads.runs.list(run.thread_id)) == runs[::-1]


MANY: Final = 10_000


@pytest.mark.slow
def test_the_sdks_paging_over_ten_thousand_messages(talk: Talk, upstream: Loopback) -> None:
    messages = [{"role": "user", "content": str(number)} for number in range(MANY)]
    thread = talk.threads.create(messages=messages)
    found = [each.content[0].text.value for each in talk.threads.messages.list(thread.id, limit=100, order="asc")]
    assert found == [str(number) for number in range(MANY)]
    assert asyncio.run(_down(upstream.url, thread.id)) == found[::-1]


async def _down(url: str, thread_id: str) -> list[str]:
    async with AsyncOpenAI(api_key="test", base_url=url) as client:
        pages = client.beta.threads.messages.list(thread_id, limit=100)
        return [each.content[0].text.value async for each in pages]  # type: ignore[union-attr]
