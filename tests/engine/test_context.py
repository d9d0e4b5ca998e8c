"""Settings and ports as the engine's operations see them."""

from dataclasses import replace
from typing import Any

import pytest

from shim.engine.context import require, without_nulls
from shim.ports import Profile
from shim.wire.errors import ApiError, error
from tests.engine.scripted import Harness


def test_refusals_of_a_model_are_noted_for_its_server_only(harness: Harness) -> None:
    context = harness.context
    pair: Any = "call"
    context.refuses("a", "x")
    context.refuses_calls("a", {pair})
    for noted, what in ((context.refused, "x"), (context.calls_as_text, pair)):
        assert noted("a") == {what}
        assert noted("b") == set()
        harness.upstream.can = Profile("scripted", address="https://another.test")
        assert noted("a") == set()
        harness.upstream.can = Profile("scripted")
        assert noted("a") == {what}
    assert [model for _, model in context.refused_calls] == ["a"], "nothing is remembered of models that only were used"


def test_a_profile_is_that_of_a_model_and_includes_findings(harness: Harness) -> None:
    harness.upstream.can = Profile("scripted", background=True, address="https://here.test")
    context = harness.context
    assert context.profile("a") == replace(harness.upstream.can, address="https://here.test a")
    context.capabilities.foreground(context.profile("a"))
    assert not context.profile("a").background
    assert context.profile("b").background


def test_the_time_is_in_whole_seconds_and_the_owner_is_the_current_process(harness: Harness) -> None:
    harness.clock.time = 1000.999
    assert harness.context.now() == 1000
    names = iter(["me", "forked"])
    context = replace(harness.context, process_name=lambda: next(names))
    assert [context.owner, context.owner] == ["me", "forked"]
    assert context.tenant == ""
    assert replace(context, store=context.store.of("other")).tenant == "other"


@pytest.mark.parametrize("found", [{}, {"id": "x"}])
def test_an_empty_object_counts_as_found(found: dict[str, str]) -> None:
    assert require(found, error("server_error")) is found


def test_a_missing_object_raises_the_given_error() -> None:
    missing = error("no_thread", id="thread_1")
    with pytest.raises(ApiError) as caught:
        require(None, missing)
    assert caught.value is missing


def test_null_fields_are_left_out_and_other_false_values_are_not() -> None:
    request = {"a": None, "b": 0, "c": "", "d": False, "e": [], "f": 1}
    assert without_nulls(request) == {"b": 0, "c": "", "d": False, "e": [], "f": 1}
    assert without_nulls(request, "f", "a", "unknown") == {"b": 0, "c": "", "d": False, "e": []}
    assert request["a"] is None
