"""The rows with findings about servers."""

import pytest

from shim.store import learned
from shim.store.learned import Learned
from tests.store.things import Any_Store

ONE, TWO = Learned("a", "refuses", "stream", 100), Learned("b", "unchained", "", 101)


async def test_stored_findings_are_read_by_every_process(store: Any_Store) -> None:
    assert await store.read(learned.known, 0) == []
    await store.of("acme").write(learned.note, [ONE, TWO], 0)
    for each in (store, store.of("other")):
        assert await each.read(learned.known, 0) == [ONE, TWO]
        assert await each.read(learned.known, 101) == [TWO]


async def test_a_repeated_finding_is_stored_once(store: Any_Store) -> None:
    await store.write(learned.note, [ONE, TWO], 0)
    again = ONE._replace(learned_at=102)
    await store.of("acme").write(learned.note, [again, ONE._replace(value="temperature")], 0)
    assert await store.read(learned.known, 0) == [ONE._replace(value="temperature"), TWO, again]


async def test_old_findings_are_deleted(store: Any_Store) -> None:
    await store.write(learned.note, [ONE, TWO], 0)
    await store.write(learned.note, [TWO._replace(server="c")], 101)
    assert await store.read(learned.known, 0) == [TWO, TWO._replace(server="c")]


async def test_the_number_of_findings_that_are_read_is_limited(
    store: Any_Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learned, "_KNOWN", learned._KNOWN.limit(1))
    await store.write(learned.note, [TWO, ONE], 0)
    assert await store.read(learned.known, 0) == [TWO], "the newest"
