"""Which model is called for the one that a run names, and the requests to upstream about that."""

from itertools import count
from typing import Any

import pytest

from shim.ports import Profile, Refusal
from shim.translate.models import ModelMap, Retired
from tests.engine.scripted import Harness, Refused, answer
from tests.translate.upstream_events import call, last, message, names, says

Json = dict[str, Any]
HELLO = message(says("Hello."))
OFFICIAL = Profile("scripted", official=True)
#: The days of the table, before and after today.
PAST, TODAY, FUTURE = "2026-01-01", "2026-06-01", "2027-01-01"
_numbers = count()


def listing(**ends: str | None) -> Json:
    """GET /models; a model without an end has no such key, as on the wire."""
    rows = [{"id": name, "object": "model"} | ({"shutdown_date": end} if end else {}) for name, end in ends.items()]
    return {"object": "list", "data": rows}


class Models:
    """A harness in which assistants use the model `old`, whose successor is `new` since ``since``."""

    def __init__(self, harness: Harness, monkeypatch: pytest.MonkeyPatch, since: str = PAST, mine: Any = None) -> None:
        self.harness, self.old = harness, f"old{next(_numbers)}"
        harness.upstream.can = OFFICIAL
        self.answer: Any = listing()
        self.time = harness.clock
        table = ModelMap(mine or {}, {self.old: Retired(since, "new")}, lambda: TODAY)
        object.__setattr__(harness.context, "models", table)
        usual = harness.upstream.call

        async def listed(method: str, path: str, body: Json | None = None) -> Json:
            await usual(method, path, body)
            if isinstance(self.answer, Refusal):
                raise self.answer
            found: Json = self.answer
            return found

        monkeypatch.setattr(harness.upstream, "call", listed)

    @property
    def lookups(self) -> int:
        return self.harness.upstream.calls.count(("GET", "/models", None))

    def run(self, *script: Any, model: str = "") -> str:
        """Complete a run, which shows the requested model; returns the model in the last request."""
        name, number = model or self.old, next(_numbers)
        self.harness.script(*script, answer(message(says("Hello."), id=f"msg_{number}"), id=f"resp_{number}"))
        emitted = self.harness.run(self.harness.thread("One"), model=name)
        assert last(emitted, "run.completed")["model"] == name
        return str(self.harness.sent["model"])


def unknown(model: str) -> Refusal:
    message = f"The requested model '{model}' does not exist."
    return Refusal(400, message, "invalid_request_error", "model", "model_not_found")


