from hypothesis import given
from hypothesis import strategies as st

from shim.store import messages, rows, threads
from shim.store.tx import Tx
from shim.wire import encoding
from tests.store.things import Any_Store, ids, message, thread


async def test_insert_get_delete(store: Any_Store) -> None:
    await store.write(threads.insert, thread())
    await store.write(messages.insert, message(1))
    assert await store.read(messages.get, "thread_1", "msg_1") == message(1)
    assert await store.read(messages.get, "thread_2", "msg_1") is None
    assert not await store.write(messages.delete, "thread_2", "msg_1")
    assert await store.write(messages.delete, "thread_1", "msg_1")
    assert await store.read(messages.get, "thread_1", "msg_1") is None


async def test_save_adds_then_replaces_in_place(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        threads.insert(tx, thread())
        for n in (1, 2):
            messages.save(tx, message(n))
        messages.save(tx, message(1, text="changed"))

    await store.write(work)
    listed = (await store.read(messages.page, "thread_1", 20, "asc")).data
    assert listed == [message(1, text="changed"), message(2)]


async def test_cursors_of_the_whole_list_are_valid_with_the_run_filter(store: Any_Store) -> None:
    def work(tx: Tx) -> None:
        threads.insert(tx, thread())
        for n in range(6):
            messages.insert(tx, message(n, run=n % 2))

    await store.write(work)
    only = await store.read(messages.page, "thread_1", 20, "desc", None, None, "run_1")
    assert ids(only.data) == ["msg_5", "msg_3", "msg_1"]
    later = await store.read(messages.page, "thread_1", 1, "desc", "msg_4", None, "run_1")
    assert (ids(later.data), later.has_more) == (["msg_3"], True)


async def test_text_that_databases_treat_specially(store: Any_Store) -> None:
    hard = "ñ 【4:0†a】 \U0001f600 \x00 \u2028 half a pair: "
    await store.write(threads.insert, thread())
    await store.write(messages.insert, message(1, text=hard + "\ud83d"))
    assert await store.read(messages.get, "thread_1", "msg_1") == message(1, text=hard + "\ufffd")


def test_bodies_are_stored_as_compact_readable_json() -> None:
    assert rows.dump({"a": ["ñ", 1.0]}) == '{"a":["ñ",1.0]}'


@given(st.text(st.characters(exclude_categories=[])))
def test_every_text_is_read_as_it_was_stored(text: str) -> None:
    written = rows.dump({"value": text})
    assert rows.load(written.encode().decode()) == {"value": encoding.well_formed(text)}
    assert "\x00" not in written
