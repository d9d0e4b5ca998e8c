"""The world as the engine's operations see it."""

from dataclasses import replace
from typing import Any

import pytest

from shim.engine.context import given, known
from shim.ports import Profile
from shim.wire.errors import ApiError, error
from tests.engine.scripted import World


def test_what_a_model_refused_is_kept_for_its_server_and_for_it_alone(world: World) -> None:
    context = world.context
    pair: Any = "call"
    context.refuses("a", "x")
    context.calls_as_text("a").add(pair)
    for kept, what in ((context.refused, "x"), (context.calls_as_text, pair)):
        assert kept("a") == {what}
        assert kept("b") == set()
        world.upstream.can = Profile("scripted", address="https://another.test")
        assert kept("a") == set()
        world.upstream.can = Profile("scripted")
        assert kept("a") == {what}


def test_a_profile_is_of_a_model_and_shows_what_was_found_out(world: World) -> None:
    world.upstream.can = Profile("scripted", background=True, address="https://here.test")
    context = world.context
    assert context.profile("a") == replace(world.upstream.can, address="https://here.test a")
    context.capabilities.foreground(context.profile("a"))
    assert not context.profile("a").background
    assert context.profile("b").background


def test_the_clock_gives_whole_seconds_and_the_process_its_name_of_now(world: World) -> None:
    world.clock.time = 1000.999
    assert world.context.now() == 1000
    names = iter(["me", "forked"])
    context = replace(world.context, me=lambda: next(names))
    assert [context.owner, context.owner] == ["me", "forked"]
    assert context.tenant == ""
    assert replace(context, store=context.store.of("other")).tenant == "other"


@pytest.mark.parametrize("found", [{}, {"id": "x"}])
def test_what_is_found_is_known_though_it_be_empty(found: dict[str, str]) -> None:
    assert known(found, error("server_error")) is found


def test_what_is_missing_is_the_given_error() -> None:
    missing = error("no_thread", id="thread_1")
    with pytest.raises(ApiError) as caught:
        known(None, missing)
    assert caught.value is missing


def test_null_says_nothing_and_what_is_false_says_something() -> None:
    request = {"a": None, "b": 0, "c": "", "d": False, "e": [], "f": 1}
    assert given(request) == {"b": 0, "c": "", "d": False, "e": [], "f": 1}
    assert given(request, "f", "a", "unknown") == {"b": 0, "c": "", "d": False, "e": []}
    assert request["a"] is None
