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
from tests.engine.scripted import World

PROFILE = Profile("scripted", address="https://a.test sha m")
DAY = 86_400


def process(world: World, seconds: int = DAY, secret: str | None = None) -> Context:
    """A process that starts now, on the same store."""
    persistence = Persistence(seconds, secret, lambda: "fresh")
    return replace(world.context, capabilities=Capabilities(world.clock, persistence))


def loaded(world: World, seconds: int = DAY, secret: str | None = None) -> Context:
    made = process(world, seconds, secret)
    drive.finish(learned.load(made))
    return made


def noting(world: World, secret: str | None = None) -> Context:
    """A process that has found something out, and stored it."""
    first = process(world, secret=secret)
    first.capabilities.foreground(PROFILE)
    first.capabilities.refuses(PROFILE, "stream")
    drive.finish(learned.save(first))
    return first


@pytest.mark.parametrize("secret", [None, "the server's own"])
def test_the_next_process_loads_the_findings(world: World, secret: str | None) -> None:
    noting(world, secret)
    later = loaded(world, secret=secret)
    assert later.capabilities.refused(PROFILE) == {"stream"}
    assert later.capabilities.refused(replace(PROFILE, address="https://a.test other m")) == frozenset()
    assert (world.base.read(keys.known_secret) is None) == (secret is not None)


def test_neither_addresses_nor_credentials_are_stored(world: World) -> None:
    noting(world)
    rows = world.base.read(stored.known, 0)
    assert [(row.fact, row.value) for row in rows] == [("foreground", ""), ("refuses", "stream")]
    assert len({row.server for row in rows}) == 1
    assert len(rows[0].server) == 64
    assert "test" not in rows[0].server


def test_with_another_secret_no_finding_is_loaded(world: World) -> None:
    noting(world, "one")
    assert loaded(world, secret="two").capabilities.refused(PROFILE) == frozenset()


def test_findings_expire(world: World) -> None:
    noting(world)
    world.clock.time += DAY + 1
    assert loaded(world).capabilities.refused(PROFILE) == frozenset()
    longer = loaded(world, 2 * DAY)
    assert longer.capabilities.refused(PROFILE) == {"stream"}
    other = process(world)
    other.capabilities.uncounted(PROFILE)
    drive.finish(learned.save(other))
    assert [row.fact for row in world.base.read(stored.known, 0)] == ["uncounted"], "what lapsed is gone"


def test_a_process_reads_once_and_writes_what_is_new(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made, asked = loaded(world), list[str]()
    for name in ("read", "write"):

        async def seen(work: Callable[..., Any], *given: Any, name: str = name) -> None:
            asked.append(name)

        monkeypatch.setattr(type(made.store), name, staticmethod(seen))
    for _ in range(3):
        drive.finish(learned.load(made))
        drive.finish(learned.save(made))
    assert asked == []
    made.capabilities.uncounted(PROFILE)
    for _ in range(3):
        drive.finish(learned.save(made))
    assert asked == ["write"]


def test_a_store_that_fails_has_no_other_effect(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = process(world)

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
    assert loaded(world).capabilities.refused(PROFILE) == {"stream"}, "it is stored as soon as that can be"


def test_without_storage_the_store_is_not_used(world: World) -> None:
    object.__setattr__(world.context, "store", None)
    drive.finish(learned.load(world.context))
    world.context.capabilities.foreground(PROFILE)
    drive.finish(learned.save(world.context))