def test_a_current_model_is_not_looked_up(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    models = Models(harness, monkeypatch, since=FUTURE)
    assert (models.run(), models.run(model="else"), models.lookups) == (models.old, "else", 0)


def test_a_retired_model_is_looked_up_once_a_day(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    models = Models(harness, monkeypatch)
    models.answer = listing(new=None)
    assert [models.run() for _ in range(3)] == ["new"] * 3
    assert (models.lookups, len(caplog.messages)) == (1, 1)
    assert models.old in caplog.text
    assert "SHIM_MODEL_MAP" in caplog.text
    harness.clock.time += 86_400
    models.run()
    assert (models.lookups, len(caplog.messages)) == (2, 1)


@pytest.mark.parametrize("end", [None, FUTURE])
def test_a_retired_model_that_upstream_still_lists_is_called(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, end: str | None
) -> None:
    models = Models(harness, monkeypatch)
    models.answer = listing(**{models.old: end, "new": None})
    assert [models.run(), models.run(), models.lookups] == [models.old, models.old, 1]
    assert caplog.messages == []


def test_a_model_that_upstream_lists_as_shut_down_is_replaced(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = Models(harness, monkeypatch)
    models.answer = listing(**{models.old: TODAY})
    assert models.run() == "new"


#: Answers of a server without a usable list.
NO_LISTS: list[Any] = [Refusal(500, "Oops."), Refusal(404, "Not Found"), Refusal(None, "Gone."), {}, {"data": []}]


@pytest.mark.parametrize("answer", NO_LISTS, ids=str)
def test_a_list_that_cannot_be_fetched_is_no_error(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    models = Models(harness, monkeypatch)
    models.answer = answer
    assert [models.run(), models.run(), models.lookups] == ["new", "new", 1]
    harness.clock.time += 86_400
    assert (models.run(), models.lookups) == ("new", 2)


def test_rows_that_cannot_be_read_are_ignored(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    models = Models(harness, monkeypatch)
    models.answer = {"data": ["new", {"name": "new"}, {"id": models.old, "shutdown_date": 7}]}
    assert models.run() == models.old


def test_the_settings_come_first_and_need_no_request(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    models = Models(harness, monkeypatch, mine={"old*": "mine", "ft:*": "tuned"})
    assert [models.run(), models.run(model="ft:x"), models.lookups] == ["mine", "tuned", 0]


def test_on_other_servers_models_are_not_replaced(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    models = Models(harness, monkeypatch, mine={"a": "b"})
    harness.upstream.can = Profile("elsewhere")
    assert [models.run(), models.run(model="a"), models.lookups] == [models.old, "b", 0]


def test_a_model_that_is_shut_down_early_is_replaced(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upstream refuses the model and no longer lists it: from then on its successor is called at once."""
    models = Models(harness, monkeypatch, since=FUTURE)
    models.answer = listing(new=None)
    assert models.run(unknown(models.old)) == "new"
    assert [body["model"] for body in harness.upstream.bodies] == [models.old, "new"]
    assert models.run() == "new"
    assert (len(harness.upstream.bodies), models.lookups) == (3, 1)


def test_a_model_that_is_listed_but_refused(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its date the successor is called; before it, the refusal has another reason, and is passed on."""
    models = Models(harness, monkeypatch)
    models.answer = listing(**{models.old: None})
    assert models.run(unknown(models.old)) == "new"
    models = Models(harness, monkeypatch, since=FUTURE)
    models.answer = listing(**{models.old: None})
    harness.clock.time += 86_400
    with pytest.raises(Refused) as caught:
        harness.run(harness.thread("One"), unknown(models.old), model=models.old)
    assert (caught.value.status, caught.value.error["code"]) == (400, "model_not_found")


#: Other contents of upstream's list, and the log line.
UNKNOWN = [({}, "upstream has no model odd: "), ({"odd": PAST}, f"upstream has no model odd, shut down on {PAST}: ")]


@pytest.mark.parametrize("ends, message", UNKNOWN)
@pytest.mark.parametrize("official", [True, False])
def test_an_unknown_model_is_an_error_and_the_log_names_the_setting(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: Any, ends: Json, message: str, official: bool
) -> None:
    models = Models(harness, monkeypatch)
    models.answer = listing(new=None, **ends)
    harness.upstream.can = Profile("scripted", official=official)
    with pytest.raises(Refused, match="The requested model 'odd' does not exist") as caught:
        harness.run(harness.thread("One"), unknown("odd"), model="odd")
    assert (caught.value.status, caught.value.error["param"]) == (400, "model")
    (logged,) = caplog.messages
    assert logged.startswith(message if official else UNKNOWN[0][1])
    assert "SHIM_MODEL_MAP" in logged
    assert models.lookups == official


def test_a_successor_that_upstream_does_not_have(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    models = Models(harness, monkeypatch)
    with pytest.raises(Refused, match="'new' does not exist"):
        harness.run(harness.thread("One"), unknown("new"), model=models.old)
    assert f"upstream has no model new: SHIM_MODEL_MAP can name another for {models.old}" in caplog.messages


def test_a_model_that_is_shut_down_between_two_rounds_is_refused(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = Models(harness, monkeypatch, since=FUTURE)
    emitted = harness.run(harness.thread("One"), answer(call()), model=models.old)
    run = last(emitted, "run.requires_action")
    with pytest.raises(Refused, match="does not exist"):
        harness.submit(run, unknown(models.old), call_a="42")
    assert models.lookups == 0


def test_a_parameter_that_a_model_refuses_is_left_out_for_that_model_only(
    harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    """The refusal is noted once, with a line in the log; other models and other servers still get the parameter."""
    refusal = Refusal(400, "Unsupported parameter: 'top_p' is not supported with this model.", param="top_p")
    harness.script(refusal)
    for number, (model, address, sent) in enumerate(
        [("a", "", False), ("a", "", False), ("b", "", True), ("a", "http://other", True)]
    ):
        harness.upstream.can = Profile("scripted", address=address)
        reply = answer(message(says("Hello."), id=f"msg_{number}"), id=f"resp_{number}")
        harness.run(harness.thread("One"), reply, model=model, top_p=0.5)
        assert ("top_p" in harness.sent) is sent
    assert caplog.messages == ["model a refuses top_p: it is left out from now on"]


def test_an_effort_meant_for_another_model_is_left_out(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    message = "Unsupported parameter: 'reasoning.effort' is not supported with this model."
    refusal = Refusal(400, message, param="reasoning.effort", code="unsupported_parameter")
    Models(harness, monkeypatch, mine={"o1": "gpt-4.1"})
    harness.script(refusal)
    emitted = harness.run(harness.thread("One"), answer(HELLO), model="o1", reasoning_effort="high")
    assert (names(emitted)[-1], last(emitted, "run.completed")["reasoning_effort"]) == ("run.completed", "high")
    assert ["reasoning" in body for body in harness.upstream.bodies] == [True, False]
    with pytest.raises(Refused, match="not supported"):
        harness.run(harness.thread("One"), refusal, model="gpt-4o", reasoning_effort="high")
