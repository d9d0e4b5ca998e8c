"""Reports of a run to the log and the monitor: each once, and without contents."""

import logging
from typing import Any

import pytest

from shim.engine.run import notes
from shim.ports import Refusal
from tests.engine.scripted import Harness
from tests.translate.upstream_events import added, created, done, emit, ended, message, says, text, turn

RUN = {"id": "run_1", "thread_id": "thread_1"}
OF_RUN = "run run_1 of thread thread_1: "


@pytest.fixture
def recorded(harness: Harness) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    object.__setattr__(
        harness.context, "monitor", lambda what, run, detail: found.append((what, str(run["id"]), detail))
    )
    return found


@pytest.fixture(autouse=True)
def _nothing_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_logged", set())


def test_the_life_of_a_request(harness: Harness, recorded: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "shim")
    notes.asking(harness.context, RUN, {"model": "gpt-4o", "previous_response_id": "resp_1", "input": "secret"})
    notes.refused(harness.context, RUN, Refusal(429, "secret"))
    notes.refused(harness.context, RUN, Refusal(None, "secret"))
    notes.opened(harness.context, RUN, {"id": "resp_2", "output": ["secret"]})
    assert recorded == [
        ("asking", "run_1", "gpt-4o"),
        ("refused", "run_1", "429"),
        ("refused", "run_1", ""),
        ("opened", "run_1", "resp_2"),
    ]
    assert caplog.messages == [
        OF_RUN + "asking upstream for gpt-4o after resp_1",
        OF_RUN + "upstream refused with 429",
        OF_RUN + "upstream refused with None",
        OF_RUN + "upstream answers as resp_2",
    ]


def test_a_response_and_a_request_with_few_fields(harness: Harness, recorded: Any) -> None:
    notes.asking(harness.context, RUN, {})
    notes.opened(harness.context, RUN, {})
    assert recorded == [("asking", "run_1", ""), ("opened", "run_1", "")]


def test_the_end_of_a_run_is_reported_once(harness: Harness, recorded: Any, caplog: pytest.LogCaptureFixture) -> None:
    met = turn()
    emit(met, created(), ended(message(says("Hello."))))
    notes.report(harness.context, met)
    assert recorded == [("ended", "run_1", "completed")]
    assert caplog.messages == [], "nothing that an operator must see"


def test_an_unknown_event_is_logged_once_in_a_process(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        met = turn()
        emit(met, created())
        met.unknown |= {"response.dream.begun", "a" * 200}
        notes.report(harness.context, met)
    long, short = caplog.messages
    assert short == "upstream sent 'response.dream.begun', which this version does not support: left out"
    assert len(long) < 160


def test_a_difference_is_named_with_its_run_once_a_turn(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        met = turn()
        item = message(says("Hello."))
        emit(met, created(), added(item), text("Hmpf"), done(item))
        for _ in range(2):
            notes.report(harness.context, met)
    assert len(caplog.messages) == 2
    assert all(each.startswith("run run_1: ") and "differs" in each for each in caplog.messages)
    assert "Hmpf" not in caplog.text


def test_an_internal_error_is_logged_with_the_time_that_the_run_names(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    try:
        raise KeyError("ours")
    except KeyError:
        notice = notes.internal_error(harness.context, "run_1")
    assert notice == "internal error of the shim, see the log of 1970-01-01T00:16:40+00:00"
    (record,) = caplog.records
    assert record.getMessage() == "internal error at 1970-01-01T00:16:40+00:00, in run run_1"
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError
