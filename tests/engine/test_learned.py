"""What was learned about servers is stored for later processes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shim.engine import learned
from shim.engine.capabilities import Capabilities, Persistence
from shim.engine.context import Context
from shim.ports import Profile
from shim.runtime import drive
from shim.store import keys
from shim.store import learned as stored
from shim.store.errors import StoreFailed
from tests.engine.scripted import Harness

PROFILE = Profile("scripted", address="https://a.test sha m")
DAY = 86_400


def process(harness: Harness, seconds: int = DAY, secret: str | None = None) -> Context:
    """A process that starts now, on the same store."""
    persistence = Persistence(seconds, secret, lambda: "fresh")
    return replace(harness.context, capabilities=Capabilities(harness.clock, persistence))


def loaded(harness: Harness, seconds: int = DAY, secret: str | None = None) -> Context:
    made = process(harness, seconds, secret)
    drive.finish(learned.load(made))
    return made


def noting(harness: Harness, secret: str | None = None) -> Context:
    """A process that has found something out, and stored it."""
    first = process(harness, secret=secret)
    first.capabilities.foreground(PROFILE)
    first.capabilities.refuses(PROFILE, "stream")
    drive.finish(learned.save(first))
    return first


@pytest.mark.parametrize("secret", [None, "the server's own"])
def test_the_next_process_loads_the_findings(harness: Harness, secret: str | None) -> None:
    noting(harness, secret)
    later = loaded(harness, secret=secret)
    assert later.capabilities.refused(PROFILE) == {"stream"}
    assert later.capabilities.refused(replace(PROFILE, address="https://a.test other m")) == frozenset()
    assert (harness.base.read(keys.known_secret) is None) == (secret is not None)


def test_neither_addresses_nor_credentials_are_stored(harness: Harness) -> None:
    noting(harness)
    rows = harness.base.read(stored.known, 0)
    assert [(row.fact, row.value) for row in rows] == [("foreground", ""), ("refuses", "stream")]
    assert len({row.server for row in rows}) == 1
    assert len(rows[0].server) == 64
    assert "test" not in rows[0].server


def test_with_another_secret_no_finding_is_loaded(harness: Harness) -> None:
    noting(harness, "one")
    assert loaded(harness, secret="two").capabilities.refused(PROFILE) == frozenset()


def test_findings_expire(harness: Harness) -> None:
    noting(harness)
    harness.clock.time += DAY + 1
    assert loaded(harness).capabilities.refused(PROFILE) == frozenset()
    longer = loaded(harness, 2 * DAY)
    assert longer.capabilities.refused(PROFILE) == {"stream"}
    other = process(harness)
    other.capabilities.uncounted(PROFILE)
    drive.finish(learned.save(other))
    assert [row.fact for row in harness.base.read(stored.known, 0)] == ["uncounted"], "what lapsed is gone"


def test_a_process_reads_once_and_writes_what_is_new(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    made, read = loaded(harness), list[str]()
    for name in ("read", "write"):

        async def seen(work: Callable[..., Any], *given: Any, name: str = name) -> None:
            read.append(name)

        monkeypatch.setattr(type(made.store), name, staticmethod(seen))
    for _ in range(3):
        drive.finish(learned.load(made))
        drive.finish(learned.save(made))
    assert read == []
    made.capabilities.uncounted(PROFILE)
    for _ in range(3):
        drive.finish(learned.save(made))
    assert read == ["write"]


def test_a_store_that_fails_has_no_other_effect(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    made = process(harness)

    def failing(*given: Any) -> None:
        raise StoreFailed("it is gone")

    with monkeypatch.context() as patch:
        patch.setattr(learned, "_known", failing)
        patch.setattr(learned, "_note", failing)
        drive.finish(learned.load(made))
        made.capabilities.refuses(PROFILE, "stream")
        drive.finish(learned.save(made))
    assert (made.capabilities.loaded, made.capabilities.refused(PROFILE)) == (False, {"stream"})
    drive.finish(learned.save(made))
    assert loaded(harness).capabilities.refused(PROFILE) == {"stream"}, "it is stored as soon as that can be"


def test_without_storage_the_store_is_not_used(harness: Harness) -> None:
    object.__setattr__(harness.context, "store", None)
    drive.finish(learned.load(harness.context))
    harness.context.capabilities.foreground(PROFILE)
    drive.finish(learned.save(harness.context))
