"""What a process has learned about its servers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shim.engine.capabilities import MAX_LOSSES, MAX_RESPONSES, Capabilities, Finding, Persistence
from shim.ports import Profile
from shim.store.learned import Learned
from shim.upstream.chaining import Unknown

pytestmark = pytest.mark.proof
UNKNOWN = Profile("any", stores=True, background=True, counts=True, trusted=False, address="https://a.test m")
TRUSTED = replace(UNKNOWN, trusted=True)
ELSEWHERE = replace(UNKNOWN, address="https://a.test another")


def lose(found: Capabilities, profile: Profile, times: int) -> None:
    for n in range(times):
        found.remember_response(profile, f"resp_{n}")
        found.lost(profile, f"resp_{n}")


@pytest.mark.parametrize("learn", [Capabilities.uncounted, Capabilities.foreground, Capabilities.unchained])
def test_a_finding_applies_to_one_address(learn: Callable[[Capabilities, Profile], None]) -> None:
    found = Capabilities()
    learn(found, UNKNOWN)
    assert found.adjusted(UNKNOWN) != UNKNOWN
    assert found.adjusted(ELSEWHERE) == ELSEWHERE
    assert Capabilities().adjusted(UNKNOWN) == UNKNOWN


def test_each_finding_removes_one_capability() -> None:
    found = Capabilities()
    found.uncounted(UNKNOWN)
    assert found.adjusted(UNKNOWN) == replace(UNKNOWN, counts=False)
    found.foreground(UNKNOWN)
    assert found.adjusted(UNKNOWN) == replace(UNKNOWN, counts=False, background=False)
    for _ in range(2):
        found.unchained(UNKNOWN)
    seen = found.adjusted(UNKNOWN)
    assert (seen.stores, seen.counts, seen.background) == (False, False, False)


def test_an_unknown_server_that_loses_each_chain_is_not_chained_at_any_more() -> None:
    found = Capabilities()
    lose(found, UNKNOWN, MAX_LOSSES - 1)
    assert found.adjusted(UNKNOWN).stores
    found.chained(UNKNOWN)
    lose(found, UNKNOWN, MAX_LOSSES - 1)
    assert found.adjusted(UNKNOWN).stores
    lose(found, UNKNOWN, 1)
    assert not found.adjusted(UNKNOWN).stores
    assert found.adjusted(ELSEWHERE).stores


def test_a_trusted_server_may_lose_chains() -> None:
    found = Capabilities()
    lose(found, TRUSTED, 9 * MAX_LOSSES)
    assert found.adjusted(TRUSTED) == TRUSTED


@pytest.mark.parametrize("made", [(ELSEWHERE, "resp_1"), (UNKNOWN, "resp_2"), (UNKNOWN, None)])
def test_only_recent_responses_of_this_server_count(made: tuple[Profile, str | None]) -> None:
    found = Capabilities()
    found.remember_response(*made)
    for _ in range(MAX_LOSSES):
        found.lost(UNKNOWN, "resp_1")
    assert found.adjusted(UNKNOWN).stores


def test_old_responses_are_forgotten() -> None:
    found = Capabilities()
    found.remember_response(UNKNOWN, "resp_old")
    for n in range(MAX_RESPONSES):
        found.remember_response(UNKNOWN, f"resp_{n}")
    for _ in range(MAX_LOSSES):
        found.lost(UNKNOWN, "resp_old")
    assert found.adjusted(UNKNOWN).stores


def test_a_server_must_show_its_behaviour_once() -> None:
    found = Capabilities()
    assert found.must_test(UNKNOWN)
    assert not found.must_test(TRUSTED)
    found.shown(UNKNOWN, "refused")
    assert not found.must_test(UNKNOWN)
    assert found.must_test(ELSEWHERE)


@pytest.mark.parametrize(
    "shown, trusted, chains",
    [("refused", True, True), ("left out", False, True), ("believed", False, False), ("unclear", False, False)],
)
def test_the_profile_follows_from_what_the_server_showed(shown: Unknown, trusted: bool, chains: bool) -> None:
    found = Capabilities()
    found.shown(UNKNOWN, shown)
    seen = found.adjusted(UNKNOWN)
    assert (seen.trusted, seen.stores) == (trusted, chains)
    found.unchained(UNKNOWN)
    assert not found.adjusted(UNKNOWN).stores


def test_a_proven_server_that_loses_each_chain_is_not_chained_at() -> None:
    found = Capabilities()
    found.shown(UNKNOWN, "refused")
    lose(found, found.adjusted(UNKNOWN), MAX_LOSSES)
    assert not found.adjusted(UNKNOWN).stores


def test_a_list_of_models_is_used_until_it_expires() -> None:
    found, models = Capabilities(), dict[str, str | None](a=None)
    assert found.must_list(UNKNOWN, 5.0)
    assert found.listed(UNKNOWN, 5.0) is None
    found.list(UNKNOWN, models, 10.0)
    assert (found.must_list(UNKNOWN, 9.9), found.listed(UNKNOWN, 9.9)) == (False, models)
    assert (found.must_list(UNKNOWN, 10.0), found.listed(UNKNOWN, 10.0)) == (True, None)
    assert found.must_list(ELSEWHERE, 9.9)
    # A list that could not be fetched is not requested again at once, either.
    found.list(UNKNOWN, None, 20.0)
    assert (found.must_list(UNKNOWN, 15.0), found.listed(UNKNOWN, 15.0)) == (False, None)


def test_a_model_is_gone_from_one_server() -> None:
    found = Capabilities()
    found.gone(UNKNOWN, "m")
    assert found.is_gone(UNKNOWN, "m")
    assert not found.is_gone(UNKNOWN, "n")
    assert not found.is_gone(ELSEWHERE, "m")


def test_a_model_that_refuses_parameters() -> None:
    found = Capabilities()
    found.refuses(UNKNOWN, "temperature")
    found.refuses(UNKNOWN, "stream")
    assert found.refused(UNKNOWN) == {"temperature", "stream"}
    assert found.refused(ELSEWHERE) == frozenset()


def test_a_model_that_is_gone() -> None:
    found = Capabilities()
    found.gone(UNKNOWN, "m")
    assert (found.is_gone(UNKNOWN, "m"), found.is_gone(UNKNOWN, "n"), found.is_gone(ELSEWHERE, "m")) == (
        True,
        False,
        False,
    )


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def remembering(seconds: int = 100) -> tuple[Capabilities, Time]:
    clock = Time()
    return Capabilities(clock, Persistence(seconds, None, lambda: "fresh")), clock


def test_findings_expire_and_are_found_again() -> None:
    found, clock = remembering()
    found.unchained(UNKNOWN)
    found.shown(ELSEWHERE, "believed")
    clock.now += 100
    assert not found.adjusted(UNKNOWN).stores
    assert not found.must_test(ELSEWHERE)
    clock.now += 1
    assert found.adjusted(UNKNOWN) == UNKNOWN, "servers change"
    assert found.must_test(ELSEWHERE)
    found.shown(ELSEWHERE, "refused")
    assert found.adjusted(ELSEWHERE).trusted
    assert [each.at for each in found.news()] == [1000.0, 1000.0, 1101.0]


def test_the_finding_that_a_server_chains_expires_after_a_day() -> None:
    found, clock = remembering(30 * 86_400)
    found.shown(UNKNOWN, "refused")
    found.uncounted(UNKNOWN)
    clock.now += 86_400
    assert found.adjusted(UNKNOWN).trusted
    clock.now += 1
    assert found.must_test(UNKNOWN)
    assert found.adjusted(UNKNOWN) == replace(UNKNOWN, counts=False)


def test_without_storage_no_finding_expires_or_is_new() -> None:
    clock = Time()
    found = Capabilities(clock)
    found.unchained(UNKNOWN)
    clock.now = 1e12
    assert not found.adjusted(UNKNOWN).stores
    assert found.news() == []


def test_a_new_finding_is_returned_once_unless_storing_it_failed() -> None:
    found, _ = remembering()
    for _ in range(3):
        found.uncounted(UNKNOWN)
    (first,) = found.news()
    assert first == Finding(UNKNOWN.address, "uncounted", "", 1000.0)
    assert found.news() == []
    found.foreground(UNKNOWN)
    found.still_new([first])
    assert [each.fact for each in found.news()] == ["uncounted", "foreground"]


def test_findings_of_earlier_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    found, clock = remembering()
    found.refuses(UNKNOWN, "temperature")
    found.take_over(
        [
            Learned("A", "shown", "believed", 950),
            Learned("A", "shown", "refused", 960),
            Learned("A", "refuses", "stream", 990),
            Learned("B", "unchained", "", 900),
            Learned("B", "a fact of a later version", "", 990),
            Learned("C", "foreground", "", 990),
        ],
        {UNKNOWN.address: "A", ELSEWHERE.address: "B"}.get,  # type: ignore[arg-type]
    )
    assert found.refused(UNKNOWN) == {"temperature", "stream"}
    assert found.adjusted(UNKNOWN).trusted, "what it showed last"
    assert not found.adjusted(ELSEWHERE).stores
    clock.now += 1
    assert found.adjusted(ELSEWHERE).stores, "it lapses as if it had been found out here"
    monkeypatch.setattr("shim.engine.capabilities.MAX_ADDRESSES", 1)
    elsewhere = replace(UNKNOWN, address="https://c.test m")
    assert found.adjusted(elsewhere) == elsewhere
    assert [each.value for each in found.news()] == ["temperature"], "what was stored is no news"
